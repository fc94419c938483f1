package jupyter_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// A checkout above the working folder that somebody else could have put there is not used;
// one that the command is called in is.
func TestFindRefusesWhatOthersCouldPlant(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "go.mod"), "module "+jupyter.Module+"\n")
	below := filepath.Join(root, "project")
	if err := os.Mkdir(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := jupyter.Find(below); err != nil || got.Root != root {
		t.Errorf("%v, %v", got, err)
	}
	for name, change := range map[string]func() error{
		"writable for all": func() error { return os.Chmod(root, 0o777) },
		"of another user":  func() error { return errors.Join(os.Chmod(root, 0o755), os.Chown(root, 1000, 1000)) },
	} {
		if err := change(); errors.Is(err, fs.ErrPermission) {
			t.Skip("only root gives files away")
		}
		if _, err := jupyter.Find(below); err == nil || !strings.Contains(err.Error(), root+" is not used") || !strings.Contains(err.Error(), "owner") {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := jupyter.Find(root); err != nil || got.Root != root {
			t.Errorf("%s, from within: %v, %v", name, got, err)
		}
	}
	// The one whose sources this test was built from is known.
	here, err := jupyter.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(here.Root, "kernel-ext")); err != nil {
		t.Error(err)
	}
}

// Links and pipes in the places of what the set-up keeps are neither written through nor
// waited for.
func TestSetupFollowsNoLink(t *testing.T) {
	w := newWorld(t)
	victim := filepath.Join(t.TempDir(), "victim")
	write(t, victim, "precious")
	kernel := w.checkout.Path("venv", "share", "jupyter", "kernels", jupyter.KernelName, "kernel.json")
	if err := w.setup(true); err != nil {
		t.Fatal(err)
	}
	planted := []string{kernel, w.checkout.Path("stamps", "kernel"), w.checkout.Path("session", "go.mod"), w.checkout.Path("venv", "share", "jupyter", "lab", "settings", "overrides.json")}
	for _, path := range planted {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if err := os.Symlink(victim, path); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.setup(true); err != nil {
		t.Fatal(err)
	}
	if got := read(t, victim); got != "precious" {
		t.Errorf("the user's file holds %q", got)
	}
	if !strings.Contains(read(t, kernel), "Go (Kelpie)") {
		t.Error("there is no kernel.json")
	}
	stamp := w.checkout.Path("stamps", "cells")
	if err := os.Remove(stamp); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(stamp, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.setup(true); err != nil && !strings.Contains(err.Error(), "named pipe") {
		t.Error(err)
	}
}
