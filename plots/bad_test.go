//go:build !nodrivers

package plots_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/plots"
)

var nan = math.NaN()

func TestBadData(t *testing.T) {
	one := []float64{1}
	for _, test := range []struct {
		name   string
		figure figure
		want   string
	}{
		{"zero bars", plots.Bars{}, "no names"},
		{"names only", plots.Bars{Names: []string{"a"}}, "no values"},
		{"too many bars", plots.Bars{Names: make([]string, 81)}, "can be read"},
		{"lengths", plots.Bars{Names: []string{"a"}, Values: []float64{1, 2}}, "1 names, but 2 values"},
		{"both", plots.Bars{Names: []string{"a"}, Values: one, Series: []plots.Series{{Values: one}}}, "both"},
		{"all missing", plots.Bars{Names: []string{"a"}, Values: []float64{nan}}, "no value can be drawn"},
		{"all zero on log", plots.Bars{Names: []string{"a"}, Values: []float64{0}, Log: true}, "1 not positive"},
		{"shares of nothing", plots.Bars{Names: []string{"a"}, Values: []float64{0}, Shares: true}, "no value can be drawn"},
		{"negative stack", plots.Bars{Names: []string{"a"}, Values: []float64{-1}, Stacked: true}, "negative"},
		{"log stack", plots.Bars{Names: []string{"a"}, Values: one, Stacked: true, Log: true}, "log axis"},
		{"too few deviations", plots.Bars{Names: []string{"a", "b"}, Values: []float64{1, 2}, Deviations: one}, "2 names, but 1 deviations"},
		{"negative deviation", plots.Bars{Names: []string{"a"}, Values: one, Deviations: []float64{-1}}, "negative"},
		{"deviations of shares", plots.Bars{Names: []string{"a"}, Values: one, Deviations: one, Shares: true}, "Shares"},
		{"deviations of series", plots.Bars{Names: []string{"a"}, Series: []plots.Series{{Values: one}}, Deviations: one}, "belong to Values"},
		{"too few numbers of rows", plots.Bars{Names: []string{"a", "b"}, Values: []float64{1, 2}, N: one}, "2 names, but 1 numbers of rows"},
		{"negative rows of a bar", plots.Bars{Names: []string{"a"}, Values: one, N: []float64{-1}}, "-1 rows stand behind \"a\""},
		{"missing rows of a bar", plots.Bars{Names: []string{"a"}, Values: one, N: []float64{nan}}, "NaN rows stand behind"},
		{"share over one", plots.Bars{Names: []string{"a"}, Values: []float64{1.5}, N: one, Percent: true}, "1.5 of \"a\" is no share of 1 rows"},
		{"intervals and deviations", plots.Bars{Names: []string{"a"}, Values: one, N: one, Deviations: one, Percent: true}, "both Deviations and N"},
		{"infinite reference", plots.Bars{Names: []string{"a"}, Values: one, Reference: plots.Reference{Name: "r", Value: math.Inf(1)}}, "the reference \"r\" is +Inf"},
		{"reference on log", plots.Bars{Names: []string{"a"}, Values: one, Reference: plots.Reference{Name: "r"}, Log: true}, "no place"},
		{"huge deviation", plots.Bars{Names: []string{"a"}, Values: []float64{1e308}, Deviations: []float64{0.7e308}}, "too far apart"},
		{"huge", plots.Bars{Names: []string{"a", "b"}, Values: []float64{-1.7e308, 1.7e308}}, "too far apart"},
		{"huge on log", plots.Bars{Names: []string{"a", "b"}, Values: []float64{1e-300, 1e300}, Log: true}, "too far apart"},
		{"size", plots.Bars{Names: []string{"a"}, Values: one, Width: 100000}, "size"},
		{"negative size", plots.Bars{Names: []string{"a"}, Values: one, Height: -1}, "size"},

		{"zero histogram", plots.Histogram{}, "no values"},
		{"empty samples", plots.Histogram{Samples: []plots.Series{{}}}, "no value can be drawn"},
		{"missing samples", plots.Histogram{Samples: []plots.Series{{Values: []float64{nan, math.Inf(1)}}}}, "no value can be drawn"},
		{"no positive sample", plots.Histogram{Samples: []plots.Series{{Values: []float64{0}}}, LogX: true}, "above 0"},
		{"no edges", plots.Histogram{Counts: []plots.Series{{Values: one}}}, "without Edges"},
		{"one edge", plots.Histogram{Counts: []plots.Series{{Values: one}}, Edges: one}, "make no bin"},
		{"falling edges", plots.Histogram{Counts: []plots.Series{{Values: one}}, Edges: []float64{2, 1}}, "ascending"},
		{"NaN edge", plots.Histogram{Counts: []plots.Series{{Values: one}}, Edges: []float64{1, nan}}, "finite"},
		{"zero edge on log", plots.Histogram{Counts: []plots.Series{{Values: one}}, Edges: []float64{0, 1}, LogX: true}, "starts above 0"},
		{"bins and counts", plots.Histogram{Counts: []plots.Series{{Values: one}}, Edges: []float64{0, 1, 2}}, "2 bins, but"},
		{"counts beyond a float64", plots.Histogram{Counts: []plots.Series{{Name: "a", Values: []float64{1.5e308, 1.5e308}}}, Edges: []float64{0, 1, 2}}, "series \"a\" add up to more"},
		{"infinite zeros", plots.Histogram{Counts: []plots.Series{{Name: "a", Values: one}}, Zeros: []float64{math.Inf(1)}, Edges: []float64{1, 2}}, "+Inf zeros"},
		{"negative count", plots.Histogram{Counts: []plots.Series{{Values: []float64{-1}}}, Edges: []float64{0, 1}}, "count -1"},
		{"all outside", plots.Histogram{Samples: []plots.Series{{Values: one}}, Edges: []float64{5, 6}}, "no value can be drawn"},
		{"times on log", plots.Histogram{Samples: []plots.Series{{Values: one}}, XTime: true, LogX: true}, "times have no logarithmic axis"},
		{"no times", plots.Histogram{Samples: []plots.Series{{Values: []float64{1e15}}}, XTime: true}, "not seconds"},
		{"many bins", plots.Histogram{Samples: []plots.Series{{Values: one}}, Bins: 1e6}, "2000"},

		{"zero scatter", plots.Scatter{}, "no rows"},
		{"scatter lengths", plots.Scatter{X: one}, "1 values of X, but 0 of Y"},
		{"class lengths", plots.Scatter{X: one, Y: one, Class: []float64{0, 1}}, "2 classes"},
		{"class 2", plots.Scatter{X: one, Y: one, Class: []float64{2}}, "class 2"},
		{"all NaN", plots.Scatter{X: one, Y: []float64{nan}}, "none of 1 row"},
		{"sample over total", plots.Scatter{X: []float64{1, 2}, Y: []float64{1, 2}, Total: 1}, "cannot come from"},
		{"not a time", plots.Scatter{X: []float64{1e15}, Y: one, XTime: true}, "not seconds"},

		{"zero heat map", plots.HeatMap{}, "no names"},
		{"rows", plots.HeatMap{Names: []string{"a"}}, "0 rows"},
		{"columns", plots.HeatMap{Names: []string{"a"}, Values: [][]float64{{1, 2}}}, "2 values"},
		{"no correlation", plots.HeatMap{Names: []string{"a"}, Values: [][]float64{{1.1}}}, "no correlation"},
		{"not symmetric", plots.HeatMap{Names: []string{"a", "b"}, Values: [][]float64{{1, 0.5}, {-0.5, 1}}}, "-0.5 at \"b\" and \"a\", but 0.5 the other way round"},
		{"half missing", plots.HeatMap{Names: []string{"a", "b"}, Values: [][]float64{{1, 0.5}, {nan, 1}}}, "NaN at \"b\" and \"a\""},
		{"only constants", plots.HeatMap{Names: []string{"a", "b"}, Values: [][]float64{{nan, nan}, {nan, nan}}}, "no two columns"},
		{"one column", plots.HeatMap{Names: []string{"a"}, Values: [][]float64{{1}}}, "no two columns"},
		{"scale over one", plots.HeatMap{Names: []string{"a"}, Values: [][]float64{{1}}, Scale: 2}, "scale ends at 2"},
		{"missing scale", plots.HeatMap{Names: []string{"a"}, Values: [][]float64{{1}}, Scale: nan}, "scale ends at NaN"},
		{"too many names", plots.HeatMap{Names: make([]string, 61)}, "can be read"},

		{"zero roc", plots.ROC{}, "no curves"},
		{"empty curve", plots.ROC{Curves: []plots.Curve{{Name: "m"}}}, "no points"},
		{"curve lengths", plots.ROC{Curves: []plots.Curve{{FPR: one}}}, "0 true positive"},
		{"one class", plots.ROC{Curves: []plots.Curve{{FPR: one, TPR: []float64{nan}}}}, "both classes"},
		{"over one", plots.ROC{Curves: []plots.Curve{{FPR: []float64{2}, TPR: one}}}, "[0, 1]"},
		{"falling", plots.ROC{Curves: []plots.Curve{{FPR: []float64{0.5, 0.4}, TPR: []float64{0.5, 0.6}}}}, "must not fall"},
		{"area", plots.ROC{Curves: []plots.Curve{{FPR: one, TPR: one, AUC: 1.5}}}, "AUC is 1.5"},

		{"marked outside", plots.ROC{Curves: []plots.Curve{{FPR: one, TPR: one, Marked: []plots.Marked{{Name: "m", X: 1.5}}}}}, "marked point \"m\" is (1.5, 0)"},

		{"zero precision-recall", plots.PrecisionRecall{}, "no curves"},
		{"no prevalence", plots.PrecisionRecall{Curves: []plots.PRCurve{{}}}, "prevalence is 0"},
		{"empty precision-recall", plots.PrecisionRecall{Prevalence: 0.5, Curves: []plots.PRCurve{{}}}, "no points"},
		{"recall lengths", plots.PrecisionRecall{Prevalence: 0.5, Curves: []plots.PRCurve{{Recall: one}}}, "1 values of recall, but 0"},
		{"recall without attacks", plots.PrecisionRecall{Prevalence: 0.5, Curves: []plots.PRCurve{{Recall: []float64{nan}, Precision: one}}}, "point 0 is (NaN, 1)"},
		{"recall turns", plots.PrecisionRecall{Prevalence: 0.5, Curves: []plots.PRCurve{{Recall: []float64{0.2, 0.1, 0.5}, Precision: []float64{1, 1, 1}}}}, "must not turn"},

		{"zero threshold curves", plots.ThresholdCurves{}, "no thresholds"},
		{"thresholds only", plots.ThresholdCurves{Thresholds: one}, "neither recall"},
		{"rates of thresholds", plots.ThresholdCurves{Thresholds: one, Recall: one, FPR: []float64{0, 1}}, "1 thresholds, but 2 values of the false-alarm rate"},
		{"a rate over one", plots.ThresholdCurves{Thresholds: one, Precision: []float64{1.5}}, "the precision at the threshold 1 is 1.5"},
		{"infinite thresholds", plots.ThresholdCurves{Thresholds: []float64{math.Inf(1), nan}, Recall: []float64{0, 1}}, "no threshold is finite"},
		{"no rate at all", plots.ThresholdCurves{Thresholds: one, Recall: []float64{nan}}, "no rate is a number"},
		{"chosen nowhere", plots.ThresholdCurves{Thresholds: one, Recall: one, Chosen: []plots.ThresholdPoint{{Name: "c", Threshold: nan}}}, "\"c\" is NaN"},
		{"chosen rate", plots.ThresholdCurves{Thresholds: one, Recall: one, Chosen: []plots.ThresholdPoint{{Name: "c", Recall: -1}}}, "the recall at the chosen threshold \"c\" is -1"},
		{"thresholds far apart", plots.ThresholdCurves{Thresholds: []float64{-1.7e308, 1.7e308}, Recall: []float64{0, 1}}, "too far apart"},

		{"zero reliability", plots.Reliability{}, "no series"},
		{"no bins", plots.Reliability{Series: []plots.ReliabilitySeries{{Name: "r"}}}, "series \"r\": no bin has a row"},
		{"many series", plots.Reliability{Series: make([]plots.ReliabilitySeries, 8)}, "8 series"},
		{"many bins of reliability", plots.Reliability{Series: []plots.ReliabilitySeries{{Bins: make([]plots.ReliabilityBin, 101)}}}, "101 bins"},
		{"positives over rows", plots.Reliability{Series: []plots.ReliabilitySeries{{Bins: []plots.ReliabilityBin{{N: 1, Positives: 2}}}}}, "2 positives of 1 rows"},
		{"predicted over one", plots.Reliability{Series: []plots.ReliabilitySeries{{Bins: []plots.ReliabilityBin{{N: 1, Predicted: 2}}}}}, "bin 0 is at (2, 0)"},
		{"predicted missing", plots.Reliability{Series: []plots.ReliabilitySeries{{Bins: []plots.ReliabilityBin{{N: 1, Predicted: nan}}}}}, "bin 0 is at (NaN, 0)"},
		{"interval upside down", plots.Reliability{Series: []plots.ReliabilitySeries{{Bins: []plots.ReliabilityBin{{N: 1, Lower: 0.6, Upper: 0.5}}}}}, "interval from 0.6 to 0.5"},

		{"zero timeline", plots.Timeline{}, "no rows"},
		{"kinds", plots.Timeline{Times: one, Kinds: []string{"a", "b"}}, "1 times, but 2 kinds"},
		{"row numbers", plots.Timeline{Times: one, Rows: []float64{1, 2}}, "2 numbers of rows"},
		{"negative rows", plots.Timeline{Times: one, Rows: []float64{-1}}, "row 0 stands for -1 rows"},
		{"no time", plots.Timeline{Times: []float64{nan}}, "no time is finite"},
		{"milliseconds", plots.Timeline{Times: []float64{1.5e15}}, "not seconds"},
		{"negative bin", plots.Timeline{Times: one, Bin: -1}, "a bin of -1"},
		{"bins", plots.Timeline{Times: []float64{0, 1e9}, Bin: 60}, "longer Bin"},
		{"only empty rows", plots.Timeline{Times: one, Rows: []float64{0}}, "0 rows can be drawn"},
		{"many kinds", plots.Timeline{Times: make([]float64, 9), Kinds: strings.Split("abcdefghi", "")}, "more than 8 kinds"},
		{"timeline sample", plots.Timeline{Times: []float64{1, 2}, Total: 1}, "cannot come from"},

		{"zero confusion matrix", plots.ConfusionMatrix{}, "0 rows of counts"},
		{"short row", plots.ConfusionMatrix{Counts: [][]float64{{1}, {1, 2}}}, "1 counts in row"},
		{"negative cell", plots.ConfusionMatrix{Counts: [][]float64{{1, -1}, {1, 2}}}, "-1 rows of"},
		{"empty matrix", plots.ConfusionMatrix{Counts: [][]float64{{0, 0}, {0, 0}}}, "0 rows can be drawn"},

		{"zero line", plots.Line{}, "no lines"},
		{"line lengths", plots.Line{Lines: []plots.XY{{X: one}}}, "1 values of X, but 0 of Y"},
		{"band lengths", plots.Line{Lines: []plots.XY{{Name: "m", X: one, Y: one, Low: one}}}, "\"m\" has 1 points, but 1 values of Low and 0"},
		{"band beside", plots.Line{Lines: []plots.XY{{X: one, Y: one, Low: []float64{2}, High: []float64{3}}}}, "outside its interval from 2 to 3"},
		{"no point", plots.Line{Lines: []plots.XY{{}}}, "no point"},
	} {
		t.Run(test.name, func(t *testing.T) {
			picture, err := test.figure.PNG()
			if err == nil || picture != nil {
				t.Fatalf("no error, %d bytes", len(picture))
			}
			if !strings.HasPrefix(err.Error(), "plots: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q, want %q in it", err, test.want)
			}
			for _, text := range []string{test.figure.AltText(), test.figure.String()} {
				if !strings.Contains(text, test.want) {
					t.Errorf("text %q does not say why", text)
				}
			}
		})
	}
}

// TestExtremeData draws what is strange but can be drawn.
func TestExtremeData(t *testing.T) {
	long := strings.Repeat("W", 10000)
	for name, f := range map[string]figure{
		"all zero":         plots.Bars{Names: []string{"a"}, Values: []float64{0}},
		"tiny":             plots.Bars{Names: []string{"a"}, Values: []float64{5e-324}},
		"share of no rows": plots.Bars{Names: []string{"a", "b"}, Values: []float64{nan, 0}, N: []float64{0, 0}, Percent: true},
		"far reference":    plots.Bars{Names: []string{"a"}, Values: []float64{1}, Reference: plots.Reference{Name: long, Value: -1e200}},
		"many rows":        plots.Bars{Names: make([]string, 80), Values: make([]float64, 80), N: make([]float64, 80), Percent: true},
		"one huge":         plots.Bars{Names: []string{"a"}, Values: []float64{1e299}},
		"huge log":         plots.Bars{Names: []string{"a", "b"}, Values: []float64{1e-200, 1e200}, Log: true},
		"long texts":       plots.Bars{Title: long, NamesLabel: long, ValuesLabel: long, Caption: long, Names: []string{long}, Values: []float64{1}},
		"empty name":       plots.Bars{Names: []string{""}, Values: []float64{1}},
		"invalid name":     plots.Bars{Names: []string{"\xff\u202e日本"}, Values: []float64{1}},
		"many bars":        plots.Bars{Names: make([]string, 80), Values: make([]float64, 80)},
		"negative log":     plots.Bars{Names: []string{"a", "b"}, Values: []float64{-3, 3}, Horizontal: true},
		"small":            plots.Bars{Names: []string{"a"}, Values: []float64{1}, Width: 160, Height: 160},
		"constant":         plots.Histogram{Samples: []plots.Series{{Values: []float64{0.5, 0.5}}}},
		"constant log":     plots.Histogram{Samples: []plots.Series{{Values: []float64{0.5}}}, LogX: true, LogY: true},
		"one empty class":  plots.Histogram{Samples: []plots.Series{{Name: "normal", Values: []float64{1}}, {Name: "attack"}}},
		"one attack class": plots.Scatter{X: []float64{1}, Y: []float64{1}, Class: []float64{1}},
		"one time":         plots.Scatter{X: []float64{1.5e9}, Y: []float64{1}, XTime: true},
		"one point log":    plots.Scatter{X: []float64{1e-200}, Y: []float64{1e200}, LogX: true, LogY: true},
		"narrow":           plots.Scatter{X: []float64{1e9, 1e9 + 1e-6}, Y: []float64{1, 1}},
		"one cell":         plots.HeatMap{Names: []string{"a", "b"}, Values: [][]float64{{nan, 0}, {0, nan}}, Scale: 1e-300},
		"many names":       plots.HeatMap{Names: make([]string, 60), Values: square(60)},
		"corner only":      plots.ROC{Curves: []plots.Curve{{FPR: []float64{0}, TPR: []float64{1}}}},
		"long curve name":  plots.ROC{Curves: []plots.Curve{{Name: long, FPR: []float64{0}, TPR: []float64{1}}}},
		"one threshold":    plots.ThresholdCurves{Thresholds: []float64{1e-300}, Recall: []float64{1}, Chosen: []plots.ThresholdPoint{{Name: long, Recall: nan, Precision: nan, FPR: nan}}},
		"log-odds":         plots.ThresholdCurves{Thresholds: []float64{-40, 3, nan}, FPR: []float64{1, 0, nan}},
		"one bin":          plots.Reliability{Series: []plots.ReliabilitySeries{{Name: long, Bins: []plots.ReliabilityBin{{N: 1}}}}},
		"single point":     plots.Line{Lines: []plots.XY{{X: []float64{1}, Y: []float64{1}}}},
	} {
		t.Run(name, func(t *testing.T) {
			picture, err := f.PNG()
			if err != nil {
				t.Fatal(err)
			}
			decode(t, picture)
			if strings.ContainsAny(f.String()+f.AltText(), "\n\u202e") {
				t.Errorf("text %q is not one clean line", f.String())
			}
		})
	}
}

func square(n int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n)
	}
	return rows
}
