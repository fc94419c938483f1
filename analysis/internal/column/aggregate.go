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
// overflow is an error), Float64 for floats, the number of true rows for a Bool
// column. It is null for a group without a value. A Timestamp, String or Vector
// column has no sum: an error.
func (g Groups) Sum(c *Column) (*Column, error) {
	if c.Type == Timestamp || !c.measurable() {
		return nil, noAggregate("sum", c)
	}
	has := hold(c, g.counts(c))
	if c.Type == Float64 {
		return FromFloat64s(c.Name, g.floatSums(c), has), nil
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
		for k, s := range g.floatSums(c) {
			means[k] = s / float64(counts[k])
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
	origin := c.origin()
	means := make([]float64, g.Len())
	off, squares := make([]float64, g.Len()), make([]float64, g.Len())
	g.eachFloat(c, origin, func(of []uint64, values []float64) {
		for i, v := range values {
			means[of[i]] += v
		}
	})
	for k, n := range counts {
		means[k] /= float64(n)
	}
	g.eachFloat(c, origin, func(of []uint64, values []float64) {
		for i, v := range values {
			k := of[i]
			d := v - means[k]
			off[k] += d
			squares[k] += d * d
		}
	})
	enough := make([]bool, g.Len())
	for k, n := range counts {
		if enough[k] = n > 1; enough[k] {
			squares[k] = math.Sqrt(max(0, squares[k]-off[k]*off[k]/float64(n)) / float64(n-1))
		}
	}
	return FromFloat64s(c.Name, squares, enough), nil
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

// floatSums adds with Neumaier's compensation (1974), so that neither the order
// nor the size of a group matters much.
func (g Groups) floatSums(c *Column) []float64 {
	sums, lost := make([]float64, g.Len()), make([]float64, g.Len())
	g.eachFloat(c, 0, func(of []uint64, values []float64) {
		for i, v := range values {
			k := of[i]
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
