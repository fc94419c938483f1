package csv

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/stophacking/kelpie/analysis/files"
)

// A source is one open file.
type source struct {
	path    string
	data    []byte // the whole file
	info    fs.FileInfo
	release func() error
	header
}

// open maps the file at path and reads its header.
func open(path string) (*source, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, refuse(path, err)
	}
	defer f.Close() // a mapping outlives its descriptor
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, refuse(path, err)
	case info.Size() == 0:
		return nil, refuse(path, ErrEmpty)
	}
	s := &source{path: path, info: info}
	if s.data, s.release, err = mapFile(f, int(info.Size())); err != nil {
		return nil, refuse(path, err)
	}
	err = guard(path, func() error {
		if kind := foreign(s.data); kind != "" {
			return refuse(path, fmt.Errorf("%w: it is %s", ErrNotCSV, kind))
		}
		return s.readHeader()
	})
	if err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// openAll opens the files and returns how to close them all.
func openAll(paths []string) (sources []*source, release func(), err error) {
	release = func() {
		for _, s := range sources {
			s.release()
		}
	}
	if len(paths) == 0 {
		return nil, release, errors.New("csv: no file is given")
	}
	for _, path := range paths {
		s, err := open(path)
		if err != nil {
			release()
			return nil, nil, err
		}
		sources = append(sources, s)
	}
	return sources, release, nil
}

// unchanged returns an error unless path still leads to the file that was opened,
// with the same size and time of modification.
func (s *source) unchanged() error {
	now, err := os.Stat(s.path)
	if err != nil || !os.SameFile(s.info, now) || now.Size() != s.info.Size() || !now.ModTime().Equal(s.info.ModTime()) {
		return refuse(s.path, ErrChanged)
	}
	return nil
}

// changedOr returns an error if one of the files has changed since it was opened,
// which explains whatever else went wrong, otherwise err.
func changedOr(sources []*source, err error) error {
	for _, s := range sources {
		if changed := s.unchanged(); changed != nil {
			return changed
		}
	}
	return err
}

// refuse returns an error about the file as a whole, without repeating the path
// that err may carry.
func refuse(path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &Error{Path: path, Err: err}
}

// fault returns an error about the byte at offset at.
func (s *source) fault(at int, err error) *Error {
	p := s.locate(position{line: 1, column: 1}, at)
	return &Error{Path: s.path, Line: p.line, Column: p.column, Err: err}
}

// A position is an offset in a file with its line and column, both 1-based.
type position struct{ offset, line, column int }

// locate returns the position of offset at, given one before it.
func (s *source) locate(from position, at int) position {
	passed := s.data[from.offset:at]
	last := bytes.LastIndexByte(passed, '\n')
	if last < 0 {
		return position{at, from.line, from.column + len(passed)}
	}
	return position{at, from.line + bytes.Count(passed, newline), len(passed) - last}
}
