package eval_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/eval"
)

// degenerate are samples in which much is undefined, by what is wrong with them.
func degenerate(t *testing.T) map[string]*eval.Sample {
	t.Helper()
	hour := func(k int) time.Time { return began.Add(time.Duration(k) * 30 * time.Hour) }
	samples := make(map[string]*eval.Sample)
	for name, r := range map[string]eval.Rows{
		"no positives":         {Scores: []float64{0.2, 0.7, 0.7}, Labels: []float64{0, 0, 0}},
		"no negatives":         {Scores: []float64{0.2, 0.7, 0.7}, Labels: []float64{1, 1, 1}},
		"one row":              {Scores: []float64{0.7}, Labels: []float64{1}},
		"one negative row":     {Scores: []float64{0.7}, Labels: []float64{0}},
		"all tied":             {Scores: []float64{0.5, 0.5, 0.5}, Labels: []float64{0, 1, 0}},
		"ties at the top":      {Scores: []float64{0.9, 0.9, 0.9, 0.1}, Labels: []float64{0, 1, 0, 1}},
		"false alarms first":   {Scores: []float64{0.9, 0.1, 0.8}, Labels: []float64{0, 1, 0}},
		"all below":            {Scores: []float64{0.1, 0.2, 0}, Labels: []float64{0, 1, 1}},
		"margins":              {Scores: []float64{-3, 2, 1}, Labels: []float64{0, 1, 0}},
		"zero and one":         {Scores: []float64{0, 1, 1}, Labels: []float64{1, 0, 1}},
		"weights of zero":      {Scores: []float64{0.1, 0.2, 0.9}, Labels: []float64{0, 0, 1}, Weights: []float64{1, 2, 0}},
		"one weight":           {Scores: []float64{0.1, 0.2, 0.9}, Labels: []float64{0, 0, 1}, Weights: []float64{0, 0, 1e-300}},
		"separated":            {Scores: []float64{0.1, 0.2, 0.8, 0.9}, Labels: []float64{0, 0, 1, 1}},
		"one class to a block": {Scores: []float64{0.1, 0.9}, Labels: []float64{0, 1}},
	} {
		for k := range r.Scores {
			r.Groups, r.Times = append(r.Groups, []string{"a", "", "b\n"}[k%3]), append(r.Times, hour(k))
		}
		s, err := eval.Of(r)
		if err != nil {
			t.Fatal(name, err)
		}
		samples[name] = s
		r.Times = slices.Repeat([]time.Time{began}, len(r.Scores))
		if s, err = eval.Of(r); err != nil {
			t.Fatal(name, err)
		}
		samples[name+", zero days"] = s
	}
	return samples
}

// shown is what every result has.
type shown interface {
	fmt.Stringer
	HTML() (string, error)
	Markdown() (string, error)
}

// Whatever a sample lacks, each result is an error that says so or a table in which no
// number is NaN or infinite and a dash is explained.
func TestUndefinedIsSaid(t *testing.T) {
	rules := []eval.Rule{
		eval.AtThreshold(0.5), eval.AtThreshold(math.Inf(1)), eval.AtThreshold(math.Inf(-1)), eval.AtFPR(0), eval.AtFPR(1), eval.AtRecall(1), eval.AtRecall(0.5),
		eval.AtAlertsPerDay(0), eval.AtAlertsPerDay(1), eval.AtLeastCost(1, 0), eval.AtLeastCost(0, 1),
	}
	bootstrap := eval.Bootstrap{Replicates: 20}
	tables, errs, dashes := 0, 0, 0
	check := func(what string, result shown, err error) {
		t.Helper()
		if err != nil {
			errs++
			if !strings.HasPrefix(err.Error(), "eval: ") || strings.Contains(err.Error(), "NaN") {
				t.Errorf("%s: %v", what, err)
			}
			return
		}
		tables++
		text := result.String()
		html, _ := result.HTML()
		markdown, _ := result.Markdown()
		for _, form := range []string{text, html, markdown} {
			if form == "" || strings.Contains(form, "NaN") || strings.Contains(strings.ReplaceAll(form, "-Inf", ""), "Inf") && !strings.Contains(what, "+Inf") {
				t.Errorf("%s:\n%s", what, form)
			}
		}
		for line := range strings.Lines(text) {
			// A constant answer has no precision, a first model no difference, a metric
			// other than the AUC no test of DeLong, and a given threshold reaches nothing.
			switch {
			case strings.HasPrefix(line, "always "), strings.HasPrefix(line, "first "):
				continue
			case strings.HasPrefix(line, "score above "):
				line = strings.Replace(line, "–", "", 1)
			case strings.HasPrefix(line, "second  ") && !strings.HasPrefix(line, "second  AUC"):
				line = strings.TrimSuffix(line, "–\n")
			}
			if !strings.Contains(line, "–") {
				continue
			}
			dashes++
			if !strings.Contains(text, "warning: ") {
				t.Errorf("%s: nothing says why there is a dash in\n%s", what, text)
			}
		}
	}
	for name, s := range degenerate(t) {
		for _, rule := range rules {
			what := fmt.Sprintf("%s, %v", name, rule)
			o, err := s.Operating(rule)
			check(what, o, err)
			groups, err := s.ByGroup(rule)
			check(what, groups, err)
			log, err := s.OverTime(24*time.Hour, rule)
			check(what, log, err)
			for _, m := range []eval.Metric{eval.RecallAt(rule), eval.PrecisionAt(rule)} {
				if v, err := s.Measure(m); math.IsNaN(v) != (err != nil) {
					t.Errorf("%s: %v %v, %v", what, m, v, err)
				}
				i, err := s.Intervals(bootstrap, m)
				check(what, i, err)
			}
		}
		for _, threshold := range []float64{0.5, math.Inf(-1), math.Inf(1)} {
			r, err := s.Report(threshold)
			check(fmt.Sprintf("%s, %v", name, threshold), r, err)
			check(fmt.Sprintf("%s, %v", name, threshold), r.Confusion(), nil)
			check(fmt.Sprintf("%s, %v", name, threshold), eval.Compare(eval.Named{Name: "first", Report: r}, eval.Named{Name: "second", Report: r}), nil)
		}
		thresholds, err := s.Thresholds()
		check(name, thresholds, err)
		calibration, err := s.Calibration(5)
		check(name, calibration, err)
		intervals, err := s.Intervals(bootstrap, eval.AUC, eval.AveragePrecision, eval.LogLoss, eval.Brier)
		check(name, intervals, err)
		for _, m := range []eval.Metric{eval.AUC, eval.AveragePrecision, eval.Brier} {
			paired, err := eval.ComparePaired(bootstrap, []eval.Metric{m}, eval.Contender{Name: "first", Sample: s}, eval.Contender{Name: "second", Sample: s})
			check(name, paired, err)
		}
		test, err := eval.DeLong(s, s)
		check(name, test, err)
		if roc, err := s.ROC(); err != nil {
			errs++
		} else if strings.Contains(roc.String(), "NaN") || slices.ContainsFunc(slices.Concat(roc.FPR, roc.TPR), math.IsNaN) {
			t.Errorf("%s: %v", name, roc)
		}
		if curve, err := s.PrecisionRecall(); err != nil {
			errs++
		} else if strings.Contains(curve.String(), "NaN") || slices.ContainsFunc(slices.Concat(curve.Recall, curve.Precision), math.IsNaN) {
			t.Errorf("%s: %v", name, curve)
		}
		if corrected, err := s.CorrectPrevalence(0.5, 0.01); err == nil {
			check(name+", corrected", must(corrected.Thresholds()), nil)
		} else if !errors.Is(err, eval.ErrProbability) {
			t.Error(name, err)
		}
	}
	if tables < 1000 || errs < 100 || dashes < 500 {
		t.Errorf("%d tables, %d errors, %d dashes", tables, errs, dashes)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A sample whose making failed is an error wherever it is asked, not a panic.
func TestNoSample(t *testing.T) {
	failed, err := eval.Of(eval.Rows{})
	if err == nil || failed.Len() != 0 || failed.Positives() != 0 || failed.String() != "Sample of no rows" {
		t.Errorf("%v, %v", failed, err)
	}
	good := days()
	for _, s := range []*eval.Sample{failed, {}} {
		for name, do := range map[string]func() error{
			"Report":            func() error { _, err := s.Report(0.5); return err },
			"Operating":         func() error { _, err := s.Operating(eval.AtFPR(0.1)); return err },
			"Thresholds":        func() error { _, err := s.Thresholds(); return err },
			"Measure":           func() error { _, err := s.Measure(eval.Brier); return err },
			"Measure a rule":    func() error { _, err := s.Measure(eval.RecallAt(eval.AtFPR(0.1))); return err },
			"ROC":               func() error { _, err := s.ROC(); return err },
			"PrecisionRecall":   func() error { _, err := s.PrecisionRecall(); return err },
			"Calibration":       func() error { _, err := s.Calibration(10); return err },
			"ByGroup":           func() error { _, err := s.ByGroup(eval.AtFPR(0.1)); return err },
			"OverTime":          func() error { _, err := s.OverTime(time.Hour, eval.AtFPR(0.1)); return err },
			"Intervals":         func() error { _, err := s.Intervals(eval.Bootstrap{}, eval.AUC); return err },
			"CorrectPrevalence": func() error { _, err := s.CorrectPrevalence(0.5, 0.1); return err },
			"DeLong":            func() error { _, err := eval.DeLong(good, s); return err },
			"DeLong first":      func() error { _, err := eval.DeLong(s, good); return err },
			"ComparePaired": func() error {
				_, err := eval.ComparePaired(eval.Bootstrap{}, []eval.Metric{eval.AUC}, eval.Contender{Name: "a", Sample: s})
				return err
			},
		} {
			if err := do(); !errors.Is(err, eval.ErrEmpty) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for name, do := range map[string]func() error{
		"Operating": func() error { _, err := good.Operating(); return err },
		"Intervals": func() error { _, err := good.Intervals(eval.Bootstrap{}); return err },
		"ComparePaired": func() error {
			_, err := eval.ComparePaired(eval.Bootstrap{}, nil, eval.Contender{Name: "a", Sample: good})
			return err
		},
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "such as A") {
			t.Errorf("%s of nothing: %v", name, err)
		}
	}
}

// A metric without a value has no interval, though some draws leave out the row that
// takes it away.
func TestNoIntervalOfWhatIsUndefined(t *testing.T) {
	r := eval.Rows{Scores: []float64{0.9, 0.8, 0.7, 0.6}, Labels: []float64{0, 1, 1, 0}, Groups: make([]string, 4)}
	for k := range r.Scores {
		r.Times = append(r.Times, began.Add(time.Duration(k)*24*time.Hour))
	}
	s := must(eval.Of(r))
	precision := eval.PrecisionAt(eval.AtFPR(0))
	i := must(s.Intervals(eval.Bootstrap{Replicates: 200}, precision))
	if e := i.Estimates[0]; !math.IsNaN(e.Value) || !math.IsNaN(e.Lower) || !math.IsNaN(e.Upper) || !strings.Contains(i.String(), "no precision") {
		t.Errorf("%v", i)
	}
	other := r
	other.Scores = []float64{0.1, 0.8, 0.7, 0.6}
	p := must(eval.ComparePaired(eval.Bootstrap{Replicates: 200}, []eval.Metric{precision}, eval.Contender{Name: "first", Sample: s}, eval.Contender{Name: "x\u202e", Sample: must(eval.Of(other))}))
	if d := p.Differences[1]; d.Value != 1 || !math.IsNaN(d.Difference) || !math.IsNaN(d.Lower) || !strings.Contains(p.String(), "first: no precision") {
		t.Errorf("%v", p)
	}
}

// What is said of the scores is said of the corrected ones after a correction.
func TestCorrectionOfTies(t *testing.T) {
	tied := must(must(eval.Of(eval.Rows{Scores: []float64{0.5, 0.5}, Labels: []float64{0, 1}})).CorrectPrevalence(0.5, 0.1))
	if r := must(tied.Report(0.5)); !strings.Contains(r.String(), "all scores are 0.1") {
		t.Errorf("%v", r)
	}
	close := must(must(eval.Of(eval.Rows{Scores: []float64{math.Nextafter(1, 0), 1 - 0x1p-52}, Labels: []float64{0, 1}})).CorrectPrevalence(1e-300, 0.5))
	if r := must(close.Report(0.5)); r.AUC != 0.5 || !strings.Contains(r.String(), "all scores are 1,") {
		t.Errorf("%v", r)
	}
	edge := must(must(eval.Of(eval.Rows{Scores: []float64{0, 1}, Labels: []float64{0, 1}})).CorrectPrevalence(0.9, 5e-324))
	if edge.At(0).Score != 0 || edge.At(1).Score != 1 {
		t.Errorf("%v, %v", edge.At(0), edge.At(1))
	}
}

// Classes in place of probabilities are told, and probabilities are no classes.
func TestClassesForScores(t *testing.T) {
	for _, c := range []struct {
		scores []float64
		want   bool
	}{{[]float64{0, 1, 1}, true}, {[]float64{0, 0.5, 1}, false}, {[]float64{0.25, 1, 1}, false}, {[]float64{1, 1, 1}, false}} {
		r := must(must(eval.Of(eval.Rows{Scores: c.scores, Labels: []float64{0, 1, 0}})).Report(0.5))
		if got := slices.ContainsFunc(r.Warnings, func(w eval.Warning) bool { return w.Code == eval.ClassScores }); got != c.want {
			t.Errorf("%v: %v", c.scores, r.Warnings)
		}
	}
}

// Probabilities for one prevalence are not compared with those for another unsaid.
func TestMixedCorrections(t *testing.T) {
	s := days()
	corrected := must(s.CorrectPrevalence(0.5, 0.1))
	for _, c := range []struct {
		first, second *eval.Sample
		want          bool
	}{{s, corrected, true}, {corrected, s, true}, {s, s, false}, {corrected, corrected, false}} {
		p := must(eval.ComparePaired(eval.Bootstrap{Replicates: 5}, []eval.Metric{eval.Brier}, eval.Contender{Name: "a", Sample: c.first}, eval.Contender{Name: "b", Sample: c.second}))
		if got := strings.Contains(p.String(), "b: its probabilities are not corrected as those of a are"); got != c.want {
			t.Errorf("%v", p)
		}
	}
	r := eval.Rows{Scores: tree, Labels: labels, Days: 2}
	whole := must(eval.Of(r))
	r.Share = 0.5
	if _, err := eval.DeLong(whole, must(eval.Of(r))); !errors.Is(err, eval.ErrRows) || !strings.Contains(err.Error(), "days differ") {
		t.Errorf("%v", err)
	}
}

// Where DeLong's test cannot be asked, the p it would have is explained.
func TestNoPIsSaid(t *testing.T) {
	r := eval.Rows{Scores: tree, Labels: labels, Weights: []float64{1, 2, 1, 1, 1, 1, 1, 1}, Times: make([]time.Time, len(tree))}
	for k := range r.Times {
		r.Times[k] = began.Add(time.Duration(k) * 24 * time.Hour)
	}
	a := must(eval.Of(r))
	r.Scores = forest
	p := must(eval.ComparePaired(eval.Bootstrap{Replicates: 50}, []eval.Metric{eval.AUC}, eval.Contender{Name: "tree", Sample: a}, eval.Contender{Name: "forest", Sample: must(eval.Of(r))}))
	if d := p.Differences[1]; !math.IsNaN(d.P) || !strings.Contains(p.String(), "forest, AUC: no p: DeLong's test knows no weights") {
		t.Errorf("%v", p)
	}
}
