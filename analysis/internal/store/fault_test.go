package store_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// rounds is how often a fault is tried: at length if the environment has KELPIE_LONG.
func rounds(few, many int) int {
	if os.Getenv("KELPIE_LONG") != "" {
		return many
	}
	return few
}

// What a living process is writing is not swept.
func TestSweepLeavesTheLiving(t *testing.T) {
	dir := t.TempDir()
	one := open(t, dir)
	_, _, err := one.Blob(t.Context(), "key", func() ([]byte, []byte, error) {
		temporary := filepath.Join(one.Namespace(), ".key.blob.1-0000000000000000.tmp")
		if err := os.WriteFile(temporary, nil, 0o600); err != nil {
			return nil, nil, err
		}
		open(t, dir)
		if _, err := os.Stat(temporary); err != nil {
			t.Error("a temporary was swept while its lock was held")
		}
		return nil, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	two := open(t, dir)
	if left, _ := filepath.Glob(filepath.Join(two.Namespace(), "*.tmp")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	noWarnings(t, one)
}

func TestSweepRemovesOldCode(t *testing.T) {
	dir := t.TempDir()
	week := time.Now().Add(-8 * 24 * time.Hour)
	for _, name := range []string{"code-00000000000000aa", "code-00000000000000bb", "mine"} {
		other, err := store.Open(store.Options{Dir: dir, Digest: "0000000000000000"})
		if err != nil {
			t.Fatal(err)
		}
		other.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return nil, nil, nil })
		if err := os.Rename(other.Namespace(), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "bb") {
			os.Chtimes(filepath.Join(dir, name), week, week)
		}
	}
	s := open(t, dir)
	want := []string{s.Namespace(), filepath.Join(dir, "code-00000000000000bb"), filepath.Join(dir, "mine")}
	if got, _ := filepath.Glob(filepath.Join(dir, "*")); fmt.Sprint(got) != fmt.Sprint([]string{want[1], want[0], want[2]}) {
		t.Errorf("left: %q", got)
	}
}

// A file that was changed after the store last touched it is checked, and
// computed again if it is not what it was.
func TestFaultChangedFile(t *testing.T) {
	compute := func() (*column.Batch, []byte, error) { return sample(), nil, nil }
	for name, change := range map[string]func(path string, data []byte, made time.Time) error{
		"cut": func(path string, data []byte, _ time.Time) error {
			return os.WriteFile(path, data[:len(data)/2], 0o600)
		},
		"empty": func(path string, data []byte, _ time.Time) error { return os.WriteFile(path, nil, 0o600) },
		"zeros": func(path string, data []byte, _ time.Time) error {
			return os.WriteFile(path, make([]byte, len(data)), 0o600)
		},
		"one value": func(path string, data []byte, _ time.Time) error {
			b, _, err := store.Attach(data, "key")
			if err == nil {
				b.Columns[0].Int32s[0]++
				err = os.WriteFile(path, data, 0o600)
			}
			return err
		},
		"before the last boot": func(path string, data []byte, made time.Time) error {
			b, _, err := store.Attach(data, "key")
			if err != nil {
				return err
			}
			b.Columns[0].Int32s[0]++
			if err := os.WriteFile(path, data, 0o600); err != nil {
				return err
			}
			sealed := time.Unix(1e9, int64(made.Nanosecond()))
			return os.Chtimes(path, sealed, sealed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			if _, _, err := s.Batch(t.Context(), "key", compute); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(s.Namespace(), "key.arrow")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			// Replaced, not overwritten: s has it mapped.
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := change(path, data, info.ModTime()); err != nil {
				t.Fatal(err)
			}
			for pass, warnings := range []int{1, 0} {
				s := open(t, dir)
				got, _, err := s.Batch(t.Context(), "key", compute)
				if err != nil || plain(got) != plain(sample()) {
					t.Errorf("pass %d: wrong value, %v", pass, err)
				}
				if w := s.Warnings(); len(w) != warnings {
					t.Errorf("pass %d: warnings %q", pass, w)
				}
			}
		})
	}
}

// A good file that lost its seal, as a copy does, is checked and sealed again.
func TestLostSeal(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return sample(), nil, nil })
	path := filepath.Join(s.Namespace(), "key.arrow")
	seal := func() int {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime().Nanosecond()
	}
	want := seal()
	other := time.Unix(1e9, 5)
	os.Chtimes(path, other, other)
	s = open(t, dir)
	if _, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return nil, nil, fs.ErrInvalid }); err != nil {
		t.Fatal(err)
	}
	if seal() != want {
		t.Errorf("sealed by %d, want %d", seal(), want)
	}
	noWarnings(t, s)
}

func TestDamagedBlob(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("model"), []byte("{}"), nil })
	path := filepath.Join(s.Namespace(), "key.blob")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bad [][]byte
	for i := range good {
		flipped := append([]byte(nil), good...)
		flipped[i] ^= 4
		bad = append(bad, flipped, good[:i])
	}
	for i, data := range append(bad, append(good, 0)) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir)
		computed := false
		got, _, err := s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { computed = true; return []byte("again"), nil, nil })
		if err != nil || !computed || string(got) != "again" || len(s.Warnings()) != 1 {
			t.Fatalf("case %d: got %q, %v, warnings %q", i, got, err, s.Warnings())
		}
	}
}

// The disk is full: /dev/full stands for every file the store writes.
func TestFaultFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	s := open(t, t.TempDir())
	s.CreateWith(func(name string, flag int, mode fs.FileMode) (*os.File, error) {
		if filepath.Ext(name) == ".tmp" {
			return os.OpenFile("/dev/full", os.O_WRONLY, 0)
		}
		return os.OpenFile(name, flag, mode)
	})
	b := sample()
	for _, key := range []string{"a", "b", "a"} {
		got, _, err := s.Batch(t.Context(), key, func() (*column.Batch, []byte, error) { return b, nil, nil })
		if err != nil || got != b {
			t.Errorf("got %v, %v", got, err)
		}
	}
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], syscall.ENOSPC.Error()) {
		t.Errorf("warnings: %q", w)
	}
	empty(t, s)
}

// Nothing can be created, as on a read-only file system: what is kept is still
// used, what is not is computed, and that is said once.
func TestFaultReadOnly(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Blob(t.Context(), "kept", func() ([]byte, []byte, error) { return []byte("old"), nil, nil })
	s := open(t, dir)
	s.CreateWith(func(name string, flag int, mode fs.FileMode) (*os.File, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EROFS}
	})
	readOnly(t, s)
	if left := inside(s); len(left) != 1 {
		t.Errorf("in the store: %q", left)
	}
}

// The same on a directory without write permission, which root may write to.
func TestFaultReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	s := open(t, dir)
	s.Blob(t.Context(), "kept", func() ([]byte, []byte, error) { return []byte("old"), nil, nil })
	os.Chmod(s.Namespace(), 0o500)
	os.Chmod(dir, 0o500)
	defer os.Chmod(dir, 0o700)
	defer os.Chmod(s.Namespace(), 0o700)
	readOnly(t, open(t, dir))

	other, err := store.Open(store.Options{Dir: dir, Digest: "fedcba9876543210"})
	if err != nil || len(other.Warnings()) != 1 {
		t.Errorf("no room for other code: %v, warnings %q", err, other.Warnings())
	}
}

func readOnly(t *testing.T, s *store.Store) {
	t.Helper()
	for key, want := range map[string]string{"kept": "old", "a": "new", "b": "new"} {
		got, _, err := s.Blob(t.Context(), key, func() ([]byte, []byte, error) { return []byte("new"), nil, nil })
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", key, got, err)
		}
	}
	if w := s.Warnings(); len(w) != 1 {
		t.Errorf("warnings: %q", w)
	}
}

func TestNoPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, file)
	computed := 0
	for range 2 {
		if _, _, err := s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { computed++; return nil, nil, nil }); err != nil {
			t.Error(err)
		}
	}
	list, err := s.List()
	if computed != 1 || len(s.Warnings()) != 1 || s.Dir() != "" || len(list) > 0 || err != nil || s.Remove("key") != nil || s.Clear() != nil {
		t.Errorf("computed %d times, warnings %q, list %v, %v", computed, s.Warnings(), list, err)
	}
}

// The store is deleted under a process that computes and has mapped values.
func TestFaultDeletedWhileInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	mapped, _, _ := s.Batch(t.Context(), "mapped", func() (*column.Batch, []byte, error) { return sample(), nil, nil })
	got, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) {
		return sample(), nil, os.RemoveAll(dir)
	})
	if err != nil || plain(got) != plain(sample()) || plain(mapped) != plain(sample()) {
		t.Errorf("wrong values, %v", err)
	}
	if w := s.Warnings(); len(w) != 1 {
		t.Errorf("warnings: %q", w)
	}
}

// The store is deleted again and again while others compute, map and read.
func TestFaultDeletedAgainAndAgain(t *testing.T) {
	dir := t.TempDir()
	want := large()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(i%8) * time.Millisecond):
				os.RemoveAll(dir) // fails now and then, where a file is being made
			}
		}
	}()
	var group sync.WaitGroup
	for worker := range 3 {
		group.Go(func() {
			for round := range rounds(10, 300) {
				s := open(t, dir)
				got, _, err := s.Batch(t.Context(), strconv.Itoa((worker+round)%2), func() (*column.Batch, []byte, error) { return want, nil, nil })
				if err != nil || !equalFloats(got, want) || len(s.Lost()) > 0 {
					t.Errorf("round %d: wrong value, %v, lost %q", round, err, s.Lost())
				}
			}
		})
	}
	group.Wait()
	close(stop)
	<-done
}

func TestPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "store")
	s := open(t, dir)
	s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return sample(), nil, nil })
	for path, want := range map[string]fs.FileMode{dir: 0o700, s.Namespace(): 0o700, filepath.Join(s.Namespace(), "key.arrow"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// unseal gives a file a time that is no seal, as writing to it does.
func unseal(t testing.TB, path string) {
	t.Helper()
	now := time.Now()
	if err := os.Chtimes(path, now, now); err != nil {
		t.Fatal(err)
	}
}
