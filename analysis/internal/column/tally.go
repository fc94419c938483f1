package column

import "runtime"

// A keyed source is rows of which each has a key or is null.
type keyed struct {
	n     int
	nulls int
	valid []byte // nil where nulls is 0
	fill  func(dst []uint64, lo int)
	below uint64 // all keys are less; 0 where that is not known
}

func (c *Column) keyed() keyed {
	c = c.Coded()
	return keyed{n: c.Len, nulls: c.Nulls, valid: c.Valid, fill: c.fillKeys, below: uint64(len(c.Dictionary))}
}

// keys is a [pass] over the keys of the rows that are not null.
func (s keyed) keys(do func(keys []uint64)) {
	var block [keyBlock]uint64
	for lo := 0; lo < s.n; lo += keyBlock {
		keys := block[:min(keyBlock, s.n-lo)]
		s.fill(keys, lo)
		if s.nulls > 0 {
			n := 0
			for i, k := range keys {
				keys[n] = k
				n += int(s.valid[(lo+i)>>3] >> ((lo + i) & 7) & 1)
			}
			keys = keys[:n]
		}
		do(keys)
	}
}

// blocks calls do with the keys of rows from to to, nulls among them, block by
// block, the last block first. from is a multiple of keyBlock. do may keep nothing
// of keys.
func (s keyed) blocks(from, to int, do func(lo int, keys []uint64)) {
	var block [keyBlock]uint64
	for hi := to; hi > from; {
		lo := (hi - 1) / keyBlock * keyBlock
		keys := block[:hi-lo]
		s.fill(keys, lo)
		do(lo, keys)
		hi = lo
	}
}

// each calls do for every row with a key, from the last row to the first.
func (s keyed) each(do func(row int, key uint64)) {
	s.blocks(0, s.n, func(lo int, keys []uint64) {
		for i := len(keys) - 1; i >= 0; i-- {
			if s.nulls == 0 || BitSet(s.valid, lo+i) {
				do(lo+i, keys[i])
			}
		}
	})
}

// split divides the rows into stretches of at least rows each, as many as there
// are processors, and returns their ends: stretch i is from ends[i] to ends[i+1].
func (s keyed) split(rows int) (ends []int) {
	parts := max(1, min(runtime.GOMAXPROCS(0), s.n/rows))
	for i := range parts {
		ends = append(ends, s.n*i/parts/keyBlock*keyBlock)
	}
	return append(ends, s.n)
}

// A tally is the distinct keys of a source. keys[k] ascends and was seen
// counts[k] times, first in row first[k].
type tally struct {
	keys      []uint64
	counts    []int64
	first     []uint32
	nullFirst uint32 // the first null row, if there is one

	// The place in keys of a row's key: ranks[key-low], or rank(key), or byRow[row];
	// what is nil does not apply.
	low   uint64
	ranks []uint32
	rank  func(key uint64) uint32
	byRow []uint32
}

const (
	maxDirect = 1 << 16 // bounds the table that counts keys by address, whatever the rows
	maxHashed = 1 << 16 // distinct keys; with more, each costs a cache miss
)

// newTally counts the keys of s: by address where they lie close together, through
// a hash table where they are few, else by sorting.
func newTally(s keyed) tally {
	direct := uint64(max(maxDirect, 2*s.n))
	low, high := uint64(0), s.below-1
	if s.below == 0 || high >= direct || s.nulls == s.n {
		low, high = pass(s.keys).span()
	}
	var t tally
	switch {
	case low > high:
		t.rank = func(uint64) uint32 { return 0 }
	case high-low < direct:
		t = tallyDirect(s, low, int(high-low)+1)
	default:
		var few bool
		if t, few = tallyHashed(s); !few {
			t = tallySorted(s)
		}
	}
	if s.nulls > 0 {
		for BitSet(s.valid, int(t.nullFirst)) {
			t.nullFirst++
		}
	}
	return t
}

// tallyDirect counts in stretches of rows side by side. Counts are added up and of
// first rows that in the first stretch counts, so nothing depends on how many
// stretches there are.
func tallyDirect(s keyed, low uint64, span int) tally {
	ends := s.split(max(4*span, 1<<16))
	counts, first := make([][]uint32, len(ends)-1), make([][]uint32, len(ends)-1)
	forEach(len(counts), func(part int) {
		times, rows := make([]uint32, span), make([]uint32, span)
		s.blocks(ends[part], ends[part+1], func(lo int, keys []uint64) {
			if s.nulls > 0 {
				for i := len(keys) - 1; i >= 0; i-- {
					if BitSet(s.valid, lo+i) {
						times[keys[i]-low]++
						rows[keys[i]-low] = uint32(lo + i)
					}
				}
				return
			}
			for i := len(keys) - 1; i >= 0; i-- {
				at := keys[i] - low
				times[at]++
				rows[at] = uint32(lo + i) // rows come last to first
			}
		})
		counts[part], first[part] = times, rows
	})
	t := tally{low: low, ranks: make([]uint32, span)}
	for slot := range span {
		total, row := int64(0), uint32(0)
		for part := len(counts) - 1; part >= 0; part-- {
			if n := counts[part][slot]; n > 0 {
				total, row = total+int64(n), first[part][slot]
			}
		}
		if total == 0 {
			continue
		}
		t.ranks[slot] = uint32(len(t.keys))
		t.keys = append(t.keys, low+uint64(slot))
		t.counts = append(t.counts, total)
		t.first = append(t.first, row)
	}
	return t
}

// tallyHashed gives up, and reports false, beyond maxHashed distinct keys.
func tallyHashed(s keyed) (t tally, few bool) {
	var table hashTable
	var counts []int64
	var first []uint32
	s.each(func(row int, key uint64) {
		if len(counts) > maxHashed {
			return
		}
		id := table.add(key)
		if int(id) == len(counts) {
			counts = append(counts, 0)
			first = append(first, 0)
		}
		counts[id]++
		first[id] = uint32(row)
	})
	if len(counts) > maxHashed {
		return tally{}, false
	}
	keys, ids := append([]uint64(nil), table.keys...), identity(len(table.keys))
	sortByKey(keys, ids)
	ranks := make([]uint32, len(ids))
	for rank, id := range ids {
		ranks[id] = uint32(rank)
	}
	return tally{
		keys:   keys,
		counts: gather(counts, ids),
		first:  gather(first, ids),
		rank:   func(key uint64) uint32 { return ranks[table.find(key)] },
	}, true
}

func tallySorted(s keyed) tally {
	keys, rows := make([]uint64, s.n-s.nulls), make([]uint32, s.n-s.nulls)
	at := len(keys)
	s.each(func(row int, key uint64) {
		at--
		keys[at], rows[at] = key, uint32(row)
	})
	sortByKey(keys, rows)
	t := tally{byRow: make([]uint32, s.n)}
	for i, key := range keys {
		if i == 0 || key != keys[i-1] {
			t.keys = append(t.keys, key)
			t.counts = append(t.counts, 0)
			t.first = append(t.first, rows[i]) // the sort is stable
		}
		t.counts[len(t.counts)-1]++
		t.byRow[rows[i]] = uint32(len(t.keys) - 1)
	}
	return t
}

// ranked returns a source of the same rows whose key is the rank of the row's key
// among the distinct keys, ascending. Nulls, if there are any, have rank 0.
func (t tally) ranked(s keyed) keyed {
	shift := uint64(min(s.nulls, 1))
	return keyed{n: s.n, below: uint64(len(t.keys)) + shift, fill: func(dst []uint64, lo int) {
		switch {
		case t.byRow != nil:
			for i, rank := range t.byRow[lo : lo+len(dst)] {
				dst[i] = uint64(rank) + shift
			}
		case t.ranks != nil && s.nulls == 0:
			s.fill(dst, lo)
			for i, key := range dst {
				dst[i] = uint64(t.ranks[key-t.low])
			}
		default:
			s.fill(dst, lo)
			for i, key := range dst {
				switch {
				case s.nulls > 0 && !BitSet(s.valid, lo+i): // its key has no meaning
				case t.ranks != nil:
					dst[i] = uint64(t.ranks[key-t.low]) + shift
				default:
					dst[i] = uint64(t.rank(key)) + shift
				}
			}
		}
		if s.nulls > 0 {
			for i := range dst {
				if !BitSet(s.valid, lo+i) {
					dst[i] = 0
				}
			}
		}
	}}
}

// A hashTable numbers keys in the order in which they are first added. Its zero
// value is empty.
type hashTable struct {
	keys  []uint64 // by number
	slots []uint32 // number+1, or 0; the length is a power of two
	shift int
}

// add returns the number of key.
func (h *hashTable) add(key uint64) uint32 {
	if 2*len(h.keys) >= len(h.slots) {
		h.grow()
	}
	slot := h.home(key)
	for h.slots[slot] != 0 {
		if id := h.slots[slot] - 1; h.keys[id] == key {
			return id
		}
		slot = (slot + 1) & (len(h.slots) - 1)
	}
	h.keys = append(h.keys, key)
	h.slots[slot] = uint32(len(h.keys))
	return uint32(len(h.keys) - 1)
}

// home mixes the whole key into its slot: floats differ in their high bits, small
// integers in their low ones.
func (h *hashTable) home(key uint64) int {
	key ^= key >> 32
	key *= 0x9e3779b97f4a7c15
	key ^= key >> 29
	key *= 0xbf58476d1ce4e5b9
	return int(key >> h.shift)
}

func (h *hashTable) grow() {
	size, shift := 1024, 64-10
	for size <= 4*len(h.keys) {
		size, shift = 2*size, shift-1
	}
	h.slots, h.shift = make([]uint32, size), shift
	for id, key := range h.keys {
		slot := h.home(key)
		for h.slots[slot] != 0 {
			slot = (slot + 1) & (size - 1)
		}
		h.slots[slot] = uint32(id + 1)
	}
}

// identity returns 0 to n-1.
func identity(n int) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	return rows
}
