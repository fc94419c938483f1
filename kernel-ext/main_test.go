//go:build !windows

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

var update = flag.Bool("update", false, "write the golden files anew")

// call carries out a command line in a folder.
func call(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	status = run(t.Context(), app{dir: dir, stdout: &sharedWriter{to: &out}, stderr: &complaints}, args)
	return status, out.String(), complaints.String()
}

// The help of the command and of every verb, as a stranger reads it.
func TestHelp(t *testing.T) {
	t.Setenv("KELPIE_DATA", "")
	var got strings.Builder
	for _, args := range [][]string{{"help"}, {"demo", "-h"}, {"lab", "-h"}, {"check", "-h"}, {"add", "-h"}, {"install", "-h"}, {"doctor", "-h"}, {"data", "-h"}, {"cache", "-h"}} {
		status, stdout, stderr := call(t, t.TempDir(), args...)
		if status != 0 || stderr != "" {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
		got.WriteString("$ go run ./kernel-ext " + strings.Join(args, " ") + "\n" + stdout + "\n")
	}
	golden := filepath.Join("testdata", "help.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestWrongCommandLines(t *testing.T) {
	tests := []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"dance"}, 2, `there is no verb "dance"`},
		{[]string{"demo", "--speed", "9"}, 2, "go run ./kernel-ext demo -h"},
		{[]string{"demo", "now"}, 2, `demo takes no argument "now"`},
		{[]string{"cache"}, 2, "cache takes ls, verify, prune [--to SIZE] or clear"},
		{[]string{"cache", "ls", "--to", "1GB"}, 2, "cache takes ls, verify, prune [--to SIZE] or clear"},
		{[]string{"cache", "prune", "--to", "none"}, 2, "a size is a number above 0"},
		{[]string{"data", "--out", "x", "--scale", "17"}, 1, "scale 17"},
		{[]string{"add"}, 2, "add needs to be told what"},
		{[]string{"add", "--list", "x"}, 2, "add --list takes nothing else"},
		{[]string{"add", "--upside-down"}, 2, "go run ./kernel-ext add -h"},
		{[]string{"add", "--list"}, 1, "change into the folder you cloned"},
		{[]string{"install"}, 1, "change into the folder you cloned"},
		{[]string{"doctor"}, 1, "change into the folder you cloned"},
		{[]string{"check"}, 1, "change into the folder you cloned"},
	}
	for _, test := range tests {
		status, _, stderr := call(t, t.TempDir(), test.args...)
		if status != test.status || !strings.Contains(stderr, test.stderr) {
			t.Errorf("%v: status %d, %q; want %d and %q", test.args, status, stderr, test.status, test.stderr)
		}
	}
}

// The data that a user names is looked at before minutes are spent on the set-up.
func TestDataGivenByTheUser(t *testing.T) {
	root := filepath.Join("..")
	for dir, want := range map[string]string{filepath.Join(t.TempDir(), "none"): "no such file", t.TempDir(): "no process files"} {
		status, stdout, stderr := call(t, root, "demo", "--data", dir)
		if status != 1 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("status %d, %q, %q; want %q", status, stdout, stderr, want)
		}
	}
}

func TestInterruptedCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var complaints bytes.Buffer
	status := run(ctx, app{dir: ".", stdout: &bytes.Buffer{}, stderr: &complaints}, []string{"data", "--out", t.TempDir()})
	if status != 130 || !strings.Contains(complaints.String(), "interrupted") {
		t.Errorf("status %d, %q", status, complaints.String())
	}
}

// The kernel that is built has to be the one whose display protocol the product was compiled with.
func TestToolsPinTheGoNBThatTheProductRequires(t *testing.T) {
	version := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "github.com/janpfeifer/gonb" {
				return fields[1]
			}
		}
		t.Fatalf("%s does not require GoNB", path)
		return ""
	}
	if root, tools := version("../go.mod"), version("internal/tools/go.mod"); root != tools {
		t.Errorf("go.mod requires GoNB %s, the tools %s", root, tools)
	}
}

func TestData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if complete(dir, 7, 0.001) {
		t.Error("complete before it was made")
	}
	status, stdout, stderr := call(t, t.TempDir(), "data", "--out", dir, "--seed", "7", "--scale", "0.001")
	if status != 0 || !strings.Contains(stdout, "linux_memory_2.csv") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	if !complete(dir, 7, 0.001) || complete(dir, 1, 0.001) || complete(dir, 7, 1) {
		t.Error("the data does not count as what was made")
	}
	// So small a set may miss a bound; what counts is that the report is there, of the files that are.
	if _, stdout, stderr := call(t, t.TempDir(), "data", "--out", dir, "--seed", "7", "--scale", "0.001", "--report"); !strings.Contains(stdout, "out of bounds") || strings.Contains(stdout, "making") {
		t.Errorf("report: %q, %q", stdout, stderr)
	}
	if err := os.Remove(filepath.Join(dir, "linux_memory_2.csv")); err != nil {
		t.Fatal(err)
	}
	if complete(dir, 7, 0.001) {
		t.Error("complete without one of its files")
	}
}

func TestWorkingCopies(t *testing.T) {
	checkout := jupyter.Checkout{Root: t.TempDir()}
	var out bytes.Buffer
	a := app{stdout: &out}
	put := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	original := func(name string) string { return filepath.Join(checkout.Root, "notebooks", name+".ipynb") }
	copied := func(name string) string { return checkout.Path("lab", name+".ipynb") }
	for _, name := range notebooks {
		put(original(name), "first")
	}
	if _, err := a.workingCopies(checkout); err != nil {
		t.Fatal(err)
	}
	put(copied("process"), "mine")
	for _, name := range notebooks {
		put(original(name), "second")
	}
	for range 2 {
		if _, err := a.workingCopies(checkout); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"process": "mine", "memory": "second"} {
			if text, err := os.ReadFile(copied(name)); err != nil || string(text) != want {
				t.Errorf("%s holds %q, %v; want %q", name, text, err, want)
			}
		}
	}
	if got := strings.Count(out.String(), "which you changed"); got != 2 {
		t.Errorf("said %d times that a changed copy is kept, in two calls:\n%s", got, out.String())
	}
}

// A user may have put links where working copies go.
func TestWorkingCopiesFollowNoLink(t *testing.T) {
	checkout := jupyter.Checkout{Root: t.TempDir()}
	var out bytes.Buffer
	a := app{stdout: &out}
	theirs := filepath.Join(t.TempDir(), "theirs.ipynb")
	for _, folder := range []string{filepath.Join(checkout.Root, "notebooks"), checkout.Path("lab")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	original := func(text string) {
		for _, name := range notebooks {
			if err := os.WriteFile(filepath.Join(checkout.Root, "notebooks", name+".ipynb"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	original("first")
	if _, err := a.workingCopies(checkout); err != nil {
		t.Fatal(err)
	}
	// One link to what was copied, moved elsewhere, and one to nothing.
	process, memory := checkout.Path("lab", "process.ipynb"), checkout.Path("lab", "memory.ipynb")
	err := errors.Join(os.Rename(process, theirs), os.Symlink(theirs, process), os.Remove(memory), os.Symlink(theirs+".none", memory))
	if err != nil {
		t.Fatal(err)
	}
	original("second")
	if _, err := a.workingCopies(checkout); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(theirs); err != nil || string(text) != "first" {
		t.Errorf("what a link led to is now %q, %v", text, err)
	}
	if _, err := os.Stat(theirs + ".none"); err == nil {
		t.Error("a file was made where a link led")
	}
	if strings.Count(out.String(), "leads to a file of yours") != 2 {
		t.Errorf("said %q", out.String())
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1927968: "1,927,968", -1000: "-1,000", -100: "-100"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
