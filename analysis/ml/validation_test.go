package ml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// What a pipeline finds out before the trees it finds out from the training rows.
func TestValidationRowsFitNothing(t *testing.T) {
	words := analysis.Strings("word", "b", "b", "a", "c", "c", "c", "c")
	x, label := analysis.Float64s("x", 1, 3, 5, 900, 900, 900, 900), analysis.Int64s("label", 0, 1, 1, 0, 1, 0, 1)
	for name, held := range map[string]analysis.Frame{
		"bool": frame(words, x, label, analysis.Bools("held", false, false, false, true, true, true, true)),
		"int":  frame(words, x, label, analysis.Int64s("held", 0, 0, 0, 1, 1, 1, 1)),
	} {
		m := ml.Pipeline{
			ml.StringIndexer{InputCols: []string{"word"}, HandleInvalid: "keep"},
			ml.VectorAssembler{InputCols: []string{"x"}, OutputCol: "plain"},
			ml.StandardScaler{InputCol: "plain", OutputCol: "scaled", WithMean: true},
			ml.VectorAssembler{InputCols: []string{"scaled", "word_index"}},
			ml.GBTClassifier{ValidationIndicatorCol: "held", MaxIter: 3},
		}.Fit(held)
		if got := stage[ml.StringIndexerModel](t, m, 0).Labels[0]; fmt.Sprint(got) != "[b a]" {
			t.Errorf("%s: labels %v", name, got)
		}
		if mean := stage[ml.StandardScalerModel](t, m, 2).Mean; fmt.Sprint(mean) != "[3]" {
			t.Errorf("%s: mean %v", name, mean)
		}
		if log := stage[ml.TreeModel](t, m, 4).Log; log.Rows != 3 || len(log.Validation) == 0 {
			t.Errorf("%s: %d training rows, validation %v", name, log.Rows, log.Validation)
		}
	}
}

// A line of progress ends where validation rows end the training.
func TestProgressEndsWithTraining(t *testing.T) {
	type call struct{ done, total int64 }
	var calls []call
	watched := analysis.NewSession(analysis.Config{Progress: func(label string, done, total int64) {
		if strings.HasPrefix(label, "training, trees") {
			calls = append(calls, call{done, total})
		}
	}})
	values, held := make([]float64, 400), make([]bool, 400)
	labels := make([]int64, 400)
	for i := range values {
		values[i], held[i], labels[i] = float64(i*37%400), i%4 == 0, int64(i*i%7%2) // no rule: other rows gain nothing
	}
	f := watched.FromColumns(analysis.Float64s("x", values...), analysis.Bools("held", held...), analysis.Int64s("label", labels...))
	m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.GBTClassifier{MaxIter: 50, ValidationIndicatorCol: "held"}}.Fit(f)
	if _, err := m.TrainingLog(); err != nil {
		t.Fatal(err)
	}
	if n := len(calls); n < 2 || calls[0].total != 50 || calls[n-1].done == 50 || calls[n-1].done != calls[n-1].total {
		t.Errorf("progress %v, want an end before 50", calls)
	}
}

// A validation frame is a frame like the training frame; a column says which rows
// are whose. Training ends when the trees no longer help it.
func ExampleGBTClassifier_validation() {
	rows := hashed(2000) // columns a to d, and label
	split := rows.Split(0.8, 1)
	training, validation := split.Train, split.Test
	both := training.WithColumn("held out", analysis.Lit(false)).Union(validation.WithColumn("held out", analysis.Lit(true)))
	model := ml.Pipeline{
		assembleFour,
		ml.GBTClassifier{MaxIter: 50, ValidationIndicatorCol: "held out", ValidationTol: 0.001},
	}.Fit(both)
	log, err := model.TrainingLog()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(log)
	// Output:
	// training log: gradient-boosted trees, 4 trees of 122 leaves, 4 features
	// tree  leaves  log-loss  validation
	//    1      29   0.55747     0.58002
	//    2      31   0.54846     0.57538
	//    3      31   0.54231     0.57152
	//    4      31   0.53719     0.56889
	// 4 rows × 4 columns
}
