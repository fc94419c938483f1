package local

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Clearing removes the marks of files that were read, and nothing else that has come to lie
// in their folder, nor anything that a link in its place leads to.
func TestForgetMarksLeavesTheRest(t *testing.T) {
	n := opened(t)
	n.want("[1 2 3] computed 100 []")
	store := os.Getenv("KELPIE_CACHE")
	dir, victim := filepath.Join(store, marks), filepath.Join(t.TempDir(), "victim")
	if before, err := os.ReadDir(dir); err != nil || len(before) != 1 {
		t.Fatal(before, err)
	}
	mine := []string{filepath.Join(dir, "notes.txt"), filepath.Join(dir, "0123456789abcdef.d"), victim}
	for _, path := range mine {
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A link under the name of a mark is not written through.
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if markForm.MatchString(entry.Name()) {
			mark := filepath.Join(dir, entry.Name())
			if err := errors.Join(os.Remove(mark), os.Symlink(victim, mark)); err != nil {
				t.Fatal(err)
			}
		}
	}
	n.rows(3)
	n.cell()
	if err := new(engine).Clear(); err != nil {
		t.Fatal(err)
	}
	for _, path := range mine {
		if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
			t.Errorf("%s holds %q, %v", path, text, err)
		}
	}
	if err := errors.Join(os.RemoveAll(dir), os.Symlink(filepath.Dir(victim), dir)); err != nil {
		t.Fatal(err)
	}
	if err := new(engine).Clear(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(victim); err != nil {
		t.Error(err)
	}
}
