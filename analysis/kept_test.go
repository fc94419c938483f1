package analysis_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// children are what a second process of this test does instead of testing.
var children = map[string]func() error{
	"show":        func() error { return show(counted().Cache()) },
	"downstream":  func() error { return show(counted().Cache().Filter(Col("double").Greater(4))) },
	"unversioned": func() error { return show(hundred(session).Map("double", Int64, unversioned{}, "PID").Cache()) },
	"other": func() error {
		return show(hundred(session).Map("double", Int64, versioned{V: "1", Factor: 3}, "PID").Cache())
	},
	"version 2": func() error {
		return show(hundred(session).Map("double", Int64, versioned{V: "2", Factor: 2}, "PID").Cache())
	},
	"settings": func() error {
		return show(countedBy(NewSession(Config{Master: "local[8]", AppName: "x", MaxPartitionBytes: 9})).Cache())
	},
	"nothing":      func() error { return show(countedBy(NewSession(Config{KeepNothing: true})).Cache()) },
	"unpersist":    unpersist,
	"kept":         kept,
	"failing":      func() error { return show(process().Map("x", Int64, failing{}, "PID").Cache()) },
	"failing once": failingOnce,
}

// versioned multiplies, and writes a line for every call to the file that
// KELPIE_TEST_CALLS names: so a test sees what was computed, in any process.
type versioned struct {
	V      string
	Factor int64
}

func (v versioned) Version() string { return v.V }
func (v versioned) Map(values []any) (any, error) {
	if err := called(); err != nil {
		return nil, err
	}
	return values[0].(int64) * v.Factor, nil
}

type unversioned struct{}

func (unversioned) Map(values []any) (any, error) { return versioned{Factor: 2}.Map(values) }

type failing struct{}

func (failing) Version() string { return "1" }
func (failing) Map([]any) (any, error) {
	if err := called(); err != nil {
		return nil, err
	}
	return nil, errors.New("it fails")
}

func called() error {
	f, err := os.OpenFile(os.Getenv("KELPIE_TEST_CALLS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString("x"); err != nil {
		return err
	}
	return f.Close()
}

func counted() Frame { return countedBy(session) }

func countedBy(s *Session) Frame {
	return hundred(s).Map("double", Int64, versioned{V: "1", Factor: 2}, "PID")
}

// hundred returns the rows 1 to 100.
func hundred(s *Session) Frame {
	values := make([]int64, 100)
	for i := range values {
		values[i] = int64(i + 1)
	}
	return s.FromColumns(Int64s("PID", values...))
}

// show prints a frame's first values and its warnings.
func show(f Frame) error {
	table, err := f.Collect()
	if err != nil {
		return err
	}
	values, err := table.Texts("double")
	fmt.Println(values[:3], strings.Join(table.Warnings(), "; "))
	return err
}

func unpersist() error {
	plain, err := counted().Cache().Unpersist()
	if err != nil {
		return err
	}
	return show(plain)
}

func kept() error {
	table, directory, err := Kept()
	if err != nil {
		return err
	}
	kinds, err := table.Texts("kind")
	fmt.Println(kinds, filepath.Base(directory))
	// The mark changes nothing about a frame's value.
	for _, f := range []Frame{counted(), counted().Cache()} {
		if bytes, is := f.Kept(); is && len(kinds) == 0 || is && bytes < 100*8 || !is && bytes != -1 {
			return fmt.Errorf("%d bytes, kept %v", bytes, is)
		}
	}
	return err
}

func failingOnce() error {
	f := process().Map("x", Int64, failing{}, "PID").Cache()
	_, first := f.Count()
	_, second := f.Count()
	fmt.Println(first, second)
	return nil
}

// A store is a directory in which children keep values.
type store struct {
	t         *testing.T
	directory string
	calls     string
}

func newStore(t *testing.T) store {
	return store{t, filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "calls")}
}

// run runs a child and returns what it printed and how many values it computed.
func (s store) run(child string) (printed string, computed int) {
	s.t.Helper()
	before := s.count()
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), "KELPIE_TEST_CHILD="+child, "KELPIE_CACHE="+s.directory, "KELPIE_TEST_CALLS="+s.calls)
	out, err := command.CombinedOutput()
	if err != nil && child != "failing" {
		s.t.Fatalf("%s: %v\n%s", child, err, out)
	}
	return strings.TrimSpace(string(out)), s.count() - before
}

func (s store) count() int {
	data, err := os.ReadFile(s.calls)
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return len(data)
}

func (s store) want(child, printed string, computed int) {
	s.t.Helper()
	gotPrinted, gotComputed := s.run(child)
	if gotPrinted != printed || gotComputed != computed {
		s.t.Errorf("%s: printed %q and computed %d values, want %q and %d", child, gotPrinted, gotComputed, printed, computed)
	}
}

// What one process computed and kept, another maps back.
func TestKeptAcrossProcesses(t *testing.T) {
	s := newStore(t)
	const all, tried = 100, 64 // the rows; those on which the code of a kept value is tried
	s.want("nothing", "[2 4 6]", all)
	s.want("kept", "[] store", 0)
	s.want("show", "[2 4 6]", all)
	s.want("show", "[2 4 6]", tried)
	s.want("nothing", "[2 4 6]", all)
	s.want("settings", "[2 4 6]", tried) // threads and sizes are in no key
	s.want("downstream", "[6 8 10]", tried)
	s.want("kept", "[frame] store", 0)
	s.want("other", "[3 6 9]", all) // another argument, another key
	s.want("version 2", "[2 4 6]", all)
	s.want("version 2", "[2 4 6]", tried)
	s.want("kept", "[frame frame frame] store", 0)
	s.want("unpersist", "[2 4 6]", all)
	s.want("kept", "[frame frame] store", 0)
	s.want("show", "[2 4 6]", all)
}

func TestUnversionedIsNotKept(t *testing.T) {
	s := newStore(t)
	warning := "[2 4 6] not cached: map PID to double by analysis_test.unversioned: the recipe holds Go code without a Version method"
	s.want("unversioned", warning, 100)
	s.want("unversioned", warning, 100)
	s.want("kept", "[] store", 0)
}

func TestErrorsAreNotKept(t *testing.T) {
	s := newStore(t)
	for range 2 {
		printed, computed := s.run("failing")
		if !strings.Contains(printed, "analysis: kept_test.go:") || !strings.Contains(printed, "row 0, [1]: it fails") || computed != 1 {
			t.Errorf("%q, %d calls", printed, computed)
		}
	}
	if printed, computed := s.run("failing once"); computed != 2 || strings.Count(printed, "it fails") != 2 {
		t.Errorf("in one process: %q, %d calls", printed, computed)
	}
	s.want("kept", "[] store", 0)
}

// A store that cannot be written to is said, and changes no value.
func TestReadOnlyStore(t *testing.T) {
	s := newStore(t)
	if os.Geteuid() == 0 { // root may write to any directory, but not below a file
		if err := os.WriteFile(s.directory, nil, 0o400); err != nil {
			t.Fatal(err)
		}
	} else if err := os.MkdirAll(s.directory, 0o500); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		printed, computed := s.run("show")
		if !strings.HasPrefix(printed, "[2 4 6] store: nothing is kept: ") || computed != 100 {
			t.Errorf("%q, %d values computed", printed, computed)
		}
	}
}

func TestKeptAndForgetAll(t *testing.T) {
	if err := ForgetAll(); err != nil {
		t.Fatal(err)
	}
	f := process().WithColumn("kept", Lit(1)).Cache()
	if _, err := f.Cache().Count(); err != nil {
		t.Fatal(err)
	}
	table, directory, err := Kept()
	if err != nil || table.Len() != 1 || directory != os.Getenv("KELPIE_CACHE") {
		t.Fatalf("%v in %s, %v", table, directory, err)
	}
	if got := strings.Join(table.Columns(), ", "); got != "kind, what, bytes, made (UTC), last used (UTC), state, key" {
		t.Error(got)
	}
	if row := strings.Fields(rows(t, table)); len(row) < 11 || strings.Join(row[:5], " ") != "frame with kept = 1" || row[len(row)-2] != "good" {
		t.Error(row)
	}
	if damaged, err := VerifyKept(); err != nil || damaged.Len() != 0 {
		t.Errorf("%v, %v", damaged, err)
	}
	if removed, err := PruneKept(1); err != nil || removed.Len() != 0 { // in use
		t.Errorf("%v, %v", removed, err)
	}
	if err := ForgetAll(); err != nil {
		t.Fatal(err)
	}
	if table, _, err = Kept(); err != nil || table.Len() != 0 {
		t.Errorf("%v, %v", table, err)
	}
	if n, err := f.Count(); n != 6 || err != nil { // and it is kept again
		t.Error(n, err)
	}
	if table, _, err = Kept(); err != nil || table.Len() != 1 {
		t.Errorf("%v, %v", table, err)
	}
	if head, err := f.Head(1); err != nil || len(head.Warnings()) != 0 {
		t.Error(head.Warnings(), err)
	}
}
