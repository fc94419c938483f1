package store

import (
	"io/fs"
	"os"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// Attach attaches the bytes of a file, checking everything.
func Attach(data []byte, key string) (*column.Batch, []byte, error) {
	b, notes, _, _, err := attach(data, key, func(uint32) bool { return false })
	return b, notes, err
}

// AttachTrusting attaches the bytes of a file, checking only structure.
func AttachTrusting(data []byte, key string) (*column.Batch, []byte, error) {
	b, notes, _, _, err := attach(data, key, func(uint32) bool { return true })
	return b, notes, err
}

var ErrDamaged = errDamaged

// CreateWith replaces how the store creates files.
func (s *Store) CreateWith(open func(string, int, fs.FileMode) (*os.File, error)) { s.open = open }

// Release closes the files that the store holds open to tell whether they change. What
// it handed out stays mapped.
func (s *Store) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mapped {
		m.file.Close()
	}
	s.mapped = nil
}

// Namespace returns the directory of the entries.
func (s *Store) Namespace() string { return s.dir }

// SourceDigest hashes the sources of a module and remembers the sum in dir.
func SourceDigest(module, dir string) (string, error) {
	files, err := sources(module)
	if err != nil {
		return "", err
	}
	return sourceHash(module, files, dir)
}

// ValuesOf returns the longest piece of a column.
func ValuesOf(c *column.Column) (longest []byte) {
	for _, p := range piecesOf(c, true) {
		if len(p.data) > len(longest) {
			longest = p.data
		}
	}
	return longest
}
