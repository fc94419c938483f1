//go:build !windows

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFaultGoNBEnds(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.run("func f")
	c.run("fail no\nfunc g")
	c.run("func h\nout hello")
	c.expect("out before\ndie 7", `error GoNB ended: GoNB, which runs the cells, ended in this one (exit status 7). It is started again with the next cell, with the declarations that it had. stdout="before\n"`)
	// Cells keep their numbers, also those of declarations.
	c.expect("known\ncount", `ok stdout="func f@1;func h@1\n5\n" stderr="kelpie: GoNB had ended (exit status 7); it was started again\n"`)
	c.expect("out fine", `ok stdout="fine\n"`)
}

func TestFaultGoNBDiesAtRest(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, fake(t))
	c.run("out warm")
	for _, pid := range c.processes("fakegonb") {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	eventually(t, "GoNB lives on", func() bool { return len(c.processes("fakegonb")) == 0 })
	c.expect("out back", `ok stdout="back\n" stderr="kelpie: GoNB had ended (signal: killed); it was started again\n"`)
}

func TestFaultGoNBDoesNotStart(t *testing.T) {
	t.Parallel()
	c := start(t, []string{"/bin/false"})
	if got := c.run("%%").String(); !strings.HasPrefix(got, "error kernel error: front: GoNB ended as it started (exit status 1)") {
		t.Errorf("got %s", got)
	}
}

func TestFaultWorkDirectoryDeleted(t *testing.T) {
	t.Parallel()
	c := start(t, fake(t))
	c.run("func f")
	c.expect("vanish", `ok`)
	if got := c.run("known").String(); !strings.Contains(got, "func f@1") || !strings.Contains(got, "had lost its work directory") {
		t.Errorf("got %s", got)
	}
	if err := os.RemoveAll(c.dirs()[0]); err != nil {
		t.Fatal(err)
	}
	if got := c.run("known").String(); !strings.Contains(got, "func f@1") || !strings.Contains(got, "had lost its work directory") {
		t.Errorf("without the session's directory: %s", got)
	}
}

// processes lists the client's processes whose command line holds the word.
func (c *client) processes(word string) []int {
	var pids []int
	for _, pid := range c.marked() {
		args, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if bytes.Contains(args, []byte(word)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func onlyLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lets us find the processes")
	}
}

// Each process is killed in turn, and the kernel after it; whatever the order, nothing stays.
func TestFaultKilled(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	for round := range rounds(2, 50) {
		for _, victim := range []string{"kernel", "guard", "fakegonb"} {
			c := start(t, fake(t))
			c.run("out warm")
			if round%2 == 1 {
				c.send("shell", "execute_request", do("sleep 60000"))
			}
			switch victim {
			case "kernel":
			default:
				first := c.processes(victim)[0]
				_ = syscall.Kill(first, syscall.SIGKILL)
				if victim == "guard" {
					eventually(t, "no second guard", func() bool {
						now := c.processes("guard")
						return len(now) == 1 && now[0] != first
					})
				}
			}
			c.kill(syscall.SIGKILL)
			c.nothingLeft()
		}
	}
}

// A kernel and its guard that are killed at once leave a directory, which a later kernel removes.
func TestFaultKilledTogether(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	c := start(t, fake(t))
	guards := c.processes("guard")
	_ = syscall.Kill(guards[0], syscall.SIGSTOP)
	c.kill(syscall.SIGKILL)
	_ = syscall.Kill(guards[0], syscall.SIGKILL)
	eventually(t, "processes stay", func() bool { return len(c.marked()) == 0 })
	left := c.dirs()
	if len(left) != 1 {
		t.Fatalf("directories %v", left)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(left[0], old, old); err != nil {
		t.Fatal(err)
	}
	start(t, fake(t), func(d *client, cmd *exec.Cmd) { d.base = c.base })
	eventually(t, "the directory stays", func() bool { _, err := os.Stat(left[0]); return err != nil })
}

func TestFaultManyCells(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	manyCells(t, fake(t), "out x\nshow 1\nfail y", rounds(30, 1000))
}

func TestFaultManyCellsOfGoNB(t *testing.T) {
	onlyLinux(t)
	t.Parallel()
	manyCells(t, realGoNB(t), "import \"github.com/stophacking/kelpie/kernel-ext/nb\"\n%%\nfmt.Println(1)\nnb.Markdown(\"x\")\npanic(\"y\")", rounds(4, 1000))
}

// manyCells runs the failing cell that often: the kernel and GoNB then have no more files open than after half of
// it, and not much more memory.
func manyCells(t *testing.T, gonb []string, code string, cells int) {
	c := start(t, gonb)
	half := func() {
		for range cells / 2 {
			if r := c.run(code); r.content["status"] != "error" || len(r.published) < 3 {
				t.Fatalf("got %s", r)
			}
			c.forget()
		}
	}
	half()
	processes := map[string]int{"the kernel": c.cmd.Process.Pid, "GoNB": c.processes("gonb\x00")[0]}
	files, memory := map[string]int{}, map[string]int{}
	for name, pid := range processes {
		files[name], memory[name] = holds(pid)
	}
	half()
	for name, pid := range processes {
		var filesNow, memoryNow int
		// A look at what runs has files open for a moment.
		eventually(t, name+" has more files open than before", func() bool {
			filesNow, memoryNow = holds(pid)
			return filesNow <= files[name]+2
		})
		t.Logf("%s has, after %d and after %d cells, %d and %d files, %d and %d kB", name, cells/2, cells, files[name], filesNow, memory[name], memoryNow)
		if files[name] == 0 || memory[name] == 0 || memoryNow > memory[name]+memory[name]/4+16<<10 {
			t.Errorf("%s grew from %d kB to %d kB", name, memory[name], memoryNow)
		}
	}
}

// holds is how many files a process has open, and its memory in kB.
func holds(pid int) (files, kilobytes int) {
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	_, _ = fmt.Sscan(rest, &kilobytes)
	return len(names), kilobytes
}

func TestFaultUnusualFolders(t *testing.T) {
	t.Parallel()
	for name, folder := range map[string]string{
		"blanks and signs": "a b/größe $x '\"",
		"long":             strings.Repeat("long folder/", 12),
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, fake(t), func(c *client, cmd *exec.Cmd) {
				c.base = filepath.Join(c.base, folder)
				if err := os.MkdirAll(c.base, 0o755); err != nil {
					t.Fatal(err)
				}
			})
			c.expect("out fine", `ok stdout="fine\n"`)
			links := func() []string {
				found, _ := filepath.Glob(filepath.Join("/tmp", filepath.Base(c.dirs()[0])))
				return found
			}
			before := links()
			c.kill(syscall.SIGKILL)
			c.nothingLeft()
			for _, link := range before {
				if _, err := os.Lstat(link); err == nil {
					t.Errorf("%s stays", link)
				}
			}
		})
	}
}

func TestFaultConnectionFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":            "unexpected end of JSON",
		`{"key":""}`:  "it has no key",
		`{"key":"k"}`: "its transport is",
		`{"key":"k","transport":"tcp","ip":"0.0.0.0"}`:                                       "it asks to listen on 0.0.0.0",
		`{"key":"k","transport":"tcp","ip":"127.0.0.1","signature_scheme":"hmac-md5"}`:       "its signature scheme",
		`{"key":"k","transport":"tcp","ip":"127.0.0.1","shell_port":99999,"hb_port":100000}`: "invalid port",
	} {
		base := t.TempDir()
		file := filepath.Join(base, "c.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		output, err := exec.Command(binary, append([]string{"-sessions", base, file}, fake(t)...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(output), want) {
			t.Errorf("%s: %v, %s; want %q", text, err, output, want)
		}
		if left, _ := filepath.Glob(filepath.Join(base, "kelpie-*")); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	}
}
