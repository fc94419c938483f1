package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// ThresholdCurves shows what a model does at each threshold: which share of the
// attacks it finds (recall), which share of its alarms is right (precision), and
// which share of the normal rows it takes for attacks (false-alarm rate). The zero
// value has no data, which is an error of PNG.
type ThresholdCurves struct {
	Title string // "" is "Rates by threshold"

	// Thresholds are in any order, as they stand in eval.Operating or in eval.ROCCurve.
	// An infinite one, at which every row or none has an alarm, has no place. One that
	// is NaN is left out and said.
	Thresholds []float64

	// Recall[i], Precision[i] and FPR[i] are the rates at Thresholds[i], from 0 to 1. A
	// nil one is not drawn; at least one is there. A curve is broken where it is NaN, as
	// the precision is without an alarm. Points are joined by straight lines, and thinned
	// to what a picture can show.
	Recall, Precision, FPR []float64

	Chosen []ThresholdPoint // each an upright line with its name, and a dot on each curve

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 420

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// A ThresholdPoint is a threshold and the rates there, as in eval.OperatingPoint. A
// rate that is NaN has no dot.
type ThresholdPoint struct {
	Name                   string // such as "1% false alarms"
	Threshold              float64
	Recall, Precision, FPR float64
}

// rateNames are the three rates in the order in which they are drawn.
var rateNames = [3]string{"recall", "precision", "false-alarm rate"}

// rates are those of p in that order.
func (p ThresholdPoint) rates() [3]float64 { return [3]float64{p.Recall, p.Precision, p.FPR} }

// PNG draws the figure.
func (f ThresholdCurves) PNG() ([]byte, error) { return draw(f.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (f ThresholdCurves) AltText() string { return altText(f.Alt, f.lower) }

// String returns the finding and the rates at the chosen thresholds in one line.
func (f ThresholdCurves) String() string { return text(f.Alt, f.lower) }

func (f ThresholdCurves) lower() (scene.Scene, string, error) {
	points, lost, err := f.points()
	if err != nil {
		return scene.Scene{}, "", fmt.Errorf("plots: threshold curves: %w", err)
	}
	var notes []string
	if lost > 0 {
		notes = append(notes, plural(lost, "threshold")+" without a value, left out")
	}
	title := clean(f.Title)
	if title == "" {
		title = "Rates by threshold"
	}
	s := scene.Scene{Title: title, Caption: caption(f.Caption, notes), Fonts: f.Fonts}
	if s.Width, s.Height, err = size("threshold curves", f.Width, f.Height, defaultWidth, 420); err != nil {
		return s, "", err
	}
	along := span{points[0].Threshold, points[len(points)-1].Threshold}
	for _, c := range f.Chosen {
		along = span{min(along.lo, c.Threshold), max(along.hi, c.Threshold)}
	}
	const xLabel = "threshold: a row whose score is above it has an alarm"
	if along.lo >= 0 && along.hi <= 1 {
		s.X = rateAxis(xLabel)
	} else {
		wide, err := along.widen(0.03)
		if err != nil {
			return s, "", err
		}
		s.X = linearAxis(xLabel, wide, 8, false)
	}
	s.Y = rateAxis("share")
	for i := range s.Y.Ticks {
		s.Y.Ticks[i].Label = fmt.Sprintf("%d%%", 20*i)
	}
	if len(f.Chosen) > 0 {
		s.Y.Max = 1.12 // room for a name above the curves
	}
	return s, f.draw(&s, points, along), nil
}

// points checks the input and returns the points that have a place, by threshold; a
// rate that is not given is NaN.
func (f ThresholdCurves) points() (points []ThresholdPoint, lost int, err error) {
	given := [3][]float64{f.Recall, f.Precision, f.FPR}
	if len(f.Thresholds) == 0 {
		return nil, 0, errors.New("no thresholds")
	}
	if f.Recall == nil && f.Precision == nil && f.FPR == nil {
		return nil, 0, errors.New("neither recall nor precision nor false-alarm rate")
	}
	for k, values := range given {
		if values != nil && len(values) != len(f.Thresholds) {
			return nil, 0, fmt.Errorf("%d thresholds, but %d values of the %s", len(f.Thresholds), len(values), rateNames[k])
		}
	}
	for i, threshold := range f.Thresholds {
		rates := [3]float64{math.NaN(), math.NaN(), math.NaN()}
		for k, values := range given {
			if values == nil {
				continue
			}
			if rates[k] = values[i]; rates[k] < 0 || rates[k] > 1 {
				return nil, 0, fmt.Errorf("the %s at the threshold %g is %g; rates lie in [0, 1]", rateNames[k], threshold, rates[k])
			}
		}
		switch {
		case math.IsNaN(threshold):
			lost++
		case !math.IsInf(threshold, 0):
			points = append(points, ThresholdPoint{"", threshold, rates[0], rates[1], rates[2]})
		}
	}
	if len(points) == 0 {
		return nil, 0, errors.New("no threshold is finite")
	}
	if !slices.ContainsFunc(points, func(p ThresholdPoint) bool {
		return finite(p.Recall) || finite(p.Precision) || finite(p.FPR)
	}) {
		return nil, 0, errors.New("no rate is a number at a finite threshold")
	}
	for _, c := range f.Chosen {
		if !finite(c.Threshold) {
			return nil, 0, fmt.Errorf("the chosen threshold %q is %g", c.Name, c.Threshold)
		}
		for k, v := range c.rates() {
			if v < 0 || v > 1 {
				return nil, 0, fmt.Errorf("the %s at the chosen threshold %q is %g; rates lie in [0, 1]", rateNames[k], c.Name, v)
			}
		}
	}
	slices.SortStableFunc(points, func(a, b ThresholdPoint) int { return cmp.Compare(a.Threshold, b.Threshold) })
	return points, lost, nil
}

// draw adds the curves, the chosen thresholds and their names, and returns the summary.
func (f ThresholdCurves) draw(s *scene.Scene, points []ThresholdPoint, along span) string {
	p := newPlacer(s, float64(s.Width-80), float64(s.Height-110), nil)
	var parts, names []string
	var curves []scene.Mark
	for k, name := range rateNames {
		line := scene.Line{Role: scene.Series(k), Markers: len(points) <= fewPoints}
		var all []scene.Point
		after := false // a point that has a place
		for _, point := range points {
			at := scene.Point{X: point.Threshold, Y: point.rates()[k]}
			if math.IsNaN(at.Y) {
				after = false
				continue
			}
			if !after {
				line.Segments = append(line.Segments, nil)
			}
			last := len(line.Segments) - 1
			line.Segments[last], all, after = append(line.Segments[last], at), append(all, at), true
		}
		if all == nil {
			continue
		}
		for i, segment := range line.Segments {
			line.Segments[i] = thin(segment, s.X.Max-s.X.Min, s.Y.Max-s.Y.Min)
		}
		curves, names = append(curves, line), append(names, name)
		p.lines = append(p.lines, thin(all, s.X.Max-s.X.Min, s.Y.Max-s.Y.Min))
		key := scene.KeyLine
		if line.Markers {
			key = scene.KeyLinePoint
		}
		s.Legend = append(s.Legend, scene.Entry{Name: name, Role: line.Role, Key: key})
		parts = append(parts, fmt.Sprintf("%s from %s to %s", name, percent(all[0].Y), percent(all[len(all)-1].Y)))
	}
	texts, chosen := f.choose(s, p)
	s.Marks = append(s.Marks, curves...)
	if len(f.Chosen) > 0 {
		s.Marks = append(s.Marks, chosen)
	}
	if direct, ok := p.names(names, s.X); ok {
		texts, s.Legend = append(texts, direct...), nil
	}
	s.Marks = append(s.Marks, scene.Texts{Texts: texts})
	for _, c := range f.Chosen {
		part := "at " + c.point().orPoint() + " (" + count(c.Threshold) + ")"
		for k, v := range c.rates() {
			if !math.IsNaN(v) {
				part += fmt.Sprintf(" %s %s,", rateNames[k], percent(v))
			}
		}
		parts = append(parts, strings.TrimSuffix(part, ","))
	}
	return fmt.Sprintf("%s: %s from %s to %s; %s.", heading("Threshold curves", f.Title), plural(len(points), "threshold"),
		count(along.lo), count(along.hi), strings.Join(parts, "; "))
}

// point is a chosen threshold as a marked point, for its name.
func (p ThresholdPoint) point() Marked { return Marked{Name: p.Name} }

// choose draws an upright line at each chosen threshold, under the curves, and returns
// its name, at the top of it, the rates there, and the dots that belong over the curves.
func (f ThresholdCurves) choose(s *scene.Scene, p *placer) (texts []scene.Text, over scene.Line) {
	var marked []Marked
	curves := len(p.lines)
	for _, c := range f.Chosen {
		upright := []scene.Point{{X: c.Threshold, Y: s.Y.Max}, {X: c.Threshold, Y: s.Y.Min}}
		s.Marks = append(s.Marks, scene.Line{Role: scene.Neutral, Thin: true, Segments: [][]scene.Point{upright}})
		p.lines = append(p.lines, upright)
		for k, v := range c.rates() {
			if given := [3][]float64{f.Recall, f.Precision, f.FPR}; given[k] != nil && !math.IsNaN(v) {
				marked = append(marked, Marked{X: c.Threshold, Y: v})
				p.dot(scene.Point{X: c.Threshold, Y: v})
			}
		}
	}
	for k, c := range f.Chosen {
		if c.Name == "" {
			continue
		}
		name, ok := p.label(c.point().nameOf(), curves+k, c.Threshold)
		if !ok { // over lines rather than not at all, and best not over other names
			bare := *p
			bare.lines = p.lines[curves+k : curves+k+1]
			name, ok = bare.label(c.point().nameOf(), 0, c.Threshold)
			p.taken = bare.taken
		}
		if !ok {
			name = scene.Text{Point: scene.Point{X: c.Threshold, Y: s.Y.Max - 0.04}, Side: scene.Right, String: c.point().nameOf(), Backed: true}
		}
		texts = append(texts, name)
	}
	for _, m := range marked {
		if text, ok := p.beside(scene.Point{X: m.X, Y: m.Y}, percent(m.Y), -1, dotRadius); ok {
			texts = append(texts, text)
		}
	}
	return texts, dots(marked)
}

// names places the name of each rate beside its curve, where it is apart from the others
// as a rule, or reports that there is no room.
func (p *placer) names(names []string, x scene.Axis) (texts []scene.Text, ok bool) {
	prefer := map[string]float64{rateNames[0]: 0.25, rateNames[1]: 0.45, rateNames[2]: 0.15}
	for k, name := range names {
		text, ok := p.label(name, k, x.Min+prefer[name]*(x.Max-x.Min))
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}
