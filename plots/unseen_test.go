//go:build !nodrivers

package plots_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/plots"
)

// The texts of a figure show what is unseen, for those too who do not see it.
func TestUnseenTextOfFigures(t *testing.T) {
	const hostile = "high\u202e\x1b[31m "
	const shown = `high\u202e\x1b[31m␣`
	values, points := []float64{1, 2}, plots.XY{X: []float64{1, 2}, Y: []float64{1, 2}}
	bins := []plots.ReliabilityBin{{N: 40, Positives: 20, Predicted: 0.5, Observed: 0.5}}
	named := []string{"bars", "heatmap", "reliability", "confusionmatrix", "timeline", "timeline in lanes"}
	for name, f := range map[string]figure{
		"bars":              plots.Bars{Title: hostile, Names: []string{hostile, ""}, Values: values, N: values, Reference: plots.Reference{Name: hostile, Value: 1}},
		"histogram":         plots.Histogram{Title: hostile, XLabel: hostile, Samples: []plots.Series{{Name: hostile, Values: values}, {Name: "", Values: values}}},
		"scatter":           plots.Scatter{Title: hostile, XLabel: hostile, YLabel: hostile, X: values, Y: values},
		"heatmap":           plots.HeatMap{Title: hostile, Names: []string{hostile, ""}, Values: [][]float64{{1, .5}, {.5, 1}}},
		"roc":               plots.ROC{Title: hostile, Curves: []plots.Curve{{Name: hostile, FPR: values[:1], TPR: values[:1]}}},
		"thresholdcurves":   plots.ThresholdCurves{Title: hostile, Thresholds: values, Recall: []float64{1, 0.5}, Chosen: []plots.ThresholdPoint{{Name: hostile, Threshold: 1}}},
		"reliability":       plots.Reliability{Title: hostile, Series: []plots.ReliabilitySeries{{Name: hostile, Bins: bins}, {Name: "", Bins: bins}}},
		"precisionrecall":   plots.PrecisionRecall{Title: hostile, Prevalence: 0.5, Curves: []plots.PRCurve{{Name: hostile, Recall: values[:1], Precision: values[:1], Marked: []plots.Marked{{Name: hostile}}}}},
		"confusionmatrix":   plots.ConfusionMatrix{Title: hostile, Names: []string{hostile, ""}, Counts: [][]float64{{1, 0}, {0, 1}}},
		"timeline":          plots.Timeline{Title: hostile, Times: values, Kinds: []string{hostile, ""}},
		"timeline in lanes": plots.Timeline{Title: hostile, Times: values, Kinds: []string{hostile, ""}, Lanes: true},
		"line":              plots.Line{Title: hostile, Lines: []plots.XY{points}},
	} {
		for form, text := range map[string]string{"the alt text": f.AltText(), "the text": f.String()} {
			if !strings.Contains(text, shown) || strings.ContainsAny(text, "\u202e\x1b") {
				t.Errorf("%s of %s is %q", form, name, text)
			}
			if slices.Contains(named, name) && !strings.Contains(text, `""`) {
				t.Errorf("%s of %s does not show the empty name: %q", form, name, text)
			}
		}
		if _, err := f.PNG(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Running text may be broken into lines; what an author's data put into it is seen.
	alt := plots.Bars{Names: []string{"a"}, Values: values[:1], Alt: "\n  Most rows are of\n\t" + hostile + ".  "}.AltText()
	if want := `Most rows are of high\u202e\x1b[31m .`; alt != want {
		t.Errorf("%q, want %q", alt, want)
	}
}
