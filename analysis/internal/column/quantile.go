package column

import (
	"math"
	"math/bits"
	"slices"
)

// Quantiles returns one quantile of the values of c for each probability: the
// exact one, by linear interpolation between the two values next to position
// (n-1)*p in sorted order (type 7 of Hyndman and Fan 1996, the default of NumPy,
// pandas and R). Bools count as 0 and 1.
//
// A quantile is NaN where p lies outside [0, 1]; all are if c has no value, holds
// a NaN, or is a String or Vector column. Integers beyond 2^53 are rounded. O(n).
func Quantiles(c *Column, probabilities ...float64) []float64 {
	n := c.Len - c.Nulls
	if !c.measurable() || n == 0 {
		return slices.Repeat([]float64{math.NaN()}, len(probabilities))
	}
	if k, ok := c.counted(); ok {
		return quantiles(c.Type, n, probabilities, k.at)
	}
	keys := c.keyed()
	low, high := pass(keys.keys).span()
	if c.Type == Float64 && high == math.MaxUint64 {
		return slices.Repeat([]float64{math.NaN()}, len(probabilities))
	}
	return quantiles(c.Type, n, probabilities, func(ranks []int, chosen []uint64) {
		selectKeys(keys.keys, n, low, high, ranks, chosen)
	})
}

// numberQuantiles is Quantiles of a Float64 column whose values are known to lie
// between low and high, none of them NaN.
func (c *Column) numberQuantiles(low, high float64, probabilities []float64) []float64 {
	keys, n := c.keyed(), c.Len-c.Nulls
	keys.fill = c.fillNumberKeys
	return quantiles(c.Type, n, probabilities, func(ranks []int, chosen []uint64) {
		selectKeys(keys.keys, n, floatKey(low), floatKey(high), ranks, chosen)
	})
}

// quantiles returns the quantiles of n values. at sets chosen[i] to the key of the
// value at ranks[i], ranks ascending.
func quantiles(t Type, n int, probabilities []float64, at func(ranks []int, chosen []uint64)) []float64 {
	quantiles := slices.Repeat([]float64{math.NaN()}, len(probabilities))
	var ranks []int
	for _, p := range probabilities {
		if p >= 0 && p <= 1 {
			below := int(float64(n-1) * p)
			ranks = append(ranks, below, min(below+1, n-1))
		}
	}
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	chosen := make([]uint64, len(ranks))
	at(ranks, chosen)
	value := func(rank int) float64 {
		k, _ := slices.BinarySearch(ranks, rank)
		return keyFloat(t, chosen[k])
	}
	for i, p := range probabilities {
		if p >= 0 && p <= 1 {
			position := float64(n-1) * p
			below := int(position)
			quantiles[i] = between(value(below), value(min(below+1, n-1)), position-float64(below))
		}
	}
	return quantiles
}

// between returns a + (b-a)*share for a <= b and share in [0, 1), from the nearer
// end, as NumPy does.
func between(a, b, share float64) float64 {
	switch {
	case share == 0 || a == b:
		return a
	case math.IsInf(a, 0) || math.IsInf(b, 0):
		return a + b // the infinite one, NaN between the two
	case math.IsInf(b-a, 0):
		return a*(1-share) + b*share
	case share >= 0.5:
		return b - (b-a)*(1-share)
	}
	return a + (b-a)*share
}

// A pass calls do with keys, block by block in any order; do may change them but
// keep nothing of them.
type pass func(do func(keys []uint64))

// within is the keys of p from low to high.
func (p pass) within(low, high uint64) pass {
	return func(do func([]uint64)) {
		p(func(keys []uint64) {
			n := 0
			for _, k := range keys {
				keys[n] = k
				if k-low <= high-low {
					n++
				}
			}
			do(keys[:n])
		})
	}
}

// selectKeys sets chosen[i] to the key that would stand at ranks[i] if the n keys
// of all, which lie between low and high and reach both, were sorted. ranks ascend.
//
// It spreads the keys over buckets by their leading bits and goes on with those
// buckets alone that hold a rank: with a copy of a small one, with another pass
// over all where half the rows have one value, say.
func selectKeys(all pass, n int, low, high uint64, ranks []int, chosen []uint64) {
	const small, leading = 1 << 10, 14
	for len(ranks) > 0 && (ranks[0] == 0 || low == high) {
		chosen[0] = low
		ranks, chosen = ranks[1:], chosen[1:]
	}
	if last := len(ranks) - 1; last >= 0 && ranks[last] == n-1 {
		chosen[last] = high
		ranks, chosen = ranks[:last], chosen[:last]
	}
	if len(ranks) == 0 {
		return
	}
	if n <= small {
		sorted := make([]uint64, 0, n)
		all(func(keys []uint64) { sorted = append(sorted, keys...) })
		slices.Sort(sorted)
		for i, r := range ranks {
			chosen[i] = sorted[r]
		}
		return
	}
	shift := max(0, bits.Len64(high-low)-leading)
	sizes := make([]uint32, 1<<leading)
	all(func(keys []uint64) {
		for _, k := range keys {
			sizes[(k-low)>>shift&(1<<leading-1)]++
		}
	})

	type bucket struct {
		from, to int // ranks[from:to] lie in it
		start    int // the rank of its first key
		low      uint64
		size     int
		keys     []uint64 // a copy, or just one key of a large bucket
		large    bool
		mixed    bool // a large bucket has more than one value
	}
	var wanted []bucket
	var known []uint64                 // by wanted bucket: the one key of a large one, else none of its keys
	slot := make([]uint16, 1<<leading) // index in wanted, plus 1
	start, next := 0, 0
	for b, size := range sizes {
		end := start + int(size)
		from := next
		for next < len(ranks) && ranks[next] < end {
			chosen[next] = low + uint64(b) // the key itself if shift is 0
			next++
		}
		if next > from {
			w := bucket{from: from, to: next, start: start, low: low + uint64(b)<<shift, size: int(size), large: int(size) > n/8}
			if !w.large {
				w.keys = make([]uint64, 0, size)
			}
			wanted, known = append(wanted, w), append(known, w.low-1)
			slot[b] = uint16(len(wanted))
		}
		start = end
	}
	if shift == 0 {
		return
	}
	all(func(keys []uint64) {
		n := 0
		for _, k := range keys { // without a branch, for none could be foreseen
			keys[n] = k
			n += int(min(slot[(k-low)>>shift&(1<<leading-1)], 1))
		}
		for _, k := range keys[:n] {
			at := slot[(k-low)>>shift&(1<<leading-1)] - 1
			if k == known[at] {
				continue
			}
			w := &wanted[at]
			switch {
			case !w.large:
				w.keys = append(w.keys, k)
			case len(w.keys) == 0:
				w.keys, known[at] = append(w.keys, k), k
			default:
				w.mixed = true
			}
		}
	})
	for _, w := range wanted {
		within := make([]int, w.to-w.from)
		for i, r := range ranks[w.from:w.to] {
			within[i] = r - w.start
		}
		some := pass(func(do func([]uint64)) { do(w.keys) })
		from, to := keyRange(w.keys)
		if w.mixed {
			// Buckets begin at low, not at a multiple of their width; the last may
			// reach beyond the largest key there can be.
			some = all.within(w.low, w.low+min(1<<shift-1, high-w.low))
			from, to = some.span()
		}
		selectKeys(some, w.size, from, to, within, chosen[w.from:w.to])
	}
}

// span returns the smallest and the largest key; low > high if there is none.
func (p pass) span() (low, high uint64) {
	low, high = math.MaxUint64, 0
	p(func(keys []uint64) {
		if len(keys) > 0 {
			l, h := keyRange(keys)
			low, high = min(low, l), max(high, h)
		}
	})
	return low, high
}
