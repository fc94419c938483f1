package tree_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/score"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

func floats(name string, values ...float64) column.Part {
	return column.Part{Name: name, Values: &column.Column{Name: name, Type: column.Float64, Len: len(values), Float64s: values}}
}

func indexes(name string, levels int, oneHot bool, values ...int32) column.Part {
	p := column.Part{Name: name, OneHot: oneHot, Values: &column.Column{Name: name, Type: column.Int32, Len: len(values), Int32s: values}}
	for k := range levels {
		p.Levels = append(p.Levels, fmt.Sprintf("v%d", k))
	}
	return p
}

func of(parts ...column.Part) *column.Features { return &column.Features{Parts: parts} }

func train(t testing.TB, f *column.Features, labels []float64, p tree.Parameters) *lightgbm.Model {
	t.Helper()
	m, _, err := tree.Train(context.Background(), tree.Data{Features: f, Rows: len(labels), Labels: labels}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	return m
}

func predict(t testing.TB, m *lightgbm.Model, f *column.Features, rows int) []float64 {
	t.Helper()
	out := make([]float64, rows)
	if err := score.Predict(m, f, rows, out, nil); err != nil {
		t.Fatal(err)
	}
	return out
}

func text(t testing.TB, m *lightgbm.Model) string {
	t.Helper()
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func equal(t testing.TB, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-10) {
			t.Fatalf("%s: item %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// problem returns rows with ten numeric parts, a wide one-hot part, a boolean and
// a small categorical part, and labels that depend on some of them.
func problem(rows, commands int) (*column.Features, []float64) {
	r := rand.New(rand.NewPCG(1, uint64(rows)))
	var parts []column.Part
	score := make([]float64, rows)
	for k := range 10 {
		values := make([]float64, rows)
		for i := range values {
			values[i] = r.NormFloat64()
			if k%3 == 1 {
				values[i] = math.Trunc(math.Exp(2 * values[i])) // skewed counts
			}
			if k < 5 {
				score[i] += math.Tanh(values[i]) * float64(k-2)
			}
		}
		parts = append(parts, floats(fmt.Sprintf("x%d", k), values...))
	}
	codes, groups, bits := make([]int32, rows), make([]int32, rows), make([]byte, (rows+7)/8)
	for i := range rows {
		codes[i] = int32(float64(commands+1) * r.Float64() * r.Float64())
		groups[i] = int32(r.IntN(6))
		if codes[i]%5 == 2 {
			score[i] += 2
		}
		if r.IntN(2) == 0 {
			bits[i>>3] |= 1 << (i & 7)
			score[i] += float64(groups[i]%3) - 1
		}
	}
	parts = append(parts, indexes("command", commands, true, codes...), indexes("group", 6, false, groups...))
	parts = append(parts, column.Part{Name: "flag", Values: &column.Column{Type: column.Bool, Len: rows, Bools: bits}})
	labels := make([]float64, rows)
	for i, s := range score {
		if r.Float64() < 1/(1+math.Exp(-2*s)) {
			labels[i] = 1
		}
	}
	return of(parts...), labels
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
				v -= p.Shift[k]
			}
			if p.Scale != nil {
				v *= p.Scale[k]
			}
			out = append(out, v)
		}
	}
	return out
}
