package eval_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// Names of labels and models are seen in errors, warnings and reports.
func TestMessagesShowNames(t *testing.T) {
	session := analysis.NewSession(analysis.Config{})
	for _, name := range visibletest.Names {
		scored := func(label analysis.Values) analysis.Frame {
			return session.FromColumns(analysis.Float64s("probability", 0.25, 0.75), label)
		}
		for what, f := range map[string]analysis.Frame{
			"a label of 2":   scored(analysis.Int64s(name, 0, 2)),
			"a null":         scored(analysis.Int64s(name, 0, 1).Nulls(0)),
			"a text":         scored(analysis.Strings(name, "0", "1")),
			"no label":       scored(analysis.Int64s("other", 0, 1)),
			"no probability": session.FromColumns(analysis.Int64s(name, 0, 1)),
		} {
			_, report := eval.Evaluate(f, name)
			_, curve := eval.Curve(f, name)
			for _, err := range []error{report, curve} {
				if err == nil {
					t.Errorf("%s: no error about %+q", what, name)
					continue
				}
				visibletest.Check(t, err.Error(), name)
			}
		}
		if name != "" { // which is told as such
			of, err := eval.Of(eval.Rows{Scores: []float64{0, 1, 0, 1}, Labels: []float64{0, 1, 0, 1}, Groups: []string{name, name, "x", "x"}})
			if err != nil {
				t.Fatal(err)
			}
			groups, err := of.ByGroup(eval.AtThreshold(0.5))
			if err != nil || len(groups.Warnings) < 2 {
				t.Fatal(groups.Warnings, err)
			}
			var all []string
			for _, w := range groups.Warnings {
				all = append(all, w.Error())
			}
			visibletest.Check(t, strings.Join(all, "\n"), name)
		}
		bare, err := eval.Of(eval.Rows{Scores: []float64{0.5, 0.5}, Labels: []float64{0, 0}, Times: []time.Time{began, began}})
		if err != nil {
			t.Fatal(err)
		}
		paired, err := eval.ComparePaired(eval.Bootstrap{Replicates: 1}, []eval.Metric{eval.AUC, eval.Brier}, eval.Contender{Name: "x", Sample: bare}, eval.Contender{Name: name, Sample: bare})
		if err != nil || len(paired.Warnings) < 5 {
			t.Fatal(paired.Warnings, err)
		}
		for _, w := range paired.Warnings {
			visibletest.Shown(t, w.Text, name)
		}
		r, err := eval.Evaluate(scored(analysis.Int64s("label", 1, 1)), "label")
		if err != nil || len(r.Warnings) == 0 {
			t.Fatal(r.Warnings, err)
		}
		r.Correction = "probabilities corrected"
		named := eval.Named{Name: name, Report: r}
		visibletest.Check(t, eval.Run{Origin: "synthetic", Models: []eval.Named{named}}.String(), name)
		quiet := r
		quiet.Warnings = nil // what is true of all models names none
		text := eval.Compare(named, eval.Named{Name: "other", Report: quiet}).String()
		for line := range strings.Lines(text) {
			if (strings.Contains(line, "AUC is undefined") || strings.Contains(line, r.Correction)) && !strings.Contains(line, "other") {
				visibletest.Check(t, strings.TrimRight(line, "\n"), name)
			}
		}
		if !strings.Contains(text, "AUC is undefined") {
			t.Errorf("the comparison has no warning:\n%s", text)
		}
	}
}
