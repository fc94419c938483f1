package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// rounds is how often a fault is tried: at length if the environment has KELPIE_LONG.
func rounds(few, many int) int {
	if os.Getenv("KELPIE_LONG") != "" {
		return many
	}
	return few
}

// apart runs the rest of a test in a process of its own, which a fault may end.
// It reports whether this is that process.
func apart(t *testing.T) bool {
	t.Helper()
	if os.Getenv("KELPIE_TEST_APART") == t.Name() {
		return true
	}
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), "KELPIE_TEST_APART="+t.Name())
	if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// A saboteur copies its input; at the row it is set to it does something else too.
type saboteur struct {
	at   *int // rows to go; negative: never
	deed func() error
}

func (saboteur) Version() string { return "1" }
func (s saboteur) Map(values []any) (any, error) {
	*s.at--
	if *s.at == 0 {
		if err := s.deed(); err != nil {
			return nil, err
		}
	}
	return values[0], nil
}

// Something else writes to the file of a kept value while it is read. That is an
// error, whether the read faults or not, on one goroutine or several; nothing
// that was made of it is kept; and the next cell computes it again.
func TestFaultKeptValueChangedInUse(t *testing.T) {
	if !apart(t) {
		return
	}
	const rows = 400_000
	numbers := func(factor int64) *column.Column {
		values := make([]int64, rows)
		for i := range values {
			values[i] = int64(i) * factor
		}
		return column.FromInt64s(fmt.Sprint("x", factor), values, nil)
	}
	source := plan.New(plan.FromColumns{Content: "numbers", Batch: &column.Batch{Len: rows, Columns: []*column.Column{numbers(1), numbers(2), numbers(3)}}})
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	deeds := map[string]func(path string) error{
		"cut to nothing": func(path string) error { return os.Truncate(path, 0) },
		"cut in half":    func(path string) error { return os.Truncate(path, size(path)/2) },
		"overwritten": func(path string) error {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = file.WriteAt(make([]byte, 1<<16), size(path)/2)
			return err
		},
	}
	const want = "x1 399999 x2 799998 x3 1199997 copy 399999"
	for name, deed := range deeds {
		for _, at := range []int{1, rows} { // while rows are mapped one by one; before kernels run on several goroutines
			t.Run(fmt.Sprint(name, " at row ", at), func(t *testing.T) {
				t.Setenv("KELPIE_CACHE", t.TempDir())
				kept := plan.New(plan.WithColumn{Name: "kept", Value: plan.Literal{Value: int64(1)}}, source).Keep(true)
				togo := -1
				s := saboteur{&togo, func() error {
					entries, err := filepath.Glob(filepath.Join(os.Getenv("KELPIE_CACHE"), "*", "*.arrow"))
					if err != nil || len(entries) != 1 {
						return fmt.Errorf("entries %q, %v", entries, err)
					}
					return deed(entries[0])
				}}
				mapped := plan.New(plan.Map{Output: plan.Field{Name: "copy", Type: column.Int64}, Inputs: []string{"x1"}, Mapper: s}, kept)
				described := plan.New(plan.Describe{Columns: []string{"x1", "x2", "x3", "copy"}}, mapped).Keep(true)
				e := new(engine)
				largest := func() (string, plan.Notes, error) {
					b, notes, err := e.Collect(context.Background(), plan.Settings{Workers: 2}, described)
					if err != nil {
						return "", notes, err
					}
					var found []string
					for i := range b.Len {
						found = append(found, fmt.Sprint(b.Column("column").Value(i), " ", int64(b.Column("max").Float(i))))
					}
					return strings.Join(found, " "), notes, nil
				}
				if _, _, err := e.Collect(context.Background(), plan.Settings{Workers: 2}, kept); err != nil {
					t.Fatal(err)
				}
				togo = at
				got, _, err := largest()
				if err == nil || !strings.Contains(err.Error(), "was changed on disk by something else while it was in use; run the cell again") || strings.Count(err.Error(), "analysis: ") != 1 {
					t.Errorf("got %q, error %v", got, err)
				}
				togo = -1
				got, notes, err := largest()
				if err != nil || got != want || len(notes.Warnings) != 1 || !strings.Contains(notes.Warnings[0], "is computed again: damaged") {
					t.Errorf("then %q, %q, %v", got, notes.Warnings, err)
				}
				if got, notes, err := largest(); err != nil || got != want || len(notes.Warnings) > 1 {
					t.Errorf("at last %q, %q, %v", got, notes.Warnings, err)
				}
			})
		}
	}
}

// The file is replaced between cells: each sees the rows that are there.
func TestFaultInputReplacedBetweenCells(t *testing.T) {
	n := opened(t)
	for round := range rounds(10, 300) {
		third := round % 7
		n.rows(third)
		if got, want := n.cell(), fmt.Sprintf("[1 2 %d] computed 100 ", third); !strings.HasPrefix(got, want) {
			t.Fatalf("round %d: %s, want %s", round, got, want)
		}
		if got, want := n.cell(), fmt.Sprintf("[1 2 %d] computed 64 []", third); got != want {
			t.Fatalf("round %d, again: %s, want %s", round, got, want)
		}
	}
}

// The file is replaced again and again while cells read it: each sees one
// version whole, or says that the file changed, and the last one is the last.
func TestFaultInputReplacedWhileReading(t *testing.T) {
	n := opened(t)
	write := func(digit int) error {
		beside := n.path + ".new"
		text := "id\n" + strings.Repeat(fmt.Sprintf("%d\n", digit), 200_000)
		if err := os.WriteFile(beside, []byte(text), 0o600); err != nil {
			return err
		}
		return os.Rename(beside, n.path)
	}
	if err := write(0); err != nil {
		t.Fatal(err)
	}
	cell := func() ([]int64, error) {
		b, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 2}, n.recipe().Parents[0].Keep(true))
		if err != nil {
			return nil, err
		}
		values := b.Column("id").Int64s
		if len(values) != 200_000 || slices.Min(values) != slices.Max(values) {
			return nil, fmt.Errorf("%d rows of several versions", len(values))
		}
		return values[:1], nil
	}
	stop, done := make(chan struct{}), make(chan error)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- write(8)
				return
			case <-time.After(time.Duration(i%5) * time.Millisecond / 2):
			}
			if err := write(i % 7); err != nil {
				done <- err
				return
			}
		}
	}()
	whole, changed := 0, 0
	for round := range rounds(20, 1000) {
		_, err := cell()
		switch {
		case err == nil:
			whole++
		case strings.Contains(err.Error(), "changed while it was read"):
			changed++
		default:
			t.Errorf("round %d: %v", round, err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if values, err := cell(); err != nil || values[0] != 8 {
		t.Errorf("at last %v, %v", values, err)
	}
	t.Logf("%d whole, %d changed", whole, changed)
}

// What was read for a value that is kept now is not held in memory beside it.
func TestKeptValueIsHeldOnce(t *testing.T) {
	n := opened(t)
	for _, c := range []struct {
		settings plan.Settings
		held     int
	}{{plan.Settings{Workers: 1, KeepNothing: true}, 1}, {plan.Settings{Workers: 1}, 0}} {
		e := new(engine)
		if _, _, err := e.Collect(context.Background(), c.settings, n.recipe()); err != nil {
			t.Fatal(err)
		}
		if len(e.reads) != c.held {
			t.Errorf("%d reads are held, want %d", len(e.reads), c.held)
		}
	}
}
