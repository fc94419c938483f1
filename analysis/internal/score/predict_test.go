package score_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/score"
)

func floats(name string, values ...float64) column.Part {
	return column.Part{Name: name, Values: &column.Column{Name: name, Type: column.Float64, Len: len(values), Float64s: values}}
}

func of(parts ...column.Part) *column.Features { return &column.Features{Parts: parts} }

// stump is a model of one node.
func stump(decision uint8, threshold float64) *lightgbm.Model {
	return &lightgbm.Model{Objective: lightgbm.Regression, Names: []string{"x"}, Trees: []lightgbm.Tree{
		{SplitFeature: []int32{0}, Threshold: []float64{threshold}, DecisionType: []uint8{decision}, Left: []int32{-1}, Right: []int32{-2}, LeafValue: []float64{1, 2}},
	}}
}

func predict(t testing.TB, m *lightgbm.Model, f *column.Features, rows int) []float64 {
	t.Helper()
	raw := make([]float64, rows)
	if err := score.Predict(m, f, rows, raw, nil); err != nil {
		t.Fatal(err)
	}
	return raw
}

// grow appends a tree of that many leaves: a random shape with every decision
// type, on that many features.
func grow(r *rand.Rand, m *lightgbm.Model, leaves, features int, threshold func() float64) {
	t := lightgbm.Tree{LeafValue: make([]float64, leaves)}
	for i := range t.LeafValue {
		t.LeafValue[i] = r.NormFloat64()
	}
	for node := range leaves - 1 {
		kind := []uint8{8, 8, 8, 0, 2, 4, 6, 10, 1, 9}[r.IntN(10)]
		cut := threshold()
		if kind&lightgbm.Categorical != 0 {
			if t.CatBoundaries == nil {
				t.CatBoundaries = []int32{0}
			}
			cut = float64(len(t.CatBoundaries) - 1)
			for range 1 + r.IntN(2) {
				t.CatThreshold = append(t.CatThreshold, r.Uint32()|1<<31)
			}
			t.CatBoundaries = append(t.CatBoundaries, int32(len(t.CatThreshold)))
		}
		t.SplitFeature = append(t.SplitFeature, int32(r.IntN(features)))
		t.Threshold = append(t.Threshold, cut)
		t.DecisionType = append(t.DecisionType, kind)
		t.Left = append(t.Left, ^int32(node)) // the place of leaf node ...
		t.Right = append(t.Right, ^int32(node+1))
		for node > 0 { // ... which one of the nodes before must give up
			list := [2][]int32{t.Left, t.Right}[r.IntN(2)]
			if parent := r.IntN(node); list[parent] < 0 {
				t.Left[node] = list[parent]
				list[parent] = int32(node)
				break
			}
		}
	}
	m.Trees = append(m.Trees, t)
}

// parts returns one part of each sort, and how many slots they have.
func parts(r *rand.Rand, rows int) (*column.Features, int) {
	special := []float64{math.NaN(), 0, 1e-36, -1e-36, 1e-35, -1e-35, -1, -0.5, 2.9, 63, 64, 1e30, -1e30, math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1 << 63}
	x, scaled, level := make([]float64, rows), make([]float64, rows), make([]float64, rows)
	count, long := make([]int32, rows), make([]int64, rows)
	bits := make([]byte, (rows+7)/8)
	for i := range rows {
		x[i], scaled[i] = math.Round(16*r.NormFloat64())/4, math.Round(8*r.NormFloat64())/4
		if r.IntN(3) == 0 {
			x[i], scaled[i] = special[r.IntN(len(special))], special[r.IntN(len(special))]
		}
		level[i] = float64(r.IntN(7))
		if r.IntN(9) == 0 {
			level[i] = special[r.IntN(len(special))] // belongs to no level
		}
		count[i], long[i] = int32(r.IntN(80)-10), int64(r.IntN(10))-5
		bits[i/8] |= byte(r.IntN(2)) << (i % 8)
	}
	levels := []string{"a", "b", "c", "d", "e", "f"}
	hot := column.Part{Name: "hot", OneHot: true, Levels: levels, Values: floats("hot", level...).Values}
	other := hot
	other.Shift, other.Scale = []float64{0, 0.5, 0, 1, 0, 0}, []float64{1, -1, 0, 2, math.Inf(1), math.NaN()}
	number := floats("scaled", scaled...)
	number.Shift, number.Scale = []float64{0.25}, []float64{-2}
	f := of(floats("x", x...), hot, number, other,
		column.Part{Name: "group", Levels: levels, Values: floats("group", level...).Values},
		column.Part{Name: "count", Values: &column.Column{Type: column.Int32, Len: rows, Int32s: count}},
		column.Part{Name: "long", Values: &column.Column{Type: column.Int64, Len: rows, Int64s: long}},
		column.Part{Name: "flag", Values: &column.Column{Type: column.Bool, Len: rows, Bools: bits}})
	return f, f.Size()
}

// dense returns the slots' values of one row.
func dense(f *column.Features, row int) []float64 {
	var out []float64
	for _, p := range f.Parts {
		for k := range p.Slots() {
			v := p.Values.Float(row)
			if p.OneHot {
				v = map[bool]float64{true: 1}[v == float64(k)]
			}
			if p.Shift != nil {
				v = (v - p.Shift[k]) * p.Scale[k]
			}
			out = append(out, v)
		}
	}
	return out
}

// Whatever the sizes of the trees, the scores are those of the model itself, to
// the last bit: small trees are looked up two a word, larger ones in several
// words, those above 512 leaves are walked.
func TestEqualsTheModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sizes := [][]int{
		{1}, {2}, {1, 1, 1}, {31, 32, 31}, {33}, {64, 65}, {3, 40, 3}, {512}, {513}, {20, 600, 20}, {450, 60, 60, 2},
		slices.Repeat([]int{31}, 17), slices.Repeat([]int{2}, 40), slices.Repeat([]int{48}, 9), slices.Repeat([]int{100}, 5),
	}
	for round, leaves := range slices.Concat(sizes, sizes, sizes) {
		rows := 1 + r.IntN(1500)
		f, features := parts(r, rows)
		m := &lightgbm.Model{Objective: lightgbm.Binary, Names: f.Names()}
		if round%3 == 0 {
			m.Objective, m.AverageOutput = lightgbm.Regression, true
		}
		for _, n := range leaves {
			grow(r, m, n, features, func() float64 {
				if r.IntN(20) == 0 { // only the missing go another way
					return math.Inf(1 - 2*r.IntN(2))
				}
				return math.Round(8*r.NormFloat64()) / 4
			})
		}
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		raw, probability := make([]float64, rows), make([]float64, rows)
		if err := score.Predict(m, f, rows, raw, probability); err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			if want := m.Raw(dense(f, i)); raw[i] != want || probability[i] != m.Transform(want) {
				t.Fatalf("trees of %v leaves, row %d %v: %v, want %v", leaves, i, dense(f, i), raw[i], want)
			}
		}
	}
}

// More different thresholds than codes there are: all trees are walked.
func TestManyThresholds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := &lightgbm.Model{Objective: lightgbm.Binary, Names: []string{"x"}}
	for range 200 {
		grow(r, m, 500, 1, r.NormFloat64)
	}
	values := make([]float64, 700)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	for i, v := range predict(t, m, of(floats("x", values...)), len(values)) {
		if want := m.Raw(values[i : i+1]); v != want {
			t.Fatalf("row %d: %v, want %v", i, v, want)
		}
	}
}

// The tables of a model stay small, whatever it asks for.
func TestTablesAreBounded(t *testing.T) {
	hostile := stump(lightgbm.Categorical, 0)
	tree := &hostile.Trees[0]
	tree.CatThreshold = slices.Repeat([]uint32{0x55555555}, 1<<20)
	tree.CatBoundaries = []int32{0, 1 << 20}
	hostile.Trees = slices.Repeat(hostile.Trees, 50)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := predict(t, hostile, of(floats("x", 0, 1, 2, 1<<25, 1<<25-2)), 5)
	runtime.ReadMemStats(&after)
	if want := []float64{50, 100, 50, 100, 50}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
		t.Errorf("%d MB", used>>20)
	}
}

func TestSameForAnyNumberOfProcessors(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	rows := 150_000
	f, features := parts(r, rows)
	m := &lightgbm.Model{Objective: lightgbm.Binary, Names: f.Names()}
	for range 5 {
		grow(r, m, 31, features, r.NormFloat64)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := predict(t, m, f, rows)
	allocated := testing.AllocsPerRun(1, func() { predict(t, m, f, rows) })
	for _, n := range []int{2, 5} {
		runtime.GOMAXPROCS(n)
		if !slices.Equal(predict(t, m, f, rows), one) {
			t.Errorf("%d processors give other scores", n)
		}
	}
	if allocated > 3000 {
		t.Errorf("%v allocations for %d rows", allocated, rows)
	}
}

func TestPredictRefuses(t *testing.T) {
	nullable := column.Part{Name: "n", Values: column.FromFloat64s("n", []float64{1, 2}, []bool{true, false})}
	for _, c := range []struct {
		f    *column.Features
		want string
	}{
		{of(floats("x", 1, 2), floats("y", 1, 2)), "2 features, but the model was fitted with 1"},
		{of(nullable), `column "n" is null in row 1`},
		{of(floats("x", 1)), `feature "x" has 1 rows, not 2`},
		{of(column.Part{Name: "w", Values: column.FromStrings("w", []string{"a", "b"}, nil)}), `data type string of column "w" is not supported`},
	} {
		wantError(t, score.Predict(stump(8, 0), c.f, 2, make([]float64, 2), nil), c.want)
	}
	f := of(floats("x", 1, 2))
	wantError(t, score.Predict(stump(8, 0), f, 2, make([]float64, 1), nil), "room for 1 scores")
	wantError(t, score.Predict(stump(8, 0), f, 2, make([]float64, 2), make([]float64, 3)), "3 probabilities")

	s, err := score.Compile(stump(8, 0), f)
	if err != nil {
		t.Fatal(err)
	}
	scaled := of(floats("x", 1, 2))
	scaled.Parts[0].Scale = []float64{2}
	wantError(t, s.Predict(scaled, 2, make([]float64, 2), nil), "encoded in another way")
	offset := of(floats("x", 1, 2))
	offset.Parts[0].Offset = []float64{2}
	wantError(t, s.Predict(offset, 2, make([]float64, 2), nil), "encoded in another way")
	wantError(t, s.Predict(of(), 2, make([]float64, 2), nil), "encoded in another way")
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "score: ") {
		t.Errorf("%v, want %q", err, want)
	}
}

func ExamplePredict() {
	model := &lightgbm.Model{Objective: lightgbm.Binary, Names: []string{"x"}, Trees: []lightgbm.Tree{{
		SplitFeature: []int32{0}, Threshold: []float64{10}, DecisionType: []uint8{lightgbm.MissingNaN},
		Left: []int32{-1}, Right: []int32{-2}, LeafValue: []float64{-1, 1},
	}}}
	features := of(floats("x", 3, 30, math.NaN()))
	raw, probability := make([]float64, 3), make([]float64, 3)
	if err := score.Predict(model, features, 3, raw, probability); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v %.3f\n", raw, probability)
	// Output: [-1 1 1] [0.269 0.731 0.731]
}

// Any model that can be read can be scored, with the model's own scores.
func FuzzPredict(f *testing.F) {
	files, err := filepath.Glob("../lightgbm/testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no files of LightGBM", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := lightgbm.Parse(text)
		if err != nil || len(m.Names) > 50 {
			return
		}
		r := rand.New(rand.NewPCG(7, 8))
		rows := 20
		var list []column.Part
		for _, name := range m.Names {
			values := make([]float64, rows)
			for i := range values {
				values[i] = []float64{math.NaN(), 0, 2, -1, 9, 1e30, r.NormFloat64(), 100 * r.Float64()}[r.IntN(8)]
			}
			list = append(list, floats(name, values...))
		}
		features := of(list...)
		for i, v := range predict(t, m, features, rows) {
			if want := m.Raw(dense(features, i)); v != want && (v == v || want == want) {
				t.Errorf("row %d: %v, want %v", i, v, want)
			}
		}
	})
}
