package eval_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

// oracle is a case of testdata/scikit-learn.json, which oracle.py wrote beside it and
// whose head says with which versions.
type oracle struct {
	Name                    string
	Scores, Labels, Weights []float64
	Threshold               float64
	TP, FP, FN, TN          int
	AUC, Accuracy, Recall   *float64 // nil is undefined
	Precision, F1           *float64
	FPR, TPR, Thresholds    []float64
	AveragePrecision        *float64  `json:"average_precision"`
	LogLoss                 *float64  `json:"log_loss"`
	Brier                   *float64  `json:"brier"`
	PRPrecision             []float64 `json:"pr_precision"`
	PRRecall                []float64 `json:"pr_recall"`
	PRThresholds            []float64 `json:"pr_thresholds"`
	CalibrationObserved     []float64 `json:"calibration_observed"`
	CalibrationMean         []float64 `json:"calibration_mean"`
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

func (c oracle) sample(t *testing.T) *eval.Sample {
	t.Helper()
	s, err := eval.Of(eval.Rows{Scores: c.Scores, Labels: c.Labels, Weights: c.Weights})
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return s
}

// near is the last bit of a rate: without weights both sides divide whole numbers.
func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-15
}

// close is what another order of additions may change.
func close(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12
}

func (c oracle) same(a, b float64) bool {
	if c.Weights == nil {
		return near(a, b)
	}
	return close(a, b)
}

func defined(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

func TestReportAgainstScikitLearn(t *testing.T) {
	for _, c := range oracles(t) {
		scores, labels := slices.Clone(c.Scores), slices.Clone(c.Labels)
		r, err := c.sample(t).Report(c.Threshold)
		if err != nil {
			t.Fatal(err)
		}
		if r.TP != c.TP || r.FP != c.FP || r.FN != c.FN || r.TN != c.TN {
			t.Errorf("%s: TP %d FP %d FN %d TN %d, want %d %d %d %d", c.Name, r.TP, r.FP, r.FN, r.TN, c.TP, c.FP, c.FN, c.TN)
		}
		for name, pair := range map[string][2]float64{
			"AUC": {r.AUC, defined(c.AUC)}, "accuracy": {r.Accuracy, defined(c.Accuracy)}, "recall": {r.Recall, defined(c.Recall)},
			"precision": {r.Precision, defined(c.Precision)}, "F1": {r.F1, defined(c.F1)},
		} {
			if !c.same(pair[0], pair[1]) {
				t.Errorf("%s: %s %v, want %v", c.Name, name, pair[0], pair[1])
			}
		}
		if !slices.Equal(scores, c.Scores) || !slices.Equal(labels, c.Labels) {
			t.Errorf("%s: the arguments changed", c.Name)
		}
		if c.Weights != nil {
			continue
		}
		if old, err := eval.Score(scores, labels, c.Threshold); err != nil || old.AUC != r.AUC && !math.IsNaN(r.AUC) || old.TP != r.TP {
			t.Errorf("%s: Score says %v, %v", c.Name, old, err)
		}
	}
}

func TestMetricsAgainstScikitLearn(t *testing.T) {
	for _, c := range oracles(t) {
		s := c.sample(t)
		for _, m := range []struct {
			metric eval.Metric
			want   *float64
			reason error
		}{
			{eval.AUC, c.AUC, eval.ErrOneClass}, {eval.AveragePrecision, c.AveragePrecision, eval.ErrOneClass},
			{eval.LogLoss, c.LogLoss, eval.ErrProbability}, {eval.Brier, c.Brier, eval.ErrProbability},
			{eval.RecallAt(eval.AtThreshold(c.Threshold)), c.Recall, eval.ErrOneClass},
		} {
			got, err := s.Measure(m.metric)
			if !close(got, defined(m.want)) {
				t.Errorf("%s: %v %v, want %v", c.Name, m.metric, got, defined(m.want))
			}
			if (err != nil) != (m.want == nil) || err != nil && !errors.Is(err, m.reason) {
				t.Errorf("%s: %v: error %v", c.Name, m.metric, err)
			}
		}
	}
}

func TestROCAgainstScikitLearn(t *testing.T) {
	for _, c := range oracles(t) {
		curve, err := c.sample(t).ROC()
		if c.AUC == nil {
			if !errors.Is(err, eval.ErrOneClass) {
				t.Errorf("%s: error %v", c.Name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(curve.FPR) != len(c.FPR) || len(curve.TPR) != len(c.TPR) || len(curve.Thresholds) != len(c.FPR) {
			t.Fatalf("%s: %d points, want %d", c.Name, len(curve.FPR), len(c.FPR))
		}
		for k := range c.FPR {
			if !c.same(curve.FPR[k], c.FPR[k]) || !c.same(curve.TPR[k], c.TPR[k]) {
				t.Errorf("%s: point %d (%v, %v), want (%v, %v)", c.Name, k, curve.FPR[k], curve.TPR[k], c.FPR[k], c.TPR[k])
			}
		}
		// scikit-learn predicts positive at a threshold, so that its thresholds begin
		// with +Inf, which JSON cannot hold; ours end with -Inf.
		if last := len(c.Thresholds); !math.IsInf(curve.Thresholds[last], -1) || !slices.Equal(curve.Thresholds[:last], c.Thresholds) {
			t.Errorf("%s: thresholds %v, want %v", c.Name, curve.Thresholds, c.Thresholds)
		}
		if !c.same(curve.AUC, *c.AUC) {
			t.Errorf("%s: %v, want AUC %v", c.Name, curve, *c.AUC)
		}
	}
}

// scikit-learn's curve ascends with the thresholds and ends with a point of recall 0
// and precision 1 that no threshold has; the script leaves it out.
func TestPrecisionRecallAgainstScikitLearn(t *testing.T) {
	for _, c := range oracles(t) {
		curve, err := c.sample(t).PrecisionRecall()
		if c.AveragePrecision == nil {
			if !errors.Is(err, eval.ErrOneClass) {
				t.Errorf("%s: error %v", c.Name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !close(curve.Average, *c.AveragePrecision) {
			t.Errorf("%s: %v, want %v", c.Name, curve, *c.AveragePrecision)
		}
		slices.Reverse(c.PRThresholds)
		slices.Reverse(c.PRPrecision)
		slices.Reverse(c.PRRecall)
		if len(curve.Recall) != len(c.PRRecall) || len(curve.Precision) != len(c.PRRecall) || len(curve.Thresholds) != len(c.PRRecall) {
			t.Fatalf("%s: %d points, want %d", c.Name, len(curve.Recall), len(c.PRRecall))
		}
		for k := range curve.Recall {
			if !c.same(curve.Recall[k], c.PRRecall[k]) || !c.same(curve.Precision[k], c.PRPrecision[k]) {
				t.Errorf("%s: point %d (%v, %v), want (%v, %v)", c.Name, k, curve.Recall[k], curve.Precision[k], c.PRRecall[k], c.PRPrecision[k])
			}
		}
		if last := len(c.PRThresholds) - 1; !math.IsInf(curve.Thresholds[last], -1) || !slices.Equal(curve.Thresholds[:last], c.PRThresholds[1:]) {
			t.Errorf("%s: thresholds %v, want %v", c.Name, curve.Thresholds, c.PRThresholds)
		}
	}
}

// The test of DeLong from ranks agrees with its definition over all pairs, as numpy
// computes it: testdata/delong.json.
func TestDeLongAgainstItsDefinition(t *testing.T) {
	data, err := os.ReadFile("testdata/delong.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name                  string
			First, Second, Labels []float64
			Areas                 [2]float64
			Difference            float64
			StandardError         float64 `json:"standard_error"`
			P                     *float64
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 9 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		a, err := eval.Of(eval.Rows{Scores: c.First, Labels: c.Labels})
		if err != nil {
			t.Fatal(err)
		}
		b, err := eval.Of(eval.Rows{Scores: c.Second, Labels: c.Labels})
		if err != nil {
			t.Fatal(err)
		}
		got, err := eval.DeLong(a, b)
		if err != nil || !close(got.A, c.Areas[0]) || !close(got.B, c.Areas[1]) || !close(got.Difference, c.Difference) || !close(got.StandardError, c.StandardError) || !close(got.P, defined(c.P)) {
			t.Errorf("%s: %+v, %v, want %+v", c.Name, got, err, c)
		}
		if undefined := c.P == nil; undefined != (len(got.Warnings) > 0 && got.Warnings[len(got.Warnings)-1].Code == eval.Undefined) {
			t.Errorf("%s: warnings %v", c.Name, got.Warnings)
		}
	}
}
