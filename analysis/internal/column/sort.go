package column

// SortRows returns the rows in the order of the first key, ties in that of the
// second, and so on; rows equal in all keys keep their order. Key k falls where
// descending[k] is true; descending may be shorter than keys, or nil.
//
// As in Spark, nulls come first in a rising key and last in a falling one, and
// NaN is greater than any number. A vector has no order: its rows all tie.
// O(n) a key (radix sort).
func SortRows(keys []*Column, descending []bool) []uint32 {
	if len(keys) == 0 {
		return nil
	}
	rows := identity(keys[0].Len)
	inRowOrder := make([]uint64, len(rows))
	ordered := make([]uint64, len(rows))
	for k := len(keys) - 1; k >= 0; k-- {
		c, falls := keys[k].Coded(), k < len(descending) && descending[k]
		c.fillKeys(inRowOrder, 0)
		for i, r := range rows {
			key := inRowOrder[r]
			if falls {
				key = ^key
			}
			if c.IsNull(int(r)) {
				key = 0
			}
			ordered[i] = key
		}
		sortByKey(ordered, rows)
		if c.Nulls > 0 {
			moveNulls(c, rows, falls)
		}
	}
	return rows
}

// moveNulls brings the null rows together at one end, in their present order.
func moveNulls(c *Column, rows []uint32, last bool) {
	nulls, values := make([]uint32, 0, c.Nulls), make([]uint32, 0, len(rows)-c.Nulls)
	for _, r := range rows {
		if c.IsNull(int(r)) {
			nulls = append(nulls, r)
		} else {
			values = append(values, r)
		}
	}
	if last {
		copy(rows[copy(rows, values):], nulls)
	} else {
		copy(rows[copy(rows, nulls):], values)
	}
}
