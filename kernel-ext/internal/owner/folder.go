//go:build !windows

package owner

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MaxSocketPath is the most bytes that the path of a Unix socket may have: 107 on Linux, less elsewhere.
const MaxSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// Guarded is nil when nobody but the user of this process and root can lay anything into the folder, or put another in
// its place: it and every folder above it belong to one of the two, nobody else may write to it, and those above that
// others may write to, such as /tmp, keep others from renaming (the sticky bit). Links on the way belong to one of the two.
func Guarded(folder string) error {
	named, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	absolute, err := filepath.EvalSymlinks(named)
	if err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	for at := named; at != filepath.Dir(at); at = filepath.Dir(at) {
		if info, err := os.Lstat(at); err != nil || !ours(info) {
			return fmt.Errorf("%s belongs to another user", at)
		}
	}
	for at := absolute; ; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil {
			return fmt.Errorf("owner: %w", err)
		}
		if err := guarded(at, info, at != absolute); err != nil {
			return err
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// guarded judges one folder of the path.
func guarded(path string, info fs.FileInfo, above bool) error {
	switch {
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", path)
	case !ours(info):
		return fmt.Errorf("%s belongs to another user", path)
	case info.Mode().Perm()&0o022 == 0 || above && info.Mode()&fs.ModeSticky != 0:
		return nil
	}
	return fmt.Errorf("other users may write to %s (mode %04o); chmod go-w %s", path, info.Mode().Perm(), path)
}

// ours says whether a file belongs to the user of this process or to root.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(stat.Uid) == os.Getuid() || stat.Uid == 0)
}

// Private says whether a folder is the user's own, with mode 0700, and Guarded.
func Private(folder string) bool {
	info, err := os.Lstat(folder)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid() && info.Mode().Perm() == 0o700 && Guarded(folder) == nil
}
