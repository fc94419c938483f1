package column

import (
	"fmt"
	"math"
)

// Check reports whether the slots of p can be read for that many rows: a column
// of that length, of numbers, without nulls, and as many factors as slots. With
// that, reading never fails.
func (p *Part) Check(rows int) error {
	c := p.Values
	switch {
	case c == nil:
		return fmt.Errorf("feature %q has no values", p.Name)
	case c.Len != rows:
		return fmt.Errorf("feature %q has %d rows, not %d", p.Name, c.Len, rows)
	case !c.Type.Numeric() && c.Type != Bool:
		return fmt.Errorf("data type %v of column %q is not supported", c.Type, p.Name)
	case p.Shift != nil && len(p.Shift) != p.Slots() || p.Scale != nil && len(p.Scale) != p.Slots() || p.Offset != nil && len(p.Offset) != p.Slots():
		return fmt.Errorf("feature %q has %d slots, but %d shifts, %d scales and %d offsets", p.Name, p.Slots(), len(p.Shift), len(p.Scale), len(p.Offset))
	}
	if c.Nulls > 0 {
		for i := range rows {
			if c.IsNull(i) {
				return &RowError{Row: i, Before: fmt.Sprintf("column %q is null", p.Name),
					After: fmt.Sprintf(" (and %d more): fill nulls or drop their rows first", c.Nulls-1)}
			}
		}
	}
	return nil
}

// A RowError is about one row. Whoever knows that the rows were chosen from others
// may put in another number.
type RowError struct {
	Row           int
	Before, After string // what is said before and after the row
}

func (e *RowError) Error() string { return fmt.Sprintf("%s in row %d%s", e.Before, e.Row, e.After) }

// IsScaled reports whether the slots appear as other values than they have.
func (p *Part) IsScaled() bool { return p.Shift != nil || p.Scale != nil || p.Offset != nil }

// Scaled returns as what the value v of slot k appears.
func (p *Part) Scaled(k int, v float64) float64 {
	if p.Shift != nil {
		d := v - p.Shift[k]
		if math.IsInf(d, 0) && finite(v) {
			return p.scaledFar(k, v)
		}
		v = d
	}
	if p.Scale != nil {
		v *= p.Scale[k]
	}
	if p.Offset != nil {
		v += p.Offset[k]
	}
	return v
}

// scaledFar is Scaled where v lies further from the shift than a float64 reaches.
//
//go:noinline
func (p *Part) scaledFar(k int, v float64) float64 {
	scale, offset := 1.0, 0.0
	if p.Scale != nil {
		scale = p.Scale[k]
	}
	if p.Offset != nil {
		offset = p.Offset[k]
	}
	return v*scale - p.Shift[k]*scale + offset
}

// OneHotValues returns what slot k of a one-hot part is for rows of other levels,
// and for rows of level k.
func (p *Part) OneHotValues(k int) (off, on float64) {
	return p.Scaled(k, 0), p.Scaled(k, 1)
}

// Categorical reports whether the part's index may be split by subsets. A scaled
// index is a number like others, as in Spark, where scalers drop the labels.
func (p *Part) Categorical() bool {
	return p.Levels != nil && !p.OneHot && !p.IsScaled()
}

// Read fills out with the rows from that row on: the value of the part's slot, or
// the index of a one-hot or categorical part. The part must have been checked.
func (p *Part) Read(from int, out []float64) {
	c := p.Values
	switch c.Type {
	case Int32:
		for i, v := range c.Int32s[from : from+len(out)] {
			out[i] = float64(v)
		}
	case Int64, Timestamp:
		for i, v := range c.Int64s[from : from+len(out)] {
			out[i] = float64(v)
		}
	case Float64:
		copy(out, c.Float64s[from:])
	case Bool:
		for i := range out {
			out[i] = 0
			if c.Bool(from + i) {
				out[i] = 1
			}
		}
	}
	if !p.OneHot && p.IsScaled() {
		for i, v := range out {
			out[i] = p.Scaled(0, v)
		}
	}
}
