package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/files"
)

func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// A link that somebody planted under the name is replaced; what it leads to stays.
func TestWriteFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim, place := filepath.Join(dir, "victim"), filepath.Join(dir, "place")
	write(t, victim, "precious", 0o600)
	if err := os.Symlink(victim, place); err != nil {
		t.Fatal(err)
	}
	if err := files.Write(place, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{victim: "precious", place: "new"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
	}
	if info, err := os.Lstat(place); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
	if got := names(t, dir); got != "place victim" {
		t.Errorf("left: %s", got)
	}
}

// Whatever name is tried, it is made exclusively and through no link.
func TestCreateIsExclusive(t *testing.T) {
	dir := t.TempDir()
	tried := 0
	file, err := files.CreateBy(func(name string, flag int, mode fs.FileMode) (*os.File, error) {
		if flag&os.O_EXCL == 0 || flag&os.O_CREATE == 0 || flag&unix.O_NOFOLLOW == 0 || flag&os.O_TRUNC != 0 {
			t.Errorf("flags %#x", flag)
		}
		if final, ok := files.Temporary(filepath.Base(name)); !ok || final != "place" || filepath.Dir(name) != dir {
			t.Errorf("name %s", name)
		}
		if tried++; tried == 1 { // somebody guessed the name
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
		}
		return os.OpenFile(name, flag, mode)
	}, filepath.Join(dir, "place"), 0o600)
	if err != nil || tried != 2 {
		t.Fatal(tried, err)
	}
	file.Discard()
	file.Discard()
	if got := names(t, dir); got != "" {
		t.Errorf("left: %s", got)
	}
	for _, name := range []string{"a.tmp", ".place.12.tmp", "place.1-0123456789abcdef.tmp", ".place.1-0123456789abcdef.tmp.txt", "..1-0123456789abcdef.tmp"} {
		if _, ok := files.Temporary(name); ok {
			t.Errorf("%s counts as ours", name)
		}
	}
}

// A failed write leaves what was there, and nothing else.
func TestWriteWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	place := filepath.Join(dir, "place")
	write(t, place, "old", 0o640)
	file, err := files.Create(place, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString("ne")
	file.Discard()
	if got, _ := os.ReadFile(place); string(got) != "old" || names(t, dir) != "place" {
		t.Errorf("%q, left %s", got, names(t, dir))
	}
	if err := files.Write(place, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(place); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v: that of the file that was there is kept", info.Mode(), err)
	}
	long := filepath.Join(dir, strings.Repeat("x", 250))
	if err := files.Write(long, nil, 0o600); err != nil {
		t.Errorf("a name of 250 bytes: %v", err)
	}
}

// A device, a pipe or a folder is not replaced by a file.
func TestWriteRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe, folder := filepath.Join(dir, "pipe"), filepath.Join(dir, "folder")
	if err := errors.Join(unix.Mkfifo(pipe, 0o600), os.Mkdir(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, folder} {
		if err := files.Write(path, []byte("x"), 0o600); !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("%s: %v", path, err)
		}
		// Also one that came to be there while the file was written.
		later := filepath.Join(dir, "later")
		file, err := files.Create(later, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path, later); err != nil {
			t.Fatal(err)
		}
		if err := file.Commit(); !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("later, %s: %v", path, err)
		}
		file.Discard()
		os.Rename(later, path)
	}
	if got := names(t, dir); got != "folder pipe" {
		t.Errorf("left: %s", got)
	}
}
