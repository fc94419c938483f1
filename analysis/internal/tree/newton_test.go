package tree_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// By hand: P starts at 3/4, so gradients are 3/4 and -1/4 three times, hessians
// 3/16. Cut at 1.5, the sides have G = ±1/2 and H = 3/8: they gain 2/3 each, and
// leaves are ∓4/3 times the rate.
func TestNewtonByHand(t *testing.T) {
	f := of(floats("x", 1, 1, 2, 2))
	labels := []float64{0, 1, 1, 1}
	p := tree.Parameters{Method: tree.NewtonBoosting, MaxIter: 1, MinInstancesPerNode: 1}
	got := train(t, f, labels, p).Trees[0]
	start := math.Log(3)
	equal(t, "threshold", got.Threshold, []float64{1.5})
	equal(t, "leaves", got.LeafValue, []float64{start - 0.4/3, start + 0.4/3})
	equal(t, "weights", got.LeafWeight, []float64{0.375, 0.375})
	if math.Abs(got.SplitGain[0]-4./3) > 0.02 { // searched with rounded derivatives
		t.Errorf("gain %v", got.SplitGain[0])
	}
	p.L2 = 0.125
	equal(t, "leaves with L2", train(t, f, labels, p).Trees[0].LeafValue, []float64{start - 0.1, start + 0.1})
	for name, p := range map[string]tree.Parameters{
		"rows":    {MinInstancesPerNode: 3},
		"hessian": {MinInstancesPerNode: 1, MinHessian: 0.4},
		"gain":    {MinInstancesPerNode: 1, MinInfoGain: 1.5},
	} {
		p.Method, p.MaxIter = tree.NewtonBoosting, 1
		if got := train(t, f, labels, p).Trees[0]; len(got.LeafValue) != 1 {
			t.Errorf("least %s: %d leaves", name, len(got.LeafValue))
		}
	}
}

// A slow Newton step: for rows and their margins so far, the sums of derivatives.
type derivatives struct{ g, h float64 }

func derive(rows []int, labels, scores, weights []float64) (d derivatives) {
	for _, r := range rows {
		p := 1 / (1 + math.Exp(-scores[r]))
		d.g += weights[r] * (p - labels[r])
		d.h += weights[r] * p * (1 - p)
	}
	return d
}

func (d derivatives) term(l2 float64) float64 { return d.g * d.g / (d.h + l2) }

// Every split of a model gains, to rounding, as much as the best that looking at
// all cuts of all features finds, keeps the limits, and every leaf is what the
// exact derivatives say.
func TestNewtonEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for round := range 24 {
		rows := 60 + r.IntN(200)
		a, b := make([]float64, rows), make([]float64, rows)
		hot := make([]int32, rows)
		labels, weights := make([]float64, rows), make([]float64, rows)
		for i := range rows {
			a[i], b[i], hot[i] = float64(r.IntN(9)), r.NormFloat64(), int32(r.IntN(5))
			weights[i] = 1
			if round%2 == 1 {
				weights[i] = 0.25 + r.Float64()
			}
			if r.Float64() < 1/(1+math.Exp(3-a[i]+b[i]*float64(hot[i]%3))) {
				labels[i] = 1
			}
		}
		f := of(floats("a", a...), indexes("hot", 4, true, hot...), floats("b", b...))
		p := tree.Parameters{Method: tree.NewtonBoosting, MaxIter: 3, MaxLeaves: 2 + r.IntN(12), StepSize: 0.3,
			MinInstancesPerNode: 1 + r.IntN(8), MinHessian: 0.5, L2: float64(r.IntN(3)), Seed: uint64(round)}
		d := tree.Data{Rows: rows, Features: f, Labels: labels}
		if round%2 == 1 {
			d.Weights = weights
		}
		m, _, err := tree.Train(context.Background(), d, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		x := make([][]float64, rows)
		scores := make([]float64, rows)
		all := make([]int, rows)
		ones, total := 0., 0.
		for i := range rows {
			x[i], all[i] = dense(f, i), i
			ones += weights[i] * labels[i]
			total += weights[i]
		}
		start := math.Log(ones / (total - ones))
		for i := range scores {
			scores[i] = start
		}
		for k := range m.Trees {
			one := &m.Trees[k]
			if len(one.LeafValue) > p.MaxLeaves {
				t.Fatalf("%d leaves", len(one.LeafValue))
			}
			var visit func(node int32, members []int)
			visit = func(node int32, members []int) {
				own := derive(members, labels, scores, weights)
				if node < 0 {
					want := -own.g / (own.h + p.L2) * p.StepSize
					if k == 0 {
						want += start
					}
					if got := one.LeafValue[^node]; math.Abs(got-want) > 1e-6 {
						t.Fatalf("round %d, tree %d: leaf %v, want %v", round, k, got, want)
					}
					return
				}
				split := func(feature int, threshold float64) (left, right []int, gain float64) {
					for _, i := range members {
						if x[i][feature] <= threshold {
							left = append(left, i)
						} else {
							right = append(right, i)
						}
					}
					l, r := derive(left, labels, scores, weights), derive(right, labels, scores, weights)
					return left, right, l.term(p.L2) + r.term(p.L2) - own.term(p.L2)
				}
				left, right, gain := split(int(one.SplitFeature[node]), one.Threshold[node])
				lh, rh := derive(left, labels, scores, weights).h, derive(right, labels, scores, weights).h
				if min(len(left), len(right)) < p.MinInstancesPerNode || min(lh, rh) < 0.98*p.MinHessian {
					t.Fatalf("round %d: a side of %d and %d rows, hessians %v and %v", round, len(left), len(right), lh, rh)
				}
				for feature := range x[0] {
					for _, i := range members {
						l, r, other := split(feature, x[i][feature])
						if min(len(l), len(r)) < p.MinInstancesPerNode ||
							min(derive(l, labels, scores, weights).h, derive(r, labels, scores, weights).h) < 1.02*p.MinHessian {
							continue
						}
						if other > gain*1.03+0.03 {
							t.Fatalf("round %d, tree %d: gain %v by feature %d, %v by %d", round, k, gain, one.SplitFeature[node], other, feature)
						}
					}
				}
				visit(one.Left[node], left)
				visit(one.Right[node], right)
			}
			root := int32(0)
			if len(one.LeafValue) == 1 {
				root = ^root
			}
			visit(root, all)
			for i := range scores {
				v := one.LeafValue[one.Leaf(x[i])]
				if k == 0 {
					v -= start
				}
				scores[i] += v
			}
		}
	}
}

// With few leaves those that gain most are split first, whichever side they are on.
func TestGrowsByGain(t *testing.T) {
	var x, labels []float64
	for i := range 400 {
		x = append(x, float64(i%4))
		// Shares of class 1: 0, 0.1, 0.5, 1. The first cut is at 1.5, the second at 2.5.
		labels = append(labels, map[bool]float64{true: 1}[i/4%10 < []int{0, 1, 5, 10}[i%4]])
	}
	f := of(floats("x", x...))
	for _, p := range []tree.Parameters{{}, {Method: tree.GradientBoosting, MaxIter: 1}, {Method: tree.NewtonBoosting, MaxIter: 1}} {
		p.MaxLeaves, p.KeepEqualLeaves = 3, true
		if got := train(t, f, labels, p).Trees[0].Threshold; !slices.Equal(got, []float64{1.5, 2.5}) {
			t.Errorf("method %d: thresholds %v", p.Method, got)
		}
	}
}

// Gradients of a millionth and less still move the scores where they should.
func TestLateRounds(t *testing.T) {
	var x, labels []float64
	for i := range 2000 {
		x = append(x, float64(i%8))
		labels = append(labels, float64(i%8%2))
	}
	f := of(floats("x", x...))
	p := tree.Parameters{Method: tree.NewtonBoosting, MaxIter: 120, StepSize: 0.3, MinHessian: 1e-30}
	m, log, err := tree.Train(context.Background(), tree.Data{Rows: 2000, Features: f, Labels: labels}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, loss := range log.Loss {
		if i > 0 && loss > log.Loss[i-1]*0.99 && loss > 1e-13 {
			t.Fatalf("tree %d: loss %v after %v", i+1, loss, log.Loss[i-1])
		}
	}
	// A step of a settled Newton boost adds the rate to the margin: the loss falls
	// by e^0.3 a tree.
	if ratio := log.Loss[79] / log.Loss[80]; math.Abs(ratio-math.Exp(0.3)) > 0.01 || log.Loss[80] > 1e-9 {
		t.Errorf("loss %v falls by %v", log.Loss[80], ratio)
	}
	for i, s := range predict(t, m, f, 2000) {
		if (s > 0) != (labels[i] == 1) {
			t.Fatalf("row %d scores %v", i, s)
		}
	}
}

// The side of NaN is learned: here its rows are like the small values.
func TestMissingSide(t *testing.T) {
	nan := math.NaN()
	f := of(floats("x", 1, 2, nan, nan, 3, 4))
	labels := []float64{0, 0, 0, 0, 1, 1}
	for method := tree.DecisionTree; method <= tree.NewtonBoosting; method++ {
		m := train(t, f, labels, tree.Parameters{Method: method, AllowNaN: true, MaxIter: 1, MinInstancesPerNode: 1})
		one := m.Trees[0]
		if !slices.Equal(one.Threshold, []float64{2.5}) || one.DecisionType[0] != lightgbm.MissingNaN|lightgbm.DefaultLeft {
			t.Errorf("method %d: thresholds %v, decisions %v", method, one.Threshold, one.DecisionType)
		}
		scores := predict(t, m, f, 6)
		if scores[2] != scores[0] || scores[2] >= scores[5] {
			t.Errorf("method %d: scores %v", method, scores)
		}
	}
}

// Of many levels the frequent ones are told apart and the rest is one.
func TestPoolsRareLevels(t *testing.T) {
	const rows = 6000
	codes, labels := make([]int32, rows), make([]float64, rows)
	for i := range codes {
		codes[i] = int32(i % 6)
		if i%10 == 9 {
			codes[i] = int32(6 + i%594)
		}
		if codes[i] == 2 || codes[i] == 4 || codes[i] >= 6 {
			labels[i] = 1
		}
	}
	f := of(indexes("c", 600, false, codes...))
	m := train(t, f, labels, tree.Parameters{Method: tree.NewtonBoosting, MaxBins: 7})
	for i, s := range predict(t, m, f, rows) {
		if (s > 0) != (labels[i] == 1) {
			t.Fatalf("level %d scores %v", codes[i], s)
		}
	}
}

// All that is drawn and summed depends on no worker.
func TestWorkersChangeNothing(t *testing.T) {
	f, labels := problem(36_000, 300)
	weights := make([]float64, len(labels))
	validation := make([]bool, len(labels))
	for i := range weights {
		weights[i] = float64(i%7) / 3
		validation[i] = i%10 == 3
	}
	for method := tree.DecisionTree; method <= tree.RandomForest; method++ {
		for _, variant := range []int{0, 3} {
			p := tree.Parameters{Method: method, MaxIter: 2, MaxBins: 64, Seed: 5}
			d := tree.Data{Rows: len(labels), Features: f, Labels: labels}
			if variant&1 != 0 {
				d.Weights = weights
				p.MaxLeaves = 12
			}
			if variant&2 != 0 {
				p.FeatureSubset = "onethird"
				p.SubsamplingRate = 0.6
				if method == tree.GradientBoosting || method == tree.NewtonBoosting {
					d.Validation = validation
				}
			}
			first := ""
			for _, workers := range []int{1, 2, 8} {
				p.Workers = workers
				m, log, err := tree.Train(context.Background(), d, p, nil)
				if err != nil {
					t.Fatal(err)
				}
				got := text(t, m) + log.String()
				if first == "" {
					first = got
				}
				if got != first {
					t.Errorf("method %d, variant %d: another model with %d workers", method, variant, workers)
				}
			}
			p.Seed = 6
			if m, _, err := tree.Train(context.Background(), d, p, nil); err != nil || variant == 3 && strings.HasPrefix(first, text(t, m)) {
				t.Errorf("method %d, variant %d: the seed makes no difference, %v", method, variant, err)
			}
		}
	}
}
