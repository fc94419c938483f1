package local

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// fileStamp returns what the system knows of a file beside size and
// modification time, and when its status last changed.
func fileStamp(info fs.FileInfo) (string, time.Time) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", info.ModTime()
	}
	return fmt.Sprintf("%d %d %d.%d", s.Dev, s.Ino, s.Ctimespec.Sec, s.Ctimespec.Nsec), time.Unix(s.Ctimespec.Sec, s.Ctimespec.Nsec)
}
