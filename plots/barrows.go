package plots

import (
	"errors"
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/number"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// whisker returns the lines of an interval from low to high at a place of the
// names' axis, with ends of twice that half.
func whisker(at, half, low, high float64, horizontal bool) [][]scene.Point {
	lines := [][]scene.Point{
		{{X: at, Y: low}, {X: at, Y: high}},
		{{X: at - half, Y: low}, {X: at + half, Y: low}},
		{{X: at - half, Y: high}, {X: at + half, Y: high}},
	}
	if horizontal {
		for _, line := range lines {
			for i, p := range line {
				line[i] = scene.Point{X: p.Y, Y: p.X}
			}
		}
	}
	return lines
}

// addEnds checks N and Deviations, and takes in how far the bars that there are may be
// off, and which of them are of few rows.
func (b Bars) addEnds(d *barsData) error {
	if b.N != nil && len(b.N) != len(b.Names) {
		return fmt.Errorf("%d names, but %d numbers of rows", len(b.Names), len(b.N))
	}
	few := 0
	for i, n := range b.N {
		if !finite(n) || n < 0 {
			return fmt.Errorf("%g rows stand behind %q", n, b.Names[i])
		}
		if len(d.series) == 1 {
			d.few = append(d.few, n < fewRows)
			if n < fewRows && !math.IsNaN(d.series[0].Values[i]) {
				few++
			}
		}
	}
	shares := b.N != nil && b.Percent && b.Values != nil && !b.Shares
	switch {
	case shares && b.Deviations != nil:
		return errors.New("both Deviations and N of shares are given")
	case shares:
		if err := b.addIntervals(d); err != nil {
			return err
		}
		d.notes = append(d.notes, "Thin lines are 95% intervals")
	case b.Deviations != nil:
		if err := b.addDeviations(d); err != nil {
			return err
		}
	}
	if few > 0 {
		d.notes = append(d.notes, fmt.Sprintf("Grey: %s of fewer than %d rows", plural(few, "bar"), fewRows))
	}
	return nil
}

// addIntervals takes in the intervals of shares.
func (b Bars) addIntervals(d *barsData) error {
	for i, v := range d.series[0].Values {
		end := span{math.NaN(), math.NaN()}
		if v < 0 || v > 1 {
			return fmt.Errorf("the value %g of %q is no share of %g rows", v, b.Names[i], b.N[i])
		}
		if !math.IsNaN(v) && b.N[i] > 0 {
			end.lo, end.hi = number.Wilson(v, b.N[i])
			d.lo, d.hi = min(d.lo, v), max(d.hi, end.hi)
			if !b.Log || end.lo > 0 {
				d.lo = min(d.lo, end.lo)
			}
		}
		d.ends = append(d.ends, end)
	}
	return nil
}

// addDeviations takes in the deviations.
func (b Bars) addDeviations(d *barsData) error {
	for i, v := range b.Deviations {
		at := d.series[0].Values[i]
		end := span{at - v, at + v}
		switch {
		case v < 0:
			return fmt.Errorf("the deviation %g of %q is negative", v, b.Names[i])
		case !finite(v) || !finite(end.lo) || !finite(end.hi):
			end = span{math.NaN(), math.NaN()}
		default:
			d.hi = max(d.hi, end.hi)
			if !b.Log || end.lo > 0 {
				d.lo = min(d.lo, end.lo)
			}
		}
		d.ends = append(d.ends, end)
	}
	return nil
}

// addReference checks the reference and makes room for it.
func (b Bars) addReference(d *barsData) error {
	if b.Reference.Name == "" {
		return nil
	}
	v := b.Reference.Value
	if !finite(v) || b.Log && v <= 0 {
		return fmt.Errorf("the reference %q is %g, which has no place on the axis", b.Reference.Name, v)
	}
	d.lo, d.hi = min(d.lo, v), max(d.hi, v)
	return nil
}

// label is the name of a reference with its value.
func (r Reference) label(percentages bool) string {
	if percentages {
		return clean(r.Name) + " " + percent(r.Value)
	}
	return clean(r.Name) + " " + count(r.Value)
}

// rowNotes are the numbers of rows as they stand under upright names, written out
// where there is room, and whether there is room at all.
func (b Bars) rowNotes() (notes []string, fit bool) {
	for _, write := range []func(float64) string{count, short} {
		notes = nil
		for _, n := range b.N {
			notes = append(notes, "n = "+write(n))
		}
		if !crowded(notes) {
			return notes, true
		}
	}
	return notes, len(b.N) == 0
}
