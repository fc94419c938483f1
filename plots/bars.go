package plots

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Bars compares the values of named categories, in the order given. The zero
// value has no data, which is an error of PNG.
type Bars struct {
	Title       string
	NamesLabel  string // of the axis along which the names stand
	ValuesLabel string // of the axis of values

	// Names are the categories, at most 80. Values[i], and Series[k].Values[i], belong to
	// Names[i]. Give Values for one series, or Series for several side by side.
	Names  []string
	Values []float64
	Series []Series

	// Deviations[i], if there are any, is how far Values[i] may be off: a thin line
	// from Values[i]-Deviations[i] to Values[i]+Deviations[i], such as a standard
	// deviation. It must not be negative; a value that is not finite has no line.
	// Not with Series nor Shares. On a log axis what is not positive is cut off.
	Deviations []float64

	// N[i], if there are any, is the number of rows behind Names[i], which stands beside
	// the name; a bar of fewer than 30 rows is grey where there is one series. With
	// Percent and Values, Values[i] is a share of N[i] rows: a thin line is its 95 %
	// interval by Wilson, as if rows were independent. Then not with Deviations.
	N []float64

	Reference Reference // a line across the bars, such as the share of all rows

	Stacked bool // series on top of each other; not with Log, nor with negative values
	Log     bool // logarithmic values; those that are not positive have no bar

	// Shares divides every value by the sum of its series, to compare classes of
	// different size. Percent is for values that are shares in [0, 1] already.
	// Both write percentages.
	Shares, Percent bool

	// Horizontal draws the bars from left to right, the first on top. Names too
	// long to stand side by side are drawn so anyway.
	Horizontal bool

	NoNumbers bool // no value beside its bar; crowded bars have none anyway

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 400, or as high as horizontal bars need

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// A Reference is a value to compare bars with, drawn as a dashed line. Without a Name
// there is none. The legend adds the value to the name.
type Reference struct {
	Name  string // such as "all rows"
	Value float64
}

// maxBars is the greatest number of names.
const maxBars = 80

// PNG draws the figure.
func (b Bars) PNG() ([]byte, error) { return draw(b.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (b Bars) AltText() string { return altText(b.Alt, b.lower) }

// String returns the finding and the range of the values in one line.
func (b Bars) String() string { return text(b.Alt, b.lower) }

// barsData is what a Bars comes down to after its input is checked.
type barsData struct {
	names  []string
	series []Series // NaN where there is no bar
	ends   []span   // nil, or as long as the names: of deviations or intervals; NaN where there is none
	few    []bool   // nil, or as long as the names: bars of too few rows
	notes  []string
	lo, hi float64 // of the ends of bars and lines
}

func (b Bars) lower() (scene.Scene, string, error) {
	d, err := b.data()
	if err != nil {
		return scene.Scene{}, "", err
	}
	rows, fits := b.rowNotes()
	horizontal := b.Horizontal || crowded(d.names) || !fits
	lanes := len(d.series)
	if b.Stacked {
		lanes = 1
	}
	s := scene.Scene{Title: clean(b.Title), Caption: caption(b.Caption, d.notes), Fonts: b.Fonts}
	autoHeight := defaultHeight
	if horizontal {
		smallPrint := min(4, (len(s.Caption)+99)/100) // lines
		autoHeight = min(2000, 160+16*smallPrint+len(d.names)*max(24, 10+14*lanes))
	}
	if s.Width, s.Height, err = size("bars", b.Width, b.Height, defaultWidth, autoHeight); err != nil {
		return scene.Scene{}, "", err
	}

	percentages := b.Shares || b.Percent
	values, base, err := b.valueAxis(d, percentages)
	if err != nil {
		return scene.Scene{}, "", err
	}
	names := scene.Axis{Label: clean(b.NamesLabel), Min: -0.5, Max: float64(len(d.names)) - 0.5, Names: true}
	for i, name := range d.names {
		tick := scene.Tick{At: float64(i), Label: name}
		switch {
		case b.N == nil:
		case horizontal:
			tick.Label = fmt.Sprintf("%s (n = %s)", name, count(b.N[i]))
		default:
			tick.Note = rows[i]
		}
		names.Ticks = append(names.Ticks, tick)
	}
	names.Flip = horizontal
	s.X, s.Y = names, values
	if horizontal {
		s.X, s.Y = values, names
	}

	series := make([]string, len(d.series))
	for k := range d.series {
		series[k] = d.series[k].Name
	}
	look := roles(series)
	lane := 0.8 / float64(lanes)
	sums := make([]float64, len(d.names))
	var numbers scene.Texts
	whiskers := scene.Line{Role: scene.Spread, Thin: true}
	write := b.numbers(d, lanes, horizontal, s, percentages)
	for k := range d.series {
		mark, unsure := scene.Boxes{Role: look[k]}, scene.Boxes{Role: scene.Unsure}
		for i, v := range d.series[k].Values {
			if math.IsNaN(v) {
				continue
			}
			from, to, at := base, v, float64(i)-0.4+lane*float64(k)
			if b.Stacked {
				from, to, at = sums[i], sums[i]+v, float64(i)-0.4
				sums[i] = to
			}
			gap := lane * 0.04
			box := scene.Box{X0: at + gap, X1: at + lane - gap, Y0: from, Y1: to}
			point, side := scene.Point{X: at + lane/2, Y: to}, scene.Above
			if d.ends != nil && !math.IsNaN(d.ends[i].lo) {
				low, high := d.ends[i].lo, d.ends[i].hi
				if b.Log {
					low = max(low, base)
				}
				whiskers.Segments = append(whiskers.Segments, whisker(at+lane/2, lane/8, low, high, horizontal)...)
				if point.Y = high; v < 0 && high < 0 {
					point.Y = low
				}
			}
			if v < 0 && point.Y <= 0 {
				side = scene.Below
			}
			if horizontal {
				box = scene.Box{X0: box.Y0, X1: box.Y1, Y0: box.X0, Y1: box.X1}
				point = scene.Point{X: point.Y, Y: point.X}
				if side == scene.Above {
					side = scene.Right
				} else {
					side = scene.Left
				}
			}
			if d.few != nil && d.few[i] {
				unsure.Boxes = append(unsure.Boxes, box)
			} else {
				mark.Boxes = append(mark.Boxes, box)
			}
			if write != nil {
				number := scene.Text{Point: point, Side: side, String: write(v)}
				if b.Reference.Name != "" {
					number.Backed, number.String = true, strings.Replace(number.String, "-", "−", 1)
				}
				numbers.Texts = append(numbers.Texts, number)
			}
		}
		s.Marks = append(s.Marks, mark)
		if unsure.Boxes != nil {
			s.Marks = append(s.Marks, unsure)
		}
		if len(d.series) > 1 {
			s.Legend = append(s.Legend, scene.Entry{Name: visible.Text(series[k]), Role: look[k], Key: scene.KeyBox})
		}
	}
	if b.Reference.Name != "" {
		across := []scene.Point{{X: names.Min, Y: b.Reference.Value}, {X: names.Max, Y: b.Reference.Value}}
		if horizontal {
			across = []scene.Point{{X: b.Reference.Value, Y: names.Min}, {X: b.Reference.Value, Y: names.Max}}
		}
		s.Marks = append(s.Marks, scene.Line{Role: scene.Neutral, Segments: [][]scene.Point{across}})
		s.Legend = append(s.Legend, scene.Entry{Name: b.Reference.label(percentages), Role: scene.Neutral, Key: scene.KeyLine})
	}
	if whiskers.Segments != nil {
		s.Marks = append(s.Marks, whiskers)
	}
	if numbers.Texts != nil {
		s.Marks = append(s.Marks, numbers)
	}
	return s, b.summary(d, percentages), nil
}

// data checks the input, turns counts to shares and takes out what has no bar.
func (b Bars) data() (barsData, error) {
	d := barsData{lo: math.Inf(1), hi: math.Inf(-1)}
	fail := func(format string, args ...any) (barsData, error) {
		return d, fmt.Errorf("plots: bars: "+format, args...)
	}
	input := b.Series
	switch {
	case len(b.Names) == 0:
		return fail("no names")
	case len(b.Names) > maxBars:
		return fail("%d names are more than the %d that can be read; keep the largest", len(b.Names), maxBars)
	case b.Values != nil && b.Series != nil:
		return fail("both Values and Series are given")
	case b.Values == nil && len(b.Series) == 0:
		return fail("no values")
	case b.Stacked && b.Log:
		return fail("stacked bars have no meaning on a log axis")
	case b.Deviations != nil && (b.Values == nil || b.Shares):
		return fail("Deviations belong to Values, and not with Shares")
	case b.Deviations != nil && len(b.Deviations) != len(b.Names):
		return fail("%d names, but %d deviations", len(b.Names), len(b.Deviations))
	}
	if b.Values != nil {
		input = []Series{{Values: b.Values}}
	}
	for _, name := range b.Names {
		d.names = append(d.names, visible.Text(name))
	}
	missing, low := 0, 0
	stack := make([]float64, len(b.Names))
	for _, in := range input {
		if len(in.Values) != len(b.Names) {
			return fail("%d names, but %d values in series %q", len(b.Names), len(in.Values), in.Name)
		}
		unit, divisor := 1.0, 1.0
		if b.Shares {
			if divisor = sum(in.Values, unit); !finite(divisor) {
				unit = 0x1p-10 // so that the sum of 80 values is in range
				divisor = sum(in.Values, unit)
			}
		}
		out := Series{Name: in.Name, Values: make([]float64, len(in.Values))}
		for i, v := range in.Values {
			v = v * unit / divisor
			switch {
			case !finite(v):
				missing++
				v = math.NaN()
			case b.Log && v <= 0:
				low++
				v = math.NaN()
			case b.Stacked && v < 0:
				return fail("a stack cannot hold the negative value %g of %q", v, b.Names[i])
			default:
				stack[i] += v
				end := v
				if b.Stacked {
					end = stack[i]
				}
				d.lo, d.hi = min(d.lo, end), max(d.hi, end)
			}
			out.Values[i] = v
		}
		d.series = append(d.series, out)
	}
	if err := b.addEnds(&d); err != nil {
		return fail("%w", err)
	}
	if d.lo > d.hi {
		return fail("no value can be drawn: %d missing or not finite, %d not positive on a log axis", missing, low)
	}
	if err := b.addReference(&d); err != nil {
		return fail("%w", err)
	}
	if missing > 0 {
		d.notes = append(d.notes, plural(missing, "value")+" missing or not finite, without a bar")
	}
	if low > 0 {
		d.notes = append(d.notes, plural(low, "value")+" not positive, without a bar on the log axis")
	}
	return d, nil
}

// valueAxis spans the bars from their baseline, with room for numbers above them.
func (b Bars) valueAxis(d barsData, percentages bool) (axis scene.Axis, base float64, err error) {
	const room = 0.09
	if b.Log {
		base = logBase(d.lo)
		s, err := span{base, d.hi}.widenLog(0, room)
		if err != nil {
			return axis, 0, err
		}
		return logAxis(b.ValuesLabel, s, percentages), base, nil
	}
	s := span{min(0, d.lo), max(0, d.hi)}
	if s.hi-s.lo < 1e-300 {
		s.hi = 1 // all bars are zero
	}
	if _, err = s.widen(0); err != nil {
		return axis, 0, err
	}
	length := s.hi - s.lo
	if s.hi > 0 {
		s.hi += room * length
	}
	if s.lo < 0 {
		s.lo -= room * length
	}
	return linearAxis(b.ValuesLabel, s, 6, percentages), 0, nil
}

// Widths in points for deciding what fits before anything is drawn.
const (
	charWidth = 5.2  // of a 9 point letter, about
	dataShare = 0.86 // of the picture's width that is left to the data
	pointsPx  = 0.75
)

// crowded reports whether the names are too long to stand under upright bars.
func crowded(names []string) bool {
	longest := 0
	for _, name := range names {
		longest = max(longest, utf8.RuneCountInString(name))
	}
	slot := dataShare * defaultWidth * pointsPx / float64(len(names))
	return float64(longest)*charWidth > slot*0.95
}

// numbers returns how to write a value beside its bar, or nil where numbers
// would run into each other.
func (b Bars) numbers(d barsData, lanes int, horizontal bool, s scene.Scene, percentages bool) func(float64) string {
	if b.NoNumbers || b.Stacked {
		return nil
	}
	bars := float64(len(d.names)*lanes) / 0.8 // with the space between groups
	if horizontal {
		if float64(s.Height-110)*pointsPx/bars < 8 {
			return nil
		}
		if percentages {
			return percent
		}
		return count
	}
	styles := []func(float64) string{count, short}
	if percentages {
		styles = styles[:0]
		styles = append(styles, percent)
	}
	slot := dataShare * float64(s.Width) * pointsPx / bars
	for _, style := range styles {
		longest := 0
		for _, one := range d.series {
			for _, v := range one.Values {
				if !math.IsNaN(v) {
					longest = max(longest, len(style(v)))
				}
			}
		}
		if float64(longest)*charWidth <= slot {
			return style
		}
	}
	return nil
}

// sum adds the finite values, each times unit.
func sum(values []float64, unit float64) float64 {
	total := 0.0
	for _, v := range values {
		if finite(v) {
			total += v * unit
		}
	}
	return total
}
