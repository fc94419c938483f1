package main

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestFaultDiskFull(t *testing.T) {
	t.Parallel()
	gonb := realGoNB(t)
	full := t.TempDir()
	if err := syscall.Mount("tmpfs", full, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer func() { _ = syscall.Unmount(full, 2) }()
	t.Run("kernel", func(t *testing.T) {
		c := start(t, gonb, func(c *client, _ *exec.Cmd) { c.base = full })
		c.expect("import \"fmt\"\n%%\nfmt.Println(\"room\")", `ok stdout="room\n"`)
		c.expect("!head -c 100M /dev/zero > $TMPDIR/ballast 2>/dev/null; echo full", `ok stdout="full\n"`)
		if got := c.run("%%\nfmt.Println(\"no room\")").String(); !strings.HasPrefix(got, "error") || !strings.Contains(got, "no space left on device") {
			t.Errorf("got %s", got)
		}
		c.expect("!rm $TMPDIR/ballast", "ok")
		c.expect("%%\nfmt.Println(\"room again\")", `ok stdout="room again\n"`)
	})
}
