package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/visible"
)

// most is how many bytes a store takes where none other is said.
const most = 8e9

// allowance is how many bytes the values may take: see [Options.Limit].
func (s *Store) allowance() int64 {
	if s.limit > 0 {
		return s.limit
	}
	var disk unix.Statfs_t
	if unix.Statfs(s.root, &disk) != nil {
		return most
	}
	available := int64(disk.Bavail) * int64(disk.Bsize)
	list, _ := s.scan()
	for _, e := range list {
		available += e.Size // or the store would shrink as it fills
	}
	return min(most, available/10)
}

// limited writes up to limit bytes, and an error that says so in place of more.
type limited struct {
	to    io.Writer
	limit int64
}

func (l *limited) Write(b []byte) (int, error) {
	if int64(len(b)) > l.limit {
		return 0, errTooLarge
	}
	l.limit -= int64(len(b))
	return l.to.Write(b)
}

var errTooLarge = errors.New("it is larger than all kept values may be together")

// makeRoom removes values until the rest are within the limit. Nothing depends
// on its success.
func (s *Store) makeRoom() {
	if list, err := s.scan(); err == nil {
		_, _ = s.shrink(list, s.allowance())
	}
}

// shrink removes values, those used longest ago first, until the rest of list
// take at most limit bytes. It leaves what this process uses, so also what it
// has just written. Other processes that have a value mapped go on with it.
func (s *Store) shrink(list []Entry, limit int64) (removed []Entry, err error) {
	var size int64
	for _, e := range list {
		size += e.Size
	}
	for i := len(list) - 1; i >= 0 && size > limit; i-- {
		if s.uses(list[i]) {
			continue
		}
		if failure := list[i].remove(); failure != nil {
			err = errors.Join(err, failure)
			continue
		}
		size -= list[i].Size
		removed = append(removed, list[i])
	}
	return removed, err
}

func (s *Store) uses(e Entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !e.Old && s.memo[filepath.Base(e.path)] != nil
}

// remove removes a value that is certainly one: it lies in a directory that a store made,
// or, where older code made it and left no mark, says itself what it is.
func (e Entry) remove() error {
	if !ours(filepath.Dir(e.path)) {
		if err := e.describe(); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s is not removed: no store made the directory, and it is no value of one: %w", visible.Text(e.path), err)
		}
	}
	return remove(e.path)
}

// Prune removes the values of other code, those that are damaged (it reads all,
// see [Store.Verify]), and then those used longest ago until the rest take at
// most limit bytes; 0 means the limit of the store. It returns what it removed.
// Values handed out stay valid, in this and in every other process.
func (s *Store) Prune(limit int64) (removed []Entry, err error) {
	list, err := s.Verify()
	if err != nil {
		return nil, err
	}
	var good []Entry
	for _, e := range list {
		if !e.Old && e.Damaged == "" {
			good = append(good, e)
		} else if failure := e.remove(); failure != nil {
			err = errors.Join(err, failure)
		} else {
			removed = append(removed, e)
		}
	}
	if limit <= 0 {
		limit = s.allowance()
	}
	more, failure := s.shrink(good, limit)
	if err = errors.Join(err, failure); err != nil {
		err = fmt.Errorf("store: %w", visible.Error(err))
	}
	return append(removed, more...), err
}
