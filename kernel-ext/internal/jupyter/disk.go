package jupyter

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/visible"
)

// NeedSpace checks that the file system which holds, or will hold, path has at least the given number of megabytes (10^6
// bytes) free for us, and says what to do when it has not.
func NeedSpace(path string, megabytes int64, what string) error {
	at := path
	for {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	var about unix.Statfs_t
	if err := unix.Statfs(at, &about); err != nil {
		return fmt.Errorf("jupyter: asking for the free space of %s: %w", visible.Text(at), err)
	}
	free := int64(about.Bavail) * int64(about.Bsize) / 1e6
	if free < megabytes {
		return fmt.Errorf("jupyter: %s needs about %d MB in %s, and %d MB are free: make room, or clone onto a larger disk", what, megabytes, visible.Text(path), free)
	}
	return nil
}
