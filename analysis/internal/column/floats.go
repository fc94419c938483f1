package column

import "math/bits"

// statRows is the length of the blocks that moments are taken over. It is fixed,
// and blocks are merged in their order, so results depend on nothing else. Short
// blocks also keep sums from outgrowing what is added to them.
const statRows = 1 << 11

// measurable reports whether c has values to take means of: numbers, or bools
// as 0 and 1.
func (c *Column) measurable() bool { return c.Type.Numeric() || c.Type == Bool }

// origin returns the first value of an integer column, 0 for others. Distances
// from it are exact where the values as float64 would be rounded.
func (c *Column) origin() int64 {
	for i := range c.Len {
		if c.IsNull(i) {
			continue
		}
		switch c.Type {
		case Int32:
			return int64(c.Int32s[i])
		case Int64, Timestamp:
			return c.Int64s[i]
		}
		break
	}
	return 0
}

// fillFloats sets dst[i] to row lo+i as a float64, less origin where the column
// is of integers. Under a null it has no meaning.
func (c *Column) fillFloats(dst []float64, lo int, origin int64) {
	switch c.Type {
	case Int32:
		for i, v := range c.Int32s[lo : lo+len(dst)] {
			dst[i] = float64(int64(v) - origin)
		}
	case Int64, Timestamp:
		for i, v := range c.Int64s[lo : lo+len(dst)] {
			dst[i] = distance(v, origin)
		}
	case Float64:
		copy(dst, c.Float64s[lo:])
	case Bool:
		for i := range dst {
			dst[i] = float64(c.Bools[(lo+i)>>3] >> ((lo + i) & 7) & 1)
		}
	default:
		clear(dst)
	}
}

// distance returns v-origin, rounded once unless it overflows an int64.
func distance(v, origin int64) float64 {
	d := v - origin
	if (v^origin)&(v^d) < 0 {
		return float64(v) - float64(origin)
	}
	return float64(d)
}

// validFloats fills block from the rows from lo on and returns those that hold a
// value, in order.
func (c *Column) validFloats(block []float64, lo int, origin int64) []float64 {
	block = block[:min(len(block), c.Len-lo)]
	c.fillFloats(block, lo, origin)
	if c.Nulls == 0 {
		return block
	}
	n := 0
	for i, v := range block {
		block[n] = v
		n += int(c.Valid[(lo+i)>>3] >> ((lo + i) & 7) & 1)
	}
	return block[:n]
}

// A wide is a signed 128-bit sum, exact for any number of int64s.
type wide struct {
	high int64
	low  uint64
}

func (w *wide) add(v int64) {
	low, carry := bits.Add64(w.low, uint64(v), 0)
	w.low, w.high = low, w.high+v>>63+int64(carry)
}

// int64 returns the sum and whether it fits.
func (w wide) int64() (int64, bool) {
	return int64(w.low), w.high == int64(w.low)>>63
}

// over returns the sum divided by n > 0, where n values made the sum: quotient
// and remainder are exact, so the result is off by an ulp at most.
func (w wide) over(n int64) float64 {
	negative := w.high < 0
	if negative {
		low, borrow := bits.Sub64(0, w.low, 0)
		w.low, w.high = low, int64(0-uint64(w.high)-borrow)
	}
	quotient, rest := bits.Div64(uint64(w.high), w.low, uint64(n))
	mean := float64(quotient) + float64(rest)/float64(n)
	if negative {
		return -mean
	}
	return mean
}

// intSum returns the exact sum of an integer column.
func (c *Column) intSum() wide {
	var sum wide
	for i, v := range c.Int32s {
		if !c.IsNull(i) {
			sum.add(int64(v))
		}
	}
	for i, v := range c.Int64s {
		if !c.IsNull(i) {
			sum.add(v)
		}
	}
	return sum
}
