package plots

import (
	"fmt"
	"math"

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
	var all []scene.Point
	broken := 0
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
		marks = append(marks, scene.Line{Segments: segments, Markers: len(xy.X) <= fewPoints})
	}
	if len(all) == 0 {
		return scene.Scene{}, "", fmt.Errorf("plots: line: no point can be drawn")
	}
	var notes []string
	if broken > 0 {
		notes = append(notes, plural(broken, "point")+" missing or without a place on the axes: lines are broken there")
	}
	s := scene.Scene{Title: clean(l.Title), Caption: caption(l.Caption, notes), Fonts: l.Fonts}
	var err error
	if s.Width, s.Height, err = size("line", l.Width, l.Height, defaultWidth, defaultHeight); err != nil {
		return s, "", err
	}
	axes := xyAxes{xLabel: l.XLabel, yLabel: l.YLabel, logX: l.LogX, logY: l.LogY, timeX: l.XTime}
	x, y, err := axes.lower(&s, all)
	if err != nil {
		return s, "", fmt.Errorf("plots: line: %w", err)
	}
	look := roles(names)
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
	return s, l.summary(len(all), x, y), nil
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

// summary says how many points there are, and where.
func (l Line) summary(points int, x, y span) string {
	write := count
	if l.XTime {
		write = func(v float64) string { return date(math.Round(v)) }
	}
	return fmt.Sprintf("%s: %s, %s; x from %s to %s, y from %s to %s.", heading("Line chart", l.Title),
		plural(len(l.Lines), "line"), plural(points, "point"), write(x.lo), write(x.hi), count(y.lo), count(y.hi))
}
