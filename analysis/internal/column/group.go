package column

import "fmt"

// Groups is which rows belong together. Which group a row is in is computed anew
// where it is asked for, so that groups take memory for themselves and not for
// their rows.
type Groups struct {
	First []uint32 // the first row of each group; key.Gather(First) is the key of each
	Rows  []int64  // how many rows each group has
	of    keyed    // the key of a row is its group
}

// Len returns the number of groups.
func (g Groups) Len() int { return len(g.First) }

// Each calls do for one stretch of rows after another, in order: of[i] is the
// group of row lo+i, an index of First. do may write to it, and keeps nothing of
// it. O(n) a key.
func (g Groups) Each(do func(lo int, of []uint64)) {
	var block [keyBlock]uint64
	for lo := 0; lo < g.of.n; lo += keyBlock {
		of := block[:min(keyBlock, g.of.n-lo)]
		g.of.fill(of, lo)
		do(lo, of)
	}
}

// Of returns the group of each of some rows, which ascend. It takes a step and 8
// bytes for each row from the first to the last, chosen or not. It may be called
// from several goroutines at a time.
func (g Groups) Of(rows []uint32) []uint64 {
	if len(rows) == 0 {
		return nil
	}
	lo := int(rows[0])
	of := make([]uint64, int(rows[len(rows)-1])+1-lo)
	g.of.fill(of, lo)
	for i, row := range rows { // never behind
		of[i] = of[int(row)-lo]
	}
	return of[:len(rows)]
}

// GroupBy puts rows together that are equal in all keys. Groups ascend by the
// first key, then the second, and so on. Null is a group of its own and comes
// first; all NaNs are one and come last; -0 is 0. A vector has no values to group
// by: its rows all count as equal. Without keys there are no groups.
// O(n) a key. Of a key with more than 2^16 distinct numbers that lie far apart it
// holds 4 bytes a row.
func GroupBy(keys []*Column) Groups {
	if len(keys) == 0 {
		return Groups{}
	}
	source := keys[0].keyed()
	t := newTally(source)
	of := t.ranked(source)
	first, rows := t.first, t.counts
	if source.nulls > 0 {
		first, rows = append([]uint32{t.nullFirst}, first...), append([]int64{int64(source.nulls)}, rows...)
	}
	for _, key := range keys[1:] {
		source := key.keyed()
		pairs := paired(of, newTally(source).ranked(source))
		t = newTally(pairs)
		of, first, rows = t.ranked(pairs), t.first, t.counts
	}
	if uint64(len(first)) != of.below {
		panic(fmt.Sprintf("column: %d groups with %d first rows", of.below, len(first)))
	}
	return Groups{First: first, Rows: rows, of: of}
}

// paired returns keys that order as those of a do, and equal ones as those of b.
func paired(a, b keyed) keyed {
	return keyed{n: a.n, below: a.below * b.below, fill: func(dst []uint64, lo int) {
		var block [keyBlock]uint64
		a.fill(dst, lo)
		for at := 0; at < len(dst); at += keyBlock {
			second := block[:min(keyBlock, len(dst)-at)]
			b.fill(second, lo+at)
			for i, key := range second {
				dst[at+i] = dst[at+i]*b.below + key
			}
		}
	}}
}
