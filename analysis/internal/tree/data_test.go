package tree_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// A row of weight 3 is three rows, and one of weight 0 none.
func TestWeightsAreRows(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	const rows = 300
	x, labels, weights := make([]float64, rows), make([]float64, rows), make([]float64, rows)
	var manyX, manyLabels []float64
	for i := range rows {
		x[i] = float64(r.IntN(12))
		labels[i] = math.Round(r.Float64()*0.4 + 0.6*math.Mod(math.Floor(x[i]/3), 2))
		weights[i] = float64(r.IntN(4))
		for range int(weights[i]) {
			manyX, manyLabels = append(manyX, x[i]), append(manyLabels, labels[i])
		}
	}
	f, many := of(floats("x", x...)), of(floats("x", manyX...))
	for method := tree.DecisionTree; method <= tree.NewtonBoosting; method++ {
		p := tree.Parameters{Method: method, MaxIter: 5, MaxDepth: 3, MinInstancesPerNode: 1}
		m, _, err := tree.Train(context.Background(), tree.Data{Rows: rows, Features: f, Labels: labels, Weights: weights}, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		one, other := predict(t, m, f, rows), predict(t, train(t, many, manyLabels, p), f, rows)
		for i := range one {
			if math.Abs(one[i]-other[i]) > 1e-6 {
				t.Fatalf("method %d, x = %v: %v by weights, %v by rows", method, x[i], one[i], other[i])
			}
		}
		for i := range weights { // of any size
			weights[i] /= 7
		}
		m, _, err = tree.Train(context.Background(), tree.Data{Rows: rows, Features: f, Labels: labels, Weights: weights}, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if method != tree.NewtonBoosting { // whose least hessian is absolute
			for i, v := range predict(t, m, f, rows) {
				if math.Abs(v-one[i]) > 1e-6 {
					t.Fatalf("method %d, x = %v: %v by sevenths, %v by whole weights", method, x[i], v, one[i])
				}
			}
		}
		for i := range weights {
			weights[i] = math.Round(weights[i] * 7)
		}
	}
}

// Validation rows end boosting and have no part in the trees.
func TestValidation(t *testing.T) {
	f, labels := problem(4000, 20)
	validation := make([]bool, len(labels))
	mixed := slices.Clone(labels)
	for i := range validation {
		if validation[i] = i >= 3000; validation[i] {
			mixed[i] = 1 - labels[i] // the opposite of what is learned
		}
	}
	few, fewLabels := problem(4000, 20)
	for i := range few.Parts {
		few.Parts[i].Values = head(few.Parts[i].Values, 3000)
	}
	fewLabels = fewLabels[:3000]
	for _, method := range []tree.Method{tree.GradientBoosting, tree.NewtonBoosting} {
		p := tree.Parameters{Method: method, MaxIter: 30}
		m, log, err := tree.Train(context.Background(), tree.Data{Rows: 4000, Features: f, Labels: mixed, Validation: validation}, p, nil)
		if err != nil || len(m.Trees) != 1 || len(log.Loss) != 1 || len(log.Validation) != 1 || log.Rows != 3000 {
			t.Errorf("method %d: %d trees, %v, %v", method, len(m.Trees), log, err)
		}
		m, log, err = tree.Train(context.Background(), tree.Data{Rows: 4000, Features: f, Labels: labels, Validation: validation}, p, nil)
		if err != nil || len(m.Trees) < 3 {
			t.Fatalf("method %d: %d trees, %v", method, len(m.Trees), err)
		}
		for i := range log.Validation[1:] {
			if before, after := 2*log.Validation[i], 2*log.Validation[i+1]; before-after < 0.01*max(after, 0.01) {
				t.Errorf("method %d: tree %d improves %v to %v", method, i+2, before, after)
			}
		}
		if method == tree.GradientBoosting { // without anything drawn
			p.MaxIter = len(m.Trees)
			other := predict(t, train(t, few, fewLabels, p), f, 4000)
			for i, v := range predict(t, m, f, 4000) {
				if math.Abs(v-other[i]) > 1e-6 {
					t.Fatalf("row %d: %v, without the validation rows %v", i, v, other[i])
				}
			}
		}
	}
}

func head(c *column.Column, rows int) *column.Column {
	few := *c
	few.Len = rows
	return &few
}

// A dense matrix gives the same models as its columns one by one, whether its 0/1
// columns exclude each other or not.
func TestDenseEqualsColumns(t *testing.T) {
	const rows = 3000
	r := rand.New(rand.NewPCG(51, 52))
	names := []string{"a", "x", "b", "c", "all", "none", "late", "y", "alone"}
	values := make([][]float64, len(names))
	for k := range values {
		values[k] = make([]float64, rows)
	}
	labels := make([]float64, rows)
	x := &tree.Dense{Columns: names}
	for i := range rows {
		kind := r.IntN(6)
		row := []float64{0, float64(float32(r.NormFloat64())), 0, 0, 1, 0, 0, float64(r.IntN(700)), float64(r.IntN(2))}
		switch kind {
		case 0, 2, 3:
			row[kind] = 1
		}
		if i == rows-1 {
			row[6] = 5 // seemed to be all 0
		}
		for k, v := range row {
			values[k][i] = v
			x.Values = append(x.Values, float32(v))
		}
		labels[i] = math.Round(0.5*r.Float64() + 0.3*float64(kind%2) + 0.1*row[1] + 0.2*row[8])
		labels[i] = min(max(labels[i], 0), 1)
	}
	flat := &column.Features{}
	for k, name := range names {
		flat.Parts = append(flat.Parts, floats(name, values[k]...))
	}
	for method := tree.DecisionTree; method <= tree.RandomForest; method++ {
		p := tree.Parameters{Method: method, MaxIter: 5, KeepEqualLeaves: true}
		m, _, err := tree.Train(context.Background(), tree.Data{Rows: rows, Dense: x, Labels: labels}, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := text(t, m), text(t, train(t, flat, labels, p)); got != want {
			t.Errorf("method %d: matrix and columns give different models, %s", method, difference(got, want))
		}
	}
	for _, bad := range []struct {
		at   int
		v    float32
		want string
	}{{9*5 + 1, float32(math.NaN()), `feature "x" is NaN in row 5`}, {9*7 + 2, float32(math.Inf(1)), `feature "b" is +Inf in row 7`}} {
		was := x.Values[bad.at]
		x.Values[bad.at] = bad.v
		_, _, err := tree.Train(context.Background(), tree.Data{Rows: rows, Dense: x, Labels: labels}, tree.Parameters{}, nil)
		if err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%v, want %q", err, bad.want)
		}
		x.Values[bad.at] = was
	}
}

func TestBadData(t *testing.T) {
	f := of(floats("x", 1, 2))
	y := []float64{0, 1}
	nan := math.NaN()
	boost := tree.Parameters{Method: tree.GradientBoosting}
	for _, test := range []struct {
		d    tree.Data
		p    tree.Parameters
		want string
	}{
		{tree.Data{Weights: []float64{1, -1}}, tree.Parameters{}, "row 1 has -1"},
		{tree.Data{Weights: []float64{nan, 1}}, tree.Parameters{}, "row 0 has NaN"},
		{tree.Data{Weights: []float64{0, 0}}, tree.Parameters{}, "no rows to train on"},
		{tree.Data{Weights: []float64{1}}, tree.Parameters{}, "1 weights for 2 rows"},
		{tree.Data{Validation: []bool{true}}, boost, "1 validation marks for 2 rows"},
		{tree.Data{Validation: []bool{true, true}}, boost, "no rows to train on"},
		{tree.Data{Validation: []bool{false, false}}, boost, "no row is marked for validation"},
		{tree.Data{Validation: []bool{false, true}}, tree.Parameters{}, "only boosting"},
		{tree.Data{}, tree.Parameters{MaxLeaves: 1}, "MaxLeaves is 1"},
		{tree.Data{}, tree.Parameters{L2: -1}, "L2 is -1"},
		{tree.Data{}, tree.Parameters{MinHessian: nan}, "MinHessian is NaN"},
		{tree.Data{}, tree.Parameters{SubsamplingRate: 1.5}, "SubsamplingRate is 1.5"},
		{tree.Data{}, tree.Parameters{FeatureSubset: "half"}, `FeatureSubset is "half"`},
		{tree.Data{}, tree.Parameters{ValidationTol: -1}, "ValidationTol is -1"},
		{tree.Data{}, tree.Parameters{Method: tree.NewtonBoosting, MaxBins: 256}, "MaxBins is 256"},
		{tree.Data{}, tree.Parameters{Method: 9}, "no method 9"},
	} {
		test.d.Rows, test.d.Features, test.d.Labels = 2, f, y
		_, _, err := tree.Train(context.Background(), test.d, test.p, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "tree: ") {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
}

// difference returns the first lines that differ.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\nand " + b[i]
		}
	}
	return "in length"
}
