package column

import "fmt"

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
	case p.Shift != nil && len(p.Shift) != p.Slots() || p.Scale != nil && len(p.Scale) != p.Slots():
		return fmt.Errorf("feature %q has %d slots, but %d shifts and %d scales", p.Name, p.Slots(), len(p.Shift), len(p.Scale))
	}
	if c.Nulls > 0 {
		for i := range rows {
			if c.IsNull(i) {
				return fmt.Errorf("column %q is null in row %d (and %d more): fill nulls or drop their rows first", p.Name, i, c.Nulls-1)
			}
		}
	}
	return nil
}

// Factors returns the shift and the scale of slot k, 0 and 1 where there are none.
func (p *Part) Factors(k int) (shift, scale float64) {
	scale = 1
	if p.Shift != nil {
		shift = p.Shift[k]
	}
	if p.Scale != nil {
		scale = p.Scale[k]
	}
	return shift, scale
}

// OneHotValues returns what slot k of a one-hot part is for rows of other levels,
// and for rows of level k.
func (p *Part) OneHotValues(k int) (off, on float64) {
	shift, scale := p.Factors(k)
	return (0 - shift) * scale, (1 - shift) * scale
}

// Categorical reports whether the part's index may be split by subsets. A scaled
// index is a number like others, as in Spark, where scalers drop the labels.
func (p *Part) Categorical() bool {
	return p.Levels != nil && !p.OneHot && p.Shift == nil && p.Scale == nil
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
	if !p.OneHot && (p.Shift != nil || p.Scale != nil) {
		shift, scale := p.Factors(0)
		for i, v := range out {
			out[i] = (v - shift) * scale
		}
	}
}
