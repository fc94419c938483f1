package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// below makes top/.kelpie and works in top/notebooks, with a home elsewhere.
func below(t *testing.T) (top, home string) {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	home = filepath.Join(top, "home")
	for _, dir := range []string{"notebooks", ".kelpie/store"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(top, "notebooks"))
	t.Setenv("KELPIE_CACHE", "")
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", "")
	return top, home
}

// A .kelpie that somebody else could have put there is passed over, with a warning that
// says whose it is and what accepts it; named, it is used.
func TestFoundStoreOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(kelpie string) error
		want   string
	}{
		"writable for all":           {func(kelpie string) error { return os.Chmod(kelpie, 0o777) }, "mode drwxrwxrwx"},
		"of another user":            {func(kelpie string) error { return os.Chown(kelpie, 1000, 1000) }, "1000, mode drwxr-xr-x"},
		"store writable for all":     {func(kelpie string) error { return os.Chmod(kelpie+"/store", 0o777) }, "mode drwxrwxrwx"},
		"store linked somewhere":     {func(kelpie string) error { return linked(kelpie+"/store", 0o777) }, "mode drwxrwxrwx"},
		"above it all may write":     {func(kelpie string) error { return os.Chmod(filepath.Dir(kelpie), 0o777) }, "mode drwxrwxrwx"},
		"a group that others are in": {func(kelpie string) error { return errors.Join(os.Chown(kelpie, -1, 54321), os.Chmod(kelpie, 0o775)) }, "the group 54321 can write"},
	} {
		t.Run(name, func(t *testing.T) {
			top, home := below(t)
			kelpie := filepath.Join(top, ".kelpie")
			if err := c.change(kelpie); errors.Is(err, fs.ErrPermission) {
				t.Skip("only root gives files away")
			} else if err != nil {
				t.Fatal(err)
			}
			s := open(t, "")
			s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("value"), nil, nil })
			if strings.HasPrefix(s.Dir(), kelpie) || s.Dir() != "" && !strings.HasPrefix(s.Dir(), home) {
				t.Errorf("the store lies in %s", s.Dir())
			}
			w := strings.Join(s.Warnings(), "\n")
			if !strings.Contains(w, kelpie) || !strings.Contains(w, c.want) || !strings.Contains(w, "set KELPIE_CACHE") {
				t.Errorf("warnings %q", w)
			}
			// Where the user names it, it is used, whoever has made it.
			named := filepath.Join(kelpie, "store")
			t.Setenv("KELPIE_CACHE", named)
			for range 2 { // also when it is there
				s = open(t, "")
				got, _, err := s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("value"), nil, nil })
				if s.Dir() != named || err != nil || string(got) != "value" || len(inside(s)) != 1 {
					t.Errorf("named: %s, %q, %v, holds %q", s.Dir(), got, err, inside(s))
				}
				noWarnings(t, s)
			}
		})
	}
}

// linked moves a folder away, gives it a mode, and leaves a link to it.
func linked(folder string, mode fs.FileMode) error {
	elsewhere := filepath.Join(filepath.Dir(filepath.Dir(folder)), "elsewhere")
	return errors.Join(os.Rename(folder, elsewhere), os.Chmod(elsewhere, mode), os.Symlink(elsewhere, folder))
}

// Root in a container, over the checkout of a user: what the user kept there is used
// and added to where the store is named, as the commands name it.
func TestNamedStoreOfAnotherUser(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Blob(t.Context(), "kept", func() ([]byte, []byte, error) { return []byte("old"), nil, nil })
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, 1000, 1000))
	})
	if err != nil {
		t.Skip("only root gives files away")
	}
	s = open(t, dir)
	for key, want := range map[string]string{"kept": "old", "fresh": "new"} {
		got, _, err := s.Blob(t.Context(), key, func() ([]byte, []byte, error) { return []byte("new"), nil, nil })
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", key, got, err)
		}
	}
	if len(inside(s)) != 2 {
		t.Errorf("holds %q", inside(s))
	}
	noWarnings(t, s)
	// The values of a third user in it are not.
	if err := os.Chown(s.Namespace(), 1001, 1001); err != nil {
		t.Fatal(err)
	}
	if w := open(t, dir).Warnings(); len(w) != 1 || !strings.Contains(w[0], "is not a directory of this user") {
		t.Errorf("warnings %q", w)
	}
}

// Links under every name that the store writes to, as they were guessed by somebody, lead
// to no file of the user's.
func TestPlantedLinks(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"key.blob", "key.blob.lock", "key.arrow", "key.arrow.lock"} {
		if err := os.Symlink(victim, filepath.Join(s.Namespace(), name)); err != nil {
			t.Fatal(err)
		}
	}
	s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("value"), nil, nil })
	s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return sample(), nil, nil })
	if err := s.Clear(); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(victim); err != nil || string(got) != "precious" {
		t.Errorf("the user's file holds %q, %v", got, err)
	}
}

// What lies under a store's names, but was made by no store, is never removed: not by
// age, nor to make room, nor when all is cleared.
func TestOnlyOursIsRemoved(t *testing.T) {
	dir := t.TempDir()
	week := time.Now().Add(-8 * 24 * time.Hour)
	mine := map[string]string{
		"code-00000000000000aa/results.arrow":  "of a folder that only looks like one of the store",
		"code-00000000000000aa/notes.txt":      "text",
		"code-00000000000000aa/x.blob.lock":    "",
		"code-0123456789abcdef/notes.txt":      "beside values",
		"code-0123456789abcdef/a.b.tmp":        "beside values",
		"code-0123456789abcdef/key.arrow2":     "beside values",
		"code-0123456789abcdef/deep/key.arrow": "beside values",
		"elsewhere/key.blob":                   "what a link leads to",
	}
	s := open(t, dir)
	for name, text := range mine {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600), os.Chtimes(path, week, week)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "code-00000000000000bb")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, "code-00000000000000aa"), week, week); err != nil {
		t.Fatal(err)
	}
	s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("value"), nil, nil })
	s = open(t, dir) // sweeps
	s.Prune(1)       // some cannot be removed, which is an error
	s.Clear()
	for name := range mine {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(s.Namespace(), "key.blob")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the value is there: %v", err)
	}
}

// Values that code before the mark kept go by what they say themselves.
func TestUnmarkedValuesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	old, err := store.Open(store.Options{Dir: dir, Digest: "00000000000000aa"})
	if err != nil {
		t.Fatal(err)
	}
	old.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("value"), nil, nil })
	old.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return sample(), nil, nil })
	if err := os.Remove(filepath.Join(old.Namespace(), ".kelpie-store")); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Clear(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old.Namespace()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there: %v", err)
	}
}

// A pipe in the place of a kept value, or of its lock, is not waited for.
func TestPipesInTheStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, name := range []string{"key.blob", "key.arrow", "other.blob.lock"} {
		if err := unix.Mkfifo(filepath.Join(s.Namespace(), name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, key := range []string{"key", "other"} {
			got, _, err := s.Blob(t.Context(), key, func() ([]byte, []byte, error) { return []byte("value"), nil, nil })
			if err != nil || string(got) != "value" {
				t.Errorf("%s: %q, %v", key, got, err)
			}
		}
		b, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return sample(), nil, nil })
		if err != nil || plain(b) != plain(sample()) {
			t.Errorf("wrong value, %v", err)
		}
		if s.Has(store.Bytes, "nothing") {
			t.Error("there is a value under a key that was never used")
		}
		if _, err := s.Verify(); err != nil {
			t.Error(err)
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute): // it hangs
		t.Fatal("it waits for a pipe")
	}
	if w := strings.Join(s.Warnings(), "\n"); !strings.Contains(w, "a named pipe") {
		t.Errorf("warnings %q", w)
	}
}
