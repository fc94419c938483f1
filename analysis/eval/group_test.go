package eval_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/eval"
)

func ExampleSample_ByGroup() {
	groups, err := days().ByGroup(eval.AtThreshold(0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(groups)
	// Output:
	// By group, n = 8, positives = 3 (37.5 %); score above 0.5, threshold 0.5
	// group   n  positives  found  recall     95 % interval  false alarms  false alarm rate  mean score
	// dos     2          2      1  0.5000  0.0945 to 0.9055             0                 –      0.5500
	// normal  5          0      0       –                 –             1            0.2000      0.3200
	// xss     1          1      1  1.0000  0.2065 to 1.0000             0                 –      0.9000
	// warning: few positive rows in dos: 2; few positive rows in xss: 1; 1 of 3 groups hold no positive row, so they have no recall; 2 of 3 groups hold no negative row, so they have no false alarm rate
}

func ExampleSample_OverTime() {
	log, err := days().OverTime(24*time.Hour, eval.AtThreshold(0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(log)
	// Output:
	// Over time, n = 8, positives = 3 (37.5 %); score above 0.5, threshold 0.5; windows of 1 day, UTC
	// from        n  positives  mean score  alerts  false alarms  recall  precision     AUC
	// 2019-04-24  4          0      0.2250       0             0       –          –       –
	// 2019-04-25  3          2      0.6000       2             1  0.5000     0.5000  0.5000
	// 2019-04-26  1          1      0.9000       1             0  1.0000     1.0000       –
	// warning: 2 of 3 windows hold one class only, so they have no AUC; 1 of 3 windows hold no positive row, so they have no recall; 1 of 3 windows hold no alert, so they have no precision
}

func ExampleSample_Calibration() {
	calibration, err := days().Calibration(4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(calibration)
	// Output:
	// Reliability, n = 8, positives = 3 (37.5 %)
	// probability   n  positives  mean predicted  observed     95 % interval
	// 0.00 to 0.25  3          0          0.1667    0.0000  0.0000 to 0.5615
	// 0.25 to 0.50  2          1          0.3500    0.5000  0.0945 to 0.9055
	// 0.50 to 0.75  1          0          0.7000    0.0000  0.0000 to 0.7935
	// 0.75 to 1.00  2          2          0.8500    1.0000  0.3424 to 1.0000
	// Mean probability 0.4500; Brier score 0.1600 (always the prevalence: 0.2344); log-loss 0.4749; calibration error 0.2250.
}

func ExampleSample_CorrectPrevalence() {
	corrected, err := days().CorrectPrevalence(0.375, 0.1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(corrected)
	fmt.Printf("%.4f, not %.4f\n", corrected.At(7).Score, days().At(7).Score)
	// Output:
	// Sample, n = 8, positives = 3 (37.5 %), probabilities corrected for prevalence from 37.5 % to 10 %
	// 0.6250, not 0.9000
}

// A group, and a window, say what a sample of their rows alone says.
func TestGroupsAndWindowsAreSamplesOfTheirRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		r := drawnRows(rng)
		s, err := eval.Of(r)
		if err != nil {
			t.Fatal(err)
		}
		threshold := rng.Float64()
		part := func(keep func(i int) bool) eval.Report {
			var p eval.Rows
			for i := range r.Scores {
				if keep(i) {
					p.Scores, p.Labels = append(p.Scores, r.Scores[i]), append(p.Labels, r.Labels[i])
					if r.Weights != nil {
						p.Weights = append(p.Weights, r.Weights[i])
					}
				}
			}
			s, err := eval.Of(p)
			if err != nil {
				t.Fatal(err)
			}
			report, err := s.Report(threshold)
			if err != nil {
				t.Fatal(err)
			}
			return report
		}
		mean := func(keep func(i int) bool) float64 {
			scores, weights := 0.0, 0.0
			for i, score := range r.Scores {
				if w := 1.0; keep(i) {
					if r.Weights != nil {
						w = r.Weights[i]
					}
					scores += w * score
					weights += w
				}
			}
			return scores / weights
		}
		groups, err := s.ByGroup(eval.AtThreshold(threshold))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, g := range groups.Groups {
			of := func(i int) bool { return r.Groups[i] == g.Name }
			want := part(of)
			if n += g.N; g.N != want.N || g.Positives != want.Positives || g.Found != want.TP || g.FalseAlarms != want.FP || !close(g.Recall, want.Recall) || !close(g.MeanScore, mean(of)) {
				t.Errorf("group %+v, want %+v", g, want)
			}
		}
		log, err := s.OverTime(5*time.Hour, eval.AtThreshold(threshold))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range log.Windows {
			n += w.N
			in := func(i int) bool { return !r.Times[i].Before(w.From) && r.Times[i].Before(w.From.Add(5*time.Hour)) }
			want := part(in)
			if w.N != want.N || w.Positives != want.Positives || w.Alerts != want.TP+want.FP || w.FalseAlarms != want.FP ||
				!close(w.Recall, want.Recall) || !close(w.Precision, want.Precision) || !close(w.AUC, want.AUC) || !close(w.MeanScore, mean(in)) {
				t.Errorf("window %+v, want %+v", w, want)
			}
		}
		if n != 2*len(r.Scores) {
			t.Errorf("%d rows in groups and windows of %d", n, len(r.Scores))
		}
	}
}

// Windows begin at multiples of their width before 1970 too.
func TestWindowsBefore1970(t *testing.T) {
	at := func(hour int) time.Time { return time.Unix(int64(hour)*3600, 0) }
	s := must(eval.Of(eval.Rows{Scores: []float64{0.1, 0.2, 0.3, 0.4}, Labels: []float64{0, 1, 0, 1}, Times: []time.Time{at(-25), at(-24), at(-1), at(0)}}))
	log := must(s.OverTime(24*time.Hour, eval.AtThreshold(0.5)))
	var got []string
	for _, w := range log.Windows {
		got = append(got, fmt.Sprint(w.From.Format(time.DateOnly), " ", w.N))
	}
	if want := "1969-12-30 1, 1969-12-31 2, 1970-01-01 1"; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// Wilson's interval of 8 of 10 rows, by the formula as R's prop.test(8, 10, correct =
// FALSE) has it: 0.4901625 to 0.9433178.
func TestGroupInterval(t *testing.T) {
	r := eval.Rows{Scores: make([]float64, 10), Labels: make([]float64, 10), Groups: make([]string, 10)}
	for i := range r.Scores {
		r.Labels[i] = 1
		if i < 8 {
			r.Scores[i] = 1
		}
	}
	s, err := eval.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := s.ByGroup(eval.AtThreshold(0.5))
	if err != nil {
		t.Fatal(err)
	}
	if g := groups.Groups[0]; math.Abs(g.Lower-0.4901625) > 1e-7 || math.Abs(g.Upper-0.9433178) > 1e-7 {
		t.Errorf("%v to %v", g.Lower, g.Upper)
	}
	if text := groups.String(); !strings.Contains(text, "few positive rows in (null or empty): 10") || strings.Contains(text, "NaN") {
		t.Error(text)
	}
}

func TestCalibrationAgainstScikitLearn(t *testing.T) {
	compared := 0
	for _, c := range oracles(t) {
		if c.CalibrationMean == nil {
			continue
		}
		got, err := c.sample(t).Calibration(10)
		if err != nil {
			t.Fatal(err)
		}
		k, mean, sum := 0, 0.0, 0.0
		weights := make([]float64, 10)
		for i, p := range c.Scores {
			w := 1.0
			if c.Weights != nil {
				w = c.Weights[i]
			}
			if bin := slices.IndexFunc(got.Bins, func(b eval.Bin) bool { return p <= b.To }); bin >= 0 {
				weights[bin] += w
				sum += w
			}
		}
		for j, b := range got.Bins {
			if b.N == 0 {
				if !math.IsNaN(b.Predicted) || !math.IsNaN(b.Observed) || !math.IsNaN(b.Lower) {
					t.Errorf("%s: empty bin %+v", c.Name, b)
				}
				continue
			}
			if k == len(c.CalibrationMean) || !close(b.Predicted, c.CalibrationMean[k]) || !close(b.Observed, c.CalibrationObserved[k]) {
				t.Errorf("%s: bin %+v, want the %d. of %v, %v", c.Name, b, k, c.CalibrationMean, c.CalibrationObserved)
			}
			mean += b.Predicted * weights[j] / sum
			k++
		}
		if k != len(c.CalibrationMean) || !close(mean, got.MeanProbability) || !close(got.Brier, *c.Brier) || !close(got.LogLoss, *c.LogLoss) {
			t.Errorf("%s: %d bins of rows, want %d: %+v", c.Name, k, len(c.CalibrationMean), got)
		}
		compared++
	}
	if compared < 20 {
		t.Errorf("%d cases", compared)
	}
}

// A model that says the share of positive rows of its training, on rebalanced rows,
// says that of all rows after the correction; the order stays, and so do 0 and 1.
func TestCorrectPrevalence(t *testing.T) {
	r := eval.Rows{Scores: []float64{1. / 3, 0, 1, 0.5}, Labels: []float64{0, 1, 1, 0}}
	s, err := eval.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.CorrectPrevalence(1./3, 0.15)
	if err != nil {
		t.Fatal(err)
	}
	// Odds of one are (0.15/0.85)/(0.5) afterwards.
	if odds := 0.15 / 0.85 / 0.5; !close(c.At(0).Score, 0.15) || c.At(1).Score != 0 || c.At(2).Score != 1 || !close(c.At(3).Score, odds/(1+odds)) {
		t.Errorf("%v %v %v %v", c.At(0), c.At(1), c.At(2), c.At(3))
	}
	if s.At(0).Score != 1./3 {
		t.Error("the sample changed")
	}
	report, err := c.Report(0.5)
	if err != nil || !strings.Contains(report.String(), "corrected for prevalence from 33.33 % to 15 %") {
		t.Errorf("%v, %v", report, err)
	}
	calibration, err := c.Calibration(2)
	if err != nil || !strings.Contains(calibration.String(), "corrected for prevalence") || calibration.Warnings[0].Code != eval.CertainAndWrong {
		t.Errorf("%v, %v", calibration, err)
	}
}

func TestMoreMistakes(t *testing.T) {
	margins, err := eval.Of(eval.Rows{Scores: []float64{-1, 2}, Labels: []float64{0, 0}, Groups: make([]string, 2), Times: []time.Time{began, began}})
	if err != nil {
		t.Fatal(err)
	}
	bare, err := eval.Of(eval.Rows{Scores: tree, Labels: labels})
	if err != nil {
		t.Fatal(err)
	}
	corrected, err := bare.CorrectPrevalence(0.5, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"groups":         {func() error { _, err := bare.ByGroup(eval.AtThreshold(0)); return err }, eval.ErrNoGroups},
		"group's rule":   {func() error { _, err := margins.ByGroup(eval.AtRecall(2)); return err }, eval.ErrRule},
		"group's recall": {func() error { _, err := margins.ByGroup(eval.AtRecall(0.5)); return err }, eval.ErrOneClass},
		"times":          {func() error { _, err := bare.OverTime(time.Hour, eval.AtThreshold(0)); return err }, eval.ErrNoTimes},
		"width":          {func() error { _, err := margins.OverTime(time.Millisecond, eval.AtThreshold(0)); return err }, eval.ErrWidth},
		"days":           {func() error { _, err := margins.OverTime(time.Hour, eval.AtAlertsPerDay(1)); return err }, eval.ErrDays},
		"time's recall":  {func() error { _, err := margins.OverTime(time.Hour, eval.AtRecall(0.5)); return err }, eval.ErrOneClass},
		"bins":           {func() error { _, err := bare.Calibration(0); return err }, eval.ErrBins},
		"margins":        {func() error { _, err := margins.Calibration(10); return err }, eval.ErrProbability},
		"correction":     {func() error { _, err := margins.CorrectPrevalence(0.5, 0.1); return err }, eval.ErrProbability},
		"prevalence":     {func() error { _, err := bare.CorrectPrevalence(0, 0.1); return err }, eval.ErrPrevalence},
		"NaN":            {func() error { _, err := bare.CorrectPrevalence(0.5, math.NaN()); return err }, eval.ErrPrevalence},
		"twice":          {func() error { _, err := corrected.CorrectPrevalence(0.5, 0.1); return err }, eval.ErrCorrected},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
