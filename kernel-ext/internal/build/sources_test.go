package build

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Go files that embed others are found in folders of any name, and no pipe among them is waited for.
func TestEmbeds(t *testing.T) {
	for _, name := range []string{"plain", "of [a-z] * and ?"} {
		dir := filepath.Join(t.TempDir(), name)
		file := filepath.Join(dir, "a.go")
		if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(file, []byte("package a\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if embeds(dir) {
			t.Errorf("%s: a file that embeds nothing does", name)
		}
		if err := os.WriteFile(filepath.Join(dir, "b.go"), []byte("package a\n\n//go:embed x\nvar x string\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if !embeds(dir) {
			t.Errorf("%s: the file that embeds another is not found", name)
		}
		if err := errors.Join(os.Remove(filepath.Join(dir, "b.go")), syscall.Mkfifo(filepath.Join(dir, "c.go"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if !embeds(dir) {
			t.Errorf("%s: a file that cannot be read may embed others", name)
		}
	}
}
