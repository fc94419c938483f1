//go:build !windows

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The names under which a cell keeps things in its folder for temporary files are its own to choose, and it may choose
// those of the kernel's: none of it is deleted or written over while the session lives.
func TestWhatACellKeepsStays(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.expect("!cd $TMPDIR && for n in pipes connection build tmp s1-1 s2-1 gonb_ffffffff; do mkdir $n && echo mine > $n/f; done; echo mine > said; echo mine > lock", "ok")
	kept := `ok stdout="mine\n9\n1\n"`
	look := "!cd $TMPDIR && cat */f said lock | sort -u; cat */f said lock | wc -l; ls gonb_ffffffff | wc -l"
	c.expect("%%\nfmt.Println(1)", `ok stdout="1\n"`)
	c.expect(look, kept)
	c.run("!kill -9 $(cut -d' ' -f4 /proc/$PPID/stat)")
	if got := c.run("%%\nfmt.Println(2)"); got.stream("stdout") != "2\n" {
		t.Errorf("got %s", got)
	}
	c.expect(look, kept)
}

// A front end may call its connection file as it likes.
func TestConnectionFilesOfAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lock", "said", "tmp", "pipes", "-log"} {
		c := start(t, fake(t), func(c *client, _ *exec.Cmd) { c.file = name })
		text, err := os.ReadFile(filepath.Join(c.dirs()[0], "lock"))
		if err != nil || !strings.Contains(string(text), filepath.Base(c.dirs()[0])[len("kelpie-"):]) {
			t.Errorf("%s: the lock says %q, %v", name, text, err)
		}
		c.kill(syscall.SIGTERM)
		c.nothingLeft()
	}
}

// Whoever can write to the folder of the log can put something else in its place: the kernel neither waits for it nor
// writes where it leads, and does its work without.
func TestLogsInThePlaceOfWhich(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(place, precious string) error{
		"a pipe":        func(place, _ string) error { return syscall.Mkfifo(place, 0o600) },
		"a link":        func(place, precious string) error { return os.Symlink(precious, place) },
		"a second name": func(place, precious string) error { return os.Link(precious, place) },
		"a folder":      func(place, _ string) error { return os.Mkdir(place, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			precious := filepath.Join(t.TempDir(), "precious")
			if err := os.WriteFile(precious, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			c := start(t, fake(t), func(c *client, cmd *exec.Cmd) {
				c.log = filepath.Join(filepath.Dir(precious), "log ")
				if err := lay(c.log, precious); err != nil {
					t.Fatal(err)
				}
			})
			c.send("shell", "no_such_request", map[string]any{}) // which is logged
			c.run("print")
			if text, err := os.ReadFile(precious); err != nil || string(text) != "mine" {
				t.Errorf("the file that it leads to holds %q, %v", text, err)
			}
		})
	}
}

// A key that others can read is no secret, which the log says, once.
func TestReadableKeysAreLogged(t *testing.T) {
	t.Parallel()
	for mode, want := range map[os.FileMode]int{0o600: 0, 0o644: 1} {
		c := start(t, fake(t), func(c *client, _ *exec.Cmd) { c.mode = mode })
		text, err := os.ReadFile(c.log)
		if err != nil || strings.Count(string(text), "lets others read the key") != want {
			t.Errorf("mode %v: the log says %q, %v", mode, text, err)
		}
	}
}
