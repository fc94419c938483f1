package plots

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// ConfusionMatrix shows how many rows of each class are predicted as which: counts,
// and shares of the rows of the class. The zero value has no data, which is an error
// of PNG.
type ConfusionMatrix struct {
	Title string

	// Counts[i][j] is the number of rows of class Names[i] that are predicted as
	// Names[j]. There are from 2 to 12 names; nil is "normal" and "attack".
	Names  []string
	Counts [][]float64

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 grows with the number of names

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// PNG draws the figure.
func (f ConfusionMatrix) PNG() ([]byte, error) { return draw(f.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (f ConfusionMatrix) AltText() string { return altText(f.Alt, f.lower) }

// String returns the finding and the share of each class that is recognized.
func (f ConfusionMatrix) String() string { return text(f.Alt, f.lower) }

func (f ConfusionMatrix) lower() (scene.Scene, string, error) {
	names := f.Names
	if names == nil {
		names = []string{"normal", "attack"}
	}
	n := len(names)
	fail := func(format string, args ...any) (scene.Scene, string, error) {
		return scene.Scene{}, "", fmt.Errorf("plots: confusion matrix: "+format, args...)
	}
	if n < 2 || n > 12 {
		return fail("%d names; from 2 to 12 can be read", n)
	}
	if len(f.Counts) != n {
		return fail("%d names, but %d rows of counts", n, len(f.Counts))
	}
	cells := scene.Cells{Columns: n, Shares: true}
	x := scene.Axis{Label: "predicted", Min: -0.5, Max: float64(n) - 0.5, Names: true}
	y := scene.Axis{Label: "actual", Min: x.Min, Max: x.Max, Names: true, Flip: true}
	total, parts := 0.0, ""
	for i, row := range f.Counts {
		name := visible.Text(names[i])
		if len(row) != n {
			return fail("%d names, but %d counts in row %q", n, len(row), names[i])
		}
		rows := 0.0
		for j, v := range row {
			if !finite(v) || v < 0 {
				return fail("%g rows of %q are predicted as %q", v, names[i], names[j])
			}
			rows += v
		}
		total += rows
		for _, v := range row {
			share, lines := math.NaN(), []string{count(v), "no rows"}
			if rows > 0 {
				share = v / rows
				lines[1] = percent(share) + " of row"
			}
			cells.Values, cells.Texts = append(cells.Values, share), append(cells.Texts, lines)
		}
		if rows > 0 {
			parts += fmt.Sprintf("; of %s %s rows %s (%s) are predicted %s", count(rows), name, count(row[i]), percent(row[i]/rows), name)
		} else {
			parts += "; no " + name + " rows"
		}
		x.Ticks = append(x.Ticks, scene.Tick{At: float64(i), Label: name})
		y.Ticks = append(y.Ticks, scene.Tick{At: float64(i), Label: name + " (n = " + count(rows) + ")"})
	}
	if total == 0 || math.IsInf(total, 0) {
		return fail("%g rows can be drawn", total)
	}
	s := scene.Scene{Title: clean(f.Title), Caption: caption(f.Caption, []string{"n = " + count(total) + " rows"}),
		Fonts: f.Fonts, X: x, Y: y, Square: true, Marks: []scene.Mark{cells}}
	var err error
	s.Width, s.Height, err = size("confusion matrix", f.Width, f.Height, 180+max(240, 90*n), 120+max(240, 90*n))
	return s, fmt.Sprintf("%s: n = %s%s.", heading("Confusion matrix", f.Title), count(total), parts), err
}
