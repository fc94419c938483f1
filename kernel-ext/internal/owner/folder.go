//go:build !windows

package owner

import (
	"os"
	"syscall"

	"github.com/stophacking/kelpie/analysis/files"
)

// MaxSocketPath is the most bytes that the path of a Unix socket may have: 107 on Linux, less elsewhere.
const MaxSocketPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// Private says whether a folder is the user's own, with mode 0700, and nobody else can put another in its place.
func Private(folder string) bool {
	info, err := os.Lstat(folder)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm() == 0o700 && files.Trusted(folder) == nil
}
