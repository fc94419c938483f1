//go:build !windows

package scratch_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// must ends the test at an error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// write makes a file, with its folder.
func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
}

// left is what lies below a folder, itself included.
func left(t *testing.T, folder string) (paths []string) {
	t.Helper()
	must(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	}))
	return paths
}

// abandoned makes a folder as Make does and leaves it, as a program that is killed does.
func abandoned(t *testing.T, base string) (path, name string) {
	t.Helper()
	name = scratch.NewName()
	f, err := scratch.Make(base, name)
	must(t, err)
	write(t, filepath.Join(f.Path, "a", "b"), "x")
	f.Leave()
	return f.Path, name
}

func TestMakeAndRemove(t *testing.T) {
	base := t.TempDir()
	f, err := scratch.Make(base, scratch.NewName())
	must(t, err)
	info, err := os.Stat(f.Path)
	must(t, err)
	if info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("mode %v", info.Mode())
	}
	write(t, filepath.Join(f.Path, "a", "b", "c"), "x")
	must(t, os.Chmod(filepath.Join(f.Path, "a", "b", "c"), 0), syscall.Mkfifo(filepath.Join(f.Path, "pipe"), 0o600))
	must(t, f.Remove(), f.Remove())
	if got := left(t, base); len(got) != 1 {
		t.Errorf("left %v", got)
	}
}

func TestMakeRefuses(t *testing.T) {
	base, name := t.TempDir(), scratch.NewName()
	must(t, os.Mkdir(filepath.Join(base, "kelpie-"+name[:12]), 0o700)) // empty: a rename would replace it
	for what, ask := range map[string][2]string{
		"a name that is taken": {base, name}, "a name that is not random": {base, "checkout"}, "a name with a slash": {base, "../" + name}, "no folder": {"/none", name},
	} {
		if _, err := scratch.Make(ask[0], ask[1]); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if got := left(t, base); len(got) != 2 {
		t.Errorf("left %v", got)
	}
}

// What does not prove to be ours stays, with all that it holds.
func TestSweepTakesOnlyWhatIsOurs(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "precious")
	for _, test := range []struct {
		name string
		make func(t *testing.T, base string)
		gone int // how many folders are swept
	}{
		{"a folder that was left", func(t *testing.T, base string) { abandoned(t, base) }, 1},
		{"two", func(t *testing.T, base string) { abandoned(t, base); abandoned(t, base) }, 2},
		{"a user's folder", func(t *testing.T, base string) { write(t, filepath.Join(base, "kelpie-mine", "f"), "x") }, 0},
		{"a checkout", func(t *testing.T, base string) { write(t, filepath.Join(base, "kelpie-checkout", "go.mod"), "x") }, 0},
		{"a temporary folder", func(t *testing.T, base string) {
			f, err := scratch.Temporary(base, "kelpie-")
			must(t, err)
			write(t, filepath.Join(f.Path, "f"), "x")
			f.Leave()
		}, 0},
		{"a name like ours", func(t *testing.T, base string) { write(t, filepath.Join(base, "kelpie-abcdefghijkl", "f"), "x") }, 0},
		{"with an empty lock", func(t *testing.T, base string) { write(t, filepath.Join(base, "kelpie-abcdefghijkl", "lock"), "") }, 0},
		{"with a lock of another's", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			text, err := os.ReadFile(filepath.Join(path, "lock"))
			must(t, err)
			write(t, filepath.Join(base, "kelpie-abcdefghijkl", "lock"), string(text))
		}, 1},
		{"a copy under another name", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.CopyFS(filepath.Join(base, "kelpie-saved"), os.DirFS(path)))
		}, 1},
		{"one that was moved away", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.Rename(path, filepath.Join(base, "kelpie-saved")))
		}, 0},
		{"made again without its lock", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.RemoveAll(path))
			write(t, filepath.Join(path, "f"), "x")
		}, 0},
		{"a link to one", func(t *testing.T, base string) {
			away := t.TempDir()
			path, _ := abandoned(t, away)
			must(t, os.Symlink(path, filepath.Join(base, filepath.Base(path))))
			t.Cleanup(func() {
				if _, err := os.Stat(filepath.Join(path, "a", "b")); err != nil {
					t.Error("the sweep followed a link")
				}
			})
		}, 0},
		{"its lock is a link", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.Rename(filepath.Join(path, "lock"), filepath.Join(base, "lock")), os.Symlink(filepath.Join(base, "lock"), filepath.Join(path, "lock")))
		}, 0},
		{"its lock is a link within", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.Rename(filepath.Join(path, "lock"), filepath.Join(path, "other")), os.Symlink("other", filepath.Join(path, "lock")))
		}, 0},
		{"its lock has another name", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.Link(filepath.Join(path, "lock"), filepath.Join(base, "lock")))
		}, 0},
		{"its lock is a pipe", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.Remove(filepath.Join(path, "lock")), syscall.Mkfifo(filepath.Join(path, "lock"), 0o600))
		}, 0},
		{"a file", func(t *testing.T, base string) { write(t, filepath.Join(base, "kelpie-abcdefghijkl"), "x") }, 0},
		{"half-made", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			must(t, os.Rename(path, filepath.Join(base, "."+filepath.Base(path))))
		}, 0},
		{"another user's", func(t *testing.T, base string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give files away")
			}
			path, _ := abandoned(t, base)
			must(t, os.Lchown(path, 12345, 12345))
		}, 0},
		{"a lock of another user's", func(t *testing.T, base string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give files away")
			}
			path, _ := abandoned(t, base)
			must(t, os.Lchown(filepath.Join(path, "lock"), 12345, 12345))
		}, 0},
		{"links in it", func(t *testing.T, base string) {
			path, _ := abandoned(t, base)
			write(t, filepath.Join(outside, "f"), "x")
			must(t, os.Symlink(outside, filepath.Join(path, "link")), os.Symlink("/", filepath.Join(path, "a", "root")),
				os.Link(filepath.Join(outside, "f"), filepath.Join(path, "same")))
			t.Cleanup(func() {
				if text, err := os.ReadFile(filepath.Join(outside, "f")); err != nil || string(text) != "x" {
					t.Error("what a link led to is gone")
				}
			})
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := t.TempDir()
			living, err := scratch.Make(base, scratch.NewName())
			must(t, err)
			test.make(t, base)
			before := left(t, base)
			removed := scratch.Sweep(base)
			if len(removed) != test.gone {
				t.Errorf("removed %v, want %d", removed, test.gone)
			}
			want := slices.DeleteFunc(before, func(path string) bool {
				return slices.ContainsFunc(removed, func(gone string) bool { return path == gone || strings.HasPrefix(path, gone+"/") })
			})
			if got := left(t, base); !slices.Equal(got, want) {
				t.Errorf("left %v, want %v", got, want)
			}
			must(t, living.Remove())
		})
	}
}

func TestRemoveKnowsTheFolderItMade(t *testing.T) {
	type maker func(base string) (*scratch.Folder, error)
	for kind, make := range map[string]maker{
		"made":      func(base string) (*scratch.Folder, error) { return scratch.Make(base, scratch.NewName()) },
		"temporary": func(base string) (*scratch.Folder, error) { return scratch.Temporary(base, "trial-") },
	} {
		for _, test := range []struct {
			name  string
			do    func(t *testing.T, path string)
			stays bool
		}{
			{"made again", func(t *testing.T, path string) { must(t, os.RemoveAll(path)); write(t, filepath.Join(path, "f"), "x") }, true},
			{"a link in its place", func(t *testing.T, path string) {
				must(t, os.Rename(path, path+"-moved"), os.Symlink(path+"-moved", path))
			}, true},
			{"a file in its place", func(t *testing.T, path string) { must(t, os.RemoveAll(path)); write(t, path, "x") }, true},
			{"moved away", func(t *testing.T, path string) { must(t, os.Rename(path, path+"-moved")) }, false},
			{"gone", func(t *testing.T, path string) { must(t, os.RemoveAll(path)) }, false},
		} {
			t.Run(kind+", "+test.name, func(t *testing.T) {
				base := t.TempDir()
				f, err := make(base)
				must(t, err)
				write(t, filepath.Join(f.Path, "kept"), "x")
				test.do(t, f.Path)
				before := left(t, base)
				if err := f.Remove(); (err != nil) != test.stays {
					t.Errorf("error %v", err)
				}
				if got := left(t, base); !slices.Equal(got, before) {
					t.Errorf("left %v, want %v", got, before)
				}
				f.Leave()
			})
		}
	}
}

// TMPDIR may be relative, and a program that is told a folder's name may work elsewhere.
func TestPathsAreFull(t *testing.T) {
	t.Chdir(t.TempDir())
	must(t, os.Mkdir("tmp", 0o700))
	t.Setenv("TMPDIR", "tmp")
	made, err := scratch.Make("tmp", scratch.NewName())
	must(t, err)
	temporary, err := scratch.Temporary("", "trial-")
	must(t, err)
	t.Chdir("/")
	for _, f := range []*scratch.Folder{made, temporary} {
		if !filepath.IsAbs(f.Path) {
			t.Errorf("path %s", f.Path)
		}
		must(t, f.Remove())
		if _, err := os.Lstat(f.Path); err == nil {
			t.Errorf("%s stays", f.Path)
		}
	}
}

func TestOpenAsksForTheName(t *testing.T) {
	base := t.TempDir()
	path, name := abandoned(t, base)
	if _, err := scratch.Open(path, name[:20]+"222222"); err == nil {
		t.Error("another name opens it")
	}
	f, err := scratch.Open(path, name)
	must(t, err, f.Remove())
	if _, err := os.Stat(path); err == nil {
		t.Error("it stays")
	}
}

func TestRestore(t *testing.T) {
	for _, test := range []struct {
		name  string
		do    func(t *testing.T, path string)
		fails bool
		stays bool // at the end
	}{
		{"nothing is wrong", func(*testing.T, string) {}, false, false},
		{"it is gone", func(t *testing.T, path string) { must(t, os.RemoveAll(path)) }, false, false},
		{"its lock is gone", func(t *testing.T, path string) { must(t, os.Remove(filepath.Join(path, "lock"))) }, false, false},
		{"another is there", func(t *testing.T, path string) { must(t, os.RemoveAll(path), os.Mkdir(path, 0o700)) }, false, true},
		{"a link is there", func(t *testing.T, path string) { must(t, os.RemoveAll(path), os.Symlink("/", path)) }, true, true},
		{"another user's is there", func(t *testing.T, path string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give files away")
			}
			must(t, os.RemoveAll(path), os.Mkdir(path, 0o700), os.Lchown(path, 12345, 12345))
		}, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := t.TempDir()
			f, err := scratch.Make(base, scratch.NewName())
			must(t, err)
			test.do(t, f.Path)
			if err := f.Restore(); (err != nil) != test.fails {
				t.Errorf("error %v", err)
			}
			if removed := scratch.Sweep(base); len(removed) > 0 {
				t.Errorf("it is swept away while it is in use")
			}
			if err := f.Remove(); (err != nil) != test.stays {
				t.Errorf("removing: %v", err)
			}
			if _, err := os.Lstat(f.Path); (err == nil) != test.stays {
				t.Errorf("in the end: %v", err)
			}
		})
	}
}
