package plots

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Histogram shows how values are distributed, one outline for each series, so
// that classes can be compared. Give either Samples, raw values that are counted
// here, or Counts with Edges. The zero value has no data, which is an error of PNG.
type Histogram struct {
	Title  string
	XLabel string // of the values
	YLabel string // "" is "rows", or "share of rows"

	// Samples are raw values; NaN and infinities are left out and said.
	Samples []Series

	// Counts[k].Values[i] counts the rows of series k with Edges[i] <= v < Edges[i+1];
	// the last bin holds its upper edge too. There is one count fewer than edges.
	Counts []Series
	Zeros  []float64 // with Counts and LogX: per series, the values <= 0; nil is none

	// Edges are ascending. With Samples, nil divides their range into Bins equal
	// parts (equal ratios with LogX); values outside the edges are left out and said.
	Edges []float64
	Bins  int // 0 is 40, or one for each whole number in a short range

	XTime  bool // values are seconds since 1970, shown as dates (UTC); not with LogX
	LogX   bool // values <= 0 are shown in a bin of their own, left of the axis
	LogY   bool // logarithmic counts
	Shares bool // each series in shares of its own rows, to compare classes of different size

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 400

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// PNG draws the figure.
func (h Histogram) PNG() ([]byte, error) { return draw(h.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (h Histogram) AltText() string { return altText(h.Alt, h.lower) }

// String returns the finding and the number and range of values in one line.
func (h Histogram) String() string { return text(h.Alt, h.lower) }

func (h Histogram) lower() (scene.Scene, string, error) {
	b, err := h.count()
	if err != nil {
		return scene.Scene{}, "", err
	}
	s := scene.Scene{Title: clean(h.Title), Caption: caption(h.Caption, b.notes), Fonts: h.Fonts}
	if s.Width, s.Height, err = size("histogram", h.Width, h.Height, defaultWidth, defaultHeight); err != nil {
		return scene.Scene{}, "", err
	}
	heights, zeros, base, err := h.heights(b, &s)
	if err != nil {
		return scene.Scene{}, "", err
	}
	zeroBin, err := h.xAxis(b, &s)
	if err != nil {
		return scene.Scene{}, "", err
	}

	series := h.Samples
	if h.Counts != nil {
		series = h.Counts
	}
	names := make([]string, len(series))
	for k := range series {
		names[k] = series[k].Name
	}
	look := roles(names)
	for k := range heights {
		fill := scene.Boxes{Role: look[k], Pale: true}
		outline := scene.Line{Role: look[k], Thin: true}
		if zeros[k] > 0 {
			box := scene.Box{X0: zeroBin.lo, X1: zeroBin.hi, Y0: base, Y1: zeros[k]}
			fill.Boxes = append(fill.Boxes, box)
			outline.Segments = append(outline.Segments, []scene.Point{
				{X: box.X0, Y: base}, {X: box.X0, Y: box.Y1}, {X: box.X1, Y: box.Y1}, {X: box.X1, Y: base}})
		}
		var steps []scene.Point
		for i, v := range heights[k] {
			if v <= 0 {
				if steps != nil { // close the outline at an empty bin
					outline.Segments = append(outline.Segments, append(steps, scene.Point{X: b.edges[i], Y: base}))
					steps = nil
				}
				continue
			}
			if steps == nil {
				steps = []scene.Point{{X: b.edges[i], Y: base}}
			}
			steps = append(steps, scene.Point{X: b.edges[i], Y: v}, scene.Point{X: b.edges[i+1], Y: v})
			fill.Boxes = append(fill.Boxes, scene.Box{X0: b.edges[i], X1: b.edges[i+1], Y0: base, Y1: v})
		}
		if steps != nil {
			outline.Segments = append(outline.Segments, append(steps, scene.Point{X: b.edges[len(b.edges)-1], Y: base}))
		}
		s.Marks = append(s.Marks, fill, outline)
		if len(heights) > 1 {
			name := fmt.Sprintf("%s (n = %s)", visible.Text(names[k]), count(b.rows[k]))
			s.Legend = append(s.Legend, scene.Entry{Name: name, Role: look[k], Key: scene.KeyPaleBox})
		}
	}
	return s, h.summary(b, names), nil
}

// count checks the input and returns its bins.
func (h Histogram) count() (binned, error) {
	fail := func(format string, args ...any) (binned, error) {
		return binned{}, fmt.Errorf("plots: histogram: "+format, args...)
	}
	switch {
	case h.Samples != nil && h.Counts != nil:
		return fail("both Samples and Counts are given")
	case h.XTime && h.LogX:
		return fail("times have no logarithmic axis")
	case len(h.Samples) == 0 && len(h.Counts) == 0:
		return fail("no values")
	case h.Counts != nil && h.Edges == nil:
		return fail("Counts without Edges")
	case h.Edges != nil && len(h.Edges) < 2:
		return fail("%d edges make no bin", len(h.Edges))
	}
	for i, e := range h.Edges {
		if !finite(e) || math.Abs(e) > 1e300 || i > 0 && e <= h.Edges[i-1] {
			return fail("edge %d is %g; edges must be finite and ascending", i, e)
		}
	}
	if h.LogX && h.Edges != nil && h.Edges[0] <= 0 {
		return fail("the first edge is %g; a log axis starts above 0", h.Edges[0])
	}
	fill := h.given
	if h.Samples != nil {
		fill = h.bin
	}
	result, err := fill()
	if err != nil {
		return result, err
	}
	total := 0.0
	for _, rows := range result.rows {
		total += rows
	}
	if total == 0 {
		return fail("no value can be drawn")
	}
	result.notes = append([]string{"n = " + count(total)}, result.notes...)
	return result, nil
}

// heights turns counts to what is drawn and sets the vertical axis. base is
// where bars start.
func (h Histogram) heights(b binned, s *scene.Scene) (heights [][]float64, zeros []float64, base float64, err error) {
	lo, hi := math.Inf(1), 0.0
	see := func(v, rows float64) float64 {
		if h.Shares && rows > 0 {
			v /= rows
		}
		if v > 0 {
			lo, hi = min(lo, v), max(hi, v)
		}
		return v
	}
	for k, counts := range b.counts {
		drawn := make([]float64, len(counts))
		for i, v := range counts {
			drawn[i] = see(v, b.rows[k])
		}
		heights = append(heights, drawn)
		zeros = append(zeros, 0)
		if h.LogX {
			zeros[k] = see(b.zeros[k], b.rows[k])
		}
	}
	if hi == 0 {
		return nil, nil, 0, fmt.Errorf("plots: histogram: no value can be drawn")
	}
	label := h.YLabel
	switch {
	case label != "":
	case h.Shares:
		label = "share of rows"
	default:
		label = "rows"
	}
	if h.LogY {
		base = logBase(lo)
		wide, err := span{base, hi}.widenLog(0, 0.06)
		if err != nil {
			return nil, nil, 0, err
		}
		s.Y = logAxis(label, wide, h.Shares)
		return heights, zeros, base, nil
	}
	room, err := span{0, hi}.widen(0)
	if err != nil {
		return nil, nil, 0, err
	}
	s.Y = linearAxis(label, span{0, room.hi * 1.05}, 6, h.Shares)
	return heights, zeros, 0, nil
}

// xAxis sets the horizontal axis, and returns where the bin of zeros stands.
func (h Histogram) xAxis(b binned, s *scene.Scene) (zeroBin span, err error) {
	first, last := b.edges[0], b.edges[len(b.edges)-1]
	if !h.LogX {
		margin := 0.01 * (last - first)
		around := span{first - margin, last + margin}
		s.X = linearAxis(h.XLabel, around, 8, false)
		if h.XTime {
			s.X, err = timeAxis(h.XLabel, around, timeTicks)
		}
		s.X.Grid = false
		return zeroBin, err
	}
	decades := math.Log10(last / first)
	unit := max(0.15, decades*0.045)
	left := func(units float64) float64 { return first * math.Pow(10, -units*unit) }
	start := left(0.3)
	for _, n := range b.zeros {
		if n > 0 {
			start = left(2.4)
		}
	}
	s.X = logAxis(h.XLabel, span{first, last}, false)
	s.X.Grid = false
	s.X.Min, s.X.Max = start, last*math.Pow(10, 0.3*unit)
	if start == left(2.4) {
		zeroBin = span{left(2), left(1)}
		label := "0"
		if b.signed {
			label = "≤ 0"
		}
		s.X.Ticks = append([]scene.Tick{{At: left(1.5), Label: label}}, s.X.Ticks...)
	}
	return zeroBin, nil
}

// summary says how many values there are, and where: range, middle and fullest bin.
func (h Histogram) summary(b binned, names []string) string {
	out := heading("Histogram", h.Title)
	if label := clean(h.XLabel); label != "" {
		out += " of " + label
	}
	total, zeros := 0.0, 0.0
	for k := range b.rows {
		total += b.rows[k]
		if h.LogX {
			zeros += b.zeros[k]
		}
	}
	write := count
	if h.XTime {
		write = date
	}
	out += fmt.Sprintf(": n = %s, bins from %s to %s", count(total), write(b.edges[0]), write(b.edges[len(b.edges)-1]))
	if zeros > 0 {
		out += fmt.Sprintf(", %s not above 0", count(zeros))
	}
	for k, name := range names {
		if len(names) > 1 {
			out += fmt.Sprintf("; %s n = %s", visible.Text(name), count(b.rows[k]))
		}
		if b.rows[k] > 0 {
			out += ", " + h.shape(b, k, write)
		}
	}
	return out + "."
}

// shape says in which bin the middle value of a series lies, and which bin is the
// fullest. Values not above 0 on a log axis are a bin of their own.
func (h Histogram) shape(b binned, series int, write func(float64) string) string {
	low := 0.0
	if h.LogX {
		low = b.zeros[series]
	}
	place := func(bin int) string {
		if bin < 0 {
			return "not above 0"
		}
		return fmt.Sprintf("from %s to %s", write(b.edges[bin]), write(b.edges[bin+1]))
	}
	rows := b.rows[series]
	middle, fullest, most, sum := -1, -1, low, low
	for i, n := range b.counts[series] {
		if sum < rows/2 {
			middle = i
		}
		if sum += n; n > most {
			fullest, most = i, n
		}
	}
	return fmt.Sprintf("median %s, fullest bin %s with %s", place(middle), place(fullest), percent(most/rows))
}
