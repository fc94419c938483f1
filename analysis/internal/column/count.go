package column

// A ValueCount is one value of a column and how many rows hold it.
type ValueCount struct {
	Row   int   // the first row that holds the value; Column.Value(Row) is the value
	Null  bool  // the null rows
	Count int64 // at least 1
}

// ValueCounts returns the distinct values of c with their counts, the most
// frequent first. Values of equal count come in ascending order (NaN last), null
// after them. All NaNs are one value, and -0 is 0. A vector has no values to
// count: the result is nil.
func ValueCounts(c *Column) []ValueCount {
	if c.Type == Vector || c.Len == 0 {
		return nil
	}
	t := newTally(c.keyed())
	// Sorted by n-count, the most frequent comes first, and the sort is stable.
	order := identity(len(t.keys))
	falling := make([]uint64, len(t.keys), len(t.keys)+1)
	for i, n := range t.counts {
		falling[i] = uint64(c.Len) - uint64(n)
	}
	if c.Nulls > 0 {
		order = append(order, uint32(len(order)))
		falling = append(falling, uint64(c.Len-c.Nulls))
	}
	sortByKey(falling, order)
	counts := make([]ValueCount, len(order))
	for i, k := range order {
		if int(k) == len(t.keys) {
			counts[i] = ValueCount{Row: int(t.nullFirst), Null: true, Count: int64(c.Nulls)}
			continue
		}
		counts[i] = ValueCount{Row: int(t.first[k]), Count: t.counts[k]}
	}
	return counts
}

// Distinct returns how many different values c holds. Null is not a value; all
// NaNs are one, and -0 is 0. It is 0 for a vector.
func Distinct(c *Column) int {
	if c.Type == Vector {
		return 0
	}
	return len(newTally(c.keyed()).keys)
}
