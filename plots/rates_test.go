package plots

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/number"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Curves go by threshold, are broken where a rate is missing, and leave out what has
// no place.
func TestThresholdCurvesLower(t *testing.T) {
	f := ThresholdCurves{
		Thresholds: []float64{math.Inf(-1), 0.9, 0.5, 0.1, 0.7, math.NaN()},
		Recall:     []float64{1, 0.1, 0.5, 0.9, 0.3, 1},
		Precision:  []float64{0.1, 1, 0.5, 0.2, math.NaN(), 1},
		Chosen:     []ThresholdPoint{{Name: "cheapest", Threshold: 0.5, Recall: 0.5, Precision: math.NaN(), FPR: 0.2}},
	}
	s := lowered(t, f.lower)
	if want := "1 threshold without a value, left out."; s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
	upright, recall, precision, dot := s.Marks[0].(scene.Line), s.Marks[1].(scene.Line), s.Marks[2].(scene.Line), s.Marks[3].(scene.Line)
	if upright.Segments[0][0].X != 0.5 || upright.Segments[0][1].X != 0.5 {
		t.Errorf("the chosen threshold is at %v", upright.Segments)
	}
	if got := recall.Segments; len(got) != 1 || len(got[0]) != 4 || got[0][0] != (scene.Point{X: 0.1, Y: 0.9}) || got[0][3] != (scene.Point{X: 0.9, Y: 0.1}) {
		t.Errorf("recall %v, want four points from 0.1 to 0.9", got)
	}
	if got := precision.Segments; len(got) != 2 || len(got[0]) != 2 || len(got[1]) != 1 {
		t.Errorf("precision %v, want a break at 0.7", got)
	}
	if len(dot.Segments) != 1 || dot.Segments[0][0] != (scene.Point{X: 0.5, Y: 0.5}) {
		t.Errorf("dots %v, want one, on recall: precision is missing and no false-alarm rate is drawn", dot.Segments)
	}
	if alt := f.AltText(); !strings.Contains(alt, "at cheapest (0.5) recall 50.0%, false-alarm rate 20.0%.") {
		t.Errorf("alt text %q", alt)
	}
}

// Names of thresholds close to each other stand off each other, over curves if need be.
func TestChosenNames(t *testing.T) {
	f := ThresholdCurves{Thresholds: []float64{0, 0.5, 1}, Recall: []float64{1, 0.7, 0}, Precision: []float64{0.1, 0.4, 0.9}, FPR: []float64{1, 0.2, 0}}
	names := []string{"threshold 0.5", "100 alarms a day", "least cost (a miss costs 50 alarms)", "nine in ten attacks"}
	for k, name := range names {
		f.Chosen = append(f.Chosen, ThresholdPoint{Name: name, Threshold: 0.5 + 0.02*float64(k), Recall: 0.7, Precision: 0.4, FPR: 0.2})
	}
	s := lowered(t, f.lower)
	var boxes []scene.Box
	for _, text := range s.Marks[len(s.Marks)-1].(scene.Texts).Texts {
		if slices.Contains(names, text.String) {
			wide := letter * float64(len(text.String)) * (s.X.Max - s.X.Min) / float64(s.Width-80)
			half := lineTall / 2 * (s.Y.Max - s.Y.Min) / float64(s.Height-110)
			boxes = append(boxes, scene.Box{X0: text.X, X1: text.X + wide, Y0: text.Y - half, Y1: text.Y + half})
		}
	}
	if len(boxes) != len(names) {
		t.Fatalf("%d names of %d", len(boxes), len(names))
	}
	for i, a := range boxes {
		for _, b := range boxes[:i] {
			if a.X0 < b.X1 && b.X0 < a.X1 && a.Y0 < b.Y1-1e-9 && b.Y0 < a.Y1-1e-9 {
				t.Errorf("%q and another name overlap: %v and %v", names[i], a, b)
			}
		}
	}
}

func TestReliabilityLower(t *testing.T) {
	f := Reliability{Series: []ReliabilitySeries{{Bins: []ReliabilityBin{
		{From: 0.5, To: 1, N: 12, Positives: 9, Predicted: 0.7, Observed: 0.75},
		{From: 0, To: 0.5, N: 100, Positives: 10, Predicted: 0.2, Observed: 0.1, Lower: 0.06, Upper: 0.17},
		{N: 0, Predicted: math.NaN(), Observed: math.NaN(), Lower: math.NaN(), Upper: math.NaN()},
	}}}}
	s := lowered(t, f.lower)
	if want := "n = 112. Lines at the points are 95% intervals. Grey: 1 bin of fewer than 30 rows. 1 bin without a row."; s.Caption != want {
		t.Errorf("caption %q, want %q", s.Caption, want)
	}
	line, whiskers, sure, unsure := s.Marks[1].(scene.Line), s.Marks[2].(scene.Line), s.Marks[3].(scene.Line), s.Marks[4].(scene.Line)
	if len(line.Segments[0]) != 1 || line.Segments[0][0].X != 0.2 {
		t.Errorf("the line goes through %v, want only the bin of enough rows", line.Segments)
	}
	if sure.Segments[0][0].X != 0.2 || unsure.Role != scene.Unsure || unsure.Segments[0][0].X != 0.7 {
		t.Errorf("sure %v, unsure %v", sure.Segments, unsure.Segments)
	}
	if given := whiskers.Segments[0]; given[0].Y != 0.06 || given[1].Y != 0.17 {
		t.Errorf("the given interval is drawn as %v", given)
	}
	low, high := number.Wilson(0.75, 12)
	if made := whiskers.Segments[3]; made[0].Y != low || made[1].Y != high {
		t.Errorf("the interval of 9 in 12 is drawn as %v, want %g to %g", made, low, high)
	}
	texts := s.Marks[5].(scene.Texts).Texts
	if len(texts) != 2 || texts[0].String != "100" || texts[0].X != 0.25 || texts[1].String != "12" {
		t.Errorf("counts %+v", texts)
	}
	// The bin of 12 rows is further off, but too small to be the finding.
	if want := "Reliability: n = 112, on the mean 25.4% predicted and 17.0% observed, furthest off where 20.0% are predicted and 10.0% observed (6.0% to 17.0%, n = 100)."; f.AltText() != want {
		t.Errorf("alt text %q, want %q", f.AltText(), want)
	}
}

// By definition the ends are the shares from which the one seen is z standard errors
// away; without a hit the upper one is z²/(n+z²).
func TestWilson(t *testing.T) {
	const z = 1.959963984540054
	for _, test := range []struct{ share, n float64 }{{0.1, 100}, {0, 10}, {1, 10}, {0.5, 1}, {0.25, 4e6}} {
		low, high := number.Wilson(test.share, test.n)
		for _, end := range []float64{low, high} {
			if off := math.Abs(test.share - end); off > 1e-12 && math.Abs(off-z*math.Sqrt(end*(1-end)/test.n)) > 1e-12 {
				t.Errorf("%g of %g: the end %g is not %g standard errors away", test.share, test.n, end, z)
			}
		}
		if low > test.share || high < test.share || test.share > 0 && test.share < 1 && low == high {
			t.Errorf("%g of %g: from %g to %g", test.share, test.n, low, high)
		}
	}
	if _, high := number.Wilson(0, 10); math.Abs(high-z*z/(10+z*z)) > 1e-12 {
		t.Errorf("0 of 10: up to %g", high)
	}
}
