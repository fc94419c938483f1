//go:build unix

package csv_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// A pipe is no file to read twice, as telling a file's state and reading it does. It is an
// error at once, also one without a writer.
func TestPipesAreNotWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.csv")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, read := csv.Read(t.Context(), []string{path}, csv.Options{})
	_, cut := csv.Partitions(t.Context(), []string{path}, 1<<20)
	for _, err := range []error{read, cut} {
		if !errors.Is(err, files.ErrNotRegular) || !strings.Contains(err.Error(), path) {
			t.Error(err)
		}
	}
}
