package plots_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stophacking/kelpie/plots"
)

// longNames has names too long to stand side by side, some with characters that
// a log may hold, and values over six powers of ten.
func longNames() plots.Bars {
	return plots.Bars{
		Title:       "A few commands make up nearly all rows",
		NamesLabel:  "command",
		ValuesLabel: "rows",
		Names: []string{"apache2 -k start", "gnome-terminal-server", "vmtoolsd --blockFd 3", "Web Content",
			"a-very-long-command-line/that/does/not/fit/into/the/left/half/of/any/picture --with --options", "<script>\nalert(1)", "missing"},
		Values: []float64{1234567, 340210, 51200, 8011, 310, 1, 0},
		Log:    true,
	}
}

func stacked() plots.Bars {
	return plots.Bars{
		Title:       "Where the rows come from",
		ValuesLabel: "rows",
		Names:       []string{"process 1", "process 2", "memory 1", "memory 2"},
		Series: []plots.Series{
			{Name: "normal", Values: []float64{720000, 722000, 801000, 640000}},
			{Name: "attack", Values: []float64{242000, 243968, 199000, 360000}},
		},
		Stacked: true,
		Caption: "Synthetic data",
	}
}

func signedBars() plots.Bars {
	return plots.Bars{
		Title:      "Change of recall",
		NamesLabel: "feature left out", ValuesLabel: "percentage points",
		Names:  []string{"CMD", "POLI", "NICE", "CPU"},
		Values: []float64{-12.25, 1.5, 0, -3.125},
	}
}

// deviations has lines over an end, under zero, of no length and one missing.
func deviations() plots.Bars {
	return plots.Bars{
		Title:       "What shuffling a column costs",
		NamesLabel:  "column",
		ValuesLabel: "loss of AUC",
		Names:       []string{"POLI", "CPU", "NICE", "EXC", "RDELAY"},
		Values:      []float64{0.081, 0.034, 0.011, 0, -0.004},
		Deviations:  []float64{0.009, 0.004, 0.012, 0, math.NaN()},
	}
}

func deviationsLog() plots.Bars {
	f := longNames()
	f.Deviations = []float64{200000, 50000, 51199, 9000, 0, 0.5, 1}
	return f
}

// statesAcross has long names, counts that are no shares, and a line to compare with.
func statesAcross() plots.Bars {
	f := states()
	f.Names = []string{"sleeping", "running", "uninterruptible sleep", "zombie", "stopped by a signal", "idle kernel thread"}
	f.Values, f.Percent, f.ValuesLabel = []float64{12.5, 301, 88, 41, 120, 7}, false, "processor time (ms)"
	f.Title, f.Reference = "Running processes use most processor time", plots.Reference{Name: "median", Value: 64.5}
	return f
}

func importance() plots.Bars {
	f := plots.Bars{Title: "Feature importance", ValuesLabel: "share of gain", Percent: true}
	left := 1.0
	for i := range 14 {
		f.Names = append(f.Names, fmt.Sprintf("FEAT%02d", i))
		f.Values = append(f.Values, left*0.4)
		left *= 0.6
	}
	return f
}

func niceValues() plots.Histogram {
	random := rand.New(rand.NewPCG(3, 4))
	var values []float64
	for range 4000 {
		values = append(values, math.Round(random.NormFloat64()*3))
	}
	values = append(values, math.NaN(), math.Inf(1))
	return plots.Histogram{
		Title:  "Priorities crowd around zero",
		XLabel: "NICE", Samples: []plots.Series{{Values: values}},
		LogY: true,
	}
}

func givenCounts() plots.Histogram {
	return plots.Histogram{
		Title:  "Processor use by class",
		XLabel: "CPU (%)", Shares: true,
		Edges: []float64{0, 10, 20, 40, 60, 80, 100},
		Counts: []plots.Series{
			{Name: "normal", Values: []float64{90100, 5000, 2100, 900, 800, 1100}},
			{Name: "attack", Values: []float64{10100, 4300, 0, 2900, 5000, 9000}},
		},
	}
}

// attackTimes are times of rows over ten days, in three bursts.
func attackTimes() plots.Histogram {
	random := rand.New(rand.NewPCG(9, 10))
	var times []float64
	for i := range 3000 {
		times = append(times, 1556150400+86400*(float64(i%3)*3.5+1+0.4*random.NormFloat64()))
	}
	return plots.Histogram{Title: "Attacks come in three bursts", XLabel: "time", XTime: true, Bins: 60,
		Samples: []plots.Series{{Name: "attack", Values: times}}}
}

func timeline() plots.Scatter {
	random := rand.New(rand.NewPCG(5, 6))
	f := plots.Scatter{Title: "Attacks come in bursts", XLabel: "time", YLabel: "read operations", XTime: true, LogY: true}
	for i := range 800 {
		at := 1554200000 + float64(i)*3150
		attack := 0.0
		if i/100%4 == 3 && i%2 == 0 {
			attack = 1
		}
		f.X, f.Class = append(f.X, at), append(f.Class, attack)
		f.Y = append(f.Y, math.Floor(math.Exp(3+1.5*random.NormFloat64()+2*attack)))
	}
	return f
}

func oneClass() plots.Scatter {
	f := plots.Scatter{Title: "Without classes", XLabel: "bytes", YLabel: "requests"}
	for i := range 300 {
		t := float64(i)
		f.X, f.Y = append(f.X, t*t*30), append(f.Y, 100+50*math.Sin(t/20))
	}
	return f
}

func largeMatrix() plots.HeatMap {
	const n = 26
	f := plots.HeatMap{Title: "Correlations of 26 columns"}
	for i := range n {
		f.Names = append(f.Names, fmt.Sprintf("column_%c", 'a'+i))
		row := make([]float64, n)
		for j := range n {
			row[j] = math.Cos(float64(i-j) / 4)
		}
		f.Values = append(f.Values, row)
	}
	return f
}

// weakMatrix has one strong pair, a constant column, and a scale of its own.
func weakMatrix() plots.HeatMap {
	f := plots.HeatMap{Title: "No column tells attacks alone", Scale: 0.2, Caption: "Pearson correlation; synthetic data; n = 1,927,968 rows"}
	f.Names = []string{"TRUN", "TSLPI", "TSLPU", "POLI", "NICE", "PRI", "RTPR", "CPUNR", "EXC", "CPU", "RDELAY", "attack"}
	for i := range f.Names {
		row := make([]float64, len(f.Names))
		for j := range row {
			a, b := float64(min(i, j)), float64(max(i, j))
			row[j] = 0.17 * math.Sin(7*a+3*b) * math.Exp(-(b-a)/6)
			switch {
			case i == 6 || j == 6:
				row[j] = math.NaN()
			case i == j:
				row[j] = 1
			case a == 4 && b == 5:
				row[j] = 0.84
			case a == 0 && b == 1:
				row[j] = math.NaN()
			}
		}
		f.Values = append(f.Values, row)
	}
	return f
}

func sevenLines() plots.Line {
	f := plots.Line{Title: "Seven series can be told apart", XLabel: "n", YLabel: "seconds", LogX: true, LogY: true}
	for k := range 7 {
		var xy plots.XY
		xy.Name = fmt.Sprintf("method %d", k+1)
		for i := range 41 {
			x := math.Pow(10, 1+float64(i)/10)
			xy.X, xy.Y = append(xy.X, x), append(xy.Y, 1e-6*math.Pow(x, 0.8+0.1*float64(k)))
		}
		f.Lines = append(f.Lines, xy)
	}
	return f
}

// closeCurves are two curves so close that their names stand on both sides.
func closeCurves() plots.ROC {
	curve := func(power float64) (fpr, tpr []float64) {
		for i := range 201 {
			x := float64(i) / 200
			fpr, tpr = append(fpr, x), append(tpr, math.Pow(x, power))
		}
		return fpr, tpr
	}
	f := plots.ROC{Title: "Both models are run at one threshold", Direct: true}
	for name, power := range [2]float64{0.28, 0.31} {
		fpr, tpr := curve(power)
		f.Curves = append(f.Curves, plots.Curve{Name: [2]string{"gradient-boosted trees", "decision tree"}[name], FPR: fpr, TPR: tpr,
			Marked: []plots.Marked{{Name: "0.5", X: 0.09, Y: math.Pow(0.09, power)}}})
	}
	return f
}

// stackedTimes are the rows of stagings as one kind of attack, every half day.
func stackedTimes() plots.Timeline {
	f := stagings()
	f.Title, f.Lanes, f.Bin = "Normal rows are there all the time, attacks in five days", false, 12*3600
	for i, kind := range f.Kinds {
		if kind != "normal" {
			f.Kinds[i] = "attack"
		}
	}
	f.Times = append(f.Times, math.NaN())
	f.Kinds, f.Rows = append(f.Kinds, "normal"), append(f.Rows, 1)
	return f
}
