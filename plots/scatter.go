package plots

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Scatter shows rows as points, attacks on top of normal rows and of another
// shape. The zero value has no data, which is an error of PNG.
type Scatter struct {
	Title, XLabel, YLabel string

	// X[i], Y[i] and Class[i] are row i. Class is 0 for normal and 1 for attack;
	// nil means one class. A row with a value that is not finite, or not positive
	// on a log axis, or without a class, is left out and said.
	X, Y  []float64
	Class []float64

	// Total is the number of rows from which these are a sample; the caption
	// says both. 0 means that these are all rows.
	Total int

	XTime      bool // X is in seconds since 1970, shown as dates (UTC)
	LogX, LogY bool // logarithmic axes

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 400

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// PNG draws the figure.
func (f Scatter) PNG() ([]byte, error) { return draw(f.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (f Scatter) AltText() string { return altText(f.Alt, f.lower) }

// String returns the finding and the number and ranges of the rows in one line.
func (f Scatter) String() string { return text(f.Alt, f.lower) }

func (f Scatter) lower() (scene.Scene, string, error) {
	classes, notes, err := f.classes()
	if err != nil {
		return scene.Scene{}, "", err
	}
	n := len(classes[0]) + len(classes[1])
	rows := "n = " + plural(n, "row")
	if f.Total > len(f.X) {
		rows = fmt.Sprintf("%s of %s rows, sampled", count(float64(n)), count(float64(f.Total)))
	}
	notes = append([]string{rows}, notes...)
	s := scene.Scene{Title: clean(f.Title), Caption: caption(f.Caption, notes), Fonts: f.Fonts}
	if s.Width, s.Height, err = size("scatter", f.Width, f.Height, defaultWidth, defaultHeight); err != nil {
		return s, "", err
	}
	all := append(append([]scene.Point(nil), classes[0]...), classes[1]...)
	axes := xyAxes{xLabel: f.XLabel, yLabel: f.YLabel, logX: f.LogX, logY: f.LogY, timeX: f.XTime}
	x, y, err := axes.lower(&s, all)
	if err != nil {
		return s, "", fmt.Errorf("plots: scatter: %w", err)
	}
	names := [2]string{"normal", "attack"}
	for class, points := range classes {
		if f.Class == nil && class == 1 {
			break
		}
		role := roles(names[class:])[0]
		if f.Class == nil {
			role = scene.Series(0)
		}
		if len(points) > 0 {
			s.Marks = append(s.Marks, scene.Points{Role: role, Points: points})
		}
		if f.Class != nil {
			name := fmt.Sprintf("%s (n = %s)", names[class], count(float64(len(points))))
			s.Legend = append(s.Legend, scene.Entry{Name: name, Role: role, Key: scene.KeyPoint})
		}
	}
	return s, f.summary(classes, x, y), nil
}

// classes sorts the rows that can be drawn by class and notes the others.
func (f Scatter) classes() (classes [2][]scene.Point, notes []string, err error) {
	switch {
	case len(f.X) == 0 && len(f.Y) == 0:
		return classes, nil, fmt.Errorf("plots: scatter: no rows")
	case len(f.X) != len(f.Y):
		return classes, nil, fmt.Errorf("plots: scatter: %d values of X, but %d of Y", len(f.X), len(f.Y))
	case f.Class != nil && len(f.Class) != len(f.X):
		return classes, nil, fmt.Errorf("plots: scatter: %d rows, but %d classes", len(f.X), len(f.Class))
	case f.Total < 0 || f.Total > 0 && f.Total < len(f.X):
		return classes, nil, fmt.Errorf("plots: scatter: a sample of %d rows cannot come from %d", len(f.X), f.Total)
	}
	lost, low := 0, 0
	for i, x := range f.X {
		y, class := f.Y[i], 0
		if f.Class != nil {
			switch c := f.Class[i]; {
			case c == 1:
				class = 1
			case math.IsNaN(c):
				lost++
				continue
			case c != 0:
				return classes, nil, fmt.Errorf("plots: scatter: row %d has class %g; classes are 0 and 1", i, c)
			}
		}
		switch {
		case !finite(x) || !finite(y):
			lost++
		case f.LogX && x <= 0 || f.LogY && y <= 0:
			low++
		default:
			classes[class] = append(classes[class], scene.Point{X: x, Y: y})
		}
	}
	if len(classes[0])+len(classes[1]) == 0 {
		return classes, nil, fmt.Errorf("plots: scatter: none of %s can be drawn: %d with a missing value, %d not positive on a log axis",
			plural(len(f.X), "row"), lost, low)
	}
	if lost > 0 {
		notes = append(notes, plural(lost, "row")+" with a missing value, left out")
	}
	if low > 0 {
		notes = append(notes, plural(low, "row")+" not positive on a log axis, left out")
	}
	return classes, notes, nil
}

// summary says how many rows there are of which class, their ranges, and the middle
// of each class.
func (f Scatter) summary(classes [2][]scene.Point, x, y span) string {
	out := heading("Scatter plot", f.Title)
	out += fmt.Sprintf(": n = %s", count(float64(len(classes[0])+len(classes[1]))))
	if f.Total > len(f.X) {
		out += " sampled from " + count(float64(f.Total))
	}
	if f.Class != nil {
		out += fmt.Sprintf(" (%s attack)", count(float64(len(classes[1]))))
	}
	xs, ys := clean(f.XLabel), clean(f.YLabel)
	if xs == "" {
		xs = "x"
	}
	if ys == "" {
		ys = "y"
	}
	write := count
	if f.XTime {
		write = date
	}
	out += fmt.Sprintf("; %s from %s to %s; %s from %s to %s", xs, write(x.lo), write(x.hi), ys, count(y.lo), count(y.hi))
	for class, points := range classes {
		if len(points) == 0 {
			continue
		}
		of := ""
		if f.Class != nil {
			of = " of " + [2]string{"normal", "attack"}[class]
		}
		out += fmt.Sprintf("; medians%s %s and %s", of, write(median(points, func(p scene.Point) float64 { return p.X })),
			count(median(points, func(p scene.Point) float64 { return p.Y })))
	}
	return out + "."
}

// median is the middle one of the numbers of points, the lower of two.
func median(points []scene.Point, of func(scene.Point) float64) float64 {
	values := make([]float64, len(points))
	for i, p := range points {
		values[i] = of(p)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
