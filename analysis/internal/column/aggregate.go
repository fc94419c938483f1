package column

import (
	"fmt"
	"math"
	"slices"
)

// Count returns how many values of c each group holds, nulls not counted, as an
// Int64 column named as c. Of a nil column it counts the rows, as "count".
func (g Groups) Count(c *Column) *Column {
	if c == nil {
		return FromInt64s("count", slices.Clone(g.Rows), nil)
	}
	return FromInt64s(c.Name, g.counts(c), nil)
}

// counts returns how many values of c each group holds.
func (g Groups) counts(c *Column) []int64 {
	counts := slices.Clone(g.Rows)
	if c.Nulls > 0 {
		g.Each(func(lo int, of []uint64) {
			for i, k := range of {
				if c.IsNull(lo + i) {
					counts[k]--
				}
			}
		})
	}
	return counts
}

// Sum returns the sum of c over each group: Int64 for integers (exact; an
// overflow is an error), Float64 for floats (infinite only where the whole sum is
// out of range, whatever the order), the number of true rows for a Bool column. It
// is null for a group without a value. A Timestamp, String or Vector column has no
// sum: an error.
func (g Groups) Sum(c *Column) (*Column, error) {
	if c.Type == Timestamp || !c.measurable() {
		return nil, noAggregate("sum", c)
	}
	has := hold(c, g.counts(c))
	if c.Type == Float64 {
		sums, exponents := g.floatSums(c)
		for k, exponent := range exponents {
			sums[k] = math.Ldexp(sums[k], exponent)
		}
		return FromFloat64s(c.Name, sums, has), nil
	}
	sums := make([]int64, g.Len())
	for k, w := range g.intSums(c) {
		v, fits := w.int64()
		if !fits {
			return nil, fmt.Errorf("column: the sum of %q overflows int64", c.Name)
		}
		sums[k] = v
	}
	return FromInt64s(c.Name, sums, has), nil
}

// Mean returns the mean of c over each group as Float64, null for a group without
// a value. Bools count as 0 and 1. A String or Vector column is an error.
func (g Groups) Mean(c *Column) (*Column, error) {
	if !c.measurable() {
		return nil, noAggregate("mean", c)
	}
	counts := g.counts(c)
	means := make([]float64, g.Len())
	if c.Type == Float64 {
		sums, exponents := g.floatSums(c)
		for k, s := range sums {
			means[k] = s / float64(counts[k])
		}
		for k, exponent := range exponents {
			means[k] = math.Ldexp(means[k], exponent)
		}
	} else {
		for k, w := range g.intSums(c) {
			if counts[k] > 0 {
				means[k] = w.over(counts[k])
			}
		}
	}
	return FromFloat64s(c.Name, means, hold(c, counts)), nil
}

// StdDev returns the standard deviation (over n-1) of c over each group as
// Float64, null for a group of fewer than two values. Bools count as 0 and 1. A
// String or Vector column is an error.
func (g Groups) StdDev(c *Column) (*Column, error) {
	if !c.measurable() {
		return nil, noAggregate("stddev", c)
	}
	counts := g.counts(c)
	squares, moved := g.squares(c, counts, nil)
	var exponents []int // of the powers of two that a group's values were divided by
	if c.Type == Float64 {
		exponents = g.exponents(c, func(k int) bool { return counts[k] > 1 && moved[k] && outOfRange(squares[k]) })
	}
	if exponents != nil {
		scaled, _ := g.squares(c, counts, exponents)
		for k, exponent := range exponents {
			if exponent != 0 {
				squares[k] = scaled[k]
			}
		}
	}
	enough := make([]bool, g.Len())
	for k, n := range counts {
		if enough[k] = n > 1; enough[k] {
			squares[k] = math.Sqrt(squares[k] / float64(n-1))
		}
	}
	for k, exponent := range exponents {
		squares[k] = math.Ldexp(squares[k], exponent)
	}
	return FromFloat64s(c.Name, squares, enough), nil
}

// squares returns, of each group, the sum of its values' squared deviations from
// their mean, and whether there is any deviation. Of group k the values are divided
// by 2^exponents[k] first; nil divides none.
func (g Groups) squares(c *Column, counts []int64, exponents []int) (squares []float64, moved []bool) {
	origin := c.origin()
	factors := make([]float64, len(exponents))
	for k, exponent := range exponents {
		factors[k] = math.Ldexp(1, -exponent)
	}
	each := func(do func(of []uint64, values []float64)) {
		g.eachFloat(c, origin, func(of []uint64, values []float64) {
			if exponents != nil {
				for i := range values {
					values[i] *= factors[of[i]]
				}
			}
			do(of, values)
		})
	}
	means, off := make([]float64, g.Len()), make([]float64, g.Len())
	squares, moved = make([]float64, g.Len()), make([]bool, g.Len())
	each(func(of []uint64, values []float64) {
		for i, v := range values {
			means[of[i]] += v
		}
	})
	for k, n := range counts {
		means[k] /= float64(n)
	}
	each(func(of []uint64, values []float64) {
		for i, v := range values {
			k := of[i]
			d := v - means[k]
			off[k] += d
			squares[k] += d * d
			if d != 0 {
				moved[k] = true
			}
		}
	})
	for k, n := range counts {
		squares[k] = max(0, squares[k]-off[k]*off[k]/float64(n))
	}
	return squares, moved
}

// exponents returns the exponents to scale the wanted groups of a Float64 column by:
// see exponentOf. Groups that are not wanted, or hold an infinity, have 0; nil says
// that all do.
func (g Groups) exponents(c *Column, wanted func(k int) bool) []int {
	largest, some := make([]float64, g.Len()), false
	for k := range largest {
		some = some || wanted(k)
	}
	if !some {
		return nil
	}
	g.eachFloat(c, 0, func(of []uint64, values []float64) {
		for i, v := range values {
			largest[of[i]] = max(largest[of[i]], math.Abs(v))
		}
	})
	exponents := make([]int, g.Len())
	for k, v := range largest {
		if wanted(k) && finite(v) {
			exponents[k] = exponentOf(v)
		}
	}
	return exponents
}

// Min returns the smallest value of c in each group, of the type of c, null for a
// group without a value. NaN is greater than any number. A Vector column is an
// error.
func (g Groups) Min(c *Column) (*Column, error) { return g.extreme(c, "min", 0) }

// Max returns the largest value of c in each group; see [Groups.Min].
func (g Groups) Max(c *Column) (*Column, error) { return g.extreme(c, "max", math.MaxUint64) }

// extreme gathers, of each group, the first row whose key, with the bits of flip
// turned over, is smallest.
func (g Groups) extreme(c *Column, name string, flip uint64) (*Column, error) {
	if c.Type == Vector {
		return nil, noAggregate(name, c)
	}
	source := c.keyed()
	rows := slices.Clone(g.First)   // of a group without a value it stays this null row
	best := make([]uint64, g.Len()) // the key of that row
	seen := make([]bool, g.Len())
	var block [keyBlock]uint64
	g.Each(func(lo int, of []uint64) {
		keys := block[:len(of)]
		source.fill(keys, lo)
		for i, k := range of {
			if !c.IsNull(lo+i) && (!seen[k] || keys[i]^flip < best[k]) {
				rows[k], best[k], seen[k] = uint32(lo+i), keys[i]^flip, true
			}
		}
	})
	return c.Gather(rows), nil
}

// hold reports which groups hold a value of c, by their counts; nil when all do.
func hold(c *Column, counts []int64) []bool {
	if c.Nulls == 0 {
		return nil
	}
	has := make([]bool, len(counts))
	for k, n := range counts {
		has[k] = n > 0
	}
	return has
}

// eachFloat calls do for stretches of the rows with a value, in order, with the
// rows' groups and their values less origin.
func (g Groups) eachFloat(c *Column, origin int64, do func(of []uint64, values []float64)) {
	var block [keyBlock]float64
	g.Each(func(lo int, of []uint64) {
		values := block[:len(of)]
		c.fillFloats(values, lo, origin)
		if c.Nulls > 0 {
			n := 0
			for i := range of {
				of[n], values[n] = of[i], values[i]
				n += int(c.Valid[(lo+i)>>3] >> ((lo + i) & 7) & 1)
			}
			of, values = of[:n], values[:n]
		}
		do(of, values)
	})
}

// floatSums returns the sum of each group: sums[k] times 2^exponents[k], or without
// it where exponents is nil. So a sum out of range on the way, or as a whole, can
// still be divided.
func (g Groups) floatSums(c *Column) (sums []float64, exponents []int) {
	sums = g.scaledSums(c, 1)
	if !slices.ContainsFunc(sums, func(s float64) bool { return !finite(s) }) {
		return sums, nil
	}
	const exponent = 33 // there are fewer than 2^32 rows
	exponents = make([]int, g.Len())
	for k, s := range g.scaledSums(c, 0x1p-33) {
		if !finite(sums[k]) {
			sums[k], exponents[k] = s, exponent
		}
	}
	return sums, exponents
}

// scaledSums adds the values times scale with Neumaier's compensation (1974), so
// that neither the order nor the size of a group matters much.
func (g Groups) scaledSums(c *Column, scale float64) []float64 {
	sums, lost := make([]float64, g.Len()), make([]float64, g.Len())
	g.eachFloat(c, 0, func(of []uint64, values []float64) {
		for i, v := range values {
			k := of[i]
			v *= scale
			total := sums[k] + v
			if math.Abs(sums[k]) >= math.Abs(v) {
				lost[k] += sums[k] - total + v
			} else {
				lost[k] += v - total + sums[k]
			}
			sums[k] = total
		}
	})
	for k, l := range lost {
		if !math.IsNaN(l) { // beside an infinity there is nothing to regain
			sums[k] += l
		}
	}
	return sums
}

func (g Groups) intSums(c *Column) []wide {
	sums := make([]wide, g.Len())
	g.Each(func(lo int, of []uint64) {
		for i, k := range of {
			row := lo + i
			if c.IsNull(row) {
				continue
			}
			switch c.Type {
			case Int32:
				sums[k].add(int64(c.Int32s[row]))
			case Bool:
				sums[k].add(int64(c.Bools[row>>3] >> (row & 7) & 1))
			default:
				sums[k].add(c.Int64s[row])
			}
		}
	})
	return sums
}

func noAggregate(name string, c *Column) error {
	return fmt.Errorf("column: no %s of %q, a %v column", name, c.Name, c.Type)
}
