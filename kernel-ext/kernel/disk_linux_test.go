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
		c.expect("!echo é; false || true", `ok stdout="é\n"`)
		c.expect("!rm $TMPDIR/ballast", "ok")
		c.expect("%%\nfmt.Println(\"room again\")", `ok stdout="room again\n"`)
	})
}

// A home that cannot be written to: Go has its build cache with the session.
func TestFaultHomeReadOnly(t *testing.T) {
	t.Parallel()
	gonb := realGoNB(t)
	if rounds(0, 1) == 0 {
		t.Skip("Go compiles its library anew for it; KELPIE_LONG=1 has it tried")
	}
	modules, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := syscall.Mount("tmpfs", home, "tmpfs", syscall.MS_RDONLY, "size=1m"); err != nil {
		t.Skipf("a file system that is read-only cannot be mounted here: %v", err)
	}
	defer func() { _ = syscall.Unmount(home, 2) }()
	t.Run("kernel", func(t *testing.T) {
		c := start(t, gonb, func(c *client, cmd *exec.Cmd) {
			c.cellMay = 10 * patience
			cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CACHE_HOME=", "GOCACHE=", "GOMODCACHE="+strings.TrimSpace(string(modules)))
		})
		c.expect("import \"fmt\"\n%%\nfmt.Println(\"é\")", `ok stdout="é\n"`)
		c.expect("!touch ~/x 2>/dev/null || echo read-only", `ok stdout="read-only\n"`)
	})
}
