package plots

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// HeatMap shows a matrix of correlations, each pair of columns once, below the
// diagonal: red above 0, blue below, white at 0. The zero value has no data, which is an
// error of PNG.
type HeatMap struct {
	Title string

	// Values[i][j] is the correlation of Names[i] and Names[j], from -1 to 1, and equal to
	// Values[j][i]; there are at most 60 names. A column that has no correlation with any
	// other (all are NaN, as of a constant column) is left out and said; another NaN is a
	// grey cell with a dash.
	Names  []string
	Values [][]float64

	// Scale is the correlation, above 0 and up to 1, at which the colours end, for one
	// scale in several figures. 0 takes the least of 0.1, 0.2, 0.5 and 1 that holds all.
	Scale float64

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
	case !(h.Scale >= 0 && h.Scale <= 1):
		return fail("the scale ends at %g; correlations lie in [-1, 1]", h.Scale)
	}
	for i, row := range h.Values {
		if len(row) != n {
			return fail("%d names, but %d values in row %q", n, len(row), h.Names[i])
		}
		for j, v := range row {
			if math.Abs(v) > 1+1e-9 {
				return fail("%g at %q and %q is no correlation", v, h.Names[i], h.Names[j])
			}
			if back := h.Values[j]; j < i && (math.IsNaN(v) != math.IsNaN(back[i]) || math.Abs(v-back[i]) > 1e-6) {
				return fail("%g at %q and %q, but %g the other way round", v, h.Names[i], h.Names[j], back[i])
			}
		}
	}
	m := h.pairs()
	if len(m.columns) < 2 {
		return fail("no two columns have a correlation")
	}
	scale := h.Scale
	for _, end := range []float64{1, 0.5, 0.2, 0.1} {
		if h.Scale == 0 && math.Abs(m.strongest) <= end {
			scale = end
		}
	}
	last := len(m.columns) - 1
	cells := scene.Cells{Columns: last, Lower: true, Numbers: !h.NoNumbers && last < maxNumbered}
	x := scene.Axis{Min: -0.5, Max: float64(last) - 0.5, Names: true}
	y := scene.Axis{Min: x.Min, Max: x.Max, Names: true, Flip: true}
	longest, beyond := 0, 0
	for i, row := range m.columns[1:] {
		name := visible.Text(h.Names[row])
		longest = max(longest, utf8.RuneCountInString(name))
		x.Ticks = append(x.Ticks, scene.Tick{At: float64(i), Label: visible.Text(h.Names[m.columns[i]])})
		y.Ticks = append(y.Ticks, scene.Tick{At: float64(i), Label: name})
		for j, column := range m.columns[:last] {
			v := h.Values[row][column]
			if j <= i && math.Abs(v) > scale+1e-9 {
				beyond++
			}
			cells.Values = append(cells.Values, v)
		}
	}
	var notes []string
	if scale < 1 {
		notes = append(notes, fmt.Sprintf("colours end at −%g and %g", scale, scale))
	}
	if beyond > 0 {
		notes[0] += ", with " + plural(beyond, "pair") + " beyond"
	}
	notes = append(notes, m.notes...)
	s := scene.Scene{Title: clean(h.Title), Caption: caption(h.Caption, notes), Fonts: h.Fonts, ColorBar: scale, Square: true,
		X: x, Y: y, Marks: []scene.Mark{cells}}
	side := 40 // display pixels of a cell
	if !cells.Numbers {
		side = 18
	}
	beside := 130
	if last >= scene.RoomForBar {
		beside = 50
	}
	room := min(longest, 30) * 6
	var err error
	s.Width, s.Height, err = size("heat map", h.Width, h.Height, max(360, last*side+room+beside), max(280, last*side+room*3/4+90+15*min(3, len(s.Caption)/(last*side/6))))
	return s, h.summary(m), err
}

// correlated are the columns of a matrix that have a correlation with another one.
type correlated struct {
	columns   []int
	strongest float64
	a, b      int // the columns of the strongest
	pairs     int // with a correlation
	weak      int // of them, below 0.1 in size
	missing   int // pairs without one
	notes     []string
}

// pairs finds them.
func (h HeatMap) pairs() correlated {
	var m correlated
	var left []string
	for i, row := range h.Values {
		alone := true
		for j, v := range row {
			alone = alone && (i == j || math.IsNaN(v))
		}
		if alone {
			left = append(left, visible.Text(h.Names[i]))
			continue
		}
		m.columns = append(m.columns, i)
	}
	for k, i := range m.columns {
		for _, j := range m.columns[:k] {
			v := h.Values[i][j]
			if math.IsNaN(v) {
				m.missing++
				continue
			}
			if m.pairs == 0 || math.Abs(v) > math.Abs(m.strongest) {
				m.strongest, m.a, m.b = v, j, i
			}
			if m.pairs++; math.Abs(v) < 0.1 {
				m.weak++
			}
		}
	}
	if len(left) > 0 {
		names := strings.Join(left[:min(len(left), 5)], ", ")
		if len(left) > 5 {
			names += fmt.Sprintf(" and %d more", len(left)-5)
		}
		m.notes = append(m.notes, plural(len(left), "column")+" without correlations (constant or empty) left out: "+names)
	}
	if m.missing > 0 {
		m.notes = append(m.notes, plural(m.missing, "pair")+" without a correlation, grey")
	}
	return m
}

// summary names the strongest correlation of two different columns, and says how many
// are weak.
func (h HeatMap) summary(m correlated) string {
	out := fmt.Sprintf("%s: correlations of %s; strongest %s and %s (%.2f); %s of %s below 0.1 in size", heading("Heat map", h.Title),
		plural(len(m.columns), "column"), visible.Text(h.Names[m.a]), visible.Text(h.Names[m.b]), m.strongest, count(float64(m.weak)), plural(m.pairs, "pair"))
	for _, note := range m.notes {
		out += "; " + note
	}
	return out + "."
}
