package column

// Rows is rows to be gathered, in that order; they may repeat.
type Rows struct {
	Len int
	// of lists the rows at the places from to to, keyBlock at most; it may do so in
	// list, which has room for them. It is called from several goroutines at a time.
	of func(from, to int, list []uint32) []uint32
}

// List returns the rows in a list, which it keeps.
func List(rows []uint32) Rows {
	return Rows{Len: len(rows), of: func(from, to int, _ []uint32) []uint32 { return rows[from:to] }}
}

// Listed returns n rows that fill lists, stretch by stretch: it sets list[i] to the
// row at the place from+i. fill is called from several goroutines at a time.
func Listed(n int, fill func(list []uint32, from int)) Rows {
	return Rows{Len: n, of: func(from, to int, list []uint32) []uint32 {
		list = list[:to-from]
		fill(list, from)
		return list
	}}
}

// each calls do for stretches of the rows, each from a place that is a multiple of
// keyBlock, on as many goroutines as there are processors.
func (r Rows) each(do func(from int, rows []uint32)) {
	EachBlock(r.Len, func(_, lo, hi int) {
		var list [keyBlock]uint32
		for ; lo < hi; lo += keyBlock {
			do(lo, r.of(lo, min(hi, lo+keyBlock), list[:]))
		}
	})
}

// list returns all rows in one list.
func (r Rows) list() []uint32 {
	all := make([]uint32, r.Len)
	r.each(func(from int, rows []uint32) { copy(all[from:], rows) })
	return all
}
