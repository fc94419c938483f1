package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// TestMain lets the test binary run again as another process of the same store.
func TestMain(m *testing.M) {
	if dir := os.Getenv("STORE_TEST_DIR"); dir != "" {
		if err := child(dir, os.Getenv("STORE_TEST_ROLE")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// large is a batch that takes a while to write.
func large() *column.Batch {
	n := 1 << 18
	b := &column.Batch{Len: n}
	for k := range 8 {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(i*8 + k)
		}
		b.Columns = append(b.Columns, &column.Column{Name: strconv.Itoa(k), Type: column.Float64, Len: n, Float64s: values})
	}
	return b
}

// equalFloats compares two batches like that.
func equalFloats(a, b *column.Batch) bool {
	return slices.EqualFunc(a.Columns, b.Columns, func(a, b *column.Column) bool {
		return a.Name == b.Name && slices.Equal(a.Float64s, b.Float64s)
	})
}

// child is what another process does. Role "count" computes one value and marks
// that it did; "write" prints a line when it starts to compute and one when the
// value is there; "hang" stays within, with half a file written.
func child(dir, role string) error {
	s, err := store.Open(store.Options{Dir: dir, Digest: testDigest})
	if err != nil {
		return err
	}
	_, _, err = s.Batch(context.Background(), "key", func() (*column.Batch, []byte, error) {
		switch role {
		case "count":
			mark, err := os.CreateTemp(dir, "computed-")
			if err != nil {
				return nil, nil, err
			}
			mark.Close()
			time.Sleep(50 * time.Millisecond) // let the others wait
			return sample(), nil, nil
		case "hang":
			half := filepath.Join(s.Namespace(), fmt.Sprintf(".key.arrow.%d-0000000000000000.tmp", os.Getpid()))
			if err := os.WriteFile(half, []byte("ARROW1"), 0o600); err != nil {
				return nil, nil, err
			}
			fmt.Println("computing")
			time.Sleep(time.Hour)
		}
		b := large()
		fmt.Println("computing")
		return b, nil, nil
	})
	if err != nil {
		return err
	}
	fmt.Println("done")
	if w := s.Warnings(); len(w) > 0 {
		return fmt.Errorf("warnings: %q", w)
	}
	return nil
}

func start(t *testing.T, dir, role string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_DIR="+dir, "STORE_TEST_ROLE="+role)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// Eight processes ask for one key at once: one computes it, and all get it.
func TestFaultProcessesRace(t *testing.T) {
	for range rounds(1, 50) {
		dir := t.TempDir()
		var all []*exec.Cmd
		for range 8 {
			cmd, _ := start(t, dir, "count")
			all = append(all, cmd)
		}
		for _, cmd := range all {
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		}
		if marks, _ := filepath.Glob(filepath.Join(dir, "computed-*")); len(marks) != 1 {
			t.Errorf("computed %d times", len(marks))
		}
		onlyValue(t, open(t, dir))
	}
}

// onlyValue fails unless "key" alone is in the store: no lock, no temporary.
func onlyValue(t *testing.T, s *store.Store) {
	t.Helper()
	left := inside(s)
	if len(left) != 1 || filepath.Base(left[0]) != "key.arrow" {
		t.Errorf("in the store: %q", left)
	}
}

// A process is killed while it computes and at moments while it writes. What it
// leaves is a whole value or none, and the next process sweeps the rest.
func TestFaultKilled(t *testing.T) {
	want := large()
	for i := range rounds(12, 200) {
		dir := t.TempDir()
		role := "write"
		if i == 0 {
			role = "hang"
		}
		cmd, out := start(t, dir, role)
		out.Scan()
		time.Sleep(time.Duration(i%12)*2*time.Millisecond + time.Duration(i/12)*100*time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if litter, _ := filepath.Glob(filepath.Join(dir, "*", "*key.*.*")); i == 0 && len(litter) != 2 {
			t.Errorf("the hanging process left %q, not a lock and a temporary", litter)
		}

		s := open(t, dir)
		left := inside(s)
		for _, name := range left {
			if filepath.Base(name) != "key.arrow" {
				t.Errorf("kill %d: %s is left", i, name)
			}
		}
		got, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return want, nil, nil })
		if err != nil || !equalFloats(got, want) {
			t.Errorf("kill %d: wrong value, %v", i, err)
		}
		noWarnings(t, s)
		onlyValue(t, s)
	}
}

// Whoever opens a store leaves alone the mark that another process is writing just then.
func TestSweepLeavesTheMarkAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	writing := filepath.Join(s.Namespace(), "..kelpie-store.1-0123456789abcdef.tmp")
	if final, temporary := files.Temporary(filepath.Base(writing)); !temporary || final != ".kelpie-store" {
		t.Fatalf("%s is not what the mark is written to", writing)
	}
	if err := os.WriteFile(writing, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(writing); err != nil {
		t.Error(err)
	}
}
