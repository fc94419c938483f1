package column

// TopRows returns the first k rows in the order of [SortRows], all of them if
// there are fewer, without sorting those that cannot be among them. k is not
// negative. O(n), and a sort of the rows that come before or tie with the k-th by
// the first key.
func TopRows(keys []*Column, descending []bool, k int) []uint32 {
	if len(keys) == 0 {
		return nil
	}
	if n := keys[0].Len; k >= n/2 {
		return SortRows(keys, descending)[:min(k, n)]
	}
	candidates := foremost(keys[0], len(descending) > 0 && descending[0], k)
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
	rank := wanted - 1
	if falls {
		rank = values - wanted
	}
	low, high := c.keyed().span()
	bound := make([]uint64, 1)
	selectKeys(c.keyed(), values, low, high, []int{rank}, bound)
	var block [keyBlock]uint64
	for lo := 0; lo < c.Len; lo += keyBlock {
		keys := block[:min(keyBlock, c.Len-lo)]
		c.fillKeys(keys, lo)
		for i, key := range keys {
			if null := c.IsNull(lo + i); null && !falls || !null && (falls && key >= bound[0] || !falls && key <= bound[0]) {
				rows = append(rows, uint32(lo+i))
			}
		}
	}
	return rows
}
