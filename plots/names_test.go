//go:build !nodrivers

package plots_test

import (
	"testing"

	"github.com/stophacking/kelpie/analysis/visible/visibletest"
	"github.com/stophacking/kelpie/plots"
)

// Errors about names of bars, series, rows and curves show them.
func TestErrorsShowNames(t *testing.T) {
	one, two := []float64{1}, []float64{1, 2}
	for _, name := range visibletest.Names {
		for what, f := range map[string]figure{
			"a series of bars":         plots.Bars{Names: []string{"a"}, Series: []plots.Series{{Name: name, Values: two}}},
			"a negative stack":         plots.Bars{Names: []string{name}, Values: []float64{-1}, Stacked: true},
			"a negative deviation":     plots.Bars{Names: []string{name}, Values: one, Deviations: []float64{-1}},
			"a bar's rows":             plots.Bars{Names: []string{name}, Values: one, N: []float64{-1}},
			"a bar's share":            plots.Bars{Names: []string{name}, Values: two[1:], N: one, Percent: true},
			"a series of counts":       plots.Histogram{Counts: []plots.Series{{Name: name, Values: one}}, Edges: []float64{0, 1, 2}},
			"a negative count":         plots.Histogram{Counts: []plots.Series{{Name: name, Values: []float64{-1}}}, Edges: []float64{0, 1}},
			"zeros":                    plots.Histogram{Counts: []plots.Series{{Name: name, Values: one}}, Zeros: []float64{nan}, Edges: []float64{1, 2}},
			"a row":                    plots.HeatMap{Names: []string{name}, Values: [][]float64{two}},
			"a correlation":            plots.HeatMap{Names: []string{name}, Values: [][]float64{{2}}},
			"a curve":                  plots.ROC{Curves: []plots.Curve{{Name: name}}},
			"a reliability":            plots.Reliability{Series: []plots.ReliabilitySeries{{Name: name}}},
			"a chosen threshold":       plots.ThresholdCurves{Thresholds: one, Recall: one, Chosen: []plots.ThresholdPoint{{Name: name, Threshold: nan}}},
			"a predicted class":        plots.ConfusionMatrix{Names: []string{name, "b"}, Counts: [][]float64{{-1, 0}, {0, 0}}},
			"a precision-recall curve": plots.PrecisionRecall{Prevalence: 0.5, Curves: []plots.PRCurve{{Name: name}}},
			"a marked point":           plots.ROC{Curves: []plots.Curve{{FPR: one, TPR: one, Marked: []plots.Marked{{Name: name, X: 2}}}}},
			"a line":                   plots.Line{Lines: []plots.XY{{Name: name, X: one, Y: two}}},
		} {
			_, err := f.PNG()
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
	}
}
