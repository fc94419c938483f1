package eval_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

// oracle is a case of testdata/scikit-learn.json, whose head says which versions
// of scikit-learn and NumPy computed it (roc_auc_score, roc_curve with
// drop_intermediate=False, precision_score with zero_division=nan, ...).
type oracle struct {
	Name                  string
	Scores, Labels        []float64
	Threshold             float64
	TP, FP, FN, TN        int
	AUC, Accuracy, Recall float64
	Precision             *float64
	F1                    float64
	FPR, TPR, Thresholds  []float64
}

func oracles(t *testing.T) []oracle {
	t.Helper()
	data, err := os.ReadFile("testdata/scikit-learn.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []oracle }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	return file.Cases
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-15
}

func TestScoreAgainstScikitLearn(t *testing.T) {
	for _, c := range oracles(t) {
		scores, labels := slices.Clone(c.Scores), slices.Clone(c.Labels)
		r, err := eval.Score(scores, labels, c.Threshold)
		if err != nil {
			t.Fatal(err)
		}
		if r.TP != c.TP || r.FP != c.FP || r.FN != c.FN || r.TN != c.TN {
			t.Errorf("%s: TP %d FP %d FN %d TN %d, want %d %d %d %d", c.Name, r.TP, r.FP, r.FN, r.TN, c.TP, c.FP, c.FN, c.TN)
		}
		precision := math.NaN()
		if c.Precision != nil {
			precision = *c.Precision
		}
		for name, pair := range map[string][2]float64{
			"AUC": {r.AUC, c.AUC}, "accuracy": {r.Accuracy, c.Accuracy}, "recall": {r.Recall, c.Recall},
			"precision": {r.Precision, precision}, "F1": {r.F1, c.F1},
		} {
			if !near(pair[0], pair[1]) {
				t.Errorf("%s: %s %v, want %v", c.Name, name, pair[0], pair[1])
			}
		}
		if !slices.Equal(scores, c.Scores) || !slices.Equal(labels, c.Labels) {
			t.Errorf("%s: the arguments changed", c.Name)
		}
	}
}

func TestROCAgainstScikitLearn(t *testing.T) {
	for _, c := range oracles(t) {
		curve, err := eval.ROC(c.Scores, c.Labels)
		if err != nil {
			t.Fatal(err)
		}
		if len(curve.FPR) != len(c.FPR) || len(curve.TPR) != len(c.TPR) || len(curve.Thresholds) != len(c.FPR) {
			t.Fatalf("%s: %d points, want %d", c.Name, len(curve.FPR), len(c.FPR))
		}
		for k := range c.FPR {
			if !near(curve.FPR[k], c.FPR[k]) || !near(curve.TPR[k], c.TPR[k]) {
				t.Errorf("%s: point %d (%v, %v), want (%v, %v)", c.Name, k, curve.FPR[k], curve.TPR[k], c.FPR[k], c.TPR[k])
			}
		}
		// scikit-learn predicts positive at a threshold, so that its thresholds begin
		// with +Inf, which JSON cannot hold; ours end with -Inf.
		if last := len(c.Thresholds); !math.IsInf(curve.Thresholds[last], -1) || !slices.Equal(curve.Thresholds[:last], c.Thresholds) {
			t.Errorf("%s: thresholds %v, want %v", c.Name, curve.Thresholds, c.Thresholds)
		}
		if curve.N != len(c.Scores) || !near(curve.AUC, c.AUC) {
			t.Errorf("%s: %v, want AUC %v", c.Name, curve, c.AUC)
		}
	}
}

// At each threshold of a curve Score finds the rates of its point, and at one that
// lies anywhere between two thresholds those of the higher one's point.
func TestThresholdsAreThoseOfScore(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		scores, labels := make([]float64, 2+rng.IntN(60)), make([]float64, 62)[:0]
		for i := range scores {
			scores[i] = float64(rng.IntN(1+round%12))/8 - 0.5 // ties, and none but ties
			labels = append(labels, float64(rng.IntN(2)))
		}
		labels[0], labels[1] = 0, 1
		curve, err := eval.ROC(scores, labels)
		if err != nil {
			t.Fatal(err)
		}
		if last := len(curve.Thresholds); last != len(curve.FPR) || last != len(curve.TPR) {
			t.Fatalf("%d thresholds of %d points", last, len(curve.FPR))
		}
		for k, threshold := range curve.Thresholds {
			between := []float64{threshold}
			if k > 0 {
				between = append(between, math.Nextafter(curve.Thresholds[k-1], math.Inf(-1)))
			} else {
				between = append(between, math.Inf(1))
			}
			for _, threshold := range between {
				r, err := eval.Score(scores, labels, threshold)
				if err != nil {
					t.Fatal(err)
				}
				fpr := float64(r.FP) / float64(r.FP+r.TN)
				if r.Recall != curve.TPR[k] || fpr != curve.FPR[k] {
					t.Errorf("point %d is (%v, %v), but at %v the rates are (%v, %v)", k, curve.FPR[k], curve.TPR[k], threshold, fpr, r.Recall)
				}
			}
		}
	}
}

func TestAUCIsMannWhitneyAndTrapezoid(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 2 + rng.IntN(60)
		scores, labels := make([]float64, n), make([]float64, n)
		for i := range scores {
			scores[i] = float64(rng.IntN(12))/8 - 0.5 // ties, negatives, and both zeros
			if scores[i] == 0 && rng.IntN(2) == 0 {
				scores[i] = math.Copysign(0, -1)
			}
			labels[i] = float64(rng.IntN(2))
		}
		labels[0], labels[1] = 0, 1
		u, pairs := 0., 0.
		for i, a := range scores {
			for j, b := range scores {
				if labels[i] == 1 && labels[j] == 0 {
					pairs++
					if a > b {
						u++
					} else if a == b {
						u += 0.5
					}
				}
			}
		}
		r, err := eval.Score(scores, labels, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		if r.AUC != u/pairs {
			t.Errorf("AUC %v, want %v", r.AUC, u/pairs)
		}
		curve, err := eval.ROC(scores, labels)
		if err != nil {
			t.Fatal(err)
		}
		area, last := 0., len(curve.FPR)-1
		for k := 1; k <= last; k++ {
			area += (curve.FPR[k] - curve.FPR[k-1]) * (curve.TPR[k] + curve.TPR[k-1]) / 2
			if curve.Thresholds[k] >= curve.Thresholds[k-1] {
				t.Errorf("thresholds do not fall: %v", curve.Thresholds)
			}
		}
		if math.Abs(area-r.AUC) > 1e-12 || curve.FPR[0]+curve.TPR[0] != 0 || curve.FPR[last] != 1 || curve.TPR[last] != 1 {
			t.Errorf("area %v from (%v, %v) to (%v, %v), want %v", area, curve.FPR[0], curve.TPR[0], curve.FPR[last], curve.TPR[last], r.AUC)
		}
	}
}

func TestErrors(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		scores, labels []float64
		threshold      float64
		want           error
		text           string
	}{
		{nil, nil, 0.5, eval.ErrEmpty, "no rows"},
		{[]float64{1}, []float64{1, 0}, 0.5, eval.ErrLength, "1 and 2"},
		{[]float64{0.1, nan}, []float64{1, 0}, 0.5, eval.ErrScore, "row 1"},
		{[]float64{math.Inf(1), 1}, []float64{1, 0}, 0.5, eval.ErrScore, "row 0"},
		{[]float64{0.1, 0.2}, []float64{1, 2}, 0.5, eval.ErrLabel, "row 1"},
		{[]float64{0.1, 0.2}, []float64{nan, 0}, 0.5, eval.ErrLabel, "row 0"},
		{[]float64{0.1, 0.2}, []float64{1, 0}, nan, eval.ErrThreshold, "threshold"},
	} {
		_, err := eval.Score(test.scores, test.labels, test.threshold)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) || !strings.HasPrefix(err.Error(), "eval: ") {
			t.Errorf("error %v, want %v with %q", err, test.want, test.text)
		}
		if test.want == eval.ErrThreshold {
			continue
		}
		if _, err := eval.ROC(test.scores, test.labels); !errors.Is(err, test.want) {
			t.Errorf("ROC: error %v, want %v", err, test.want)
		}
	}
	if _, err := eval.ROC([]float64{0.1, 0.2}, []float64{1, 1}); !errors.Is(err, eval.ErrOneClass) {
		t.Errorf("ROC of one class: error %v", err)
	}
}

// rows returns n rows of which the first are positive, with scores such that the
// first hits rows and the last alarms rows are predicted positive.
func rows(n, positives, hits, alarms int) (scores, labels []float64) {
	scores, labels = make([]float64, n), make([]float64, n)
	for i := range scores {
		if i < positives {
			labels[i] = 1
		}
		if i < hits || i >= n-alarms {
			scores[i] = 0.9
		}
	}
	return scores, labels
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name                       string
		n, positives, hits, alarms int
		want                       []string
	}{
		{"sound", 100, 40, 40, 5, nil},
		{"below baseline", 100, 40, 10, 20, []string{eval.BelowBaseline}},
		{"as the baseline", 100, 40, 10, 10, nil},
		{"imbalanced", 500, 100, 90, 0, []string{eval.Imbalanced}},
		{"not quite", 500, 101, 90, 0, nil},
		{"mostly positive", 500, 450, 450, 0, []string{eval.Imbalanced}},
		{"few positives", 100, 29, 29, 0, []string{eval.FewPositives}},
		{"enough positives", 100, 30, 30, 0, nil},
		{"nothing predicted", 100, 40, 0, 0, []string{eval.NothingPredicted, eval.AllTied}},
		{"no positives", 100, 0, 0, 1, []string{eval.OneClass, eval.BelowBaseline, eval.Imbalanced}},
		{"no negatives", 100, 100, 100, 0, []string{eval.OneClass, eval.Imbalanced, eval.AllTied}},
	} {
		scores, labels := rows(test.n, test.positives, test.hits, test.alarms)
		r, err := eval.Score(scores, labels, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
			if w.Text == "" || w.Error() != w.Code+": "+w.Text {
				t.Errorf("%s: warning %#v", test.name, w)
			}
		}
		if !slices.Equal(codes, test.want) {
			t.Errorf("%s: warnings %v, want %v", test.name, codes, test.want)
		}
		oneClass := test.positives == 0 || test.positives == test.n
		if math.IsNaN(r.AUC) != oneClass || math.IsNaN(r.Precision) != (test.hits+test.alarms == 0) || math.IsNaN(r.Recall) != (test.positives == 0) {
			t.Errorf("%s: AUC %v, precision %v, recall %v", test.name, r.AUC, r.Precision, r.Recall)
		}
	}
}

func BenchmarkScore(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	scores, labels := make([]float64, 400_000), make([]float64, 400_000)
	for i := range scores {
		scores[i] = rng.Float64()
		if rng.Float64() < scores[i] {
			labels[i] = 1
		}
	}
	for b.Loop() {
		if _, err := eval.Score(scores, labels, 0.5); err != nil {
			b.Fatal(err)
		}
	}
}
