package column

import "fmt"

// Gather returns the column whose row i is row rows[i] of c; rows may repeat and
// come in any order, and each must be below c.Len. Name, dictionary and levels
// are kept, and a vector's parts are gathered one by one.
func (c *Column) Gather(rows []uint32) *Column {
	g := *c
	g.Len, g.Nulls, g.Valid = len(rows), 0, nil
	if c.Nulls > 0 {
		g.setValid(gatherBits(c.Valid, rows))
	}
	g.Int32s = gather(c.Int32s, rows)
	g.Int64s = gather(c.Int64s, rows)
	g.Float64s = gather(c.Float64s, rows)
	g.Codes16 = gather(c.Codes16, rows)
	g.Codes = gather(c.Codes, rows)
	if c.Plain() {
		g.layOut(func(i int) string { return c.plainText(int(rows[i])) })
	}
	if c.Bools != nil {
		g.Bools = gatherBits(c.Bools, rows)
	}
	g.Features = c.Features.each(func(c *Column) *Column { return c.Gather(rows) })
	return &g
}

func gather[T any](values []T, rows []uint32) []T {
	if values == nil {
		return nil
	}
	gathered := make([]T, len(rows))
	EachBlock(len(rows), func(_, lo, hi int) {
		out := gathered[lo:hi]
		for i, r := range rows[lo:hi] {
			out[i] = values[r]
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
func (b *Batch) Gather(rows []uint32) *Batch {
	g := &Batch{Columns: make([]*Column, len(b.Columns)), Len: len(rows)}
	if b.Rows == nil {
		// The caller's slice may change later, a batch may not.
		g.Rows = append(make([]uint32, 0, len(rows)), rows...)
	} else {
		g.Rows = gather(b.Rows, rows)
	}
	forEach(len(b.Columns), func(i int) { g.Columns[i] = b.Columns[i].Gather(rows) })
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
