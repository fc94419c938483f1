package ml_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// A halving stage keeps a random half of the rows.
type halving struct{}

func (halving) Version() string                           { return "1" }
func (halving) Transform(f analysis.Frame) analysis.Frame { return f.Sample(0.5, 7) }

// A stage that draws is a draw like others, of the rows that it is given: in a frame,
// in training and below a model. What a model was fitted on moves no row.
func TestStagesThatDraw(t *testing.T) {
	const n = 20_000
	values, labels := make([]float64, n), make([]int64, n)
	for i := range values {
		values[i], labels[i] = float64(i), int64(i%2)
	}
	f := session.FromColumns(analysis.Float64s("x", values...), analysis.Int64s("attack", labels...))
	rows := func(f analysis.Frame) []float64 {
		t.Helper()
		x, err := f.Floats("x")
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	about := func(what string, f analysis.Frame, share float64) {
		t.Helper()
		if got := float64(len(rows(f))); math.Abs(got-n*share) > 5*math.Sqrt(n*share*(1-share)) {
			t.Errorf("%s: %.0f rows, expected about %.0f", what, got, n*share)
		}
	}
	assembler := ml.VectorAssembler{InputCols: []string{"x"}, OutputCol: "features"}
	tree := ml.DecisionTreeClassifier{LabelCol: "attack"}
	half := f.Sample(0.5, 7)

	drawing := ml.Pipeline{halving{}, assembler, tree}.Fit(half)
	about("below a model that draws", drawing.Transform(f).Sample(0.5, 7), 0.25)
	about("a model that draws, of a draw", drawing.Transform(half), 0.25)
	stages, err := drawing.Stages()
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(stages[2].(ml.TreeModel).Log.Rows); math.Abs(got-n/4) > 5*math.Sqrt(n*3/16) {
		t.Errorf("a stage that draws left %.0f training rows, expected about %d", got, n/4)
	}

	plain := ml.Pipeline{assembler, tree}.Fit(half)
	if got := rows(plain.Transform(f).Sample(0.5, 7)); !slices.Equal(got, rows(half)) {
		t.Errorf("a draw of the training rows moved %d rows of others", len(got))
	}
}
