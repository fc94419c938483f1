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
	quantiles := slices.Repeat([]float64{math.NaN()}, len(probabilities))
	if !c.measurable() {
		return quantiles
	}
	keys, n := c.keyed(), c.Len-c.Nulls
	low, high := keys.span()
	if n == 0 || c.Type == Float64 && high == math.MaxUint64 {
		return quantiles
	}
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
	selectKeys(keys, n, low, high, ranks, chosen)
	at := func(rank int) float64 {
		k, _ := slices.BinarySearch(ranks, rank)
		return keyFloat(c.Type, chosen[k])
	}
	for i, p := range probabilities {
		if p >= 0 && p <= 1 {
			position := float64(n-1) * p
			below := int(position)
			quantiles[i] = between(at(below), at(min(below+1, n-1)), position-float64(below))
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

// selectKeys sets chosen[i] to the key that would stand at ranks[i] if the n keys
// of s, which lie between low and high, were sorted. ranks ascend.
//
// It spreads the keys over buckets by their leading bits and goes on with those
// buckets alone that hold a rank.
func selectKeys(s keyed, n int, low, high uint64, ranks []int, chosen []uint64) {
	const small, leading = 1 << 10, 12
	if len(ranks) == 0 {
		return
	}
	if n <= small {
		all := make([]uint64, 0, n)
		s.blocks(func(_ int, keys []uint64) { all = append(all, keys...) })
		slices.Sort(all)
		for i, r := range ranks {
			chosen[i] = all[r]
		}
		return
	}
	shift := max(0, bits.Len64(high-low)-leading)
	var sizes [1 << leading]uint32
	s.blocks(func(_ int, keys []uint64) {
		for _, k := range keys {
			sizes[(k-low)>>shift&(1<<leading-1)]++
		}
	})

	type bucket struct {
		from, to int // ranks[from:to] lie in it
		start    int // the rank of its first key
		keys     []uint64
	}
	var wanted []bucket
	var slot [1 << leading]int32 // index in wanted, plus 1
	start, next := 0, 0
	for b, size := range sizes {
		end := start + int(size)
		from := next
		for next < len(ranks) && ranks[next] < end {
			chosen[next] = low + uint64(b) // the key itself if shift is 0
			next++
		}
		if next > from {
			wanted = append(wanted, bucket{from: from, to: next, start: start, keys: make([]uint64, 0, size)})
			slot[b] = int32(len(wanted))
		}
		start = end
	}
	if shift == 0 {
		return
	}
	s.blocks(func(_ int, keys []uint64) {
		for _, k := range keys {
			if s := slot[(k-low)>>shift&(1<<leading-1)]; s != 0 {
				wanted[s-1].keys = append(wanted[s-1].keys, k)
			}
		}
	})
	for _, w := range wanted {
		within := make([]int, w.to-w.from)
		for i, r := range ranks[w.from:w.to] {
			within[i] = r - w.start
		}
		keys := keyed{n: len(w.keys), fill: func(dst []uint64, lo int) { copy(dst, w.keys[lo:]) }}
		low, high := keyRange(w.keys)
		selectKeys(keys, len(w.keys), low, high, within, chosen[w.from:w.to])
	}
}
