//go:build !windows

package scratch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whole folders are removed here and nowhere else in the command and the kernel, so that the question whose they are is
// asked each time. Nor is another program asked to do it.
func TestFoldersAreRemovedHereOnly(t *testing.T) {
	files := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, call := range []string{"os.RemoveAll(", ".RemoveAll(name", `"rm", "-`, `"--clear"`} {
			if strings.Contains(string(text), call) {
				t.Errorf("%s has %s", path, call)
			}
		}
		return err
	})
	if err != nil || files < 100 {
		t.Errorf("%d files, %v", files, err)
	}
}
