package column

import (
	"math"
	"math/bits"
)

// A counted is an integer column as how often each integer occurs in it. It says
// all that a description says, exactly, and one pass over the rows makes it.
type counted struct {
	n     int      // values
	low   int64    // the smallest value
	times []uint32 // how many rows hold low+d is times[d]; the last is not 0
}

// maxSpread bounds a counted column's list, to a length that goes with the rows.
func maxSpread(rows int) uint64 { return min(2*uint64(rows)+1<<10, 1<<24) }

// counted returns false for a column of no value, of other types, and where the
// values lie too far apart for it to pay.
func (c *Column) counted() (counted, bool) {
	switch {
	case c.Len == c.Nulls:
		return counted{}, false
	case c.Type == Int32:
		return count(c, c.Int32s)
	case c.Type == Int64 || c.Type == Timestamp:
		return count(c, c.Int64s)
	}
	return counted{}, false
}

func count[T int32 | int64](c *Column, values []T) (counted, bool) {
	low, high := extent(c, values)
	spread := uint64(high) - uint64(low)
	if spread >= maxSpread(c.Len) {
		return counted{}, false
	}
	k := counted{n: c.Len - c.Nulls, low: int64(low), times: make([]uint32, spread+1)}
	switch {
	case spread == 0:
		k.times[0] = uint32(k.n)
	case c.Nulls > 0:
		for i, v := range values {
			if !c.IsNull(i) {
				k.times[int64(v)-k.low]++
			}
		}
	case spread < 1<<10:
		countClose(values, low, k.times)
	default:
		for _, v := range values {
			k.times[int64(v)-k.low]++
		}
	}
	return k, true
}

// countClose counts in four lists in turn: where the same value comes again and
// again, one count would wait for the one before.
func countClose[T int32 | int64](values []T, low T, times []uint32) {
	var a, b, c, d [1 << 10]uint32
	rest := values
	for ; len(rest) >= 4; rest = rest[4:] {
		a[(rest[0]-low)&(1<<10-1)]++
		b[(rest[1]-low)&(1<<10-1)]++
		c[(rest[2]-low)&(1<<10-1)]++
		d[(rest[3]-low)&(1<<10-1)]++
	}
	for _, v := range rest {
		a[v-low]++
	}
	for i := range times {
		times[i] = a[i] + b[i] + c[i] + d[i]
	}
}

// extent returns the smallest and the largest value of a column that has one.
func extent[T int32 | int64](c *Column, values []T) (low, high T) {
	if c.Nulls == 0 {
		low, high = values[0], values[0]
		for ; len(values) >= 4; values = values[4:] { // two do not wait for the other two
			a, b, c, d := values[0], values[1], values[2], values[3]
			low, high = min(low, min(min(a, b), min(c, d))), max(high, max(max(a, b), max(c, d)))
		}
		for _, v := range values {
			low, high = min(low, v), max(high, v)
		}
		return low, high
	}
	first := true
	for i, v := range values {
		if c.IsNull(i) {
			continue
		}
		if first {
			low, high, first = v, v, false
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// at returns the key of the value that would stand at rank if all were sorted;
// the ranks ascend.
func (k counted) at(ranks []int, keys []uint64) {
	below, d := 0, 0
	for i, rank := range ranks {
		for below+int(k.times[d]) <= rank {
			below += int(k.times[d])
			d++
		}
		keys[i] = intKey(k.low + int64(d))
	}
}

// moments returns the mean, off by one rounding, and the deviation (over n-1),
// off by three.
func (k counted) moments() (mean, stdDev float64) {
	// There are below 2^32 distances d from low, each below 2^24 (see maxSpread): a
	// word holds their sum, two hold n times the sum of their squares.
	var sum, high, low uint64
	for d, times := range k.times {
		if times == 0 {
			continue
		}
		first := uint64(times) * uint64(d)
		sum += first
		h, l := bits.Mul64(first, uint64(d))
		var carry uint64
		low, carry = bits.Add64(low, l, 0)
		high += h + carry
	}
	n := uint64(k.n)
	h, l := bits.Mul64(uint64(k.low), n)
	if k.low < 0 {
		h -= n
	}
	total := wide{high: int64(h), low: l}
	total.add(int64(sum))
	mean = total.over(int64(n))
	if n < 2 {
		return mean, math.NaN()
	}
	// n times the sum of squared deviations is n*squares - sum^2.
	h, l = bits.Mul64(low, n)
	h += high * n
	squareHigh, squareLow := bits.Mul64(sum, sum)
	l, borrow := bits.Sub64(l, squareLow, 0)
	h -= squareHigh + borrow
	return mean, math.Sqrt((float64(h)*0x1p64 + float64(l)) / (float64(n) * float64(n-1)))
}
