package tree

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// repeated returns rows of few different values: a number, one-hot levels, more
// levels than a byte holds, and categories.
func repeated(rows int) Data {
	r := rand.New(rand.NewPCG(7, 8))
	d := Data{Rows: rows, Labels: make([]float64, rows), Validation: make([]bool, rows)}
	numbers := make([]float64, rows)
	levels := [3][]int32{make([]int32, rows), make([]int32, rows), make([]int32, rows)}
	for i := range rows {
		numbers[i] = float64(r.IntN(6)) / 3
		levels[0][i], levels[1][i], levels[2][i] = int32(r.IntN(4)), int32(r.IntN(3)*150), int32(r.IntN(3))
		if r.Float64() < 0.2+0.1*numbers[i]+0.15*float64(levels[0][i]%2)+0.1*float64(levels[2][i]) {
			d.Labels[i] = 1
		}
		d.Validation[i] = r.IntN(5) == 0
	}
	d.Features = &column.Features{Parts: []column.Part{{Name: "x", Values: &column.Column{Name: "x", Type: column.Float64, Len: rows, Float64s: numbers}}}}
	for k, count := range []int{4, 301, 3} {
		p := column.Part{Name: fmt.Sprint("c", k), OneHot: k < 2, Values: &column.Column{Name: "c", Type: column.Int32, Len: rows, Int32s: levels[k]}}
		for level := range count {
			p.Levels = append(p.Levels, fmt.Sprint(level))
		}
		d.Features.Parts = append(d.Features.Parts, p)
	}
	return d
}

func mustMatrix(t *testing.T, d Data, p Parameters) *matrix {
	t.Helper()
	m, err := newMatrix(d, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The rows that are left stand for all, in the order in which they came first.
func TestMergeCounts(t *testing.T) {
	const rows = 5000
	d := repeated(rows)
	p, err := Parameters{Workers: 2}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	type key struct {
		narrow     string
		wide       uint16
		label      float64
		validation bool
	}
	keyOf := func(m *matrix, d Data, i int) key {
		return key{string(m.row(i)), m.wide[0][i], d.Labels[i], d.Validation[i]}
	}
	whole := mustMatrix(t, d, p)
	counts, order := map[key]int{}, []key{}
	for i := range rows {
		k := keyOf(whole, d, i)
		if counts[k] == 0 {
			order = append(order, k)
		}
		counts[k]++
	}
	m := mustMatrix(t, d, p)
	merged := m.merge(d)
	if m.rows != len(order) || merged.Rows != m.rows || len(m.codes) != m.rows*m.stride || len(m.wide[0]) != m.rows {
		t.Fatalf("%d rows are left of %d different ones", m.rows, len(order))
	}
	for i, k := range order {
		if got := keyOf(m, merged, i); got != k || merged.repeats.count(i) != counts[k] {
			t.Fatalf("row %d is %v, %d times, want %v, %d times", i, got, merged.repeats.count(i), k, counts[k])
		}
	}
	if total := merged.repeats.total(m.rows); total != rows {
		t.Errorf("they stand for %d rows", total)
	}
	d.Weights = make([]float64, rows)
	if m := mustMatrix(t, d, p); m.merge(d).Rows != rows || m.rows != rows {
		t.Error("rows with weights were merged")
	}
}

// More equal rows than a word has room for are several rows.
func TestMergeLimit(t *testing.T) {
	const rows = 2*mostRepeats + 100
	d := Data{Rows: rows, Labels: make([]float64, rows)}
	m := &matrix{rows: rows, stride: 4, codes: make([]uint8, 4*rows)}
	got := m.merge(d).repeats
	if want := (repeats{mostRepeats, 2 * mostRepeats, rows}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Where the first rows are all different the others are left alone.
func TestMergeProbe(t *testing.T) {
	const rows = mergeProbe + 1000
	for _, test := range []struct{ equal, want int }{{0, rows}, {fewMerged - 1, rows - fewMerged + 1}, {fewMerged, rows - fewMerged - 1000}} {
		d := Data{Rows: rows, Labels: make([]float64, rows)}
		m := &matrix{rows: rows, stride: 4, codes: make([]uint8, 4*rows)}
		for i := range rows {
			n := i
			switch {
			case i < 2*test.equal:
				n = i / 2
			case i >= mergeProbe:
				n = 0
			}
			m.codes[4*i], m.codes[4*i+1], m.codes[4*i+2] = uint8(n), uint8(n>>8), uint8(n>>16)
		}
		if got := m.merge(d); got.Rows != test.want || m.rows != test.want || (got.repeats == nil) != (test.want == rows) {
			t.Errorf("%d pairs of equal rows at first: %d rows left, want %d", test.equal, got.Rows, test.want)
		}
	}
}

// grown is a model of the data as it is, or of its rows merged.
func grown(t *testing.T, d Data, p Parameters, merge bool) (string, Log) {
	t.Helper()
	p, err := p.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	log, err := d.check(p)
	if err != nil {
		t.Fatal(err)
	}
	m := mustMatrix(t, d, p)
	model := &lightgbm.Model{Names: d.names(), Infos: m.infos, Objective: lightgbm.Binary}
	if merge {
		d = m.merge(d)
		if d.repeats == nil {
			t.Fatal("nothing was merged")
		}
	}
	m.byColumn(p.Workers)
	grow := map[Method]func(context.Context, *matrix, Data, Parameters, *lightgbm.Model, *Log, *monitor) error{
		GradientBoosting: boost, NewtonBoosting: newton, DecisionTree: decide, RandomForest: decide,
	}[p.Method]
	if err := grow(t.Context(), m, d, p, model, &log, &monitor{trees: p.MaxIter}); err != nil {
		t.Fatal(err)
	}
	text, err := model.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(text), log
}

// Merging changes no tree that is not rounded at random, to the last bit.
func TestMergeKeepsTrees(t *testing.T) {
	d := repeated(30_000)
	plain := d
	plain.Validation = nil
	for _, test := range []struct {
		name string
		d    Data
		p    Parameters
	}{
		{"tree", plain, Parameters{MaxBins: 400, MinInstancesPerNode: 50}},
		{"forest of all rows", plain, Parameters{Method: RandomForest, MaxIter: 3, WithoutBootstrap: true, Seed: 5}},
		{"boosting", plain, Parameters{Method: GradientBoosting, MaxIter: 8}},
		{"boosting with validation", d, Parameters{Method: GradientBoosting, MaxIter: 8, MinWeightFractionPerNode: 0.02}},
	} {
		whole, log := grown(t, test.d, test.p, false)
		merged, mergedLog := grown(t, test.d, test.p, true)
		if whole != merged {
			t.Errorf("%s: another model:\n%s\nwithout merging:\n%s", test.name, merged, whole)
		}
		for i, loss := range log.Loss {
			if math.Abs(loss-mergedLog.Loss[i]) > 1e-12 {
				t.Errorf("%s: loss %v, without merging %v", test.name, mergedLog.Loss[i], loss)
			}
		}
	}
}

// What is rounded or drawn at random differs, but by no more than another seed
// makes it differ.
func TestMergeKeepsChances(t *testing.T) {
	d := repeated(30_000)
	plain := d
	plain.Validation = nil
	for _, test := range []struct {
		name string
		d    Data
		p    Parameters
		near float64 // of the last losses, a forest's mean loss
	}{
		{"Newton", plain, Parameters{Method: NewtonBoosting, MaxIter: 20}, 1e-4},
		{"Newton with validation", d, Parameters{Method: NewtonBoosting, MaxIter: 20}, 1e-4},
		{"Newton in bags", plain, Parameters{Method: NewtonBoosting, MaxIter: 20, SubsamplingRate: 0.5}, 1e-3},
		{"boosting in bags", plain, Parameters{Method: GradientBoosting, SubsamplingRate: 0.5}, 1e-3},
		{"forest", plain, Parameters{Method: RandomForest}, 2e-3},
		{"forest in bags", plain, Parameters{Method: RandomForest, SubsamplingRate: 0.3, WithoutBootstrap: true}, 2e-3},
	} {
		_, log := grown(t, test.d, test.p, false)
		one, merged := grown(t, test.d, test.p, true)
		test.p.Workers = 1
		if again, _ := grown(t, test.d, test.p, true); again != one {
			t.Errorf("%s: one worker grows another model", test.name)
		}
		loss := func(log Log) float64 {
			if test.p.Method != RandomForest {
				return log.Loss[len(log.Loss)-1]
			}
			sum := 0.0
			for _, loss := range log.Loss {
				sum += loss
			}
			return sum / float64(len(log.Loss))
		}
		if len(merged.Loss) != len(log.Loss) || math.Abs(loss(log)-loss(merged)) > test.near {
			t.Errorf("%s: loss %v, without merging %v", test.name, merged.Loss, log.Loss)
		}
	}
}
