package eval_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/eval"
)

// No rate and no area depends on the unit of the weights, however large or small.
func TestLargeAndSmallWeights(t *testing.T) {
	r := eval.Rows{Scores: tree, Labels: labels, Groups: make([]string, len(tree)), Times: make([]time.Time, len(tree))}
	ones := []float64{3, 1, 2, 1, 5, 1, 4, 2}
	for i := range r.Times {
		r.Times[i] = began.Add(time.Duration(i) * time.Minute)
	}
	measure := func(unit float64) (values []float64) {
		r.Weights = nil
		for _, w := range ones {
			r.Weights = append(r.Weights, w*unit)
		}
		s, err := eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range allMetrics {
			v, err := s.Measure(m)
			if err != nil {
				t.Errorf("weights of %v: %v", unit, err)
			}
			values = append(values, v)
		}
		report, err := s.Report(0.35)
		if err != nil {
			t.Fatal(err)
		}
		groups, err := s.ByGroup(eval.AtThreshold(0.35))
		if err != nil {
			t.Fatal(err)
		}
		log, err := s.OverTime(time.Hour, eval.AtLeastCost(3, 1))
		if err != nil {
			t.Fatal(err)
		}
		calibration, err := s.Calibration(3)
		if err != nil {
			t.Fatal(err)
		}
		g, w, c := groups.Groups[0], log.Windows[0], calibration
		return append(values, report.Accuracy, report.Recall, report.Precision, report.F1, report.Baseline, g.Recall, g.FalseAlarmRate, g.MeanScore,
			log.Threshold, w.MeanScore, w.Recall, w.Precision, w.AUC, c.MeanProbability, c.CalibrationError, c.Bins[1].Predicted, c.Bins[1].Observed)
	}
	want := measure(1)
	for _, unit := range []float64{1e300, math.MaxFloat64 / 32, 1e160, 1e-160, 1e-300} {
		for k, got := range measure(unit) {
			if !(math.Abs(got-want[k]) <= 1e-12) {
				t.Errorf("weights of %v: number %d is %v, want %v", unit, k, got, want[k])
			}
		}
	}
}

// Costs may be as large as numbers get: the threshold is that of their ratio.
func TestLargeCosts(t *testing.T) {
	s, err := eval.Of(eval.Rows{Scores: []float64{0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1}, Labels: []float64{0, 0, 0, 0, 1, 1, 1, 1}}) // wrong throughout
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]float64{{7, 1}, {1, 7}, {7, 7}, {0, 1}} {
		var want float64
		for _, unit := range []float64{1, 0x1p1020, 0x1p-1040} {
			o, err := s.Operating(eval.AtLeastCost(c[0]*unit, c[1]*unit))
			if err != nil {
				t.Fatal(err)
			}
			if got := o.Points[0].Threshold; unit == 1 {
				want = got
			} else if got != want {
				t.Errorf("costs %v times %v: threshold %v, want %v", c, unit, got, want)
			}
		}
	}
}

// Three alerts in ten days are 0.3 a day, though three tenths are more than 0.3 to a
// float64.
func TestAlertsPerDayAreExact(t *testing.T) {
	for days := 1; days < 200; days++ {
		r := eval.Rows{Scores: []float64{0.9, 0.8, 0.7, 0.6}, Labels: []float64{1, 0, 1, 0}, Days: float64(days)}
		s, err := eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		asked := 3 / float64(days)
		o, err := s.Operating(eval.AtAlertsPerDay(asked))
		if p := o.Points[0]; err != nil || p.Threshold != 0.6 || p.Reached != asked || p.AlertsPerDay != asked {
			t.Errorf("%d days: %+v, %v", days, p, err)
		}
	}
}

// A quarter of the rows has a quarter of the alerts; rates are not touched.
func TestShareRaisesAlerts(t *testing.T) {
	r := eval.Rows{Scores: tree, Labels: labels, Days: 2}
	whole := must(must(eval.Of(r)).Operating(eval.AtAlertsPerDay(2)))
	r.Share = 0.25
	part := must(must(eval.Of(r)).Operating(eval.AtAlertsPerDay(8)))
	a, b := whole.Points[0], part.Points[0]
	if a.Threshold != b.Threshold || 4*a.AlertsPerDay != b.AlertsPerDay || 4*a.FalseAlarmsPerDay != b.FalseAlarmsPerDay || a.Recall != b.Recall || a.TP != b.TP || a.AlertsPerDay != 2 {
		t.Errorf("%+v, %+v", a, b)
	}
	if !strings.Contains(part.String(), "the rows being 25 % of all") || strings.Contains(whole.String(), "the rows being") {
		t.Errorf("%v\n%v", whole, part)
	}
}

// Both zeros are one score; the smallest numbers are scores of their own; at the
// infinite thresholds all rows or none are positive.
func TestScoresAtTheEdgesOfNumbers(t *testing.T) {
	negativeZero := math.Copysign(0, -1)
	s, err := eval.Of(eval.Rows{Scores: []float64{negativeZero, 0, 5e-324, -5e-324, math.MaxFloat64, -math.MaxFloat64}, Labels: []float64{1, 0, 1, 0, 1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	if auc, err := s.Measure(eval.AUC); err != nil || auc != 8.5/9 {
		t.Errorf("AUC %v, %v", auc, err)
	}
	for _, c := range []struct {
		threshold float64
		tp, fp    int
	}{{math.Inf(-1), 3, 3}, {-5e-324, 3, 1}, {negativeZero, 2, 0}, {0, 2, 0}, {5e-324, 1, 0}, {math.MaxFloat64, 0, 0}, {math.Inf(1), 0, 0}} {
		r, err := s.Report(c.threshold)
		if err != nil || r.TP != c.tp || r.FP != c.fp || r.TP+r.FP+r.FN+r.TN != 6 {
			t.Errorf("threshold %v: %+v, %v", c.threshold, r, err)
		}
	}
}
