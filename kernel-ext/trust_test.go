//go:build !windows

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/toniot"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// Root in a container works over a checkout that is mounted and belongs to a user: the
// commands know it, and name its folders to what they start; a notebook that looks for them
// by itself is told whose they are.
func TestCheckoutOfAnotherUser(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	checkout := jupyter.Checkout{Root: filepath.Join(root, "mounted")}
	for _, dir := range []string{checkout.Path("data"), checkout.Path("store"), filepath.Join(checkout.Root, "notebooks")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(checkout.Root, "go.mod"), []byte("module "+jupyter.Module+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(checkout.Root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, 1000, 1000)
	})
	if err != nil {
		t.Skip("only root gives files away")
	}
	t.Setenv("KELPIE_DATA", "")
	t.Setenv("KELPIE_CACHE", "")
	if status, out, stderr := call(t, checkout.Root, "data", "--scale", "0.001"); status != 0 || !strings.Contains(out, "linux_process_1.csv") {
		t.Errorf("data: %d\n%s%s", status, out, stderr)
	}
	if status, out, stderr := call(t, checkout.Root, "cache", "ls"); status != 0 {
		t.Errorf("cache: %d\n%s%s", status, out, stderr)
	}
	if got := os.Getenv("KELPIE_CACHE"); got != checkout.Path("store") {
		t.Errorf("the store is %q", got)
	}
	os.Unsetenv("KELPIE_CACHE")

	t.Chdir(filepath.Join(checkout.Root, "notebooks"))
	if _, err := toniot.Find(toniot.ProcessActivity); err == nil || !strings.Contains(err.Error(), "owner") || !strings.Contains(err.Error(), "KELPIE_DATA="+checkout.Path("data")) {
		t.Errorf("a notebook by itself: %v", err)
	}
	// What demo and lab give to kernels.
	for _, entry := range notebookEnv(checkout, checkout.Path("data")) {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
	if paths, err := toniot.Find(toniot.ProcessActivity); err != nil || len(paths) != 2 {
		t.Errorf("with what the commands say: %q, %v", paths, err)
	}
	if got := os.Getenv("KELPIE_CACHE"); got != checkout.Path("store") {
		t.Errorf("the store is %q", got)
	}
	t.Setenv("KELPIE_CACHE", "mine")
	if got := storeFolder(checkout); got != filepath.Join(checkout.Root, "notebooks", "mine") {
		t.Errorf("a store that the user names is %q to kernels elsewhere", got)
	}
}

// A link in the place of what notes a working copy is not written through.
func TestNotesOfWorkingCopiesFollowNoLink(t *testing.T) {
	checkout := jupyter.Checkout{Root: t.TempDir()}
	a := app{stdout: new(strings.Builder)}
	victim := filepath.Join(t.TempDir(), "victim")
	for _, dir := range []string{checkout.Path("lab"), filepath.Join(checkout.Root, "notebooks")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range notebooks {
		if err := os.WriteFile(filepath.Join(checkout.Root, "notebooks", name+".ipynb"), []byte("first"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(victim, checkout.Path("lab", "."+name+".copied")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.workingCopies(checkout); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the user's file holds %q, %v", text, err)
	}
}
