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

// A log is added to only where it is a file of the user's: a pipe would be waited for, and a
// link leads to a file that another user chose.
func TestAppend(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for range 2 {
		file, err := files.Append(at("log"), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		file.WriteString("line\n")
		file.Close()
	}
	if text, err := os.ReadFile(at("log")); err != nil || string(text) != "line\nline\n" {
		t.Errorf("%q, %v", text, err)
	}
	if err := errors.Join(unix.Mkfifo(at("pipe"), 0o600), os.WriteFile(at("precious"), nil, 0o600), os.Symlink("precious", at("link")), os.Symlink("none", at("dangling")),
		os.Link(at("precious"), at("second")), os.Mkdir(at("folder"), 0o700), unix.Mkfifo(at("read"), 0o600)); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(at("read"), os.O_RDWR, 0) // so that a writer finds somebody
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, name := range []string{"pipe", "read", "link", "dangling", "second", "folder"} {
		if file, err := files.Append(at(name), 0o600); err == nil {
			file.Close()
			t.Errorf("a %s is added to", name)
		}
	}
	if _, err := os.Lstat(at("none")); err == nil {
		t.Error("a dangling link was followed")
	}
}

// The file alone counts, not its folder.
func TestTrustedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(filepath.Dir(path), 0o777)); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for mode, want := range map[os.FileMode]string{0o600: "", 0o644: "", 0o602: "everybody can write to it", 0o666: "everybody can write to it"} {
		if err := file.Chmod(mode); err != nil {
			t.Fatal(err)
		}
		err := files.TrustedFile(file)
		var why *files.Refusal
		if (err == nil) != (want == "") || err != nil && (!errors.As(err, &why) || !strings.Contains(why.Reason, want)) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	if err := errors.Join(file.Chmod(0o600), file.Chown(54321, -1)); err != nil {
		t.Skip("only root gives files away")
	}
	if err := files.TrustedFile(file); err == nil || !strings.Contains(err.Error(), "it belongs to somebody else") {
		t.Error(err)
	}
}
