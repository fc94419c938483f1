//go:build linux

package scratch_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// What is mounted in a folder belongs to somebody else, be it another file system or a folder of this one.
func TestWhatIsMountedStays(t *testing.T) {
	for name, mount := range map[string]func(from, at string) error{
		"a file system": func(_, at string) error { return syscall.Mount("tmpfs", at, "tmpfs", 0, "size=64k") },
		"a folder":      func(from, at string) error { return syscall.Mount(from, at, "", syscall.MS_BIND, "") },
	} {
		t.Run(name, func(t *testing.T) {
			base, from := t.TempDir(), t.TempDir()
			path, _ := abandoned(t, base)
			at := filepath.Join(path, "a", "mounted")
			must(t, os.Mkdir(at, 0o700))
			if err := mount(from, at); err != nil {
				t.Skip("this user cannot mount:", err)
			}
			write(t, filepath.Join(at, "deep", "f"), "x")
			removed := scratch.Sweep(base)
			if _, err := os.Stat(filepath.Join(at, "deep", "f")); err != nil || len(removed) > 0 {
				t.Errorf("removed %v with what was mounted there (%v)", removed, err)
			}
			must(t, syscall.Unmount(at, syscall.MNT_DETACH))
			if removed := scratch.Sweep(base); len(removed) != 1 {
				t.Error("it is not swept once nothing is mounted there")
			}
		})
	}
}
