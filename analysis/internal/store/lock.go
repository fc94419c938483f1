package store

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lock takes the lock of the file at path, waiting for it until ctx ends. Where
// the file system knows no locks it takes none: then two processes may compute
// the same value, and the later rename wins.
func (s *Store) lock(ctx context.Context, path string) (unlock func(), err error) {
	if err := makePrivate(s.at, s.dir); err != nil { // it may have been cleared
		return nil, err
	}
	wait := time.Millisecond
	for {
		unlock, err := s.tryLock(path)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, 50*time.Millisecond)
	}
}

// tryLock is lock without waiting: the error is EWOULDBLOCK if another process
// or goroutine holds the lock.
//
// Whoever holds the lock removes its file before letting go, so no lock files
// are left over. One who took the lock of a file removed meanwhile holds
// nothing, and tries again.
func (s *Store) tryLock(path string) (unlock func(), err error) {
	name := path + ".lock"
	for {
		file, err := s.open(name, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o600)
		if err != nil {
			return nil, err
		}
		err = flock(file)
		if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.ENOSYS) {
			os.Remove(name)
			return func() { file.Close() }, nil
		}
		if err != nil {
			file.Close()
			return nil, err
		}
		if current(file, name) {
			return func() {
				os.Remove(name)
				file.Close()
			}, nil
		}
		file.Close()
	}
}

func flock(file *os.File) error {
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// current reports whether name is still the name of file.
func current(file *os.File, name string) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(name)
	return err == nil && os.SameFile(mine, there)
}
