//go:build unix

package exchange

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// The file that texts lie in is cut to nothing: reading them for a record is an
// error and does not end the program.
func TestFaultRecordOfAFileCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "texts")
	if err := os.WriteFile(path, make([]byte, 1<<13), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data, err := unix.Mmap(int(file.Fd()), 0, 1<<13, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(data)
	b := &column.Batch{Len: 1, Columns: []*column.Column{{Name: "s", Type: column.String, Len: 1, Offsets: []int64{0, 1 << 13}, Bytes: data}}}
	if _, err := recordOf(b); err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(0); err != nil {
		t.Fatal(err)
	}
	var gone *fault.Error
	if _, err := recordOf(b); !errors.As(err, &gone) {
		t.Errorf("error %v", err)
	}
}
