package store

import (
	"os"
	"slices"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// A mapping is a file that this process has mapped. The file stays open, so
// that it can be told whether it is still what it was.
type mapping struct {
	name string
	file *os.File
	size int64
	mark time.Time // when it was last changed, at the time it was mapped
	crc  uint32
}

func (s *Store) watch(m mapping, b *column.Batch, p *proof) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mapped = append(s.mapped, m)
	s.proofs[b] = p
}

// intact reports whether nothing but a store, which leaves a seal, has touched
// the file. Its removal changes nothing for those who have it mapped.
func (m mapping) intact() bool {
	info, err := m.file.Stat()
	if err != nil {
		return false
	}
	now := info.ModTime()
	return info.Size() == m.size && (now.Equal(m.mark) || now.Equal(seal(now, m.crc)))
}

// Lost returns the file names of all columns that were handed out to this
// process and whose files something other than a store has written to since:
// reading them faults where a file was cut short, and gives other values where it
// was overwritten. They are forgotten: who asks for them again gets good ones.
// Each costs a call of the system.
func (s *Store) Lost() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mapped = slices.DeleteFunc(s.mapped, func(m mapping) bool {
		if m.intact() {
			return false
		}
		m.file.Close()
		s.lost = append(s.lost, m.name)
		delete(s.memo, m.name)
		return true
	})
	return slices.Clone(s.lost)
}
