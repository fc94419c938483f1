package plots

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// HeatMap shows a matrix of correlations: red above 0, blue below, white at 0.
// The zero value has no data, which is an error of PNG.
type HeatMap struct {
	Title string

	// Values[i][j] is the correlation of Names[i] and Names[j], from -1 to 1; there
	// are at most 60 names. NaN
	// (a constant column has no correlation) is a grey cell with a dash.
	Names  []string
	Values [][]float64

	NoNumbers bool // no value in its cell; a large matrix has none anyway

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 grows with the number of names

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// Limits of a matrix: more names than these are not drawn, or not numbered.
const (
	maxNames    = 60
	maxNumbered = 22
)

// PNG draws the figure.
func (h HeatMap) PNG() ([]byte, error) { return draw(h.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (h HeatMap) AltText() string { return altText(h.Alt, h.lower) }

// String returns the finding and the strongest correlation in one line.
func (h HeatMap) String() string { return text(h.Alt, h.lower) }

func (h HeatMap) lower() (scene.Scene, string, error) {
	n := len(h.Names)
	fail := func(format string, args ...any) (scene.Scene, string, error) {
		return scene.Scene{}, "", fmt.Errorf("plots: heat map: "+format, args...)
	}
	switch {
	case n == 0:
		return fail("no names")
	case n > maxNames:
		return fail("%d names are more than the %d that can be read", n, maxNames)
	case len(h.Values) != n:
		return fail("%d names, but %d rows of values", n, len(h.Values))
	}
	cells := scene.Cells{Columns: n, Numbers: !h.NoNumbers && n <= maxNumbered}
	missing := 0
	for i, row := range h.Values {
		if len(row) != n {
			return fail("%d names, but %d values in row %q", n, len(row), h.Names[i])
		}
		for j, v := range row {
			if math.IsNaN(v) {
				missing++
			} else if math.Abs(v) > 1+1e-9 {
				return fail("%g at %q and %q is no correlation", v, h.Names[i], h.Names[j])
			}
			cells.Values = append(cells.Values, max(-1, min(1, v)))
		}
	}
	longest := 0
	axis := scene.Axis{Min: -0.5, Max: float64(n) - 0.5, Names: true}
	for i, name := range h.Names {
		name = visible.Text(name)
		longest = max(longest, len([]rune(name)))
		axis.Ticks = append(axis.Ticks, scene.Tick{At: float64(i), Label: name})
	}
	var notes []string
	if missing > 0 {
		notes = append(notes, plural(missing, "cell")+" without a correlation, grey")
	}
	s := scene.Scene{Title: clean(h.Title), Caption: caption(h.Caption, notes), Fonts: h.Fonts, ColorBar: true, Square: true}
	side := 40 // display pixels of a cell
	if !cells.Numbers {
		side = 18
	}
	names := min(longest, 30) * 6
	var err error
	s.Width, s.Height, err = size("heat map", h.Width, h.Height, max(360, n*side+names+130), max(280, n*side+names*3/4+90))
	if err != nil {
		return s, "", err
	}
	s.X, s.Y = axis, axis
	s.Y.Flip = true
	s.Marks = []scene.Mark{cells}
	return s, h.summary(missing), nil
}

// summary names the strongest correlation of two different columns.
func (h HeatMap) summary(missing int) string {
	best, row, column := -1.0, 0, 0
	for i := range h.Values {
		for j := range i {
			if v := math.Abs(h.Values[i][j]); v > best {
				best, row, column = v, j, i
			}
		}
	}
	out := fmt.Sprintf("%s: correlations of %s", heading("Heat map", h.Title), plural(len(h.Names), "column"))
	if best >= 0 {
		out += fmt.Sprintf("; strongest %s and %s (%.2f)", visible.Text(h.Names[row]), visible.Text(h.Names[column]), h.Values[column][row])
	}
	if missing > 0 {
		out += "; " + plural(missing, "cell") + " without a value"
	}
	return out + "."
}
