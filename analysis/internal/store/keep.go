package store

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A format is how values of one kind become files and come back.
type format[T any] struct {
	kind Kind
	// write writes the whole file, with key in it, and returns the checksum that
	// seals it. It refuses a value that would not come back equal.
	write func(w io.Writer, key string, value T, notes []byte) (crc uint32, err error)
	// read returns what write wrote, and its checksum. Where trust says so it
	// may leave the values (not the structure) to the proof, to be checked when
	// they are read; it is nil where all was checked.
	read func(file *os.File, key string, trust func(crc uint32) bool) (value T, notes []byte, p *proof, crc uint32, err error)
}

// obtain returns the value under key from its file; where there is none, it
// computes the value under the key's lock and writes the file.
func obtain[T any](ctx context.Context, s *Store, f format[T], key string, compute func() (T, []byte, error)) (T, []byte, error) {
	if s.dir == "" {
		return compute()
	}
	path := filepath.Join(s.dir, fileName(f.kind, key))
	value, notes, err := load(s, f, path, key, false)
	if err == nil {
		return value, notes, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		s.say("store: %s is computed again: %v", filepath.Base(path), err)
	}

	unlock, err := s.lock(ctx, path)
	if ctx.Err() != nil {
		if err == nil {
			unlock()
		}
		return value, nil, ctx.Err()
	}
	if err != nil {
		s.sayNotKept(path, err)
		return compute()
	}
	defer unlock()
	// Another process may have written it while this one waited.
	if value, notes, err := load(s, f, path, key, false); err == nil {
		return value, notes, nil
	}
	if value, notes, err = compute(); err != nil {
		return value, notes, err
	}
	err = keep(s, f, path, key, value, notes)
	s.makeRoom() // also when the disk is full: the next value may fit
	if err != nil {
		s.sayNotKept(path, err)
		return value, notes, nil
	}
	// From here on the file's copy is used, so that the computed one is freed.
	if kept, keptNotes, err := load(s, f, path, key, true); err == nil {
		return kept, keptNotes, nil
	}
	return value, notes, nil
}

// sayNotKept warns once about a place, such as a full disk, and once a value
// about a value that no file can hold.
func (s *Store) sayNotKept(path string, err error) {
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &file):
		s.say("store: new values are not kept in %s: %v", visible.Text(s.dir), file.Err)
	case errors.As(err, &link):
		s.say("store: new values are not kept in %s: %v", visible.Text(s.dir), link.Err)
	case errors.Is(err, errTooLarge):
		s.say("store: %s is not kept: %v", filepath.Base(path), errTooLarge)
	default:
		s.say("store: %s is not kept: %v", filepath.Base(path), err)
	}
}

// load reads a kept value and marks it as used now. One that was just written by this
// process needs no further check.
func load[T any](s *Store, f format[T], path, key string, written bool) (T, []byte, error) {
	var none T
	file, err := files.Open(path)
	if err != nil {
		return none, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return none, nil, err
	}
	mark := info.ModTime()
	value, notes, p, crc, err := f.read(file, key, func(crc uint32) bool { return sealed(mark, crc) })
	if err != nil {
		file.Close()
		return none, nil, err
	}
	if f.kind == Columns {
		if written {
			p.accept()
		}
		s.watch(mapping{filepath.Base(path), file, info.Size(), mark, crc}, any(value).(*column.Batch), p)
	} else {
		file.Close()
	}
	if now := time.Now(); !sealed(mark, crc) || now.Sub(mark) > time.Minute {
		// A store that cannot be written to keeps its old marks.
		_ = os.Chtimes(path, seal(now, crc), seal(now, crc))
	}
	return value, notes, nil
}

// keep writes a value beside path and moves it there when it is complete.
func keep[T any](s *Store, f format[T], path, key string, value T, notes []byte) (err error) {
	file, err := files.CreateBy(s.open, path, 0o600)
	if err != nil {
		return err
	}
	defer file.Discard()
	buffered := bufio.NewWriterSize(&limited{file, s.allowance()}, 1<<16)
	crc, err := f.write(buffered, key, value, notes)
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return err
	}
	return file.CommitAt(seal(time.Now(), crc))
}
