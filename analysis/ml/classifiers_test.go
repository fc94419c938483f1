package ml_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

var assembleX = ml.VectorAssembler{InputCols: []string{"x"}}

// near reports whether the lists agree to rounding.
func near(got, want []float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-15 })
}

// steps has x = 1 (three rows of class 1), 2 (two of three) and 3 (none of four).
var steps = frame(analysis.Float64s("x", 1, 1, 1, 2, 2, 2, 3, 3, 3, 3), analysis.Int64s("label", 1, 1, 1, 1, 1, 0, 0, 0, 0, 0))

// Gini at the root: cutting at 2.5 leaves 6/10 x 2 x 5/36 = 0.167, cutting at 1.5
// 7/10 x 2 x 2/7 x 5/7 = 0.286. The left side is then cut at 1.5, into shares 1
// and 2/3, which predict the same class.
func TestDecisionTreeMergesEqualSiblings(t *testing.T) {
	for keep, want := range map[bool][]float64{
		false: {5. / 6, 5. / 6, 5. / 6, 5. / 6, 5. / 6, 5. / 6, 0, 0, 0, 0},
		true:  {1, 1, 1, 2. / 3, 2. / 3, 2. / 3, 0, 0, 0, 0},
	} {
		m := ml.Pipeline{assembleX, ml.DecisionTreeClassifier{KeepEqualLeaves: keep}}.Fit(steps)
		out := m.Transform(steps.Drop("label"))
		if got := floats(t, out, "probability"); !near(got, want) {
			t.Errorf("KeepEqualLeaves %v: probabilities %v, want %v", keep, got, want)
		}
		if got := floats(t, out, "rawPrediction"); !near(got, want) {
			t.Errorf("KeepEqualLeaves %v: rawPrediction %v, want %v", keep, got, want)
		}
		if got := floats(t, out, "prediction"); !slices.Equal(got, []float64{1, 1, 1, 1, 1, 1, 0, 0, 0, 0}) {
			t.Errorf("KeepEqualLeaves %v: predictions %v", keep, got)
		}
		if got, want := out.Columns(), []string{"x", "features", "rawPrediction", "probability", "prediction"}; !slices.Equal(got, want) {
			t.Errorf("columns %q, want %q", got, want)
		}
	}
}

func TestDecisionTreeFields(t *testing.T) {
	leaves := func(d ml.DecisionTreeClassifier) int {
		d.KeepEqualLeaves = true
		return stage[ml.TreeModel](t, ml.Pipeline{assembleX, d}.Fit(steps), 1).Log.Leaves[0]
	}
	for name, c := range map[string]struct {
		tree ml.DecisionTreeClassifier
		want int
	}{
		"defaults":            {ml.DecisionTreeClassifier{}, 3},
		"MaxDepth":            {ml.DecisionTreeClassifier{MaxDepth: 1}, 2},
		"MinInstancesPerNode": {ml.DecisionTreeClassifier{MinInstancesPerNode: 4}, 2},
		"MinInfoGain":         {ml.DecisionTreeClassifier{MinInfoGain: 0.4}, 1},
		"MaxBins":             {ml.DecisionTreeClassifier{MaxBins: 2}, 2},
	} {
		if got := leaves(c.tree); got != c.want {
			t.Errorf("%s: %d leaves, want %d", name, got, c.want)
		}
	}
	m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}, OutputCol: "f"}, ml.DecisionTreeClassifier{LabelCol: "attack", FeaturesCol: "f"}}.
		Fit(steps.Rename("label", "attack"))
	if got := floats(t, m.Transform(steps), "prediction"); got[0] != 1 {
		t.Errorf("%v", got)
	}
}

// The defaults stand for Spark's: the same model comes of writing them out.
func TestClassifierDefaults(t *testing.T) {
	f := hashed(2000)
	assemble := ml.VectorAssembler{InputCols: []string{"a", "b", "c", "d"}}
	for _, pair := range [][2]ml.Stage{
		{ml.DecisionTreeClassifier{}, ml.DecisionTreeClassifier{LabelCol: "label", FeaturesCol: "features", MaxDepth: 5, MaxBins: 32, MinInstancesPerNode: 1}},
		{ml.GBTClassifier{}, ml.GBTClassifier{LabelCol: "label", FeaturesCol: "features", MaxIter: 20, StepSize: 0.1, MaxDepth: 5, MaxBins: 32, MinInstancesPerNode: 1}},
	} {
		one := stage[ml.TreeModel](t, ml.Pipeline{assemble, pair[0]}.Fit(f), 1)
		other := stage[ml.TreeModel](t, ml.Pipeline{assemble, pair[1]}.Fit(f), 1)
		if one.Text != other.Text {
			t.Errorf("%T: writing out the defaults changes the model", pair[0])
		}
		if !strings.Contains(one.Text, "version=v3") {
			t.Errorf("%T: %.40q", pair[0], one.Text)
		}
	}
}

// Four rows at x = 1, three of class 1, and four at x = 2, one of class 1. The
// first tree fits the means of -1 and 1, 0.5 and -0.5, and counts in full; the
// second fits the mean of 4y/(1+exp(2yF)) and counts a tenth.
func TestGBTByHand(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 1, 1, 1, 2, 2, 2, 2), analysis.Int64s("label", 1, 1, 1, 0, 0, 0, 0, 1))
	residual := (3*4/(1+math.E) - 4/(1+1/math.E)) / 4
	for trees, margin := range map[int]float64{1: 0.5, 2: 0.5 + 0.1*residual} {
		out := ml.Pipeline{assembleX, ml.GBTClassifier{MaxIter: trees}}.Fit(f).Transform(f)
		raw, p, class := floats(t, out, "rawPrediction"), floats(t, out, "probability"), floats(t, out, "prediction")
		for i, f := range []float64{margin, margin, margin, margin, -margin, -margin, -margin, -margin} {
			if math.Abs(raw[i]-2*f) > 1e-12 || math.Abs(p[i]-1/(1+math.Exp(-2*f))) > 1e-12 {
				t.Errorf("%d trees, row %d: raw %v, probability %v; the margin is %v", trees, i, raw[i], p[i], f)
			}
			if want := map[bool]float64{true: 1}[p[i] > 0.5]; class[i] != want {
				t.Errorf("%d trees, row %d: prediction %v of probability %v", trees, i, class[i], p[i])
			}
		}
	}
}

// A probability of just one half predicts class 0.
func TestHalfIsClassZero(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 1), analysis.Int64s("label", 1, 0))
	for _, c := range []ml.Stage{ml.GBTClassifier{}, ml.DecisionTreeClassifier{}, ml.ConstantClassifier{}} {
		out := ml.Pipeline{assembleX, c}.Fit(f).Transform(f)
		if p, class := floats(t, out, "probability"), floats(t, out, "prediction"); p[0] != 0.5 || class[0] != 0 {
			t.Errorf("%T: probability %v, prediction %v", c, p[0], class[0])
		}
	}
}

func TestConstantClassifier(t *testing.T) {
	for _, label := range []analysis.Values{
		analysis.Int64s("label", 1, 0, 1, 1), analysis.Float64s("label", 1, math.Copysign(0, -1), 1, 1), analysis.Bools("label", true, false, true, true),
	} {
		m := ml.ConstantClassifier{}.Fit(frame(label))
		out := m.Transform(frame(analysis.Strings("any", "a", "b")))
		for name, want := range map[string]string{"probability": "0.75 0.75", "rawPrediction": "0.75 0.75", "prediction": "1 1"} {
			if got := join(texts(t, out, name)); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
}

func TestLabelsAreZeroOrOne(t *testing.T) {
	x := analysis.Float64s("x", 1, 2, 3)
	for _, c := range []ml.Stage{ml.GBTClassifier{}, ml.DecisionTreeClassifier{}, ml.ConstantClassifier{}} {
		name := strings.TrimPrefix(fmt.Sprintf("%T", c), "ml.")
		for want, label := range map[string]analysis.Values{
			"is 2":    analysis.Int64s("label", 0, 1, 2),
			"is -1":   analysis.Int64s("label", 0, 1, -1),
			"is 0.5":  analysis.Float64s("label", 0, 1, 0.5),
			"is NaN":  analysis.Float64s("label", 0, 1, math.NaN()),
			"is null": analysis.Int64s("label", 0, 1, 1).Nulls(2),
		} {
			m := ml.Pipeline{assembleX, c}.Fit(frame(x, label))
			if err := m.Err(); err != nil {
				t.Errorf("%s found without computing: %v", want, err)
			}
			_, err := m.Transform(frame(x)).Count()
			wantError(t, err, "classifiers_test.go:", "stage 2", name, `label "label" `+want, "must be 0 or 1")
		}
		_, err := ml.Pipeline{assembleX, c}.Fit(frame(x, analysis.Int64s("label", 0, 1, 0)).Limit(0)).Stages()
		wantError(t, err, name, "no rows")
		wantError(t, ml.Pipeline{assembleX, c}.Fit(frame(x, analysis.Strings("label", "0", "1", "0"))).Err(), `label "label" is string`)
	}
}

func TestTreesRefuse(t *testing.T) {
	var levels []string
	var label []int64
	for i := range int64(80) {
		levels = append(levels, string(rune('!'+i%40)))
		label = append(label, i%2)
	}
	f := frame(analysis.Strings("CMD", levels...), analysis.Int64s("label", label...))
	indexed := ml.Pipeline{ml.StringIndexer{InputCols: []string{"CMD"}}, ml.VectorAssembler{InputCols: []string{"CMD_index"}}}
	for _, c := range []struct {
		stage ml.Stage
		words []string
	}{
		{ml.DecisionTreeClassifier{}, []string{"DecisionTreeClassifier", "CMD", "40", "MaxBins", "32"}},
		{ml.GBTClassifier{}, []string{"GBTClassifier", "CMD", "40", "MaxBins", "32"}},
		{ml.DecisionTreeClassifier{MaxBins: 40, MaxDepth: 31}, []string{"MaxDepth is 31"}},
		{ml.GBTClassifier{StepSize: 2}, []string{"StepSize is 2"}},
	} {
		_, err := append(slices.Clone(indexed), c.stage).Fit(f).Stages()
		wantError(t, err, append([]string{"classifiers_test.go:", "stage 3"}, c.words...)...)
	}
	if err := append(slices.Clone(indexed), ml.DecisionTreeClassifier{MaxBins: 40}).Fit(f).Err(); err != nil {
		t.Error(err)
	}
	nan := frame(analysis.Float64s("x", 1, math.NaN()), analysis.Int64s("label", 0, 1))
	_, err := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "keep"}, ml.GBTClassifier{}}.Fit(nan).Stages()
	wantError(t, err, "stage 2", "GBTClassifier", `"x"`, "NaN")
}

// At prediction NaN goes right, as in Spark: to the class of the greatest values.
func TestNaNGoesRight(t *testing.T) {
	m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "keep"}, ml.DecisionTreeClassifier{}}.Fit(steps)
	out := m.Transform(frame(analysis.Float64s("x", math.NaN(), 1, 9).Nulls(2)))
	if got := floats(t, out, "prediction"); !slices.Equal(got, []float64{0, 1, 0}) {
		t.Errorf("%v", got)
	}
}

func TestOneClassWarns(t *testing.T) {
	m := ml.Pipeline{assembleX, ml.GBTClassifier{}}.Fit(frame(analysis.Float64s("x", 1, 2), analysis.Int64s("label", 0, 0)))
	warnings, err := m.Warnings()
	if err != nil || !slices.Contains(warnings, "GBTClassificationModel: all labels are 0") {
		t.Errorf("%q, %v", warnings, err)
	}
}

// hashed makes the rows that testdata/oracle.py makes.
func hashed(count int) analysis.Frame {
	var a, b, c, d, label []int64
	for i := range uint64(count) {
		h := i + 0x9E3779B97F4A7C15
		h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
		h = (h ^ h>>27) * 0x94D049BB133111EB
		h ^= h >> 31
		va, vb, vc, vd := int64(h%16), int64(h>>8%24), int64(h>>16%9), int64(h>>24%2)
		chance := 5 + 4*va
		if vb > 15 && vd == 1 {
			chance += 30
		}
		if va > 9 {
			chance -= 3 * vc
		}
		y := int64(0)
		if int64(h>>32%100) < chance {
			y = 1
		}
		a, b, c, d, label = append(a, va), append(b, vb), append(c, vc), append(d, vd), append(label, y)
	}
	return frame(analysis.Int64s("a", a...), analysis.Int64s("b", b...), analysis.Int64s("c", c...), analysis.Int64s("d", d...), analysis.Int64s("label", label...))
}

// auc is the share of pairs of a row of class 1 and one of class 0 in which the
// former scores higher; ties count half.
func auc(scores, labels []float64) float64 {
	pairs, won := 0., 0.
	for i, p := range scores {
		for k, q := range scores {
			if labels[i] == 1 && labels[k] == 0 {
				pairs++
				if p > q {
					won++
				} else if p == q {
					won += 0.5
				}
			}
		}
	}
	return won / pairs
}

func TestAgainstScikitLearn(t *testing.T) {
	type report struct {
		AUC   float64
		First []float64
	}
	var oracle struct {
		Positive         int
		Tree, Boost      report
		GradientBoosting report `json:"gradient_boosting"`
	}
	data, err := os.ReadFile("testdata/oracle.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &oracle); err != nil {
		t.Fatal(err)
	}
	all := hashed(6000)
	positive := 0.
	for _, y := range floats(t, all, "label") {
		positive += y
	}
	if int(positive) != oracle.Positive {
		t.Fatalf("%v rows of class 1, the oracle has %d: not the same rows", positive, oracle.Positive)
	}
	train := all.Limit(4000)
	test := hashedTest(t, all)
	assemble := ml.VectorAssembler{InputCols: []string{"a", "b", "c", "d"}}
	for name, c := range map[string]struct {
		stage     ml.Stage
		want      report
		tolerance float64 // of the AUC
		row       float64 // of a row's probability
	}{
		"tree":              {ml.DecisionTreeClassifier{KeepEqualLeaves: true}, oracle.Tree, 1e-9, 1e-12},
		"boost":             {ml.GBTClassifier{}, oracle.Boost, 1e-4, 1e-9},
		"gradient boosting": {ml.GBTClassifier{}, oracle.GradientBoosting, 0.01, 0},
	} {
		scored := ml.Pipeline{assemble, c.stage}.Fit(train).Transform(test)
		p := floats(t, scored, "probability")
		if got := auc(p, floats(t, scored, "label")); math.Abs(got-c.want.AUC) > c.tolerance {
			t.Errorf("%s: AUC %.6f, scikit-learn has %.6f", name, got, c.want.AUC)
		}
		for i, want := range c.want.First {
			if math.Abs(p[i]-want) > c.row {
				t.Errorf("%s: row %d: probability %v, scikit-learn has %v", name, i, p[i], want)
			}
		}
	}
}

// hashedTest returns the rows from number 4000 on.
func hashedTest(t *testing.T, all analysis.Frame) analysis.Frame {
	t.Helper()
	var columns []analysis.Values
	for _, name := range all.Columns() {
		var values []int64
		for _, v := range floats(t, all, name)[4000:] {
			values = append(values, int64(v))
		}
		columns = append(columns, analysis.Int64s(name, values...))
	}
	return frame(columns...)
}

func TestReports(t *testing.T) {
	f := hashed(2000)
	assemble := ml.VectorAssembler{InputCols: []string{"c", "b", "a", "d"}}
	m := ml.Pipeline{assemble, ml.GBTClassifier{MaxIter: 4}}.Fit(f)
	log, err := m.TrainingLog()
	if err != nil || log.Len() != 4 {
		t.Fatal(log, err)
	}
	loss, _ := log.Floats("log-loss")
	if !slices.IsSortedFunc(loss, func(a, b float64) int { return cmp.Compare(b, a) }) || loss[0] >= math.Ln2 {
		t.Errorf("the loss does not fall: %v", loss)
	}
	all, err := m.FeatureImportances(0)
	if err != nil || len(all) != 4 || all[0].Feature != "a" || all[0].Column != "a" {
		t.Errorf("%v, %v", all, err)
	}
	sum := 0.
	for i, f := range all {
		sum += f.Share
		if i > 0 && f.Share > all[i-1].Share {
			t.Errorf("not in order: %v", all)
		}
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("shares add up to %v", sum)
	}
	if two, err := m.FeatureImportances(2); err != nil || !slices.Equal(two, all[:2]) {
		t.Errorf("%v, %v", two, err)
	}
	if many, err := m.TopFeatures(99); err != nil || many.Len() != 4 {
		t.Errorf("%v, %v", many, err)
	}
	// Without a split all shares are 0, in the order of the vector.
	flat := ml.Pipeline{assemble, ml.DecisionTreeClassifier{MinInfoGain: 1}}.Fit(f)
	want := []ml.Importance{{Feature: "c", Column: "c"}, {Feature: "b", Column: "b"}, {Feature: "a", Column: "a"}, {Feature: "d", Column: "d"}}
	if got, err := flat.FeatureImportances(0); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = ml.ConstantClassifier{}.Fit(f).TopFeatures(1)
	wantError(t, err, "ml: pipeline of ConstantClassifier holds no model of trees")
}

// Two models can score one frame under names of their own.
func TestOutputColumns(t *testing.T) {
	tree := ml.Pipeline{assembleX, ml.DecisionTreeClassifier{PredictionCol: "tree", ProbabilityCol: "tree p", RawPredictionCol: "tree raw"}}.Fit(steps)
	base := ml.ConstantClassifier{PredictionCol: "base", ProbabilityCol: "base p", RawPredictionCol: "base raw"}.Fit(steps)
	out := base.Transform(tree.Transform(steps))
	if got, want := out.Columns(), []string{"x", "label", "features", "tree raw", "tree p", "tree", "base raw", "base p", "base"}; !slices.Equal(got, want) {
		t.Errorf("columns %q, want %q", got, want)
	}
	if got := floats(t, out, "tree p"); got[0] != 5./6 {
		t.Errorf("%v", got)
	}
	if got := floats(t, out, "base p"); got[0] != 0.5 {
		t.Errorf("%v", got)
	}
	twice := ml.Pipeline{assembleX, ml.GBTClassifier{PredictionCol: "p", ProbabilityCol: "p"}}.Fit(steps)
	wantError(t, twice.Err(), "stage 2, GBTClassifier", "five different names")
}
