package local

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// inStretches has expressions computed for so many rows at a time.
func inStretches(t *testing.T, rows int) {
	whole := stretch
	stretch = rows
	t.Cleanup(func() { stretch = whole })
}

// An expression, or its mistake, is the same in stretches as of all rows at once,
// and so are the rows for which it is true.
func TestStretchesAsAWhole(t *testing.T) {
	memory := new(arena.Arena)
	defer memory.Release()
	whole := stretch
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 9))
		b := sampleBatch(random, random.IntN(300))
		t1 := []column.Type{column.Bool, column.Int64, column.Float64, column.String}[random.IntN(4)]
		e := writer{random, false}.write(t1, 3)
		want, failure := evaluate(e, b)
		inStretches(t, 64)
		got, err := derive(e, b, memory)
		if fmt.Sprint(err) != fmt.Sprint(failure) {
			t.Fatalf("seed %d: %s: %v, want %v", seed, e, err, failure)
		}
		if err == nil && !reflect.DeepEqual(dump(&column.Batch{Columns: []*column.Column{got}, Len: got.Len}),
			dump(&column.Batch{Columns: []*column.Column{want}, Len: want.Len})) {
			t.Fatalf("seed %d: %s: other values in stretches", seed, e)
		}
		if t1 == column.Bool && err == nil {
			chosen, err := wholeOf(b).filtered(e)
			rows := trueRows(want)
			if got := placesOf(chosen); err != nil || len(got) != len(rows) || len(rows) > 0 && !reflect.DeepEqual(got, rows) {
				t.Fatalf("seed %d: %s: rows %v, want %v; %v", seed, e, got, rows, err)
			}
		}
		stretch = whole
	}
}

// A mistake in a late stretch names its row and counts those of all stretches.
func TestMistakesInStretches(t *testing.T) {
	inStretches(t, 64)
	texts := make([]string, 200)
	for i := range texts {
		texts[i] = strconv.Itoa(i)
	}
	texts[70], texts[190] = "x", "y"
	n := plan.New(plan.FromColumns{Batch: &column.Batch{Len: 200, Columns: []*column.Column{
		column.FromStrings("text", texts, nil), column.FromInt64s("one", make([]int64, 200), nil)}}})
	number := plan.Binary{Operator: plan.Plus, Left: plan.Cast{Of: ref("text"), To: column.Int64}, Right: ref("one")}
	for _, mistaken := range []*plan.Node{
		plan.New(plan.WithColumn{Name: "n", Value: number}, n),
		plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Less, Left: number, Right: literal(int64(7))}}, n),
	} {
		_, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, mistaken)
		if err == nil || !strings.Contains(err.Error(), "2 values are") || !strings.Contains(err.Error(), "row 70") {
			t.Errorf("%s: %v", mistaken.Op.Describe(), err)
		}
	}
}

// wide is a frame of so many rows outside of the heap.
func wide(rows int) *plan.Node {
	memory := new(arena.Arena) // for as long as the process runs
	x, id := arena.Make[float64](memory, rows), arena.Make[int64](memory, rows)
	label, codes := arena.Make[int32](memory, rows), arena.Make[uint16](memory, rows)
	words := make([]string, 1000)
	for i := range words {
		words[i] = fmt.Sprintf("%04d", i)
	}
	for i := range x {
		x[i], id[i], label[i], codes[i] = float64(i%977)/7, int64(i), int32(i%3%2), uint16(i%1000)
	}
	return plan.New(plan.FromColumns{Content: fmt.Sprint(rows), Batch: &column.Batch{Len: rows, Columns: []*column.Column{
		{Name: "x", Type: column.Float64, Len: rows, Float64s: x}, {Name: "id", Type: column.Int64, Len: rows, Int64s: id},
		{Name: "label", Type: column.Int32, Len: rows, Int32s: label},
		{Name: "word", Type: column.String, Len: rows, Codes16: codes, Dictionary: words}}}})
}

// steps are what is kept of a wide frame.
var steps = map[string]func(*plan.Node) *plan.Node{
	"texts to numbers": func(n *plan.Node) *plan.Node {
		return plan.New(plan.WithColumn{Name: "n", Value: plan.Cast{Of: ref("word"), To: column.Float64}}, n)
	},
	"arithmetic": func(n *plan.Node) *plan.Node {
		return plan.New(plan.WithColumn{Name: "n", Value: plan.Binary{Operator: plan.Times, Left: ref("x"), Right: ref("id")}}, n)
	},
	"filter": func(n *plan.Node) *plan.Node {
		return plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Greater, Left: ref("x"), Right: literal(50.5)}}, n)
	},
	"training frame": func(n *plan.Node) *plan.Node {
		part := plan.New(plan.Part{To: 0.8, Seed: 1}, n)
		return plan.New(plan.Undersample{Label: "label", Keep: 0.5, Ratio: 1.5, Seed: 1}, part)
	},
	"levels": func(n *plan.Node) *plan.Node {
		return plan.New(plan.Part{By: plan.ByLevel, Column: "word", From: 0.2, To: 0.4, Rest: true, Seed: 1}, n)
	},
	"few levels": func(n *plan.Node) *plan.Node {
		return plan.New(plan.Part{By: plan.ByLevel, Column: "label", To: 0.8, Seed: 1}, plan.New(plan.Part{To: 0.9, Seed: 1}, n))
	},
	"whole groups": func(n *plan.Node) *plan.Node {
		return plan.New(plan.Part{By: plan.ByGroup, Column: "word", To: 0.8, Seed: 1}, n)
	},
	"groups of numbers": func(n *plan.Node) *plan.Node {
		return plan.New(plan.Part{By: plan.ByGroup, Column: "id", To: 0.8, Seed: 1}, n)
	},
	"before a time": func(n *plan.Node) *plan.Node {
		return plan.New(plan.TimePart{Column: "id", Cut: 700_000}, n)
	},
	"groups": func(n *plan.Node) *plan.Node {
		return plan.New(plan.GroupBy{Keys: []string{"word", "label"}, Aggregates: []plan.Aggregate{
			{Function: plan.Count}, {Function: plan.Mean, Column: "x"}, {Function: plan.Max, Column: "id"}, {Function: plan.StdDev, Column: "x"}}}, n)
	},
}

// TestHeapOfAStep is what a second process of TestHeapDoesNotGrowWithRows does.
func TestHeapOfAStep(t *testing.T) {
	rows, err := strconv.Atoi(os.Getenv("KELPIE_TEST_ROWS"))
	if err != nil {
		t.Skip("a part of TestHeapDoesNotGrowWithRows")
	}
	n := steps[os.Getenv("KELPIE_TEST_STEP")](wide(rows))
	n.Kept = true
	if _, notes, err := new(engine).Collect(context.Background(), plan.Settings{}, n); err != nil || len(notes.Warnings) > 0 {
		t.Fatal(err, notes.Warnings)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Printf("heap %d\n", memory.HeapSys)
}

// The most that Go's heap takes while a frame is computed and kept does not depend
// on the rows: of three million more it would be 24 MB for a column of numbers, and
// 12 MB for a list of rows.
func TestHeapDoesNotGrowWithRows(t *testing.T) {
	heap := func(step string, rows int) int {
		child := exec.Command(os.Args[0], "-test.run=^TestHeapOfAStep$", "-test.v")
		child.Env = append(os.Environ(), "KELPIE_TEST_STEP="+step, fmt.Sprint("KELPIE_TEST_ROWS=", rows), "KELPIE_CACHE="+t.TempDir(),
			"GODEBUG=gcstoptheworld=1") // what is garbage does not pile up while the collector waits for a processor
		out, err := child.CombinedOutput()
		_, after, found := strings.Cut(string(out), "heap ")
		size, _, _ := strings.Cut(after, "\n")
		bytes, wrong := strconv.Atoi(size)
		if err != nil || !found || wrong != nil {
			t.Fatalf("%s of %d rows: %v\n%s", step, rows, errors.Join(err, wrong), out)
		}
		return bytes
	}
	for step := range steps {
		few, many := heap(step, 1_000_000), heap(step, 4_000_000)
		t.Logf("%s: %d and %d MB", step, few>>20, many>>20)
		if many > few+10<<20 {
			t.Errorf("%s: the heap takes %d MB for a million rows, %d MB for four", step, few>>20, many>>20)
		}
	}
}

// What a frame was computed in is given back, whether it could be kept or not, and
// however often it is asked for; and the values are the same for any number of
// processors.
func TestComputedMemoryIsReleased(t *testing.T) {
	source, before := wide(20_000), arena.Held()
	bad := plan.New(plan.WithColumn{Name: "n", Value: plan.Cast{Of: plan.Binary{Operator: plan.Times, Left: ref("id"), Right: literal(int64(1 << 62))}, To: column.Float64}}, source)
	for name, step := range steps {
		var first map[string][]any
		for _, processors := range []int{1, 2, 8} {
			restore := runtime.GOMAXPROCS(processors)
			t.Setenv("KELPIE_CACHE", t.TempDir())
			n := step(source)
			n.Kept = true
			got := dump(collect(t, n))
			runtime.GOMAXPROCS(restore)
			if first == nil {
				first = got
			}
			if !reflect.DeepEqual(got, first) {
				t.Errorf("%s: other values with %d processors", name, processors)
			}
			if held := arena.Held(); held != before {
				t.Fatalf("%s: %d bytes are still held", name, held-before)
			}
		}
		bad.Kept = true
		if _, _, err := new(engine).Collect(context.Background(), plan.Settings{}, step(bad)); err == nil || arena.Held() != before {
			t.Errorf("%s: %v, and %d bytes are still held", name, err, arena.Held()-before)
		}
	}
}
