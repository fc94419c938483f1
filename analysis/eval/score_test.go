package eval_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

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
