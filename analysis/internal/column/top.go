package column

import (
	"math"
	"slices"
)

// TopRows returns the first k rows in the order of [SortRows], all of them if
// there are fewer, without sorting those that cannot be among them. k is not
// negative. O(n log k) at worst, and a sort of the rows that come before or tie
// with the k-th by the first key.
func TopRows(keys []*Column, descending []bool, k int) []uint32 {
	if len(keys) == 0 {
		return nil
	}
	if n := keys[0].Len; k >= n/8 { // sorting by digits is then as good
		return SortRows(keys, descending)[:min(k, n)]
	}
	candidates := foremost(keys[0].Coded(), len(descending) > 0 && descending[0], k)
	few := make([]*Column, len(keys))
	for i, c := range keys {
		few[i] = c.Gather(candidates)
	}
	return gather(candidates, SortRows(few, descending)[:k]) // rows that tie are still in their order
}

// foremost returns, in their order, the rows that come before the k-th by c or
// tie with it. k is below c.Len.
func foremost(c *Column, falls bool, k int) []uint32 {
	values := c.Len - c.Nulls
	wanted := k // of the values; the nulls come first in a rising order, last in a falling one
	if !falls {
		wanted = max(0, k-c.Nulls)
	} else if k > values {
		return identity(c.Len)
	}
	if k == 0 {
		return nil
	}
	rows := make([]uint32, 0, 2*k)
	if wanted == 0 {
		for i := range c.Len {
			if c.IsNull(i) {
				rows = append(rows, uint32(i))
			}
		}
		return rows
	}
	bound := kth(c, falls, wanted)
	var block [keyBlock]uint64
	for lo := 0; lo < c.Len; lo += keyBlock {
		keys := block[:min(keyBlock, c.Len-lo)]
		c.fillKeys(keys, lo)
		for i, key := range keys {
			if null := c.IsNull(lo + i); null && !falls || !null && (falls && key >= bound || !falls && key <= bound) {
				rows = append(rows, uint32(lo+i))
			}
		}
	}
	return rows
}

// kth returns the key of the k-th value of c in a rising or a falling order. k is
// at least 1 and at most the number of values.
func kth(c *Column, falls bool, k int) uint64 {
	flip := uint64(0)
	if falls {
		flip = math.MaxUint64 // what is greater comes before
	}
	first := make([]uint64, 0, 2*(k+keyBlock)) // the first k so far, and others
	bound := uint64(math.MaxUint64)            // the k-th so far: no later one behind it counts
	full := false
	var block [keyBlock]uint64
	for lo := 0; lo < c.Len; lo += keyBlock {
		keys := block[:min(keyBlock, c.Len-lo)]
		c.fillKeys(keys, lo)
		for i, key := range keys {
			if key ^= flip; (key < bound || !full) && !c.IsNull(lo+i) {
				first = append(first, key)
			}
		}
		if len(first) > 2*k+keyBlock {
			slices.Sort(first)
			first, bound, full = first[:k], first[k-1], true
		}
	}
	slices.Sort(first)
	return first[k-1] ^ flip
}
