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
