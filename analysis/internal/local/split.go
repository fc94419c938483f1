package local

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// part chooses the rows of one part of a random split, and warns of an empty one.
func (r *run) part(s selection, n *plan.Node, op plan.Part) selection {
	kind, seed := op.Draws()
	if op.By == plan.ByLevel {
		return r.stratified(s, op, newDrawer(kind, seed, plan.Round(n)), newDrawer(kind+", borders", seed, plan.Round(n)))
	}
	d, out := newDrawer(kind, seed, plan.Round(n)), s
	if op.By == plan.ByGroup {
		out = s.grouped(d, op)
	} else {
		out = s.drawn(d, between(op.From, op.To, op.Rest))
	}
	if op.Share() > 0 {
		r.warnOfEmpty(s, out, op)
	}
	return out
}

// warnOfEmpty warns where op chose none of the rows of a selection.
func (r *run) warnOfEmpty(of, chosen selection, op plan.Op) {
	if of.rows.Len() > 0 && chosen.rows.Len() == 0 {
		r.warn(fmt.Sprintf("%s: this part is empty, of %d rows in all", clipped(op.Describe()), of.rows.Len()))
	}
}

// grouped chooses the rows whose group's draw lies in the part.
func (s selection) grouped(d drawer, op plan.Part) selection {
	c, in := s.batch.Column(op.Column), between(op.From, op.To, op.Rest)
	chosen := func(row int) bool { return in.holds(d.bits(valueHash(c, row))) }
	if c.Type == column.String && !c.Plain() { // a draw a text, not a row
		ofCode, null := make([]bool, len(c.Dictionary)), in.holds(d.bits(nullHash))
		for code, text := range c.Dictionary {
			ofCode[code] = in.holds(d.bits(textHash(text)))
		}
		chosen = func(row int) bool {
			if c.IsNull(row) {
				return null
			}
			return ofCode[c.Code(row)]
		}
	}
	s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			marks[i] = chosen(int(row))
		}
	})
	return s
}

// nullHash stands for null, as [valueHash] of no value likely does.
const nullHash = 0xd1b54a32d192ed03

// valueHash returns a number for the value of a row, the same for equal values:
// those of a number in columns of different types, all NaNs, and 0 and -0 are equal.
func valueHash(c *column.Column, row int) uint64 {
	switch {
	case c.IsNull(row):
		return nullHash
	case c.Type == column.String:
		return textHash(c.Text(row))
	case c.Type == column.Int64 || c.Type == column.Timestamp:
		return uint64(c.Int64s[row])
	}
	v := c.Float(row) // exact of what is left
	if whole := int64(v); v >= -0x1p63 && v < 0x1p63 && float64(whole) == v {
		return uint64(whole)
	}
	if v != v {
		v = math.NaN()
	}
	return splitmix64(math.Float64bits(v))
}

// textHash is FNV-1a of 64 bits (draft-eastlake-fnv): hash/fnv takes memory for each text.
func textHash(text string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return h
}

// timed chooses the rows before the cut, or from it. A row without a time is a mistake.
func (s selection) timed(op plan.TimePart) (selection, error) {
	c, cut := s.batch.Column(op.Column), float64(op.Cut) // exact, since of the years 1 to 9999
	var mu sync.Mutex
	var bad []uint32 // rows without a time
	out := s
	out.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			v := c.Float(int(row))
			if c.IsNull(int(row)) || v != v {
				mu.Lock()
				bad = append(bad, row)
				mu.Unlock()
				return
			}
			marks[i] = (v >= cut) == op.From
		}
	})
	if len(bad) == 0 {
		return out, nil
	}
	what, row := "null", int(slices.Min(bad))
	if !c.IsNull(row) {
		what = "NaN"
	}
	return s, fmt.Errorf("time split: column %q is %s in row %d; leave such rows out with DropNulls, or fill them", op.Column, what, s.batch.Row(row))
}
