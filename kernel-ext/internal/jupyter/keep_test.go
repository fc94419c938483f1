package jupyter_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// In the place of what the set-up makes anew there may be something of the user's, or a link to it.
func TestSetupKeepsWhatIsNotItsOwn(t *testing.T) {
	for _, test := range []struct {
		name, path string // of a folder with the user's file, or of a link to it
		link       bool
		want       string // of the set-up's error
	}{
		{"a folder for the virtual environment", "venv", false, "is no virtual environment"},
		{"a link for the virtual environment", "venv", true, "is no virtual environment"},
		{"a folder where cells used to be compiled", "warm", false, ""},
		{"a link where cells used to be compiled", "warm", true, ""},
		{"a link for the lock", "lock", true, "too many levels of symbolic links"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			theirs := w.checkout.Path(test.path)
			if test.link {
				theirs = filepath.Join(t.TempDir(), "theirs")
			}
			write(t, filepath.Join(theirs, "go.mod"), "module theirs\n")
			if test.link {
				if err := errors.Join(os.MkdirAll(w.checkout.Path(), 0o755), os.Symlink(theirs, w.checkout.Path(test.path))); err != nil {
					t.Fatal(err)
				}
			}
			err := w.setup(true)
			if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if got := read(t, filepath.Join(theirs, "go.mod")); got != "module theirs\n" {
				t.Errorf("the user's file is now %q", got)
			}
		})
	}
}

// A virtual environment that a link leads to is the user's, too.
func TestClearVenv(t *testing.T) {
	theirs, dir := filepath.Join(t.TempDir(), "venv"), filepath.Join(t.TempDir(), "venv")
	write(t, filepath.Join(theirs, "pyvenv.cfg"), "home = /usr/bin\n")
	if err := os.Symlink(theirs, dir); err != nil {
		t.Fatal(err)
	}
	if err := jupyter.ClearVenv(dir); err == nil {
		t.Error("no error for a link")
	}
	if got := read(t, filepath.Join(theirs, "pyvenv.cfg")); got != "home = /usr/bin\n" {
		t.Errorf("theirs is now %q", got)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	// Nothing is there, then what a set-up that was killed left, then a whole one.
	for range 3 {
		if err := jupyter.ClearVenv(dir); err != nil {
			t.Fatal(err)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 1 || files[0].Name() != "pyvenv.cfg" {
			t.Errorf("it holds %v, %v", files, err)
		}
		write(t, filepath.Join(dir, "lib", "python3", "x.py"), "x")
	}
}

// Files that the set-up writes may have other names, by links of both kinds.
func TestFilesAreReplacedNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	for name, link := range map[string]func(old, new string) error{"symbolic": os.Symlink, "hard": os.Link} {
		theirs, path := filepath.Join(dir, name), filepath.Join(dir, name+"-link")
		write(t, theirs, "x")
		if err := link(theirs, path); err != nil {
			t.Fatal(err)
		}
		if err := jupyter.WriteFile(path, []byte("y")); err != nil {
			t.Fatal(err)
		}
		if got := read(t, theirs) + read(t, path); got != "xy" {
			t.Errorf("%s link: %q", name, got)
		}
	}
}

// The scripts of a virtual environment may share their contents with others of the user's.
func TestMovedScriptsAreReplaced(t *testing.T) {
	w := newWorld(t)
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	script, theirs := w.checkout.Path("venv", "bin", "jupyter"), filepath.Join(filepath.Dir(w.checkout.Root), "theirs")
	text := read(t, script)
	if err := os.Link(script, theirs); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(filepath.Dir(w.checkout.Root), "moved")
	if err := os.Rename(w.checkout.Root, moved); err != nil {
		t.Fatal(err)
	}
	w.checkout.Root = moved
	if err := w.setup(false); err != nil {
		t.Fatal(err)
	}
	script = w.checkout.Path("venv", "bin", "jupyter")
	if about, err := os.Stat(script); err != nil || about.Mode().Perm() != 0o755 || !strings.Contains(read(t, script), moved) {
		t.Errorf("the script says %q (%v, %v)", read(t, script), about, err)
	}
	if got := read(t, theirs); got != text {
		t.Errorf("the user's says %q, not %q", got, text)
	}
}

// A run removes what a killed one left in the folder for temporary files, and nothing else there.
func TestRunsSweep(t *testing.T) {
	w, e := newExecution(t, "")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	left, err := scratch.Make(temporary, scratch.NewName())
	if err != nil {
		t.Fatal(err)
	}
	left.Leave()
	mine := filepath.Join(temporary, "kelpie-123456789", "f")
	write(t, mine, "x")
	if err := jupyter.Execute(t.Context(), w.checkout, e); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(temporary); err != nil || len(files) != 1 || read(t, mine) != "x" {
		t.Errorf("left %v, %v", files, err)
	}
}
