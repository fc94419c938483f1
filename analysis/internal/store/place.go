package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// place returns the store's directory as an absolute path.
func place(dir string) (string, error) {
	if dir == "" {
		dir = os.Getenv("KELPIE_CACHE")
	}
	if dir != "" {
		return filepath.Abs(dir)
	}
	if working, err := os.Getwd(); err == nil {
		for at := working; ; at = filepath.Dir(at) {
			if info, err := os.Stat(filepath.Join(at, ".kelpie")); err == nil && info.IsDir() {
				return filepath.Join(at, ".kelpie", "store"), nil
			}
			if at == filepath.Dir(at) {
				break
			}
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "kelpie"), nil
}

// makePrivate makes a directory that nobody else can write to or read. One that
// belongs to somebody else is refused: what lies in it cannot be trusted.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	var info unix.Stat_t
	if err := unix.Lstat(dir, &info); err != nil {
		return &fs.PathError{Op: "lstat", Path: dir, Err: err}
	}
	if info.Mode&unix.S_IFMT != unix.S_IFDIR || int(info.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a directory of this user", dir)
	}
	if info.Mode&0o077 != 0 {
		return os.Chmod(dir, 0o700)
	}
	return nil
}
