package tree_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// By hand: of the five cuts of 1..6 the one at 3.5 saves most: gini 5/18 above,
// 0 and 4/9 below, each of half the rows: 5/18 - 2/9 = 1/18. Both sides say
// class 0, so Spark merges them.
func TestDecisionTreeByHand(t *testing.T) {
	f := of(floats("x", 1, 2, 3, 4, 5, 6))
	labels := []float64{0, 0, 0, 1, 0, 0}

	kept := train(t, f, labels, tree.Parameters{MaxDepth: 1, KeepEqualLeaves: true}).Trees[0]
	equal(t, "threshold", kept.Threshold, []float64{3.5})
	equal(t, "leaves", kept.LeafValue, []float64{0, 1. / 3})
	equal(t, "gain", kept.SplitGain, []float64{6. / 18})
	equal(t, "internal value", kept.InternalValue, []float64{1. / 6})

	merged := train(t, f, labels, tree.Parameters{MaxDepth: 1})
	equal(t, "merged leaf", merged.Trees[0].LeafValue, []float64{1. / 6})
	equal(t, "importances", merged.Importances(), []float64{0})

	// Depth 2 takes row 4 off, so the classes differ and only the pure pair stays.
	deep := train(t, f, labels, tree.Parameters{MaxDepth: 2})
	equal(t, "depth 2", deep.Trees[0].Threshold, []float64{3.5, 4.5})
	equal(t, "depth 2", predict(t, deep, f, 6), []float64{0, 0, 0, 1, 0, 0})
}

func TestDecisionTreeLimits(t *testing.T) {
	f := of(floats("x", 1, 2, 3, 4, 5, 6))
	labels := []float64{0, 1, 1, 1, 1, 1} // the best cut, at 1.5, leaves one row
	for _, test := range []struct {
		p    tree.Parameters
		want []float64 // thresholds
	}{
		{tree.Parameters{}, []float64{1.5}},
		{tree.Parameters{MinInstancesPerNode: 2, KeepEqualLeaves: true}, []float64{2.5}},
		{tree.Parameters{MinInstancesPerNode: 4}, nil},
		{tree.Parameters{MinWeightFractionPerNode: 0.3, KeepEqualLeaves: true}, []float64{2.5}},
		{tree.Parameters{MinInfoGain: 5. / 18}, []float64{1.5}}, // gini 5/18 goes to 0
		{tree.Parameters{MinInfoGain: 0.2778}, nil},
	} {
		got := train(t, f, labels, test.p).Trees[0].Threshold
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: thresholds %v, want %v", test.p, got, test.want)
		}
	}
}

// By hand: the first tree is the mean of y = -1, 1 | 1, 1 and counts in full: F is
// 0 and 1. The residuals are -2, 2 | 4/(1+e^2) twice; a tenth of their means
// follows. Leaves are written doubled.
func TestBoostingByHand(t *testing.T) {
	f := of(floats("x", 1, 1, 2, 2))
	labels := []float64{0, 1, 1, 1}
	m, log, err := tree.Train(context.Background(), tree.Data{Features: f, Rows: 4, Labels: labels}, tree.Parameters{Method: tree.GradientBoosting, MaxIter: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	residual := 4 / (1 + math.Exp(2))
	equal(t, "tree 0", m.Trees[0].LeafValue, []float64{0, 2})
	equal(t, "tree 1", m.Trees[1].LeafValue, []float64{0, 2 * 0.1 * residual})
	equal(t, "shrinkage", []float64{m.Trees[0].Shrinkage, m.Trees[1].Shrinkage}, []float64{1, 0.1})
	margin := 2 + 0.2*residual
	equal(t, "scores", predict(t, m, f, 4), []float64{0, 0, margin, margin})
	equal(t, "probability", []float64{m.Transform(margin)}, []float64{1 / (1 + math.Exp(-2*(1+0.1*residual)))})
	equal(t, "loss", log.Loss, []float64{(2*math.Ln2 + 2*math.Log1p(math.Exp(-2))) / 4, (2*math.Ln2 + 2*math.Log1p(math.Exp(-margin))) / 4})
	// Variance of -1,1,1,1 is 3/4, of the sides 1 and 0: 1/4 a row, 4 rows. The
	// second tree's: shares 1/2, means 0 and the residual.
	equal(t, "gain", []float64{m.Trees[0].SplitGain[0], m.Trees[1].SplitGain[0]}, []float64{1, residual * residual})
}

func TestImportances(t *testing.T) {
	m := &lightgbm.Model{Names: []string{"a", "b", "c"}, Trees: []lightgbm.Tree{
		{SplitFeature: []int32{0, 1}, SplitGain: []float64{3, 1}},
		{SplitFeature: []int32{1}, SplitGain: []float64{12}},
	}}
	equal(t, "boosted", m.Importances(), []float64{3. / 16, 13. / 16, 0})
	m.AverageOutput = true
	equal(t, "averaged", m.Importances(), []float64{0.75 / 2, 1.25 / 2, 0})
}

func TestOneClass(t *testing.T) {
	f := of(floats("x", 1, 2, 3))
	for _, method := range []tree.Method{tree.DecisionTree, tree.GradientBoosting} {
		for _, label := range []float64{0, 1} {
			m, log, err := tree.Train(context.Background(), tree.Data{Features: f, Rows: 3, Labels: []float64{label, label, label}}, tree.Parameters{Method: method}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(log.Warnings) != 1 || !strings.Contains(log.Warnings[0], "all labels are") {
				t.Errorf("warnings %v", log.Warnings)
			}
			p := m.Transform(predict(t, m, f, 3)[1])
			if math.Abs(p-label) > 0.13 || len(m.Trees[0].LeafValue) != 1 {
				t.Errorf("method %d, all labels %v: probability %v", method, label, p)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	nullable := floats("n", 1, 0)
	nullable.Values.Nulls, nullable.Values.Valid = 1, []byte{1}
	words := column.Part{Name: "w", Values: &column.Column{Type: column.String, Len: 2}}
	for _, test := range []struct {
		f      *column.Features
		labels []float64
		p      tree.Parameters
		want   string
	}{
		{of(floats("x")), nil, tree.Parameters{}, "no rows"},
		{of(), []float64{0, 1}, tree.Parameters{}, "no features"},
		{of(floats("x", 1, 2)), []float64{0, 2}, tree.Parameters{}, "labels must be in {0, 1}, but row 1 is 2"},
		{of(floats("x", 1, 2)), []float64{nan, 1}, tree.Parameters{}, "row 0 is NaN"},
		{of(floats("x", 1, nan)), []float64{0, 1}, tree.Parameters{}, `feature "x" is NaN in row 1`},
		{of(floats("x", 1, inf)), []float64{0, 1}, tree.Parameters{AllowNaN: true}, `feature "x" is +Inf in row 1`},
		{of(floats("x", 1)), []float64{0, 1}, tree.Parameters{}, `feature "x" has 1 rows, not 2`},
		{of(nullable), []float64{0, 1}, tree.Parameters{}, `column "n" is null in row 1`},
		{of(words), []float64{0, 1}, tree.Parameters{}, `data type string of column "w" is not supported`},
		{of(indexes("c", 33, false, 0, 1)), []float64{0, 1}, tree.Parameters{}, `MaxBins (= 32) must be at least as large as the number of values in each categorical feature, but categorical feature "c" has 33 values`},
		{of(indexes("c", 3, false, 0, 3)), []float64{0, 1}, tree.Parameters{}, `categorical feature "c" is 3 in row 1, but it has 3 levels`},
		{of(indexes("c", 3, true, 0, -1)), []float64{0, 1}, tree.Parameters{}, `feature "c" is -1 in row 1`},
		{of(floats("x", 1, 2)), []float64{0, 1}, tree.Parameters{MaxDepth: 31}, "MaxDepth is 31"},
		{of(floats("x", 1, 2)), []float64{0, 1}, tree.Parameters{MaxBins: 1}, "MaxBins is 1"},
		{of(floats("x", 1, 2)), []float64{0, 1}, tree.Parameters{StepSize: 2}, "StepSize is 2"},
		{of(floats("x", 1, 2)), []float64{0, 1}, tree.Parameters{MinInfoGain: nan}, "MinInfoGain is NaN"},
	} {
		_, _, err := tree.Train(context.Background(), tree.Data{Features: test.f, Rows: len(test.labels), Labels: test.labels}, test.p, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "tree: ") {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	trees := 0
	_, _, err := tree.Train(ctx, tree.Data{Features: of(floats("x", 1, 2, 3)), Rows: 3, Labels: []float64{0, 1, 0}}, tree.Parameters{Method: tree.GradientBoosting}, func(p tree.Progress) {
		trees = p.Tree
		if p.Trees != 20 || !(p.Loss > 0 && p.Rate > 0 && p.Left > 0) {
			t.Errorf("%+v", p)
		}
		if trees == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || trees != 3 {
		t.Errorf("after %d trees: %v", trees, err)
	}
}

// NaN allowed in training goes right, also where only NaN does.
func TestMissing(t *testing.T) {
	nan := math.NaN()
	f := of(floats("x", 1, 2, nan, nan, 3, 1))
	labels := []float64{0, 0, 1, 1, 0, 0}
	m := train(t, f, labels, tree.Parameters{AllowNaN: true})
	equal(t, "scores", predict(t, m, f, 6), labels)
	equal(t, "a large value", predict(t, m, of(floats("x", 1e300)), 1), []float64{0})
	if m.Infos[0] != "[1:3]" {
		t.Errorf("info %q", m.Infos[0])
	}
}

// A categorical split sends any set of levels left, in one split.
func TestCategoricalSplit(t *testing.T) {
	f := of(indexes("c", 40, false, 0, 1, 2, 3, 35, 36))
	labels := []float64{0, 1, 0, 1, 0, 1}
	m := train(t, f, labels, tree.Parameters{MaxBins: 40})
	got := m.Trees[0]
	if !slices.Equal(got.CatBoundaries, []int32{0, 2}) || !slices.Equal(got.CatThreshold, []uint32{5, 8}) || len(got.SplitFeature) != 1 {
		t.Errorf("bitset %v %v", got.CatBoundaries, got.CatThreshold)
	}
	equal(t, "scores", predict(t, m, f, 6), labels)
	equal(t, "unseen", predict(t, m, of(indexes("c", 40, false, 4, 39, 400)), 3), []float64{1, 1, 1})
	if m.Infos[0] != "0:1:2:3:35:36" {
		t.Errorf("info %q", m.Infos[0])
	}
}

func TestDeterminism(t *testing.T) {
	f, labels := problem(80_000, 300)
	for _, method := range []tree.Method{tree.DecisionTree, tree.GradientBoosting} {
		var first string
		for _, workers := range []int{1, 2, 3, 7} {
			m := train(t, f, labels, tree.Parameters{Method: method, MaxIter: 4, Workers: workers})
			if first == "" {
				first = text(t, m)
			}
			if text(t, m) != first {
				t.Errorf("method %d: another model with %d workers", method, workers)
			}
		}
	}
}

// The predictor over parts, the model's own over dense rows and leaves agree.
func TestPredictEqualsLeaves(t *testing.T) {
	f, labels := problem(3000, 40)
	for _, method := range []tree.Method{tree.DecisionTree, tree.GradientBoosting} {
		m := train(t, f, labels, tree.Parameters{Method: method, MaxDepth: 6})
		scores := predict(t, m, f, len(labels))
		scorer, err := lightgbm.Leaves([]byte(text(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			row := dense(f, i)
			raw, err := scorer.Raw(row)
			if err != nil {
				t.Fatal(err)
			}
			transformed, _ := scorer.Transformed(row)
			equal(t, "leaves", []float64{scores[i], m.Transform(scores[i])}, []float64{raw, transformed})
			equal(t, "dense", []float64{scores[i]}, []float64{m.Raw(row)})
		}
	}
}

func TestOneHotEqualsColumns(t *testing.T) {
	for _, levels := range []int{12, 300} { // byte and wide codes
		r := rand.New(rand.NewPCG(2, 3))
		rows := 2000
		codes, labels, x := make([]int32, rows), make([]float64, rows), make([]float64, rows)
		columns := make([][]float64, levels)
		for k := range columns {
			columns[k] = make([]float64, rows)
		}
		for i := range rows {
			codes[i] = int32(r.IntN(levels + 2)) // the last two belong to no slot
			if k := int(codes[i]); k < levels {
				columns[k][i] = 1
			}
			x[i] = r.Float64()
			labels[i] = math.Round(0.6*r.Float64() + 0.2*float64(codes[i]%3))
		}
		hot := of(floats("x", x...), indexes("c", levels, true, codes...))
		flat := of(floats("x", x...))
		for k, values := range columns {
			flat.Parts = append(flat.Parts, floats(fmt.Sprintf("c_v%d", k), values...))
		}
		for _, method := range []tree.Method{tree.DecisionTree, tree.GradientBoosting} {
			p := tree.Parameters{Method: method, MaxIter: 5, MaxDepth: 7}
			a, b := train(t, hot, labels, p), train(t, flat, labels, p)
			if text(t, a) != text(t, b) {
				t.Errorf("%d levels, method %d: one-hot part and columns give different models", levels, method)
			}
			equal(t, "scores", predict(t, a, hot, rows), predict(t, b, flat, rows))
		}
	}
}

// Scaling, also by a negative factor for one-hot slots, changes thresholds but
// no prediction; a factor of 0 takes the feature out.
func TestScaledFeatures(t *testing.T) {
	f, labels := problem(2000, 30)
	scaled := &column.Features{Parts: slices.Clone(f.Parts)}
	for i := range scaled.Parts {
		p := &scaled.Parts[i]
		if p.Levels != nil && !p.OneHot {
			continue
		}
		for k := range p.Slots() {
			p.Shift = append(p.Shift, float64(k)-0.25)
			p.Scale = append(p.Scale, 0.125*float64(1+k))
			if p.OneHot && k%2 == 0 {
				p.Scale[k] *= -1
			}
		}
	}
	for _, method := range []tree.Method{tree.DecisionTree, tree.GradientBoosting} {
		p := tree.Parameters{Method: method}
		a, b := train(t, f, labels, p), train(t, scaled, labels, p)
		scores := predict(t, b, scaled, len(labels))
		equal(t, "scores", scores, predict(t, a, f, len(labels)))
		for i := range 200 {
			equal(t, "dense", []float64{b.Raw(dense(scaled, i))}, scores[i:i+1])
		}
	}
	for i := range scaled.Parts[:10] {
		scaled.Parts[i].Scale = []float64{0}
	}
	m := train(t, scaled, labels, tree.Parameters{})
	for i, share := range m.Importances()[:10] {
		if share != 0 || m.Infos[i] != "none" {
			t.Errorf("feature %d of factor 0 has importance %v", i, share)
		}
	}
}

func TestQuality(t *testing.T) {
	f, labels := problem(20_000, 50)
	for _, test := range []struct {
		p    tree.Parameters
		auc  float64
		loss float64
	}{
		{tree.Parameters{}, 0.75, 0.60},
		{tree.Parameters{Method: tree.GradientBoosting}, 0.83, 0.52},
		{tree.Parameters{Method: tree.GradientBoosting, MaxIter: 60, MaxBins: 255, StepSize: 0.3}, 0.90, 0.42},
	} {
		m, log, err := tree.Train(context.Background(), tree.Data{Features: f, Rows: len(labels), Labels: labels}, test.p, nil)
		if err != nil {
			t.Fatal(err)
		}
		scores := predict(t, m, f, len(labels))
		loss := 0.0
		for i, s := range scores {
			p := m.Transform(s)
			if labels[i] == 0 {
				p = 1 - p
			}
			loss -= math.Log(p) / float64(len(labels))
		}
		last := log.Loss[len(log.Loss)-1]
		if math.Abs(loss-last) > 1e-9 {
			t.Errorf("log-loss %v, the log has %v", loss, last)
		}
		if auc := area(scores, labels); auc < test.auc || loss > test.loss {
			t.Errorf("%+v: AUC %.4f, loss %.4f", test.p, auc, loss)
		}
		for i := 1; i < len(log.Loss); i++ {
			if log.Loss[i] > log.Loss[i-1] {
				t.Errorf("loss rises at tree %d: %v", i, log.Loss)
			}
		}
	}
}

// area is the area under the ROC curve by ranks, without ties in mind.
func area(scores, labels []float64) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, scores[a]-scores[b])) })
	ranks, positive := 0.0, 0.0
	for rank, i := range order {
		if labels[i] == 1 {
			ranks += float64(rank + 1)
			positive++
		}
	}
	return (ranks - positive*(positive+1)/2) / (positive * (float64(len(scores)) - positive))
}

// A node is split by features drawn later where those drawn first cannot split it.
func TestFeaturesAreDrawnUntilOneSplits(t *testing.T) {
	const rows, useless = 100, 90
	values, labels := make([]float64, rows), make([]float64, rows)
	parts := make([]column.Part, useless+1)
	for k := range useless {
		value := make([]float64, rows)
		value[k] = 1 // too few rows for a side
		parts[k] = floats(fmt.Sprint("useless", k), value...)
	}
	for i := range values {
		values[i], labels[i] = float64(i), float64(i/50)
	}
	parts[useless] = floats("useful", values...)
	m := train(t, of(parts...), labels, tree.Parameters{Method: tree.RandomForest, MaxIter: 10, FeatureSubset: "4", WithoutBootstrap: true, MinInstancesPerNode: 5})
	for i, tree := range m.Trees {
		if len(tree.LeafValue) != 2 || tree.SplitFeature[0] != useless {
			t.Errorf("tree %d has %d leaves and splits by %v", i, len(tree.LeafValue), tree.SplitFeature)
		}
	}
}

func TestInputUnchanged(t *testing.T) {
	f, labels := problem(500, 20)
	before := fmt.Sprintf("%v %v", labels, f.Parts)
	for _, p := range f.Parts {
		before += fmt.Sprintf("%v", *p.Values)
	}
	m := train(t, f, labels, tree.Parameters{Method: tree.GradientBoosting})
	model := []byte(text(t, m))
	predict(t, m, f, 500)
	after := fmt.Sprintf("%v %v", labels, f.Parts)
	for _, p := range f.Parts {
		after += fmt.Sprintf("%v", *p.Values)
	}
	if before != after || !bytes.Equal(model, []byte(text(t, m))) {
		t.Error("training or scoring changed its input")
	}
}
