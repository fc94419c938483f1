package column

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/arena"
)

// Gather returns the column whose row i is row rows[i] of c; rows may repeat and
// come in any order, and each must be below c.Len. Name, dictionary and levels
// are kept, and a vector's parts are gathered one by one.
func (c *Column) Gather(rows []uint32) *Column { return c.GatherIn(nil, List(rows)) }

// GatherIn is [Column.Gather] of rows in whatever form. Numbers, codes and bits of
// the result lie in memory, texts of their own in Go's heap.
func (c *Column) GatherIn(memory *arena.Arena, rows Rows) *Column {
	g, fill := c.gathered(memory, rows)
	rows.each(fill)
	g.countNulls()
	return g
}

// gathered returns a column for the given rows of c, and what sets a stretch of it,
// those from a place on. Its nulls are not counted yet.
func (c *Column) gathered(memory *arena.Arena, all Rows) (g *Column, fill func(from int, rows []uint32)) {
	d := *c
	g = &d
	g.Len, g.Nulls, g.Valid = all.Len, 0, nil
	var fills []func(from int, rows []uint32)
	g.Int32s, fills = room(memory, c.Int32s, all.Len, fills)
	g.Int64s, fills = room(memory, c.Int64s, all.Len, fills)
	g.Float64s, fills = room(memory, c.Float64s, all.Len, fills)
	g.Codes16, fills = room(memory, c.Codes16, all.Len, fills)
	g.Codes, fills = room(memory, c.Codes, all.Len, fills)
	g.Bools, fills = roomForBits(memory, c.Bools, all.Len, fills)
	if c.Nulls > 0 {
		g.Valid, fills = roomForBits(memory, c.Valid, all.Len, fills)
	}
	if c.Plain() {
		rows := all.list()
		g.layOut(func(i int) string { return c.plainText(int(rows[i])) })
	}
	g.Features = c.Features.each(func(c *Column) *Column { return c.GatherIn(memory, all) })
	return g, func(from int, rows []uint32) {
		for _, fill := range fills {
			fill(from, rows)
		}
	}
}

// countNulls counts the nulls of a bitmap and keeps it only if there are any.
func (c *Column) countNulls() {
	if valid := c.Valid; valid != nil {
		c.Valid = nil
		c.setValid(valid)
	}
}

// room makes room for n rows of values, and adds what fills it.
func room[T int32 | int64 | float64 | uint16 | uint32](memory *arena.Arena, values []T, n int, fills []func(int, []uint32)) ([]T, []func(int, []uint32)) {
	if values == nil {
		return nil, fills
	}
	gathered := arena.Make[T](memory, n)
	return gathered, append(fills, func(from int, rows []uint32) {
		out := gathered[from : from+len(rows)]
		for i, r := range rows {
			out[i] = values[r]
		}
	})
}

// roomForBits is room for bits.
func roomForBits(memory *arena.Arena, bitmap []byte, n int, fills []func(int, []uint32)) ([]byte, []func(int, []uint32)) {
	if bitmap == nil {
		return nil, fills
	}
	packed := arena.Make[byte](memory, BitmapLen(n))
	return packed, append(fills, func(from int, rows []uint32) {
		for i, r := range rows {
			packed[(from+i)>>3] |= bitmap[r>>3] >> (r & 7) & 1 << (i & 7)
		}
	})
}

// gather returns the items of values at rows.
func gather[T any](values []T, rows []uint32) []T {
	gathered := make([]T, len(rows))
	List(rows).each(func(from int, rows []uint32) {
		for i, r := range rows {
			gathered[from+i] = values[r]
		}
	})
	return gathered
}

// each returns the features with every part's values replaced by what change
// makes of them. A column that several parts share is changed once.
func (f *Features) each(change func(*Column) *Column) *Features {
	if f == nil {
		return nil
	}
	changed := make(map[*Column]*Column)
	parts := make([]Part, len(f.Parts))
	for i, p := range f.Parts {
		if changed[p.Values] == nil {
			changed[p.Values] = change(p.Values)
		}
		p.Values = changed[p.Values]
		parts[i] = p
	}
	return &Features{Parts: parts}
}

// Gather returns the batch whose row i is row rows[i] of b, with that row's
// number in the source files.
func (b *Batch) Gather(rows []uint32) *Batch { return b.GatherIn(nil, List(rows)) }

// GatherIn is [Batch.Gather] of rows in whatever form; see [Column.GatherIn].
func (b *Batch) GatherIn(memory *arena.Arena, rows Rows) *Batch {
	g := &Batch{Columns: make([]*Column, len(b.Columns)), Len: rows.Len, Rows: arena.Make[uint32](memory, rows.Len)}
	fills := make([]func(int, []uint32), len(b.Columns))
	for i, c := range b.Columns {
		g.Columns[i], fills[i] = c.gathered(memory, rows)
	}
	rows.each(func(from int, list []uint32) {
		out := g.Rows[from : from+len(list)]
		copy(out, list)
		if b.Rows != nil {
			for i, r := range list {
				out[i] = b.Rows[r]
			}
		}
		for _, fill := range fills {
			fill(from, list)
		}
	})
	for _, c := range g.Columns {
		c.countNulls()
	}
	return g
}

// Slice returns rows lo to hi, hi not included, sharing the buffers of c. It
// panics unless 0 <= lo <= hi <= c.Len.
func (c *Column) Slice(lo, hi int) *Column {
	checkRange(lo, hi, c.Len)
	s := *c
	s.Len, s.Nulls, s.Valid = hi-lo, 0, nil
	if c.Nulls > 0 {
		s.setValid(sliceBits(c.Valid, lo, hi))
	}
	s.Int32s = slice(c.Int32s, lo, hi)
	s.Int64s = slice(c.Int64s, lo, hi)
	s.Float64s = slice(c.Float64s, lo, hi)
	s.Codes16 = slice(c.Codes16, lo, hi)
	s.Codes = slice(c.Codes, lo, hi)
	if c.Plain() {
		s.Offsets = c.Offsets[lo : hi+1 : hi+1]
	}
	if c.Bools != nil {
		s.Bools = sliceBits(c.Bools, lo, hi)
	}
	s.Features = c.Features.each(func(c *Column) *Column { return c.Slice(lo, hi) })
	return &s
}

// Slice returns rows lo to hi, hi not included, with their numbers in the source
// files. It panics unless 0 <= lo <= hi <= b.Len.
func (b *Batch) Slice(lo, hi int) *Batch {
	checkRange(lo, hi, b.Len)
	s := &Batch{Columns: make([]*Column, len(b.Columns)), Len: hi - lo}
	for i, c := range b.Columns {
		s.Columns[i] = c.Slice(lo, hi)
	}
	switch {
	case b.Rows != nil:
		s.Rows = slice(b.Rows, lo, hi)
	case lo > 0:
		s.Rows = make([]uint32, hi-lo)
		for i := range s.Rows {
			s.Rows[i] = uint32(lo + i)
		}
	}
	return s
}

func slice[T any](values []T, lo, hi int) []T {
	if values == nil {
		return nil
	}
	return values[lo:hi:hi]
}

func checkRange(lo, hi, n int) {
	if lo < 0 || hi < lo || hi > n {
		panic(fmt.Sprintf("column: rows %d to %d of %d", lo, hi, n))
	}
}
