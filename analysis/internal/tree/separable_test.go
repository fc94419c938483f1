package tree_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// separable returns rows of seven features, two of which say the label but for a
// share of the rows, whose label is turned round.
func separable(rows int, turned float64) (*column.Features, []float64) {
	r := rand.New(rand.NewPCG(1, 7))
	x := make([][]float64, 7)
	for k := range x {
		x[k] = make([]float64, rows)
	}
	labels := make([]float64, rows)
	for i := range rows {
		for k := range x {
			x[k][i] = r.NormFloat64()
			if k%2 == 1 {
				x[k][i] = math.Floor(math.Exp(2 * x[k][i]))
			}
		}
		if x[0][i]+x[2][i] > 2.09 { // seven of a hundred
			labels[i] = 1
		}
		if r.Float64() < turned {
			labels[i] = 1 - labels[i]
		}
	}
	f := &column.Features{}
	for k := range x {
		f.Parts = append(f.Parts, floats(fmt.Sprintf("x%d", k), x[k]...))
	}
	return f, labels
}

// On nearly separable rows second derivatives all but vanish, and G/H has
// thousands. The loss must fall all the same, by any seed, at any rate, with
// weights and where a class is missing, and importances must be of the features
// that say the label. No feature but x0 and x2 does.
func TestNewtonStaysInBounds(t *testing.T) {
	f, labels := separable(6000, 0.002)
	many, manyLabels := separable(160_000, 0.0005)
	rows := len(labels)
	heavy, light := make([]float64, rows), make([]float64, rows)
	for i := range heavy {
		heavy[i], light[i] = 1e12, 1e-3
		if i%97 == 0 {
			heavy[i], light[i] = 1e15, 1
		}
	}
	for name, c := range map[string]struct {
		p        tree.Parameters
		features *column.Features
		weights  []float64
		labels   []float64
	}{
		"default":      {features: many, labels: manyLabels},
		"seed 1":       {p: tree.Parameters{Seed: 1}},
		"rate 0.5":     {p: tree.Parameters{StepSize: 0.5}},
		"rate 1":       {p: tree.Parameters{StepSize: 1}},
		"many leaves":  {p: tree.Parameters{MaxLeaves: 255, MinInstancesPerNode: 1}},
		"any hessian":  {p: tree.Parameters{MinHessian: 1e-30, MinInstancesPerNode: 1, StepSize: 0.3}},
		"L2":           {p: tree.Parameters{L2: 0.01, StepSize: 1}},
		"great":        {weights: heavy},
		"small":        {weights: light, p: tree.Parameters{MinHessian: 1e-6}},
		"no class 1":   {labels: make([]float64, rows)},
		"all class 1":  {labels: slices.Repeat([]float64{1}, rows)},
		"one of class": {labels: append([]float64{1}, make([]float64, rows-1)...)},
		"equal values": {features: of(floats("x", make([]float64, rows)...))},
	} {
		t.Run(name, func(t *testing.T) {
			if c.features == nil {
				c.features = f
			}
			if c.labels == nil {
				c.labels = labels
			}
			c.p.Method = tree.NewtonBoosting
			m, log, err := tree.Train(context.Background(), tree.Data{Features: c.features, Rows: len(c.labels), Labels: c.labels, Weights: c.weights}, c.p, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, loss := range log.Loss {
				if i > 0 && !(loss <= log.Loss[i-1]+1e-14) {
					t.Fatalf("tree %d: loss %v after %v", i+1, loss, log.Loss[i-1])
				}
			}
			for k, one := range m.Trees[1:] {
				for _, v := range one.LeafValue {
					if math.Abs(v) > 12 {
						t.Fatalf("tree %d: a leaf of %v", k+1, v)
					}
				}
			}
			for _, w := range log.Warnings {
				if !strings.HasPrefix(w, "all labels are") && w != "no feature has two values" {
					t.Errorf("warning: %s", w)
				}
			}
			if shares := m.Importances(); name == "default" && shares[0]+shares[2] < 0.9 {
				t.Errorf("importances %v", shares)
			}
		})
	}
}

// The log warns where the loss rises, whichever way trees are boosted.
func TestWarnsOfLossThatRises(t *testing.T) {
	f, labels := separable(4000, 0.05)
	for name, p := range map[string]tree.Parameters{
		"newton": {Method: tree.NewtonBoosting, MinInstancesPerNode: 1},
		"spark":  {Method: tree.GradientBoosting, MaxIter: 60},
	} {
		for _, rate := range []float64{0.02, 1} { // of so few rows each tree learns the noise
			p.StepSize, p.SubsamplingRate = 1, rate
			_, log, err := tree.Train(context.Background(), tree.Data{Features: f, Rows: len(labels), Labels: labels}, p, nil)
			if err != nil {
				t.Fatal(err)
			}
			rises := log.Loss[len(log.Loss)-1] > 1.02*slices.Min(log.Loss)
			said := slices.ContainsFunc(log.Warnings, func(w string) bool { return strings.HasPrefix(w, "the training loss rose from ") })
			if rises != (rate < 1) || said != rises {
				t.Errorf("%s, rate %v: losses %v, warnings %q", name, rate, log.Loss, log.Warnings)
			}
		}
	}
}

// A row that few trees see is found to be wrong when all rows beside it are sure:
// a step of such a size is said.
func TestWarnsOfGreatLeaves(t *testing.T) {
	x, labels := make([]float64, 2000), make([]float64, 2000)
	for i := range x {
		x[i] = float64(i % 4)
	}
	labels[7] = 1
	p := tree.Parameters{Method: tree.NewtonBoosting, StepSize: 1, SubsamplingRate: 0.05, MinHessian: 1e-30, MinInstancesPerNode: 1}
	_, log, err := tree.Train(context.Background(), tree.Data{Features: of(floats("x", x...)), Rows: len(x), Labels: labels}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(log.Warnings, func(w string) bool { return strings.Contains(w, "has a leaf that adds ") }) {
		t.Errorf("warnings %q, losses %v", log.Warnings, log.Loss)
	}
}

// Weights of any size train as their shares do; what Newton steps cannot square,
// and what adds up to no number, is refused.
func TestWeightsOfAnySize(t *testing.T) {
	f, labels := problem(600, 5)
	weights := make([]float64, len(labels))
	for _, c := range []struct {
		unit    float64
		refused string // "": by none
		newton  string
	}{
		{1, "", ""}, {1e100, "", ""}, {1e200, "", "divide"}, {1e290, "", "divide"}, {1e308, "divide", "divide"},
		{1e-100, "", ""}, {1e-200, "", "multiply"}, {1e-310, "multiply", "multiply"},
	} {
		for i := range weights {
			weights[i] = c.unit * (float64(1+i%3) / 3)
		}
		for method := tree.DecisionTree; method <= tree.RandomForest; method++ {
			p := tree.Parameters{Method: method, MaxIter: 3, MinHessian: 1e-3 * c.unit}
			m, log, err := tree.Train(context.Background(), tree.Data{Features: f, Rows: len(labels), Labels: labels, Weights: weights}, p, nil)
			want := c.refused
			if method == tree.NewtonBoosting {
				want = c.newton
			}
			switch {
			case want != "":
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("method %d, weights of %v: %v, want an error", method, c.unit, err)
				}
			case err != nil || m.Validate() != nil || !(slices.Max(log.Loss) < 1) || slices.Max(log.Leaves) < 8:
				t.Errorf("method %d, weights of %v: %v, %v", method, c.unit, err, log)
			}
		}
	}
}
