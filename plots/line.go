package plots

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Line joins points in the order given, one line for each series. The zero value
// has no data, which is an error of PNG.
type Line struct {
	Title, XLabel, YLabel string

	Lines []XY

	XTime      bool // X is in seconds since 1970, shown as dates (UTC)
	LogX, LogY bool // logarithmic axes

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 400

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// An XY is a named line through the points (X[i], Y[i]). It is broken at a point
// that is not finite, or not positive on a log axis, and the caption says so.
type XY struct {
	Name string
	X, Y []float64

	// Low[i] and High[i], if there are any, bound Y[i], such as a confidence interval: a
	// pale band between them. They must not cross Y. Where one of them has no place the
	// band is broken; the line is not.
	Low, High []float64
}

// PNG draws the figure.
func (l Line) PNG() ([]byte, error) { return draw(l.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (l Line) AltText() string { return altText(l.Alt, l.lower) }

// String returns the finding and the ranges of the lines in one line.
func (l Line) String() string { return text(l.Alt, l.lower) }

// fewPoints is up to how many points a line shows each of them.
const fewPoints = 30

func (l Line) lower() (scene.Scene, string, error) {
	if len(l.Lines) == 0 {
		return scene.Scene{}, "", fmt.Errorf("plots: line: no lines")
	}
	var names []string
	var marks []scene.Line
	var bands []scene.Area
	var all, ranges []scene.Point // of the lines, of the bands
	broken, unbounded := 0, 0
	for _, xy := range l.Lines {
		if len(xy.X) != len(xy.Y) {
			return scene.Scene{}, "", fmt.Errorf("plots: line: %q has %d values of X, but %d of Y", xy.Name, len(xy.X), len(xy.Y))
		}
		names = append(names, xy.Name)
		segments, lost := l.segments(xy)
		broken += lost
		for _, segment := range segments {
			all = append(all, segment...)
		}
		band, open, err := l.band(xy)
		if err != nil {
			return scene.Scene{}, "", fmt.Errorf("plots: line: %q %w", xy.Name, err)
		}
		unbounded += open
		for _, polygon := range band.Polygons {
			ranges = append(ranges, polygon...)
		}
		bands = append(bands, band)
		marks = append(marks, scene.Line{Segments: segments, Markers: len(xy.X) <= fewPoints})
	}
	if len(all) == 0 {
		return scene.Scene{}, "", fmt.Errorf("plots: line: no point can be drawn")
	}
	var notes []string
	if broken > 0 {
		notes = append(notes, plural(broken, "point")+" missing or without a place on the axes: lines are broken there")
	}
	if unbounded > 0 {
		notes = append(notes, plural(unbounded, "point")+" without an interval: bands are broken there")
	}
	s := scene.Scene{Title: clean(l.Title), Caption: caption(l.Caption, notes), Fonts: l.Fonts}
	var err error
	if s.Width, s.Height, err = size("line", l.Width, l.Height, defaultWidth, defaultHeight); err != nil {
		return s, "", err
	}
	axes := xyAxes{xLabel: l.XLabel, yLabel: l.YLabel, logX: l.LogX, logY: l.LogY, timeX: l.XTime}
	if _, _, err = axes.lower(&s, append(ranges, all...)); err != nil {
		return s, "", fmt.Errorf("plots: line: %w", err)
	}
	look := roles(names)
	for k, band := range bands { // under all lines
		if band.Polygons != nil {
			band.Role = look[k]
			s.Marks = append(s.Marks, band)
		}
	}
	for k, mark := range marks {
		mark.Role = look[k]
		if !l.LogX && !l.LogY {
			for i, segment := range mark.Segments {
				mark.Segments[i] = thin(segment, s.X.Max-s.X.Min, s.Y.Max-s.Y.Min)
			}
		}
		s.Marks = append(s.Marks, mark)
		if len(marks) > 1 {
			key := scene.KeyLine
			if mark.Markers {
				key = scene.KeyLinePoint
			}
			s.Legend = append(s.Legend, scene.Entry{Name: visible.Text(names[k]), Role: look[k], Key: key})
		}
	}
	return s, l.summary(all), nil
}

// segments breaks a line at points that cannot be placed, and counts those.
func (l Line) segments(xy XY) (segments [][]scene.Point, lost int) {
	var segment []scene.Point
	end := func() {
		if segment != nil {
			segments = append(segments, segment)
			segment = nil
		}
	}
	for i, x := range xy.X {
		y := xy.Y[i]
		if !finite(x) || !finite(y) || l.LogX && x <= 0 || l.LogY && y <= 0 {
			lost++
			end()
			continue
		}
		segment = append(segment, scene.Point{X: x, Y: y})
	}
	end()
	return segments, lost
}

// band is what lies between the bounds of a line, and how many of its points have none.
func (l Line) band(xy XY) (band scene.Area, open int, err error) {
	if xy.Low == nil && xy.High == nil {
		return band, 0, nil
	}
	if len(xy.Low) != len(xy.X) || len(xy.High) != len(xy.X) {
		return band, 0, fmt.Errorf("has %d points, but %d values of Low and %d of High", len(xy.X), len(xy.Low), len(xy.High))
	}
	band.Pale = true
	var under, over []scene.Point
	end := func() {
		if len(under) > 1 { // round the band, back along its lower side
			slices.Reverse(under)
			band.Polygons = append(band.Polygons, append(over, under...))
		}
		under, over = nil, nil
	}
	for i, x := range xy.X {
		y, low, high := xy.Y[i], xy.Low[i], xy.High[i]
		if low > y || high < y || low > high {
			return band, 0, fmt.Errorf("is %g at %g, outside its interval from %g to %g", y, x, low, high)
		}
		if !finite(x) || !finite(low) || !finite(high) || l.LogX && x <= 0 || l.LogY && low <= 0 {
			open++
			end()
			continue
		}
		under = append(under, scene.Point{X: x, Y: low})
		over = append(over, scene.Point{X: x, Y: high})
	}
	end()
	return band, open, nil
}

// summary says how many points there are, and where, and the course of each line.
func (l Line) summary(points []scene.Point) string {
	x, y := span{math.Inf(1), math.Inf(-1)}, span{math.Inf(1), math.Inf(-1)}
	for _, p := range points {
		x, y = span{min(x.lo, p.X), max(x.hi, p.X)}, span{min(y.lo, p.Y), max(y.hi, p.Y)}
	}
	write := count
	if l.XTime {
		write = func(v float64) string { return date(math.Round(v)) }
	}
	out := fmt.Sprintf("%s: %s, %s; x from %s to %s, y from %s to %s", heading("Line chart", l.Title),
		plural(len(l.Lines), "line"), plural(len(points), "point"), write(x.lo), write(x.hi), count(y.lo), count(y.hi))
	for _, xy := range l.Lines[:min(len(l.Lines), toldLines)] {
		out += l.course(xy)
	}
	return out + "."
}

// toldLines is up to how many lines the summary says the course of.
const toldLines = 7

// course says where a line begins, where it is highest, and where it ends.
func (l Line) course(xy XY) string {
	first, last, top := -1, -1, -1
	for i, x := range xy.X {
		y := xy.Y[i]
		if !finite(x) || !finite(y) || l.LogX && x <= 0 || l.LogY && y <= 0 {
			continue
		}
		if last = i; first < 0 {
			first = i
		}
		if top < 0 || y > xy.Y[top] {
			top = i
		}
	}
	if first < 0 {
		return ""
	}
	x := count
	if l.XTime {
		x = func(v float64) string { return date(math.Round(v)) }
	}
	out := "; "
	if xy.Name != "" || len(l.Lines) > 1 {
		out += visible.Text(xy.Name) + " "
	}
	out += fmt.Sprintf("from %s to %s", count(xy.Y[first]), count(xy.Y[last]))
	if last < len(xy.Low) && finite(xy.Low[last]) && finite(xy.High[last]) {
		out += fmt.Sprintf(" (%s to %s)", count(xy.Low[last]), count(xy.High[last]))
	}
	if top != first && top != last {
		out += fmt.Sprintf(", highest %s at %s", count(xy.Y[top]), x(xy.X[top]))
	}
	return out
}
