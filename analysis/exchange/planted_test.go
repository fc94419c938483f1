package exchange_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/exchange"
)

// WriteArrow replaces a link and not what it leads to, keeps the permissions of a file that
// it replaces, and puts no file in the place of a pipe or a folder.
func TestWriteArrowFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim, link, private, pipe := filepath.Join(dir, "victim"), filepath.Join(dir, "link"), filepath.Join(dir, "private"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(victim, []byte("precious"), 0o600), os.Symlink(victim, link), os.WriteFile(private, nil, 0o600), unix.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, private} {
		if err := exchange.WriteArrow(many(3), path); err != nil {
			t.Fatal(err)
		}
		if n, err := exchange.ReadArrow(session, path).Count(); err != nil || n != 3 {
			t.Errorf("%s: %d rows, %v", path, n, err)
		}
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the user's file holds %q, %v", text, err)
	}
	if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, path := range []string{pipe, dir} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := exchange.WriteArrow(many(3), path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) || after.Mode().Type() != before.Mode().Type() {
			t.Errorf("%s is another thing: %v", path, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if err := exchange.WriteArrow(many(3), filepath.Join(dir, "none", "f.arrow")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// Reading from a pipe without a writer is an error at once.
func TestReadArrowWaitsForNoPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.arrow")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := consume(pipe); err == nil || !strings.Contains(err.Error(), pipe+": it is not a regular file but a named pipe") {
		t.Error(err)
	}
}
