//go:build !windows

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// end kills the client's processes whose command line holds the word, and returns them.
func (c *client) end(word string) []int {
	pids := c.processes(word)
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	return pids
}

func TestFaultProgramKilled(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, realGoNB(t))
	c.run("var kept = 42")
	for n := range rounds(2, 50) {
		c.expect("%%\nfmt.Println(\"begun\")\n_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)", fmt.Sprintf(
			"error exit: signal: killed: the program was killed from outside, as it is when memory runs out (cell [%d]) stdout=%q", 2*n+2, "begun\n"))
		c.expect("%%\nfmt.Println(kept)", `ok stdout="42\n"`)
	}
}

func TestFaultBuildKilled(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c, slow := startSlow(t, "69")
	c.expect("func f() {}", "ok")
	for range rounds(1, 20) {
		slow(true)
		id := c.send("shell", "execute_request", cell("func g() {}"))
		eventually(t, "it does not start", func() bool { return len(c.end("sleep\x0069")) > 0 })
		want := "error build error: the go command ended without a word: it was killed from outside, as it is when memory runs out (cell ["
		if got := c.await(id).String(); !strings.HasPrefix(got, want) {
			t.Errorf("got %s", got)
		}
		slow(false)
		c.expect("%%\nf()", "ok")
	}
}

// realGopls is the path of the checkout's gopls; the test is skipped where it was not set up.
func realGopls(t *testing.T) string {
	t.Helper()
	gopls, err := filepath.Abs(filepath.Join("..", "..", ".kelpie", "gopls", "gopls"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(gopls); errors.Is(err, os.ErrNotExist) {
		t.Skip("gopls is not there; `go run ./kernel-ext install --lab` sets it up")
	}
	return gopls
}

// The real gopls completes what only types tell, and does so again after it was killed.
func TestFaultGoplsKilled(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	gopls := realGopls(t)
	c := start(t, realGoNB(t), func(c *client, _ *exec.Cmd) { c.gopls = gopls })
	c.expect("type Point struct{ Width int }\n\nfunc point() Point { return Point{} }", "ok")
	completes := func() {
		t.Helper()
		const code = "%%\npoint().Wid"
		eventually(t, "no completion", func() bool {
			r := c.ask("complete_request", map[string]any{"code": code, "cursor_pos": len(code)})
			matches, _ := r.content["matches"].([]any)
			return slices.Contains(matches, any("Width"))
		})
	}
	completes()
	for range rounds(1, 3) { // one that ends by itself is started five times in all
		first := c.end("gopls\x00serve")
		if len(first) != 1 {
			t.Fatalf("processes of gopls: %v", first)
		}
		completes()
		if now := c.processes("gopls\x00serve"); len(now) != 1 || now[0] == first[0] {
			t.Errorf("processes of gopls: %v, were %v", now, first)
		}
	}
}
