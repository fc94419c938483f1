package column

import "fmt"

// Groups is which rows belong together.
type Groups struct {
	First []uint32 // the first row of each group; key.Gather(First) is the key of each
	Of    []uint32 // the group of each row, an index of First
}

// Len returns the number of groups.
func (g Groups) Len() int { return len(g.First) }

// GroupBy puts rows together that are equal in all keys. Groups ascend by the
// first key, then the second, and so on. Null is a group of its own and comes
// first; all NaNs are one and come last; -0 is 0. A vector has no values to group
// by: its rows all count as equal. Without keys there are no groups.
// O(n) a key.
func GroupBy(keys []*Column) Groups {
	if len(keys) == 0 {
		return Groups{}
	}
	source := keys[0].keyed()
	t := newTally(source)
	of, size := t.codes(source)
	first := t.first
	if source.nulls > 0 {
		first = append([]uint32{t.nullFirst}, first...)
	}
	for _, key := range keys[1:] {
		source := key.keyed()
		codes, n := newTally(source).codes(source)
		pairs := keyed{n: len(of), fill: func(dst []uint64, lo int) {
			for i := range dst {
				dst[i] = uint64(of[lo+i])*uint64(n) + uint64(codes[lo+i])
			}
		}}
		t = newTally(pairs)
		of, size = t.codes(pairs)
		first = t.first
	}
	if len(first) != size {
		panic(fmt.Sprintf("column: %d groups with %d first rows", size, len(first)))
	}
	return Groups{First: first, Of: of}
}
