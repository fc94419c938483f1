package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Reliability compares predicted probabilities with what came true: rows are put into
// bins by probability, and each bin is a point, its mean probability to the right and
// its share of attacks up, with an interval. Points on the diagonal are right. The
// zero value has no data, which is an error of PNG.
type Reliability struct {
	Title  string              // "" is "Reliability"
	Series []ReliabilitySeries // such as before and after a correction; at most 7

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 540 by 584, and higher for more series

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// A ReliabilitySeries is the bins of one set of probabilities.
type ReliabilitySeries struct {
	Name string
	Bins []ReliabilityBin // at most 100, in any order
}

// A ReliabilityBin has the fields of eval.Bin, so that the one converts to the other.
// A bin without rows has no point. One of fewer than 30 rows is grey.
type ReliabilityBin struct {
	From, To     float64 // of the probabilities in the bin
	N, Positives int
	Predicted    float64 // mean probability
	Observed     float64 // share of positive rows
	Lower, Upper float64 // interval of Observed; both 0 computes it from Positives and N by Wilson, 95 %
}

// Limits of a reliability figure.
const (
	maxReliable = 7     // series, which is how many looks there are
	maxBinned   = 100   // bins of each
	countedBins = 10    // more bins than these have no counts in the picture
	fewRows     = 30    // fewer have an interval too wide to rely on
	countRow    = 0.075 // height of a row of counts, in units of the axis
)

// PNG draws the figure.
func (f Reliability) PNG() ([]byte, error) { return draw(f.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (f Reliability) AltText() string { return altText(f.Alt, f.lower) }

// String returns the finding and how far each series is off in one line.
func (f Reliability) String() string { return text(f.Alt, f.lower) }

func (f Reliability) lower() (scene.Scene, string, error) {
	fail := func(err error) (scene.Scene, string, error) {
		return scene.Scene{}, "", fmt.Errorf("plots: reliability: %w", err)
	}
	if len(f.Series) == 0 {
		return fail(errors.New("no series"))
	}
	if len(f.Series) > maxReliable {
		return fail(fmt.Errorf("%d series are more than the %d that can be told apart", len(f.Series), maxReliable))
	}
	title := clean(f.Title)
	if title == "" {
		title = "Reliability"
	}
	s := scene.Scene{Title: title, Fonts: f.Fonts, Square: true}
	s.X = rateAxis("predicted probability, mean of the bin")
	s.Y = rateAxis("observed share of attacks")
	s.Marks = []scene.Mark{scene.Line{Role: scene.Neutral, Thin: true, Segments: [][]scene.Point{{{X: 0, Y: 0}, {X: 1, Y: 1}}}}}
	names := make([]string, len(f.Series))
	for k, one := range f.Series {
		names[k] = one.Name
	}
	look := roles(names)
	var parts, notes []string
	var numbers []scene.Text
	counted, empty, few := 0, 0, 0
	for k, one := range f.Series {
		drawn, err := one.draw(look[k])
		if err != nil {
			return fail(fmt.Errorf("series %q: %w", one.Name, err))
		}
		s.Marks = append(s.Marks, drawn.marks...)
		empty, few = empty+drawn.empty, few+drawn.few
		part, name := drawn.summary(), ""
		if len(f.Series) > 1 {
			name = visible.Text(one.Name)
			part = name + " " + part
			s.Legend = append(s.Legend, scene.Entry{Name: name, Role: look[k], Key: scene.KeyLinePoint})
		} else if one.Name != "" {
			part = visible.Text(one.Name) + " " + part
		}
		parts = append(parts, part)
		notes = append(notes, strings.TrimSuffix("n = "+count(drawn.rows)+", "+name, ", "))
		if len(drawn.points) > countedBins {
			continue
		}
		row := -countRow * (float64(counted) + 0.7)
		s.Y.Ticks = append(s.Y.Ticks, scene.Tick{At: row, Note: strings.TrimSpace("n " + name)})
		for _, b := range drawn.points {
			at := (b.From + b.To) / 2
			if !(b.From >= 0 && b.From < b.To && b.To <= 1) {
				at = b.Predicted
			}
			numbers = append(numbers, scene.Text{Point: scene.Point{X: at, Y: row}, Side: scene.Middle, String: short(float64(b.N))})
		}
		counted++
	}
	if counted > 0 {
		s.Y.Min = -countRow * (float64(counted) + 0.4)
		s.Marks = append(s.Marks, scene.Texts{Texts: numbers},
			scene.Line{Role: scene.Neutral, Thin: true, Segments: [][]scene.Point{{{X: s.X.Min, Y: -0.02}, {X: s.X.Max, Y: -0.02}}}})
	}
	s.Legend = append(s.Legend, scene.Entry{Name: "predicted = observed", Role: scene.Neutral, Key: scene.KeyLine})
	foot := []string{strings.Join(notes, "; "), "Lines at the points are 95% intervals"}
	if few > 0 {
		foot = append(foot, fmt.Sprintf("grey: %s of fewer than %d rows", plural(few, "bin"), fewRows))
	}
	if empty > 0 {
		foot = append(foot, plural(empty, "bin")+" without a row")
	}
	s.Caption = caption(f.Caption, foot)
	var err error
	s.Width, s.Height, err = size("reliability", f.Width, f.Height, 540, 560+24*len(f.Series))
	return s, fmt.Sprintf("%s: %s.", heading("Reliability", f.Title), strings.Join(parts, "; ")), err
}

// reliable is a series ready to be drawn.
type reliable struct {
	marks      []scene.Mark
	points     []ReliabilityBin // those with rows, by Predicted
	rows       float64
	empty, few int
}

// draw checks the bins and returns their marks.
func (r ReliabilitySeries) draw(role scene.Role) (reliable, error) {
	var out reliable
	if len(r.Bins) > maxBinned {
		return out, fmt.Errorf("%d bins are more than %d", len(r.Bins), maxBinned)
	}
	for i, b := range r.Bins {
		if b.N < 0 || b.Positives < 0 || b.Positives > b.N {
			return out, fmt.Errorf("bin %d has %d positives of %d rows", i, b.Positives, b.N)
		}
		if b.N == 0 {
			out.empty++
			continue
		}
		if b.Lower == 0 && b.Upper == 0 {
			b.Lower, b.Upper = number.Wilson(float64(b.Positives)/float64(b.N), float64(b.N))
		}
		for _, v := range []float64{b.Predicted, b.Observed, b.Lower, b.Upper} {
			if !(v >= 0 && v <= 1) {
				return out, fmt.Errorf("bin %d is at (%g, %g), from %g to %g; shares lie in [0, 1]", i, b.Predicted, b.Observed, b.Lower, b.Upper)
			}
		}
		if b.Lower > b.Upper {
			return out, fmt.Errorf("bin %d has an interval from %g to %g", i, b.Lower, b.Upper)
		}
		out.points = append(out.points, b)
		out.rows += float64(b.N)
	}
	if len(out.points) == 0 {
		return out, errors.New("no bin has a row")
	}
	slices.SortStableFunc(out.points, func(a, b ReliabilityBin) int { return cmp.Compare(a.Predicted, b.Predicted) })
	sure, unsure := scene.Line{Role: role, Markers: true}, scene.Line{Role: scene.Unsure, Markers: true}
	whiskers := scene.Line{Role: role, Thin: true}
	var joined []scene.Point
	for _, b := range out.points {
		at := scene.Point{X: b.Predicted, Y: b.Observed}
		whiskers.Segments = append(whiskers.Segments, whisker(b.Predicted, 0.008, b.Lower, b.Upper, false)...)
		if b.N < fewRows {
			unsure.Segments = append(unsure.Segments, []scene.Point{at})
			out.few++
			continue
		}
		joined = append(joined, at) // a line through a bin of few rows would show a fall that is none
		sure.Segments = append(sure.Segments, []scene.Point{at})
	}
	line := scene.Line{Role: role, Segments: [][]scene.Point{joined}}
	out.marks = []scene.Mark{line, whiskers, sure, unsure}
	return out, nil
}

// summary says how far the probabilities are off: on the mean, and at the worst among
// the bins of enough rows.
func (r reliable) summary() string {
	predicted, observed := 0.0, 0.0
	worst := -1
	for i, b := range r.points {
		share := float64(b.N) / r.rows
		predicted, observed = predicted+share*b.Predicted, observed+share*b.Observed
		off := math.Abs(b.Predicted - b.Observed)
		if b.N >= fewRows && (worst < 0 || off > math.Abs(r.points[worst].Predicted-r.points[worst].Observed)) {
			worst = i
		}
	}
	out := fmt.Sprintf("n = %s, on the mean %s predicted and %s observed", count(r.rows), percent(predicted), percent(observed))
	if worst >= 0 {
		b := r.points[worst]
		out += fmt.Sprintf(", furthest off where %s are predicted and %s observed (%s to %s, n = %s)",
			percent(b.Predicted), percent(b.Observed), percent(b.Lower), percent(b.Upper), count(float64(b.N)))
	}
	return out
}
