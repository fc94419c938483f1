package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrNotRegular is wrapped by the errors of [Open] and [Read] about what is there,
// but is no file: a folder, a named pipe, a socket, a device. Such a thing has no
// size and cannot be read twice, which is how files are told apart.
var ErrNotRegular = errors.New("not a regular file")

// Open opens a file for reading. It follows links, as the user may have set some.
// Anything but a regular file is an [ErrNotRegular] that names what it is; a pipe is
// not waited for.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path) // before opening, which does things to some devices
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(path, info.Mode())
	}
	if err != nil {
		return nil, err
	}
	// A pipe that came to be there since would be waited for without O_NONBLOCK, which
	// means nothing to a file.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err = file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(path, info.Mode())
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func notRegular(path string, mode fs.FileMode) error {
	what := "a device"
	switch {
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe, which cannot be read twice"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	}
	return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("it is %w but %s", ErrNotRegular, what)}
}

// Read returns the bytes of a file of at most limit bytes; a longer one is an error,
// of which no more is read. Of files that cannot be opened see [Open].
func Read(path string, limit int64) ([]byte, error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it is longer than %d bytes", limit)}
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}
