package score_test

import (
	"math"
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

// A model that came from elsewhere may have other rules for missing values.
func TestPredictForeignRules(t *testing.T) {
	values := []float64{-1, 0, 1, 2, math.NaN()}
	for _, decision := range []uint8{0, 2, 4, 6, 8, 10} {
		m := stump(decision, -0.5)
		got := make([]float64, len(values))
		if err := score.Predict(m, of(floats("x", values...)), len(values), got); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if want := m.Raw([]float64{v}); got[i] != want {
				t.Errorf("decision type %d, value %v: %v, want %v", decision, v, got[i], want)
			}
		}
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
		err := score.Predict(stump(8, 0), c.f, 2, make([]float64, 2))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "score: ") {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
