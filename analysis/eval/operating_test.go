package eval_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/eval"
)

// drawnRows are few rows of many ties, weighted at times, over three days.
func drawnRows(rng *rand.Rand) eval.Rows {
	n := 1 + rng.IntN(40)
	r := eval.Rows{Scores: make([]float64, n), Labels: make([]float64, n), Times: make([]time.Time, n), Groups: make([]string, n)}
	if rng.IntN(2) == 0 {
		r.Weights = make([]float64, n)
	}
	steps := 1 + rng.IntN(12)
	for i := range r.Scores {
		r.Scores[i] = float64(rng.IntN(steps+1)) / float64(steps)
		r.Labels[i] = float64(rng.IntN(2))
		r.Times[i] = began.Add(time.Duration(rng.IntN(72)) * time.Hour)
		r.Groups[i] = []string{"normal", "dos", "xss"}[rng.IntN(3)]
		if r.Weights != nil {
			r.Weights[i] = float64(1+rng.IntN(8)) / 4 // sums are exact
		}
	}
	r.Times[0] = began
	return r
}

// naive adds up weights above a threshold row by row.
func naive(r eval.Rows, threshold float64) (tp, fp, positives, negatives float64) {
	for i, s := range r.Scores {
		w := 1.0
		if r.Weights != nil {
			w = r.Weights[i]
		}
		switch above := s > threshold; {
		case r.Labels[i] == 1 && above:
			tp, positives = tp+w, positives+w
		case r.Labels[i] == 1:
			positives += w
		case above:
			fp, negatives = fp+w, negatives+w
		default:
			negatives += w
		}
	}
	return tp, fp, positives, negatives
}

// Every rule's threshold is the best of all thresholds that can tell rows apart, tried
// one after the other.
func TestRulesAgainstAllThresholds(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 400 {
		r := drawnRows(rng)
		s, err := eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		limit, miss, alarm, daily := rng.Float64(), float64(rng.IntN(5)), float64(1+rng.IntN(5)), float64(rng.IntN(20))
		r.Days = 2
		s, err = eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Operating(eval.AtFPR(limit), eval.AtRecall(1-limit), eval.AtAlertsPerDay(daily), eval.AtLeastCost(miss, alarm))
		if err != nil {
			t.Fatal(err)
		}
		most, fewest, busiest, cheapest := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(1)
		for _, threshold := range append([]float64{math.Inf(-1)}, r.Scores...) {
			tp, fp, positives, negatives := naive(r, threshold)
			if fp/negatives <= limit {
				most = min(most, threshold)
			}
			if tp/positives >= 1-limit {
				fewest = max(fewest, threshold)
			}
			if (tp+fp)/2 <= daily {
				busiest = min(busiest, threshold)
			}
			cheapest = min(cheapest, miss*(positives-tp)+alarm*fp)
		}
		_, _, positives, negatives := naive(r, 0)
		for k, want := range []float64{most, fewest, busiest} {
			if (k == 0 && negatives == 0) || (k == 1 && positives == 0) {
				if p := got.Points[k]; !math.IsNaN(p.Threshold) || len(p.Warnings) == 0 {
					t.Errorf("%v: one class, but %+v", r, p)
				}
				continue
			}
			if got.Points[k].Threshold != want {
				t.Errorf("%v: %s: threshold %v, want %v", r, got.Points[k].Rule, got.Points[k].Threshold, want)
			}
		}
		if cost := got.Points[3].Reached; cost != cheapest {
			t.Errorf("%v: costs %v, want %v", r, cost, cheapest)
		}
		for _, p := range got.Points {
			tp, fp, positives, negatives := naive(r, p.Threshold)
			if math.IsNaN(p.Threshold) {
				continue
			}
			if !near(p.Recall, tp/positives) || !near(p.Precision, tp/(tp+fp)) || !near(p.FPR, fp/negatives) || p.AlertsPerDay != (tp+fp)/2 {
				t.Errorf("%v: %+v", r, p)
			}
			if p.TP+p.FP+p.FN+p.TN != len(r.Scores) {
				t.Errorf("%+v", p)
			}
		}
	}
}

// What is asked is allowed where it is met exactly; of equal costs the highest threshold
// is taken.
func TestRulesMetExactly(t *testing.T) {
	tied := must(eval.Of(eval.Rows{Scores: []float64{0.9, 0.8}, Labels: []float64{0, 1}}))
	for _, c := range []struct {
		of   *eval.Sample
		rule eval.Rule
		want float64
	}{
		{days(), eval.AtRecall(2. / 3), 0.7}, {days(), eval.AtRecall(1), 0.2}, {days(), eval.AtFPR(0.4), 0.2}, {days(), eval.AtFPR(1), math.Inf(-1)},
		{days(), eval.AtAlertsPerDay(1), 0.7}, {tied, eval.AtLeastCost(1, 1), 0.9}, {tied, eval.AtLeastCost(1.5, 1), math.Inf(-1)},
	} {
		o := must(c.of.Operating(c.rule))
		if got := o.Points[0].Threshold; got != c.want {
			t.Errorf("%v: threshold %v, want %v", c.rule, got, c.want)
		}
	}
}

func TestOperatingMistakes(t *testing.T) {
	s, err := eval.Of(eval.Rows{Scores: []float64{0.1, 0.9}, Labels: []float64{0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule eval.Rule
		want error
	}{
		{eval.Rule{}, eval.ErrRule}, {eval.AtThreshold(math.NaN()), eval.ErrThreshold},
		{eval.AtFPR(-0.1), eval.ErrRule}, {eval.AtFPR(math.NaN()), eval.ErrRule},
		{eval.AtRecall(0), eval.ErrRule}, {eval.AtRecall(1.1), eval.ErrRule},
		{eval.AtAlertsPerDay(-1), eval.ErrRule}, {eval.AtAlertsPerDay(5), eval.ErrDays},
		{eval.AtLeastCost(0, 0), eval.ErrRule}, {eval.AtLeastCost(-1, 2), eval.ErrRule}, {eval.AtLeastCost(math.Inf(1), 2), eval.ErrRule},
	} {
		if _, err := s.Operating(c.rule); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.rule, err, c.want)
		}
		if _, err := s.Measure(eval.PrecisionAt(c.rule)); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.rule, err, c.want)
		}
	}
	if _, err := s.Measure(eval.Metric{}); !errors.Is(err, eval.ErrRule) {
		t.Errorf("%v", err)
	}
}

// What has no value is said in words, in the table too.
func TestOperatingSaysWhatIsUndefined(t *testing.T) {
	s, err := eval.Of(eval.Rows{Scores: []float64{0.9, 0.9, 0.1}, Labels: []float64{0, 0, 0}})
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Operating(eval.AtFPR(0.5), eval.AtRecall(0.5))
	if err != nil {
		t.Fatal(err)
	}
	text := o.String()
	for _, want := range []string{
		"false alarm rate at most 0.5: no row is positive, so the recall is undefined",
		"no score is above the threshold 0.9, so the precision is undefined; the rows of the highest score, 0.9, already make it 0.66667",
		"recall at least 0.5: no row is positive, so there is no recall",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "NaN") {
		t.Error(text)
	}
}

func days() *eval.Sample {
	s, err := eval.Of(eval.Rows{
		Scores: tree, Labels: labels, Groups: []string{"normal", "normal", "normal", "normal", "normal", "dos", "dos", "xss"},
		Times: []time.Time{began, began, began, began, began.Add(24 * time.Hour), began.Add(25 * time.Hour), began.Add(26 * time.Hour), began.Add(48 * time.Hour)},
	})
	if err != nil {
		panic(err)
	}
	return s
}

func ExampleSample_Operating() {
	points, err := days().Operating(eval.AtFPR(0.1), eval.AtRecall(0.6), eval.AtAlertsPerDay(2), eval.AtLeastCost(10, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points)
	// Output:
	// Operating points, n = 8, positives = 3 (37.5 %); alerts a day over 2 days, from 2019-04-24 07:00 to 2019-04-26 07:00
	// asked for                               reached  threshold  recall  precision  false alarm rate  TP  FP  FN  TN  alerts a day  false alarms a day
	// false alarm rate at most 0.1                  0        0.7  0.6667     1.0000            0.0000   2   0   1   5           1.0                   0
	// recall at least 0.6                     0.66667        0.7  0.6667     1.0000            0.0000   2   0   1   5           1.0                   0
	// at most 2 alerts a day                        2        0.3  0.6667     0.5000            0.4000   2   2   1   3           2.0                   1
	// least cost: a miss 10, a false alarm 1        2        0.2  1.0000     0.6000            0.4000   3   2   0   3           2.5                   1
	// Predicted 1 where the score is above the threshold. Rows of equal scores stand or fall together: where what was asked for cannot be met exactly, this is the nearest below, of a recall the nearest above.
}

func ExampleSample_Thresholds() {
	points, err := days().Thresholds(0.25, 0.5, 0.75)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(points)
	// Output:
	// Operating points, n = 8, positives = 3 (37.5 %); alerts a day over 2 days, from 2019-04-24 07:00 to 2019-04-26 07:00
	// asked for         reached  threshold  recall  precision  false alarm rate  TP  FP  FN  TN  alerts a day  false alarms a day
	// score above 0.25        –       0.25  1.0000     0.6000            0.4000   3   2   0   3           2.5                 1.0
	// score above 0.5         –       0.50  0.6667     0.6667            0.2000   2   1   1   4           1.5                 0.5
	// score above 0.75        –       0.75  0.6667     1.0000            0.0000   2   0   1   5           1.0                 0.0
	// Predicted 1 where the score is above the threshold.
}

func ExampleSample_PrecisionRecall() {
	curve, err := days().PrecisionRecall()
	if err != nil {
		fmt.Println(err)
		return
	}
	for k, threshold := range curve.Thresholds {
		fmt.Printf("%.1f  %.2f %.2f\n", threshold, curve.Recall[k], curve.Precision[k])
	}
	fmt.Println(curve)
	// Output:
	// 0.8  0.33 1.00
	// 0.7  0.67 1.00
	// 0.4  0.67 0.67
	// 0.3  0.67 0.50
	// 0.2  1.00 0.60
	// 0.1  1.00 0.43
	// -Inf  1.00 0.38
	// Precision-recall curve of 7 points, average precision 0.86667 (by chance 0.375), n = 8, positives = 3
}

func ExampleSample_Measure() {
	for _, metric := range []eval.Metric{eval.AUC, eval.AveragePrecision, eval.LogLoss, eval.Brier, eval.PrecisionAt(eval.AtRecall(0.5))} {
		value, err := days().Measure(metric)
		fmt.Printf("%v %.4f %v\n", metric, value, err)
	}
	// Output:
	// AUC 0.8667 <nil>
	// average precision 0.8667 <nil>
	// log-loss 0.4749 <nil>
	// Brier score 0.1600 <nil>
	// precision at recall at least 0.5 1.0000 <nil>
}
