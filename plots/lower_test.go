package plots

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/number"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

func lowered(t *testing.T, lower lowering) scene.Scene {
	t.Helper()
	s, _, err := lower()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func labels(a scene.Axis) string {
	var out []string
	for _, tick := range a.Ticks {
		if tick.Label != "" {
			out = append(out, tick.Label)
		}
	}
	return strings.Join(out, " ")
}

func TestBarsLower(t *testing.T) {
	two := []Series{{Name: "Normal", Values: []float64{30, 70}}, {Name: "attack", Values: []float64{1, 3}}}
	s := lowered(t, Bars{Names: []string{"a", "b"}, Series: two, Shares: true}.lower)
	attack := s.Marks[1].(scene.Boxes)
	if attack.Role != scene.Attack || s.Marks[0].(scene.Boxes).Role != scene.Normal {
		t.Errorf("roles %v, %v; want the classes' own", s.Marks[0].(scene.Boxes).Role, attack.Role)
	}
	if attack.Boxes[1].Y0 != 0 || attack.Boxes[1].Y1 != 0.75 {
		t.Errorf("second attack bar %+v, want 0.75 high", attack.Boxes[1])
	}
	if len(s.Legend) != 2 || s.Legend[0].Name != "Normal" {
		t.Errorf("legend %+v", s.Legend)
	}
	if texts := s.Marks[2].(scene.Texts).Texts; texts[3].String != "75.0%" || texts[3].Side != scene.Above {
		t.Errorf("number %+v", texts[3])
	}

	// Shares of a sum that is out of range, and of one that is next to nothing.
	for _, unit := range []float64{0.5e308, 1e-310} {
		large := Bars{Names: []string{"a", "b", "c"}, Values: []float64{unit, 3 * unit, math.NaN()}, Shares: true}
		if boxes := lowered(t, large.lower).Marks[0].(scene.Boxes).Boxes; boxes[0].Y1 != 0.25 || boxes[1].Y1 != 0.75 {
			t.Errorf("shares of %g and three times that: %+v, want 0.25 and 0.75", unit, boxes)
		}
	}

	s = lowered(t, Bars{Names: []string{"a", "b"}, Series: two, Stacked: true, Horizontal: true}.lower)
	if box := s.Marks[1].(scene.Boxes).Boxes[1]; box.X0 != 70 || box.X1 != 73 {
		t.Errorf("stacked box %+v, want from 70 to 73", box)
	}
	if !s.Y.Names || !s.Y.Flip || s.X.Names {
		t.Error("names do not stand on the vertical axis, the first on top")
	}

	s = lowered(t, Bars{Names: []string{"a", "b", "c"}, Values: []float64{0, 10, math.NaN()}, Log: true}.lower)
	if n := len(s.Marks[0].(scene.Boxes).Boxes); n != 1 || !s.Y.Log {
		t.Errorf("%d bars on a log axis, want 1", n)
	}
	want := "1 value missing or not finite, without a bar. 1 value not positive, without a bar on the log axis."
	if s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
	if s.Legend != nil {
		t.Error("a single series has a legend")
	}
}

// Bars of shares have an interval, bars of few rows are grey, and say so.
func TestBarsOfRows(t *testing.T) {
	f := Bars{Names: []string{"a", "b", "c"}, Values: []float64{0.1, 0.5, math.NaN()}, N: []float64{100, 4, 2}, Percent: true,
		Reference: Reference{Name: "all rows", Value: 0.9}}
	s := lowered(t, f.lower)
	if want := "1 value missing or not finite, without a bar."; !strings.HasSuffix(s.Caption, want) || !strings.HasPrefix(s.Caption, "Thin lines are 95% intervals. Grey: 1 bar of fewer than 30 rows. ") {
		t.Errorf("caption %q", s.Caption)
	}
	if note := s.X.Ticks[0].Note; note != "n = 100" || s.X.Ticks[0].Label != "a" {
		t.Errorf("the first name is %+v", s.X.Ticks[0])
	}
	sure, unsure := s.Marks[0].(scene.Boxes), s.Marks[1].(scene.Boxes)
	if len(sure.Boxes) != 1 || len(unsure.Boxes) != 1 || unsure.Role != scene.Unsure || unsure.Boxes[0].Y1 != 0.5 {
		t.Errorf("bars %+v and %+v, want one each", sure, unsure)
	}
	if line := s.Marks[2].(scene.Line); line.Segments[0][0].Y != 0.9 || line.Segments[0][1] != (scene.Point{X: 2.5, Y: 0.9}) || s.Y.Max < 0.9 || s.Legend[0].Name != "all rows 90.0%" {
		t.Errorf("the reference is %+v, legend %+v", line, s.Legend)
	}
	low, high := number.Wilson(0.1, 100)
	if lines := s.Marks[3].(scene.Line).Segments; len(lines) != 6 || lines[0][0].Y != low || lines[0][1].Y != high {
		t.Errorf("intervals %v, want two, the first from %g to %g", lines, low, high)
	}
	if want := "Bar chart: 3 names; a (10.0%, 5.5% to 17.4%, n = 100); 1 bar of fewer than 30 rows; all rows 90.0%."; f.AltText() != want {
		t.Errorf("alt text %q, want %q", f.AltText(), want)
	}
	f.Horizontal = true
	if got := lowered(t, f.lower).Y.Ticks[0].Label; got != "a (n = 100)" {
		t.Errorf("the first name beside its bar is %q", got)
	}
	two := Bars{Names: []string{"a"}, N: []float64{1}, Series: []Series{{Name: "x", Values: []float64{1}}, {Name: "y", Values: []float64{0.5}}}, Percent: true}
	for _, mark := range lowered(t, two.lower).Marks {
		if boxes, ok := mark.(scene.Boxes); ok && boxes.Role == scene.Unsure {
			t.Error("bars of several series are grey")
		}
	}
	// Numbers too long to stand under many names are written short, then beside them.
	many := Bars{Names: strings.Split("abcdefgh", ""), Values: make([]float64, 8), N: make([]float64, 8)}
	many.N[0] = 1512345
	if got := lowered(t, many.lower).X.Ticks[0].Note; got != "n = 1.51M" {
		t.Errorf("note %q", got)
	}
	many.Names = strings.Split("abcdefghijklmnopqrst", "")
	many.Values, many.N = make([]float64, 20), append(many.N, make([]float64, 12)...)
	if s := lowered(t, many.lower); !s.Y.Names || s.Y.Ticks[0].Label != "a (n = 1,512,345)" {
		t.Errorf("first of 20 names %+v", s.Y.Ticks)
	}
}

func TestHistogramBins(t *testing.T) {
	for _, test := range []struct {
		name   string
		h      Histogram
		edges  []float64
		counts []float64
		zeros  float64
		notes  int
	}{
		{"lower edge in, last edge in", Histogram{Edges: []float64{0, 1, 2}, Samples: []Series{{Values: []float64{0, 0.5, 1, 2}}}},
			[]float64{0, 1, 2}, []float64{2, 2}, 0, 0},
		{"outside and missing", Histogram{Edges: []float64{0, 1}, Samples: []Series{{Values: []float64{-1, 2, math.NaN(), 0.5}}}},
			[]float64{0, 1}, []float64{1}, 0, 2},
		{"whole numbers", Histogram{Samples: []Series{{Values: []float64{3, 5, 5}}}},
			[]float64{2.5, 3.5, 4.5, 5.5}, []float64{1, 0, 2}, 0, 0},
		{"even parts", Histogram{Bins: 2, Samples: []Series{{Values: []float64{0, 0.5, 1}}}},
			[]float64{0, 0.5, 1}, []float64{1, 2}, 0, 0},
		{"even ratios", Histogram{Bins: 2, LogX: true, Samples: []Series{{Values: []float64{0.25, 0.5, 4, 0, -1}}}},
			[]float64{0.25, 1, 4}, []float64{2, 1}, 2, 0},
		{"whole numbers by ratio", Histogram{Bins: 3, LogX: true, Samples: []Series{{Values: []float64{1, 2, 4, 8}}}},
			[]float64{0.5, 2.5, 4.5, 8.5}, []float64{2, 1, 1}, 0, 0},
	} {
		b, err := test.h.bin()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if !close(b.edges, test.edges) || !close(b.counts[0], test.counts) || b.zeros[0] != test.zeros || len(b.notes) != test.notes {
			t.Errorf("%s: edges %v counts %v zeros %v notes %q", test.name, b.edges, b.counts, b.zeros, b.notes)
		}
	}
}

func close(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-9 {
			return false
		}
	}
	return true
}

func TestHistogramLower(t *testing.T) {
	h := Histogram{LogX: true, Edges: []float64{1, 10, 100, 1000}, Zeros: []float64{5},
		Counts: []Series{{Name: "attack", Values: []float64{2, 0, 3}}}}
	s := lowered(t, h.lower)
	if got := labels(s.X); got != "≤ 0 1 10 100 1k" {
		t.Errorf("ticks %q", got)
	}
	if fill := s.Marks[0].(scene.Boxes); len(fill.Boxes) != 3 || fill.Boxes[0].X1 >= 1 || fill.Boxes[0].Y1 != 5 {
		t.Errorf("boxes %+v, want the zeros left of 1 and two bins", fill.Boxes)
	}
	if line := s.Marks[1].(scene.Line); len(line.Segments) != 3 {
		t.Errorf("%d outlines, want 3: an empty bin ends one", len(line.Segments))
	}
}

// The alt text says where the values lie, those not above 0 as well.
func TestHistogramShape(t *testing.T) {
	edges := []float64{1, 10, 100, 1000}
	for _, test := range []struct {
		h    Histogram
		want string
	}{
		{Histogram{Edges: edges, Counts: []Series{{Values: []float64{2, 6, 2}}}}, "Histogram: n = 10, bins from 1 to 1,000, median from 10 to 100, fullest bin from 10 to 100 with 60.0%."},
		{Histogram{LogX: true, Edges: edges, Zeros: []float64{5}, Counts: []Series{{Values: []float64{2, 1, 2}}}}, "Histogram: n = 10, bins from 1 to 1,000, 5 not above 0, median not above 0, fullest bin not above 0 with 50.0%."},
		{Histogram{LogX: true, Edges: edges, Zeros: []float64{4}, Counts: []Series{{Values: []float64{0, 3, 3}}}}, "Histogram: n = 10, bins from 1 to 1,000, 4 not above 0, median from 10 to 100, fullest bin not above 0 with 40.0%."},
		{Histogram{Edges: edges, Counts: []Series{{Name: "a", Values: []float64{1, 0, 3}}, {Name: "b", Values: []float64{0, 0, 0}}}}, "Histogram: n = 4, bins from 1 to 1,000; a n = 4, median from 100 to 1,000, fullest bin from 100 to 1,000 with 75.0%; b n = 0."},
		{Histogram{XTime: true, Edges: []float64{0, day, 2 * day}, Counts: []Series{{Values: []float64{1, 0}}}}, "Histogram: n = 1, bins from 1970-01-01 00:00:00 to 1970-01-03 00:00:00, median from 1970-01-01 00:00:00 to 1970-01-02 00:00:00, fullest bin from 1970-01-01 00:00:00 to 1970-01-02 00:00:00 with 100.0%."},
	} {
		if got := test.h.AltText(); got != test.want {
			t.Errorf("alt text %q, want %q", got, test.want)
		}
	}
	s := lowered(t, Histogram{XLabel: "time", XTime: true, Samples: []Series{{Values: []float64{1556150400, 1556150400 + 9*day, math.NaN()}}}}.lower)
	if s.X.Label != "time (UTC, 2019)" || labels(s.X) != "26 Apr 28 Apr 30 Apr 2 May 4 May" {
		t.Errorf("axis %q with %q", s.X.Label, labels(s.X))
	}
	if want := "n = 2. 1 value missing or not finite, left out."; s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
}

func TestScatterLower(t *testing.T) {
	s := lowered(t, Scatter{
		X: []float64{1, 2, 3, math.Inf(1)}, Y: []float64{1, 1, 1, 1}, Class: []float64{1, 0, math.NaN(), 0}, Total: 10,
	}.lower)
	under, over := s.Marks[0].(scene.Points), s.Marks[1].(scene.Points)
	if under.Role != scene.Normal || over.Role != scene.Attack || len(under.Points) != 1 || over.Points[0].X != 1 {
		t.Errorf("marks %+v, want normal under attack", s.Marks)
	}
	alone := Scatter{X: []float64{3, 1, 2, 9}, Y: []float64{4, 8, 6, 5}}
	if got := lowered(t, alone.lower).Caption; got != "n = 4 rows." {
		t.Errorf("caption %q", got)
	}
	if got := alone.AltText(); got != "Scatter plot: n = 4; x from 1 to 9; y from 4 to 8; medians 2 and 5." {
		t.Errorf("alt text %q", got)
	}
	if want := "2 of 10 rows, sampled. 2 rows with a missing value, left out."; s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
}

// Each pair is drawn once, constant columns not at all, in colours that end where the
// values do.
func TestHeatMapLower(t *testing.T) {
	nan := math.NaN()
	f := HeatMap{Names: []string{"a", "b", "constant", "c"}, Values: [][]float64{
		{1, -0.3, nan, 0.05},
		{-0.3, 1, nan, nan},
		{nan, nan, 1, nan},
		{0.05, nan, nan, 1},
	}}
	s := lowered(t, f.lower)
	cells := s.Marks[0].(scene.Cells)
	if labels(s.X) != "a b" || labels(s.Y) != "b c" || !cells.Lower || cells.Columns != 2 {
		t.Errorf("columns %q, rows %q", labels(s.X), labels(s.Y))
	}
	if v := cells.Values; v[0] != -0.3 || v[2] != 0.05 || !math.IsNaN(v[3]) {
		t.Errorf("cells %v", v)
	}
	if s.ColorBar != 0.5 {
		t.Errorf("colours end at %g, want 0.5", s.ColorBar)
	}
	want := "Colours end at −0.5 and 0.5. 1 column without correlations (constant or empty) left out: constant. 1 pair without a correlation, grey."
	if s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
	if want := "Heat map: correlations of 3 columns; strongest a and b (-0.30); 1 of 2 pairs below 0.1 in size; 1 column without correlations (constant or empty) left out: constant; 1 pair without a correlation, grey."; f.AltText() != want {
		t.Errorf("alt text %q, want %q", f.AltText(), want)
	}
	f.Scale = 0.2
	if s := lowered(t, f.lower); s.ColorBar != 0.2 || !strings.HasPrefix(s.Caption, "Colours end at −0.2 and 0.2, with 1 pair beyond.") {
		t.Errorf("colours end at %g, caption %q", s.ColorBar, s.Caption)
	}
}

func TestROCLower(t *testing.T) {
	var fpr, tpr []float64
	for i := range 200001 {
		fpr, tpr = append(fpr, float64(i)/200000), append(tpr, math.Sqrt(float64(i)/200000))
	}
	s := lowered(t, ROC{Curves: []Curve{{Name: "root", FPR: fpr, TPR: tpr}, {Name: "point", FPR: []float64{0.5}, TPR: []float64{1}, AUC: 0.7}}}.lower)
	// The area under the square root from 0 to 1 is 2/3.
	if s.Legend[0].Name != "root (AUC 0.6667)" || s.Legend[1].Name != "point (AUC 0.7000)" {
		t.Errorf("legend %+v", s.Legend)
	}
	s2 := lowered(t, ROC{Curves: []Curve{{Name: strings.Repeat("n", 99), FPR: []float64{0}, TPR: []float64{1}}}}.lower)
	if name := s2.Legend[0].Name; name != strings.Repeat("n", 27)+"… (AUC 1.0000)" {
		t.Errorf("long name in the legend: %q", name)
	}
	curve := s.Marks[1].(scene.Line).Segments[0]
	if n := len(curve); n < 500 || n > 3000 {
		t.Errorf("%d points drawn of 200001", n)
	}
	if curve[0] != (scene.Point{}) || curve[len(curve)-1] != (scene.Point{X: 1, Y: 1}) || !s.Square {
		t.Error("the curve does not join the corners of a square")
	}
	for _, p := range curve {
		if math.Abs(p.Y-math.Sqrt(p.X)) > 1e-6 {
			t.Fatalf("point %v is not on the curve", p)
		}
	}
}

// The recall at a false positive rate lies on the curve, at its top where it is steep.
func TestHeight(t *testing.T) {
	points := []scene.Point{{X: 0, Y: 0}, {X: 0, Y: 0.3}, {X: 0.05, Y: 0.4}, {X: 0.25, Y: 0.8}, {X: 0.25, Y: 0.9}, {X: 1, Y: 1}}
	for x, want := range map[float64]float64{0: 0.3, 0.05: 0.4, 0.1: 0.5, 0.25: 0.9, 1: 1} {
		if got := height(points, x); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", x, got, want)
		}
	}
}

// The labels 0, 0, 1, 1 with the scores 0.1, 0.4, 0.35, 0.8 are the example in
// scikit-learn's documentation of average_precision_score (0.83…): 1/2·1 + 1/2·2/3.
func TestAveragePrecision(t *testing.T) {
	recall, precision := []float64{1, 1, 0.5, 0.5, 0}, []float64{0.5, 2. / 3, 0.5, 1, math.NaN()}
	for range 2 {
		points, average, err := PRCurve{Recall: recall, Precision: precision}.steps()
		if err != nil || math.Abs(average-5./6) > 1e-12 {
			t.Errorf("average precision %g, %v; want 5/6", average, err)
		}
		if first, last := points[0], points[len(points)-1]; first != (scene.Point{X: 0, Y: 1}) || last != (scene.Point{X: 1, Y: 0.5}) {
			t.Errorf("steps %v, want from (0, 1) to (1, 0.5)", points)
		}
		slices.Reverse(recall)
		slices.Reverse(precision)
	}
}

func TestLineBreaks(t *testing.T) {
	s := lowered(t, Line{Lines: []XY{{X: []float64{1, 2, 3, 4}, Y: []float64{1, math.NaN(), 3, 4}}}}.lower)
	if line := s.Marks[0].(scene.Line); len(line.Segments) != 2 || len(line.Segments[1]) != 2 {
		t.Errorf("segments %v, want a point and a line", line.Segments)
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		axis scene.Axis
		want string
	}{
		{linearAxis("", span{0, 10}, 5, false), "0 2 4 6 8 10"},
		{linearAxis("", span{-0.31, 0.31}, 4, false), "-0.2 0.0 0.2"},
		{linearAxis("", span{0, 1999}, 4, false), "0 500 1,000 1,500"},
		{linearAxis("", span{0, 3e6}, 6, false), "0 0.5M 1.0M 1.5M 2.0M 2.5M 3.0M"},
		{linearAxis("", span{0, 0.5}, 5, true), "0% 10% 20% 30% 40% 50%"},
		{linearAxis("", span{0, 3e-7}, 3, false), "0 1e-07 2e-07 3e-07"},
		{logAxis("", span{0.5, 2e4}, false), "1 10 100 1k 10k"},
		{logAxis("", span{1, 30}, false), "1 2 5 10 20"},
		{logAxis("", span{1e-6, 1e12}, false), "1e-6 0.001 1 1k 1M 1G 1T"},
	} {
		if got := labels(test.axis); got != test.want {
			t.Errorf("from %g to %g: %q, want %q", test.axis.Min, test.axis.Max, got, test.want)
		}
	}
}

func TestTimeTicks(t *testing.T) {
	const start = 1554200000 // 2019-04-02 10:13:20 UTC
	for _, test := range []struct {
		seconds     float64
		label, want string
	}{
		{4, "t (UTC, 2019)", "10:13:20 10:13:21 10:13:22 10:13:23 10:13:24"},
		{3600, "t (UTC, 2019)", "10:15 10:30 10:45 11:00"},
		{20 * 3600, "t (UTC, 2019)", "2 Apr 12:00 2 Apr 18:00 3 Apr 00:00 3 Apr 06:00"},
		{20 * day, "t (UTC, 2019)", "4 Apr 11 Apr 18 Apr"},
		{700 * day, "t (UTC, 2019–2021)", "Jul 2019 Jan 2020 Jul 2020 Jan 2021"},
		{20 * 365 * day, "t (UTC, 2019–2039)", "2020 2025 2030 2035"},
	} {
		axis, err := timeAxis("t", span{start, start + test.seconds}, 5)
		if err != nil || axis.Label != test.label || labels(axis) != test.want {
			t.Errorf("%g s: %q %q %v, want %q", test.seconds, axis.Label, labels(axis), err, test.want)
		}
	}
	if _, err := timeAxis("t", span{0, 1e15}, 5); err == nil {
		t.Error("milliseconds are taken for seconds")
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range [][2]string{
		{count(1234567), "1,234,567"}, {count(-1000), "-1,000"}, {count(12345.678), "12,350"}, {count(0.000012345), "1.234e-05"}, {count(0), "0"},
		{short(12345), "12.3k"}, {short(999), "999"}, {short(2e6), "2M"},
		{percent(0.1234), "12.3%"}, {percent(0.0001), "<0.1%"}, {percent(0), "0.0%"},
		{group("-0.0"), "0.0"}, {clean("a\nb\u202e\x00c\xff "), `a\nb\u202e\x00c\xff␣`}, {clean(""), ""}, {sentence(" a\n  b\u202e "), `a b\u202e`},
	} {
		if test[0] != test[1] {
			t.Errorf("%q, want %q", test[0], test[1])
		}
	}
}

func TestTimelineCounts(t *testing.T) {
	f := Timeline{
		Times: []float64{-1, 3599, 3600, 7300, math.NaN(), 10}, Kinds: []string{"dos", "normal", "normal", "xss", "dos", "dos"},
	}
	table, err := f.count()
	if err != nil {
		t.Fatal(err)
	}
	if table.start != -3600 || table.bins != 4 || table.rows != 5 {
		t.Errorf("%+v, want four hours from -1 on with 5 rows", table)
	}
	for k, want := range []lane{
		{name: "normal", counts: []float64{0, 1, 1, 0}, rows: 2, from: 1, to: 2, peak: 1},
		{name: "dos", counts: []float64{1, 1, 0, 0}, rows: 2, from: 0, to: 1, peak: 1, otherwise: true},
		{name: "xss", counts: []float64{0, 0, 0, 1}, rows: 1, from: 3, to: 3, peak: 1, otherwise: true},
	} {
		if !reflect.DeepEqual(table.lanes[k], want) {
			t.Errorf("lane %d is %+v, want %+v", k, table.lanes[k], want)
		}
	}
	s := lowered(t, f.lower)
	if want := "n = 5 rows. 1 row without a time, left out."; s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
	// The lowest is drawn last, over the sums.
	if last := s.Marks[len(s.Marks)-1].(scene.Area); last.Role != scene.Normal || len(last.Polygons) != 1 || last.Polygons[0][1] != (scene.Point{X: 0, Y: 1}) {
		t.Errorf("the normal rows are %+v", last)
	}
	// A bin too short to be seen is drawn wider in its lane.
	long := Timeline{Times: []float64{0, 3600 * 9999}, Kinds: []string{"normal", "dos"}, Lanes: true}
	for _, mark := range lowered(t, long.lower).Marks {
		if area, ok := mark.(scene.Area); ok && area.Polygons[0][2].X-area.Polygons[0][0].X < 9999*3600*1.5/640 {
			t.Errorf("the bin is from %g to %g", area.Polygons[0][0].X, area.Polygons[0][2].X)
		}
	}
}

func TestDurations(t *testing.T) {
	for seconds, want := range map[float64]string{3600: "an hour", 7200: "2 hours", 1800: "30 minutes", 60: "a minute", day: "a day", 5400: "90 minutes", 0.5: "0.5 seconds", 7 * day: "7 days"} {
		if got := duration(seconds); got != want {
			t.Errorf("%g: %q, want %q", seconds, got, want)
		}
	}
}
