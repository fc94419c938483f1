package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/fault"
	"github.com/stophacking/kelpie/analysis/visible"
)

// namespace starts the name of the directory of one code digest.
const namespace = "code-"

var namespaceForm = regexp.MustCompile(`^` + namespace + `[0-9a-f]{16}$`)

// An Entry is one kept value, as a list of the store shows it.
type Entry struct {
	Key  string
	Kind Kind
	Name string // the member "name" of its notes, "" if there is none
	Size int64  // bytes on disk
	Made time.Time
	Used time.Time // last use, to about a minute

	// Old says that other code made it: this program will not use it.
	Old bool
	// Damaged says what is wrong with its structure, or by [Store.Verify] with
	// any of its values; "" if nothing is.
	Damaged string

	path string
}

// entryAt is the entry in a file whose name [entryForm] knows.
func entryAt(path string) Entry {
	parts := entryForm.FindStringSubmatch(filepath.Base(path))
	return Entry{Key: parts[1], Kind: Kind(parts[2]), path: path}
}

// List returns all entries, of this and of older code, the last used first.
func (s *Store) List() ([]Entry, error) {
	list, err := s.scan()
	if err != nil {
		return nil, fmt.Errorf("store: %w", visible.Error(err))
	}
	for i := range list {
		if err := list[i].describe(); err != nil {
			list[i].Damaged = err.Error()
		}
	}
	return list, nil
}

// scan is List without looking into the files.
func (s *Store) scan() ([]Entry, error) {
	if s.dir == "" {
		return nil, nil
	}
	directories, err := s.namespaces()
	if err != nil {
		return nil, err
	}
	var list []Entry
	for _, dir := range directories {
		inside, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, file := range inside {
			info, err := file.Info()
			if err != nil || !info.Mode().IsRegular() || !entryForm.MatchString(file.Name()) {
				continue
			}
			e := entryAt(filepath.Join(dir, file.Name()))
			e.Size, e.Used, e.Old = info.Size(), info.ModTime(), dir != s.dir
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return b.Used.Compare(a.Used) })
	return list, nil
}

// describe reads what the file itself says.
func (e *Entry) describe() error {
	return e.read(func([]byte) error { return nil })
}

// read describes e and has the bytes of columns checked; those of a blob are
// checked always.
func (e *Entry) read(check func(data []byte) error) error {
	file, err := files.Open(e.path)
	if err != nil {
		return err
	}
	defer file.Close()
	var notes []byte
	var key string
	if e.Kind == Bytes {
		frame, err := io.ReadAll(file)
		if err != nil {
			return err
		}
		b, err := parseBlob(frame)
		if err != nil {
			return err
		}
		e.Made, notes, key = b.made, b.notes, b.key
	} else {
		data, err := mapFile(file)
		if err != nil {
			return err
		}
		defer unix.Munmap(data)
		if err := fault.Catch(func() error {
			f, err := parse(data)
			if err != nil {
				return err
			}
			e.Made, _ = time.Parse(time.RFC3339, f.meta[metaMade])
			notes, key = []byte(f.meta[metaNotes]), f.meta[metaKey]
			return check(data)
		}); err != nil {
			return faulted(err)
		}
	}
	if key != e.Key {
		return damaged("it holds the key %q", key)
	}
	var named struct{ Name string }
	if json.Unmarshal(notes, &named) == nil {
		e.Name = named.Name
	}
	return nil
}

// Remove drops what is kept under key, of both kinds: the next use computes it
// again. What this process already handed out stays valid. A value that is being
// computed meanwhile may still be kept.
func (s *Store) Remove(key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	for _, kind := range []Kind{Columns, Bytes} {
		s.forget(fileName(kind, key), nil)
		if s.dir == "" {
			continue
		}
		if err := entryAt(filepath.Join(s.dir, fileName(kind, key))).remove(); err != nil {
			return fmt.Errorf("store: %w", visible.Error(err))
		}
	}
	return nil
}

// Clear removes everything the store keeps, of this and of older code. Values
// handed out stay valid, in this and in every other process.
func (s *Store) Clear() error {
	s.mu.Lock()
	clear(s.memo)
	s.mu.Unlock()
	if s.dir == "" {
		return nil
	}
	directories, err := s.namespaces()
	for _, dir := range directories {
		err = errors.Join(err, empty(dir))
	}
	if err != nil {
		return fmt.Errorf("store: %w", visible.Error(err))
	}
	return nil
}

// namespaces returns the directories of all code digests.
func (s *Store) namespaces() (directories []string, err error) {
	entries, err := os.ReadDir(s.root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range entries {
		if entry.IsDir() && namespaceForm.MatchString(entry.Name()) {
			directories = append(directories, filepath.Join(s.root, entry.Name()))
		}
	}
	return directories, nil
}

// old is how long values of other code are kept, for those who go back and forth
// between two versions.
const old = 7 * 24 * time.Hour

// sweep empties directories of code that nobody opened for a week, and what dead
// processes left in this one's: files whose lock can be had. Nothing depends on
// its success.
func (s *Store) sweep() {
	now := time.Now()
	_ = os.Chtimes(s.dir, now, now) // the directory's time is when it was opened
	directories, _ := s.namespaces()
	for _, dir := range directories {
		if info, err := os.Stat(dir); err == nil && dir != s.dir && now.Sub(info.ModTime()) > old {
			_ = empty(dir)
		}
	}
	if !ours(s.dir) {
		return
	}
	list, _ := os.ReadDir(s.dir)
	for _, file := range list {
		value, ext, ok := valueOf(file.Name())
		// The mark is written without a lock, by each of the processes that open an empty
		// store at once: what one of them is writing is not a leftover.
		if !ok || ext != ".tmp" && ext != ".lock" || value == marked {
			continue
		}
		unlock, err := s.tryLock(filepath.Join(s.dir, value))
		if err != nil {
			continue
		}
		if ext == ".tmp" {
			_ = os.Remove(filepath.Join(s.dir, file.Name()))
		}
		unlock() // removes the lock's file
	}
}
