package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// smallDisk mounts a file system of so many bytes, which only root may do.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// A real disk that is full: values come all the same, nothing half written is
// left, and what fits is kept.
func TestFaultDiskFillsUp(t *testing.T) {
	dir := smallDisk(t, "20m")
	s, err := store.Open(store.Options{Dir: dir, Digest: testDigest, Limit: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	want := large() // 16 MiB
	for _, key := range []string{"first", "second", "third"} {
		got, _, err := s.Batch(t.Context(), key, func() (*column.Batch, []byte, error) { return want, nil, nil })
		if err != nil || !equalFloats(got, want) {
			t.Errorf("%s: wrong value, %v", key, err)
		}
	}
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "new values are not kept") || !strings.Contains(w[0], unix.ENOSPC.Error()) {
		t.Errorf("warnings: %q", w)
	}
	if left := inside(s); len(left) != 1 || filepath.Base(left[0]) != "first.arrow" {
		t.Errorf("left: %q", left)
	}
}

// On so small a disk the store's own limit is a tenth of it.
func TestLimitIsATenthOfTheDisk(t *testing.T) {
	s := open(t, smallDisk(t, "1m"))
	keepSome(t, s, "fits", 100_000)
	noWarnings(t, s)
	keepSome(t, s, "large", 110_000)
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "larger than all kept values may be together") {
		t.Errorf("warnings: %q", w)
	}
}

// A real read-only file system: what is kept on it is used.
func TestFaultReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "1m")
	open(t, dir).Blob(t.Context(), "kept", func() ([]byte, []byte, error) { return []byte("old"), nil, nil })
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skip(err)
	}
	readOnly(t, open(t, dir))
}
