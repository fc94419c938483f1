package jupyter_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// shortFolder is a private folder with a short name, as $XDG_RUNTIME_DIR is.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "k")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func openSockets(t *testing.T) *jupyter.Sockets {
	t.Helper()
	s, err := jupyter.OpenSockets()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestSocketsAreInAPrivateShortFolder(t *testing.T) {
	private, open := shortFolder(t), shortFolder(t)
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 120))
	for _, test := range []struct{ name, runtime, temporary, want string }{
		{"the user's own", private, "/tmp", private},
		{"one that others can read", open, private, private},
		{"one that is not there", filepath.Join(private, "none"), private, private},
		{"a relative one", "run", private, private},
		{"none, and a long one for temporary files", "", long, "/tmp"},
		{"a long one", long, private, private},
	} {
		t.Setenv("XDG_RUNTIME_DIR", test.runtime)
		t.Setenv("TMPDIR", test.temporary)
		_ = os.MkdirAll(long, 0o700)
		s := openSockets(t)
		info, err := os.Stat(s.Folder)
		if err != nil || info.Mode().Perm() != 0o700 || filepath.Dir(s.Folder) != test.want {
			t.Errorf("%s: %s, %v", test.name, s.Folder, err)
		}
		// As long as Jupyter's names are.
		listener, err := net.Listen("unix", filepath.Join(s.Folder, "kernel-"+strings.Repeat("0", 36)+"-ipc-15"))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		defer listener.Close()
		if s.Close(); exists(s.Folder) {
			t.Errorf("%s: %s stays", test.name, s.Folder)
		}
	}
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

// What a killed program left goes with the next one. Package scratch has what is not touched.
func TestLeftSocketsAreRemoved(t *testing.T) {
	base := shortFolder(t)
	t.Setenv("XDG_RUNTIME_DIR", base)
	living := openSockets(t)
	const name = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	left := filepath.Join(base, "kelpie-"+name[:12])
	write(t, filepath.Join(left, "lock"), "A folder of Kelpie's, removed when nobody locks this file: "+name+"\n")
	write(t, filepath.Join(left, "kernel-1"), "")
	notOurs := filepath.Join(base, "kelpie-bbbbbbbbbbbb", "kernel-1")
	write(t, notOurs, "")
	openSockets(t)
	if exists(left) {
		t.Error("what was left is still there")
	}
	if !exists(living.Folder) || !exists(notOurs) {
		t.Error("what is in use, or not ours, was touched")
	}
}

// The real kernel through the real nbconvert, by a checkout with a path that no socket could have.
func TestNbconvertUsesPrivateSockets(t *testing.T) {
	real, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	c := jupyter.Checkout{Root: real}
	if !exists(c.Path("bin", jupyter.FrontName)) || !exists(c.Python()) {
		t.Skip("no kernel in .kelpie: go run ./kernel-ext install")
	}
	folder := filepath.Join(t.TempDir(), strings.Repeat("a", 75), strings.Repeat("b", 75))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	c.Root = filepath.Join(folder, "checkout")
	if err := os.Symlink(real, c.Root); err != nil {
		t.Fatal(err)
	}
	base := shortFolder(t)
	t.Setenv("XDG_RUNTIME_DIR", base)
	book := filepath.Join(folder, "trial.ipynb")
	write(t, book, strings.NewReplacer("first()", "fmt.Println(6 * 7)", "second()", "fmt.Println(2)", `"gonb"`, `"gonb", "display_name": "Go"`).Replace(exampleNotebook))
	var sockets []string
	e := jupyter.Execution{
		Notebook: book, Output: filepath.Join(folder, "out.ipynb"), Failed: filepath.Join(folder, "failed"), CellTimeout: time.Minute,
		Progress: func(int, int) { sockets, _ = filepath.Glob(filepath.Join(base, "kelpie-*", "kernel-?")) },
	}
	if err := jupyter.Execute(t.Context(), c, e); err != nil {
		t.Fatal(err)
	}
	if text := read(t, e.Output); !strings.Contains(text, `"42\n"`) {
		t.Errorf("the notebook shows\n%s", text)
	}
	if len(sockets) != 5 {
		t.Errorf("the kernel's sockets were %q", sockets)
	}
	if left, _ := os.ReadDir(base); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
