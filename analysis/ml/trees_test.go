package ml_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

var assembleFour = ml.VectorAssembler{InputCols: []string{"a", "b", "c", "d"}}

// The defaults stand for Spark's, and for LightGBM's with Newton.
func TestTreeDefaults(t *testing.T) {
	f := hashed(2000)
	for _, pair := range [][2]ml.Stage{
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{NumTrees: 20, FeatureSubsetStrategy: "sqrt", SubsamplingRate: 1, MaxDepth: 5, MaxBins: 32, MinInstancesPerNode: 1}},
		{ml.GBTClassifier{Newton: true}, ml.GBTClassifier{Newton: true, MaxIter: 100, StepSize: 0.1, MaxDepth: 30, MaxLeaves: 31, MaxBins: 255, MinInstancesPerNode: 20,
			MinSumHessian: 1e-3, SubsamplingRate: 1, FeatureSubsetStrategy: "all", ValidationTol: 0.01}},
	} {
		one := stage[ml.TreeModel](t, ml.Pipeline{assembleFour, pair[0]}.Fit(f), 1)
		other := stage[ml.TreeModel](t, ml.Pipeline{assembleFour, pair[1]}.Fit(f), 1)
		if one.Text != other.Text {
			t.Errorf("%T: writing out the defaults changes the model", pair[0])
		}
	}
}

// Every field reaches the trainer: it changes the model.
func TestTreeFields(t *testing.T) {
	f := hashed(2000).WithColumn("w", analysis.Col("a").Plus(1)).WithColumn("later", analysis.Col("c").Equal(4))
	fit := func(s ml.Stage) string {
		return stage[ml.TreeModel](t, ml.Pipeline{assembleFour, s}.Fit(f), 1).Text
	}
	for _, pair := range [][2]ml.Stage{
		{ml.DecisionTreeClassifier{}, ml.DecisionTreeClassifier{WeightCol: "w"}},
		{ml.DecisionTreeClassifier{}, ml.DecisionTreeClassifier{MaxLeaves: 3}},
		{ml.DecisionTreeClassifier{}, ml.DecisionTreeClassifier{MinWeightFractionPerNode: 0.3}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{NumTrees: 3}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{Seed: 1}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{WeightCol: "w"}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{SubsamplingRate: 0.5}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{FeatureSubsetStrategy: "1"}},
		{ml.RandomForestClassifier{SubsamplingRate: 0.5}, ml.RandomForestClassifier{SubsamplingRate: 0.5, WithoutBootstrap: true}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{KeepEqualLeaves: true}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{MaxDepth: 2}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{MaxLeaves: 3}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{MaxBins: 4}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{MinInstancesPerNode: 300}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{MinInfoGain: 0.01}},
		{ml.RandomForestClassifier{}, ml.RandomForestClassifier{MinWeightFractionPerNode: 0.2}},
		{ml.GBTClassifier{}, ml.GBTClassifier{Newton: true}},
		{ml.GBTClassifier{}, ml.GBTClassifier{MaxLeaves: 4}},
		{ml.GBTClassifier{}, ml.GBTClassifier{WeightCol: "w"}},
		{ml.GBTClassifier{}, ml.GBTClassifier{SubsamplingRate: 0.5}},
		{ml.GBTClassifier{}, ml.GBTClassifier{FeatureSubsetStrategy: "2"}},
		{ml.GBTClassifier{}, ml.GBTClassifier{ValidationIndicatorCol: "later"}},
		{ml.GBTClassifier{ValidationIndicatorCol: "later"}, ml.GBTClassifier{ValidationIndicatorCol: "later", ValidationTol: 1e-9}},
		{ml.GBTClassifier{SubsamplingRate: 0.5}, ml.GBTClassifier{SubsamplingRate: 0.5, Seed: 1}},
		{ml.GBTClassifier{Newton: true}, ml.GBTClassifier{Newton: true, L2: 5}},
		{ml.GBTClassifier{Newton: true}, ml.GBTClassifier{Newton: true, MinSumHessian: 50}},
		{ml.GBTClassifier{Newton: true}, ml.GBTClassifier{Newton: true, MinWeightFractionPerNode: 0.2}},
	} {
		if fit(pair[0]) == fit(pair[1]) {
			t.Errorf("%+v and %+v give one model", pair[0], pair[1])
		}
	}
}

// A forest is the mean of its trees' shares, is worth more than one of them, and
// is the same after it was saved.
func TestForest(t *testing.T) {
	all := hashed(6000)
	train, test := all.Limit(4000), hashedTest(t, all)
	labels := floats(t, test, "label")
	of := func(trees int) ([]float64, *ml.PipelineModel) {
		m := ml.Pipeline{assembleFour, ml.RandomForestClassifier{NumTrees: trees, FeatureSubsetStrategy: "2", KeepEqualLeaves: true, Seed: 3}}.Fit(train)
		return floats(t, m.Transform(test), "probability"), m
	}
	one, _ := of(1)
	many, m := of(20)
	if a, b := auc(one, labels), auc(many, labels); !(b > a) || b < 0.7 {
		t.Errorf("AUC %.4f of one tree, %.4f of twenty", a, b)
	}
	dir := t.TempDir() + "/forest"
	if _, err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	loaded, err := ml.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	again := loaded.Transform(test)
	if p := floats(t, again, "probability"); !slices.Equal(p, many) || !slices.Equal(floats(t, again, "rawPrediction"), many) {
		t.Error("the loaded forest scores differently")
	}
	for i, class := range floats(t, again, "prediction") {
		if (class == 1) != (many[i] > 0.5) {
			t.Fatalf("row %d: class %v of probability %v", i, class, many[i])
		}
	}
}

// Newton boosting takes missing values, and texts of more values than bins.
func TestNewtonTakesWhatComes(t *testing.T) {
	const rows = 3000
	var x []float64
	var words []string
	var label []int64
	for i := range rows {
		v, word, y := float64(i%17), fmt.Sprintf("w%d", i*i%997), int64(0)
		if i%5 == 0 {
			v = math.NaN()
		}
		if i%5 == 0 || i*i%997 < 200 {
			y = 1
		}
		x, words, label = append(x, v), append(words, word), append(label, y)
	}
	f := frame(analysis.Float64s("x", x...), analysis.Strings("word", words...), analysis.Int64s("label", label...))
	m := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"word"}},
		ml.VectorAssembler{InputCols: []string{"x", "word_index"}, HandleInvalid: "keep"},
		ml.GBTClassifier{Newton: true, AllowMissing: true},
	}.Fit(f)
	p := floats(t, m.Transform(f), "probability")
	truth := make([]float64, rows)
	for i, y := range label {
		truth[i] = float64(y)
	}
	if got := auc(p, truth); got < 0.97 {
		t.Errorf("AUC %v", got)
	}
}

func TestTreesRefuseMarks(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, 3), analysis.Int64s("label", 0, 1, 0), analysis.Strings("text", "1", "2", "3"),
		analysis.Float64s("w", 1, -2, 1), analysis.Float64s("nan", 1, 1, math.NaN()), analysis.Int64s("null", 1, 1, 1).Nulls(1), analysis.Int64s("two", 0, 2, 1))
	for _, c := range []struct {
		stage ml.Stage
		words string // separated by |
		early bool   // known without computing
	}{
		{ml.DecisionTreeClassifier{WeightCol: "w"}, `stage 2|DecisionTreeClassifier|weight "w" is -2 in row 1`, false},
		{ml.RandomForestClassifier{WeightCol: "nan"}, `stage 2|RandomForestClassifier|weight "nan" is NaN in row 2`, false},
		{ml.GBTClassifier{WeightCol: "null"}, `stage 2|GBTClassifier|weight "null" is null in row 1`, false},
		{ml.GBTClassifier{ValidationIndicatorCol: "two"}, `stage 2|GBTClassifier|validation indicator "two" is 2 in row 1`, false},
		{ml.GBTClassifier{WeightCol: "text"}, `stage 2|GBTClassifier|column "text" is string`, true},
		{ml.GBTClassifier{ValidationIndicatorCol: "absent"}, `stage 2|GBTClassifier|"absent"`, true},
		{ml.GBTClassifier{L2: 1}, `stage 2|GBTClassifier|without Newton`, false},
		{ml.RandomForestClassifier{FeatureSubsetStrategy: "most"}, `stage 2|RandomForestClassifier|"most"`, false},
	} {
		m := ml.Pipeline{assembleX, c.stage}.Fit(f)
		err := m.Err()
		if !c.early {
			if err != nil {
				t.Errorf("%s: known without computing: %v", c.words, err)
			}
			_, err = m.Stages()
		}
		wantError(t, err, strings.Split(c.words, "|")...)
	}
}

// Boosting that went astray is a warning of the model, in Spark's mode and with
// Newton steps.
func TestWarnsOfBoostingGoneAstray(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x, y := make([]float64, 2000), make([]int64, 2000)
	for i := range x {
		x[i] = r.Float64()
		if x[i] > 0.9 != (r.Float64() < 0.05) {
			y[i] = 1
		}
	}
	f := frame(analysis.Float64s("x", x...), analysis.Int64s("y", y...))
	for _, newton := range []bool{false, true} {
		for _, rate := range []float64{0.02, 1} {
			m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}},
				ml.GBTClassifier{LabelCol: "y", Newton: newton, StepSize: 1, MaxIter: 60, MinInstancesPerNode: 1, SubsamplingRate: rate}}.Fit(f)
			warnings, err := m.Warnings()
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Contains(strings.Join(warnings, "\n"), "GBTClassificationModel: the training loss rose from "); said != (rate < 1) {
				t.Errorf("Newton %v, rate %v: warnings %q", newton, rate, warnings)
			}
		}
	}
}
