package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A counter counts the rows it computed.
type counter struct{ calls *int }

func (counter) Version() string { return "1" }
func (c counter) Map(values []any) (any, error) {
	*c.calls++
	if id, ok := values[0].(int64); ok {
		return id + changed, nil
	}
	return nil, nil
}

// changed stands for a change of the code of counter without one of its version.
var changed int64

// A notebook is a CSV file and a cached frame made of it, as every new program
// (a cell) sees them.
type notebook struct {
	t     *testing.T
	path  string
	calls *int
}

// opened returns a notebook over an empty store, at a time when the file is old
// enough to be trusted.
func opened(t *testing.T) notebook {
	t.Setenv("KELPIE_CACHE", t.TempDir())
	later(t, time.Hour)
	n := notebook{t, filepath.Join(t.TempDir(), "rows.csv"), new(int)}
	n.rows(3)
	return n
}

func later(t *testing.T, ahead time.Duration) {
	now = func() time.Time { return time.Now().Add(ahead) }
	t.Cleanup(func() { now = time.Now })
}

func (n notebook) write(content string) {
	n.t.Helper()
	if err := os.WriteFile(n.path, []byte(content), 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// rows writes a hundred rows, of which the third is this digit.
func (n notebook) rows(third int) {
	n.write(fmt.Sprintf("id\n1\n2\n%d\n", third) + strings.Repeat("0\n", 97))
}

func (n notebook) recipe() *plan.Node {
	read := plan.New(plan.ReadCSV{Paths: []string{n.path}, Schema: []plan.Field{{Name: "id", Type: column.Int64}}})
	m := plan.Map{Output: plan.Field{Name: "copy", Type: column.Int64}, Inputs: []string{"id"}, Mapper: counter{n.calls}}
	return plan.New(m, read).Keep(true)
}

// cell runs a new program and returns the first values, how many were computed,
// 100 or the 64 of a value that is tried, and the warnings.
func (n notebook) cell() string {
	n.t.Helper()
	*n.calls = 0
	b, notes, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 2}, n.recipe())
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(b.Column("copy").Int64s[:3], " computed ", *n.calls, " ", notes.Warnings)
}

func (n notebook) want(want string) {
	n.t.Helper()
	if got := n.cell(); got != want {
		n.t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestKeptUntilTheFileChanges(t *testing.T) {
	n := opened(t)
	n.want("[1 2 3] computed 100 []")
	n.want("[1 2 3] computed 64 []")
	n.rows(4) // of the same size
	n.want("[1 2 4] computed 100 [rows.csv changed since it was last read: outputs made before show the old data]")
	n.want("[1 2 4] computed 64 []") // said once
	n.rows(5)
	if err := new(engine).Unkeep(context.Background(), n.recipe()); err != nil { // says nothing, so it keeps for later
		t.Fatal(err)
	}
	n.want("[1 2 5] computed 100 [rows.csv changed since it was last read: outputs made before show the old data]")
	n.rows(4)
	n.want("[1 2 4] computed 100 [rows.csv changed since it was last read: outputs made before show the old data]")
	if err := os.Chtimes(n.path, time.Time{}, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	n.want("[1 2 4] computed 100 [rows.csv changed since it was last read: outputs made before show the old data]")
	if err := os.Remove(n.path); err != nil {
		t.Fatal(err)
	}
	if got := n.cell(); !strings.HasPrefix(got, "analysis: kept_test.go:") || !strings.HasSuffix(got, "no such file: "+n.path) {
		t.Error(got)
	}
}

// A file that changed within the last two seconds could change again without a
// trace: what is made of it is not kept.
func TestYoungFileIsNotTrusted(t *testing.T) {
	n := opened(t)
	later(t, 0)
	n.want("[1 2 3] computed 100 []")
	n.want("[1 2 3] computed 100 []")
	later(t, 3*time.Second)
	n.want("[1 2 3] computed 100 []")
	n.want("[1 2 3] computed 64 []")
}

// The same rows elsewhere are another file: its inode is part of its identity.
func TestCopiedFile(t *testing.T) {
	n := opened(t)
	n.want("[1 2 3] computed 100 []")
	n.path = filepath.Join(t.TempDir(), "copy.csv")
	n.rows(3)
	n.want("[1 2 3] computed 100 []")
}

func TestUnkeepAndClear(t *testing.T) {
	n := opened(t)
	n.want("[1 2 3] computed 100 []")
	e := new(engine)
	if bytes, kept := e.Kept(n.recipe()); !kept || bytes < 2*100*8 { // two columns of numbers
		t.Errorf("%d bytes, kept %v", bytes, kept)
	}
	if err := e.Unkeep(context.Background(), n.recipe()); err != nil {
		t.Fatal(err)
	}
	if bytes, kept := e.Kept(n.recipe()); kept || bytes != 0 {
		t.Errorf("%d bytes, kept %v after Unkeep", bytes, kept)
	}
	n.want("[1 2 3] computed 100 []")
	list, err := e.Entries(false)
	if err != nil || len(list.Entries) != 1 || list.Entries[0].Kind != "frame" || list.Entries[0].Name != "map id to copy by local.counter" || list.Directory != os.Getenv("KELPIE_CACHE") {
		t.Errorf("%+v, %v", list, err)
	}
	if err := e.Clear(); err != nil {
		t.Fatal(err)
	}
	n.want("[1 2 3] computed 100 []")
}

// The store may lie in a folder of the user's, who has things there under any name.
func TestClearKeepsWhatIsNotTheStores(t *testing.T) {
	for _, link := range []bool{false, true} {
		n := opened(t)
		folder := filepath.Join(os.Getenv("KELPIE_CACHE"), marks)
		theirs := folder
		if link {
			theirs = t.TempDir()
			if err := os.Symlink(theirs, folder); err != nil {
				t.Fatal(err)
			}
		}
		kept := []string{"main.go", "deep/0123456789abcdef", "0123456789abcdef.txt"}
		if link {
			kept = append(kept, "0123456789abcdef")
		}
		for _, name := range kept {
			path := filepath.Join(theirs, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		n.want("[1 2 3] computed 100 []")
		if err := new(engine).Clear(); err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, name := range kept {
			if _, err := os.Stat(filepath.Join(theirs, filepath.FromSlash(name))); err == nil {
				left = append(left, name)
			}
		}
		entries, err := os.ReadDir(theirs)
		if err != nil || !slices.Equal(left, kept) || len(entries) != len(kept) {
			t.Errorf("link %v: left %v of %v, and there is %v (%v)", link, left, kept, entries, err)
		}
	}
}

// Problems and warnings are kept with a value and shown again.
func TestNotesAreKept(t *testing.T) {
	n := opened(t)
	n.write("id,more\n1,0\nx,0\n")
	for range 2 {
		b, notes, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, plan.New(plan.Union{}, n.recipe(), n.recipe()))
		if err != nil {
			t.Fatal(err)
		}
		if b.Len != 4 || len(notes.Reads) != 1 || notes.Reads[0].Bad["id"] != 1 || len(notes.Reads[0].Problems) != 1 {
			t.Errorf("%d rows, %+v", b.Len, notes.Reads)
		}
		if got := fmt.Sprint(notes.Warnings); got != `[id: 1 value became null: "x" (rows.csv:3:1) is not an int64; Problems() shows the first column "more" is not in the schema and was skipped]` {
			t.Error(got)
		}
	}
}

func TestDamagedEntryIsComputedAgain(t *testing.T) {
	n := opened(t)
	n.want("[1 2 3] computed 100 []")
	entries, err := filepath.Glob(filepath.Join(os.Getenv("KELPIE_CACHE"), "*", "*.arrow"))
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	if err := os.WriteFile(entries[0], []byte("ARROW1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := n.cell(); !strings.HasPrefix(got, "[1 2 3] computed 100 [store: ") || !strings.Contains(got, "is computed again") {
		t.Error(got)
	}
	n.want("[1 2 3] computed 64 []")
}

// Looking at a named pipe does not wait for somebody to write to it.
func TestPipeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := identify(path); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Error(err)
	}
}

// Code that changed while its version stayed is found out by trying it on rows
// of what was kept, also through verbs that only choose rows and columns.
func TestChangedCodeIsComputedAgain(t *testing.T) {
	defer func() { changed = 0 }()
	n := opened(t)
	n.want("[1 2 3] computed 100 []")
	changed = 10
	n.want("[11 12 13] computed 101 [local.counter gives other values than were kept, under the same version: they were computed again; change what Version returns when the code changes]")
	n.want("[11 12 13] computed 64 []")

	node := n.recipe()
	positive := plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Greater, Left: ref("id"), Right: literal(int64(0))}}, node)
	more := plan.New(plan.WithColumn{Name: "x", Value: ref("id")}, plan.New(plan.OrderBy{Keys: []plan.OrderKey{{Column: "id"}}}, positive))
	for _, test := range []struct {
		n    *plan.Node
		seen bool // whether what is kept of it lets the code be tried
	}{
		{node, true}, {positive, true}, {more, true}, {plan.New(plan.Limit{}, positive), false},
		{plan.New(plan.WithColumn{Name: "id", Value: literal(int64(7))}, positive), false},
		{plan.New(plan.Recode{Inputs: []string{"id"}, Outputs: []string{"x"}, Values: []plan.Expr{ref("id")}}, positive), true},
		{plan.New(plan.Recode{Inputs: []string{"id"}, Outputs: []string{"id"}, Values: []plan.Expr{literal(int64(7))}}, positive), false},
		{plan.New(plan.Drop{Columns: []string{"id"}}, positive), false},
		{plan.New(plan.GroupBy{Keys: []string{"copy"}}, positive), false},
		{plan.New(plan.Join{On: []string{"id"}, Kind: plan.LeftJoin}, positive, plan.New(plan.Rename{From: "a", To: "id"}, numbers())), true},
		{plan.New(plan.Join{On: []string{"copy"}, Kind: plan.InnerJoin}, plan.New(plan.Drop{Columns: []string{"id"}}, positive), positive), false},
	} {
		changed = 10
		b := collect(t, test.n)
		if outdated(test.n, b) != nil {
			t.Errorf("unchanged code is outdated in\n%s", test.n)
		}
		changed = 20
		if got := outdated(test.n, b) != nil; got != test.seen {
			t.Errorf("changed code is outdated: %v, in\n%s", got, test.n)
		}
	}
}

// A large file's identity changes with bytes anywhere in it, within reason.
func TestIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	at := time.Unix(1_600_000_000, 0)
	seen := map[string]string{}
	for _, content := range []string{"", "a", "b", strings.Repeat("a", 100_000), strings.Repeat("a", 99_999) + "b", "b" + strings.Repeat("a", 99_999)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		s, err := identify(path)
		if err != nil {
			t.Fatal(err)
		}
		again, err := identify(path)
		if err != nil || again.identity != s.identity {
			t.Errorf("%s and %s, %v", s.identity, again.identity, err)
		}
		if other, taken := seen[s.identity]; taken {
			t.Errorf("%.10q… and %.10q… have one identity", content, other)
		}
		seen[s.identity] = content
	}
}

func TestBlob(t *testing.T) {
	t.Setenv("KELPIE_CACHE", t.TempDir())
	fits := 0
	model := func(unknown error) *plan.Node {
		fit := func(context.Context) ([]byte, error) { fits++; return []byte("model"), nil }
		return plan.New(plan.Fitted{Label: "fit", Arguments: "a", Unknown: unknown, Fit: fit}, numbers())
	}
	for i, want := range []int{1, 1, 1} {
		blob, _, err := new(engine).Blob(context.Background(), plan.Settings{}, model(nil))
		if err != nil || string(blob) != "model" || fits != want {
			t.Errorf("run %d: %q, %v, fitted %d times", i, blob, err, fits)
		}
	}
	_, notes, err := new(engine).Blob(context.Background(), plan.Settings{}, model(plan.ErrNoIdentity))
	if err != nil || fits != 2 || len(notes.Warnings) != 1 || !strings.HasPrefix(notes.Warnings[0], "not kept: fit: ") {
		t.Errorf("%v, fitted %d times, %q", err, fits, notes.Warnings)
	}
	if _, _, err := new(engine).Blob(context.Background(), plan.Settings{}, numbers()); err == nil {
		t.Error("a frame is no model")
	}
}

// Of many files that changed, one line says so.
func TestManyChangedFiles(t *testing.T) {
	t.Setenv("KELPIE_CACHE", t.TempDir())
	later(t, time.Hour)
	folder := t.TempDir()
	warnings := func(files int, value string) []string {
		var paths []string
		for i := range files {
			path := filepath.Join(folder, fmt.Sprintf("%c.csv", 'a'+i))
			if err := os.WriteFile(path, []byte("id\n"+value+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		read := plan.New(plan.ReadCSV{Paths: paths, Schema: []plan.Field{{Name: "id", Type: column.Int64}}})
		_, notes, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, read.Keep(true))
		if err != nil {
			t.Fatal(err)
		}
		return notes.Warnings
	}
	warnings(20, "1")
	for files, want := range map[int]string{
		1:  "[a.csv changed since it was last read: outputs made before show the old data]",
		2:  "[a.csv and b.csv changed since they were last read: outputs made before show the old data]",
		20: "[a.csv, b.csv, c.csv and 17 more changed since they were last read: outputs made before show the old data]",
	} {
		value := fmt.Sprint(100 + files)
		if files == 20 {
			warnings(2, "1") // all of them are to change
		}
		if got := fmt.Sprint(warnings(files, value)); got != want {
			t.Errorf("%d files: %s, want %s", files, got, want)
		}
	}
}
