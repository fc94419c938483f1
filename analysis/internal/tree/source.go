package tree

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// A source reads a part's column as floats: values, or the indexes of a one-hot
// or categorical part.
type source struct {
	values       *column.Column
	shift, scale float64
	scaled       bool
}

// newSource checks that the part's column can be read. With that, reading never
// fails.
func newSource(p *column.Part, rows int) (source, error) {
	c := p.Values
	s := source{values: c, scale: 1}
	switch {
	case c == nil:
		return s, fmt.Errorf("tree: feature %q has no values", p.Name)
	case c.Len != rows:
		return s, fmt.Errorf("tree: feature %q has %d rows, not %d", p.Name, c.Len, rows)
	case !c.Type.Numeric() && c.Type != column.Bool:
		return s, fmt.Errorf("tree: data type %v of column %q is not supported", c.Type, p.Name)
	case p.Shift != nil && len(p.Shift) != p.Slots() || p.Scale != nil && len(p.Scale) != p.Slots():
		return s, fmt.Errorf("tree: feature %q has %d slots, but %d shifts and %d scales", p.Name, p.Slots(), len(p.Shift), len(p.Scale))
	}
	if c.Nulls > 0 {
		for i := range rows {
			if c.IsNull(i) {
				return s, fmt.Errorf("tree: column %q is null in row %d (and %d more): fill nulls or drop their rows first", p.Name, i, c.Nulls-1)
			}
		}
	}
	if !p.OneHot {
		s.shift, s.scale = scaling(p, 0)
		s.scaled = p.Shift != nil || p.Scale != nil
	}
	return s, nil
}

// scaling returns how slot k of the part is scaled.
func scaling(p *column.Part, k int) (shift, scale float64) {
	scale = 1
	if p.Shift != nil {
		shift = p.Shift[k]
	}
	if p.Scale != nil {
		scale = p.Scale[k]
	}
	return shift, scale
}

// slotValues returns what slot k of a one-hot part is for rows of other levels,
// and for rows of level k.
func slotValues(p *column.Part, k int) (off, on float64) {
	shift, scale := scaling(p, k)
	return (0 - shift) * scale, (1 - shift) * scale
}

// categorical reports whether the part's index may be split by subsets. A scaled
// index is a number like others, as in Spark, where scalers drop the labels.
func categorical(p *column.Part) bool {
	return p.Levels != nil && !p.OneHot && p.Shift == nil && p.Scale == nil
}

// read fills out with the rows from that row on.
func (s *source) read(from int, out []float64) {
	c := s.values
	switch c.Type {
	case column.Int32:
		for i, v := range c.Int32s[from : from+len(out)] {
			out[i] = float64(v)
		}
	case column.Int64, column.Timestamp:
		for i, v := range c.Int64s[from : from+len(out)] {
			out[i] = float64(v)
		}
	case column.Float64:
		copy(out, c.Float64s[from:])
	case column.Bool:
		for i := range out {
			out[i] = 0
			if c.Bool(from + i) {
				out[i] = 1
			}
		}
	}
	if s.scaled {
		for i, v := range out {
			out[i] = (v - s.shift) * s.scale
		}
	}
}
