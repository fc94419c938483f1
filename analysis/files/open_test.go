package files_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/files"
)

// What is no file is refused at once: a pipe without a writer would be waited for.
func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	dir, err := os.MkdirTemp("", "kelpie-open-") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	pipe, socket, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "link")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for path, want := range map[string]string{pipe: "but a named pipe, which cannot be read twice", link: "but a named pipe, which cannot be read twice", socket: "a socket", dir: "a folder", "/dev/null": "a device"} {
		_, err := files.Open(path)
		if !errors.Is(err, files.ErrNotRegular) || !strings.Contains(err.Error(), path) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := files.Read(path, 10); !errors.Is(err, files.ErrNotRegular) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := files.Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("twelve bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := files.Read(path, 12); err != nil || string(data) != "twelve bytes" {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := files.Read(path, 11); err == nil || data != nil || !strings.Contains(err.Error(), "longer than 11 bytes") {
		t.Errorf("%q, %v", data, err)
	}
}
