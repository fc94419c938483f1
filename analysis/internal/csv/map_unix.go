//go:build unix

package csv

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile returns the file's contents, read-only, and how to let go of them.
func mapFile(f *os.File, size int) (data []byte, release func() error, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		// Some file systems cannot map: read instead.
		data, err = io.ReadAll(io.NewSectionReader(f, 0, int64(size)))
		return data, func() error { return nil }, err
	}
	return data, func() error { return unix.Munmap(data) }, nil
}
