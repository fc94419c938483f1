package column

import (
	"fmt"
	"math"
	"slices"
)

// NoRow stands for the right row of a left row that has no partner.
const NoRow = math.MaxUint32

// Join pairs the rows of two tables whose keys are equal: leftRows[i] and
// rightRows[i] are one pair. Key k of the left is compared with key k of the
// right; both are of one type, or int32 and int64, which compare by value. Pairs
// come in the order of the left rows and, for one of them, in that of the right
// rows; duplicates multiply. A left row without a partner is left out, or, where
// keepLeft is set, paired with [NoRow].
//
// A null equals nothing, not even a null. All NaNs are equal, and -0 is 0, as in
// [GroupBy]. Texts compare by their bytes, whatever their dictionaries.
//
// Keys that do not fit each other, and more rows or pairs than a uint32 can
// number, are errors. Hashes the right keys: O(n+m) a key and O(pairs).
func Join(left, right []*Column, keepLeft bool) (leftRows, rightRows []uint32, err error) {
	keys, err := stacked(left, right)
	if err != nil {
		return nil, nil, err
	}
	n := left[0].Len
	of, size := tuples(keys, n)
	starts, partners := partition(of[n:], size)

	total := uint64(0)
	for _, g := range of[:n] {
		count := starts[g+1] - starts[g]
		if count == 0 && keepLeft {
			count = 1
		}
		total += uint64(count)
	}
	if total >= NoRow {
		return nil, nil, fmt.Errorf("column: the join has %d rows, more than %d", total, uint32(NoRow)-1)
	}
	leftRows, rightRows = make([]uint32, 0, total), make([]uint32, 0, total)
	for i, g := range of[:n] {
		matches := partners[starts[g]:starts[g+1]]
		for _, row := range matches {
			leftRows, rightRows = append(leftRows, uint32(i)), append(rightRows, row)
		}
		if len(matches) == 0 && keepLeft {
			leftRows, rightRows = append(leftRows, uint32(i)), append(rightRows, NoRow)
		}
	}
	return leftRows, rightRows, nil
}

// stacked returns each key of the left with that of the right below it.
func stacked(left, right []*Column) ([]*Column, error) {
	if len(left) == 0 || len(left) != len(right) {
		return nil, fmt.Errorf("column: a join by %d and %d keys", len(left), len(right))
	}
	keys := make([]*Column, len(left))
	for k := range left {
		a, b := left[k], right[k]
		if a.Type == Vector {
			return nil, fmt.Errorf("column: a join by %q, a vector", a.Name)
		}
		if rows := uint64(a.Len) + uint64(b.Len); rows >= NoRow {
			return nil, fmt.Errorf("column: a join of %d rows, more than %d", rows, uint32(NoRow)-1)
		}
		if a.Type != b.Type {
			a, b = widened(a), widened(b)
		}
		var err error
		if keys[k], err = Concat([]*Column{a, b}); err != nil {
			return nil, err
		}
		keys[k] = keys[k].Coded()
	}
	return keys, nil
}

// widened returns an Int32 column as Int64, any other as it is.
func widened(c *Column) *Column {
	if c.Type != Int32 {
		return c
	}
	w := *c
	w.Type, w.Int32s, w.Int64s = Int64, nil, make([]int64, c.Len)
	for i, v := range c.Int32s {
		w.Int64s[i] = int64(v)
	}
	return &w
}

// tuples numbers the different tuples of keys that the rows from n on hold, and
// returns the number of each row's tuple. It is size for a row before n whose
// tuple none of those holds, and for every row with a null in it.
func tuples(keys []*Column, n int) (of []uint32, size int) {
	of = make([]uint32, keys[0].Len)
	for k, key := range keys {
		var values, pairs hashTable
		number := func(from, to int, numberOf func(*hashTable, uint64) uint32) {
			var block [keyBlock]uint64
			for lo := from; lo < to; lo += keyBlock {
				slots := block[:min(keyBlock, to-lo)]
				key.fillKeys(slots, lo)
				for i, value := range slots {
					before := of[lo+i] // the number of the tuple of the keys so far
					of[lo+i] = NoRow
					if before == NoRow || key.IsNull(lo+i) {
						continue
					}
					id := numberOf(&values, value)
					if k > 0 && id != NoRow {
						id = numberOf(&pairs, uint64(before)<<32|uint64(id))
					}
					of[lo+i] = id
				}
			}
		}
		number(n, len(of), (*hashTable).add)
		number(0, n, (*hashTable).find)
		if size = len(values.keys); k > 0 {
			size = len(pairs.keys)
		}
	}
	for i, t := range of {
		if t == NoRow {
			of[i] = uint32(size)
		}
	}
	return of, size
}

// find returns the number of key, NoRow if it was never added.
func (h *hashTable) find(key uint64) uint32 {
	if len(h.slots) == 0 {
		return NoRow
	}
	for slot := h.home(key); h.slots[slot] != 0; slot = (slot + 1) & (len(h.slots) - 1) {
		if id := h.slots[slot] - 1; h.keys[id] == key {
			return id
		}
	}
	return NoRow
}

// partition lists the rows group by group, in their order: those of group g are
// rows[starts[g]:starts[g+1]]. Group size, that of the nulls, has none.
func partition(of []uint32, size int) (starts, rows []uint32) {
	starts = make([]uint32, size+2)
	for _, g := range of {
		if int(g) < size {
			starts[g+1]++
		}
	}
	for g := range size {
		starts[g+1] += starts[g]
	}
	starts[size+1] = starts[size]
	rows = make([]uint32, starts[size])
	next := slices.Clone(starts)
	for i, g := range of {
		if int(g) < size {
			rows[next[g]] = uint32(i)
			next[g]++
		}
	}
	return starts, rows
}

// GatherOrNull is [Column.Gather] where rows[i] may also be [NoRow], which makes
// row i null. A vector has no nulls: it must have every row.
func (c *Column) GatherOrNull(rows []uint32) *Column {
	if !slices.Contains(rows, NoRow) {
		return c.Gather(rows)
	}
	g := *c
	g.Len = len(rows)
	switch c.Type {
	case Int32:
		g.Int32s = gatherOrZero(c.Int32s, rows)
	case Int64, Timestamp:
		g.Int64s = gatherOrZero(c.Int64s, rows)
	case Float64:
		g.Float64s = gatherOrZero(c.Float64s, rows)
	case Bool:
		g.Bools = pack(rows, func(r uint32) bool { return BitSet(c.Bools, int(r)) })
	case String:
		switch {
		case c.Plain():
			g.layOut(func(i int) string {
				if rows[i] == NoRow {
					return ""
				}
				return c.plainText(int(rows[i]))
			})
		case c.Narrow():
			g.Codes16 = gatherOrZero(c.Codes16, rows)
		default:
			g.Codes = gatherOrZero(c.Codes, rows)
		}
	default:
		panic(fmt.Sprintf("column: a null row of %q, a %v column", c.Name, c.Type))
	}
	g.setValid(pack(rows, func(r uint32) bool { return !c.IsNull(int(r)) }))
	return &g
}

func gatherOrZero[T any](values []T, rows []uint32) []T {
	gathered := make([]T, len(rows))
	for i, r := range rows {
		if r != NoRow {
			gathered[i] = values[r]
		}
	}
	return gathered
}

// pack returns the bitmap that has bit i set where rows[i] is a row that is set.
func pack(rows []uint32, set func(row uint32) bool) []byte {
	bitmap := make([]byte, BitmapLen(len(rows)))
	for i, r := range rows {
		if r != NoRow && set(r) {
			SetBit(bitmap, i)
		}
	}
	return bitmap
}
