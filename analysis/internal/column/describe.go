package column

import "math"

// A Description is what [Describe] says of a column. Statistics of no value are
// NaN.
type Description struct {
	Count int64 // rows that hold a value
	Nulls int64 // rows that do not

	Mean   float64
	StdDev float64 // of a sample, that is over n-1; NaN where Count is 1
	Min    float64
	Q1     float64 // quartiles are those of [Quantiles]
	Median float64
	Q3     float64
	Max    float64
}

// Describe summarises c. A bool counts as 0 or 1; a String or Vector column has
// counts only. NaN is a value, and as in NumPy one is enough to make every
// statistic NaN.
//
// The mean of integers is exact up to one rounding, and so is the deviation of
// those that lie close together. Other deviations are summed in two passes over
// each block of rows and the blocks merged as in Chan, Golub and LeVeque (1979),
// so values far from 0, such as timestamps, lose nothing. Where floats are so large,
// or their deviations so small, that squares would leave a float64's range, they are
// scaled first; a deviation that is beyond the range itself is +Inf.
// O(n).
func Describe(c *Column) Description {
	nan := math.NaN()
	d := Description{
		Count: int64(c.Len - c.Nulls), Nulls: int64(c.Nulls),
		Mean: nan, StdDev: nan, Min: nan, Q1: nan, Median: nan, Q3: nan, Max: nan,
	}
	if d.Count == 0 || !c.measurable() {
		return d
	}
	quartiles := []float64{0, 0.25, 0.5, 0.75, 1}
	var q []float64
	if k, ok := c.counted(); ok {
		d.Mean, d.StdDev = k.moments()
		q = quantiles(c.Type, k.n, quartiles, k.at)
	} else {
		m, low, high := c.moments(1)
		d.Mean, d.StdDev = m.mean+m.rest, m.stdDev()
		if c.Type == Float64 && finite(m.mean) && low < high && outOfRange(m.squares) {
			exponent := exponentOf(max(-low, high))
			m, _, _ := c.moments(math.Ldexp(1, -exponent))
			d.Mean, d.StdDev = math.Ldexp(m.mean+m.rest, exponent), math.Ldexp(m.stdDev(), exponent)
		}
		if c.Type != Float64 && c.Type != Bool {
			d.Mean = c.intSum().over(d.Count)
		}
		if c.Type == Float64 && finite(m.mean) { // so there is no NaN
			q = c.numberQuantiles(low, high, quartiles)
		} else {
			q = Quantiles(c, quartiles...)
		}
	}
	d.Min, d.Q1, d.Median, d.Q3, d.Max = q[0], q[1], q[2], q[3], q[4]
	return d
}

// DescribeAll describes the columns side by side.
func DescribeAll(columns []*Column) []Description {
	all := make([]Description, len(columns))
	forEach(len(columns), func(i int) { all[i] = Describe(columns[i]) })
	return all
}

// moments are the mean of n values and the sum of their squared deviations. The
// mean is mean+rest: far from 0 one float64 is too coarse to merge by.
type moments struct {
	n, mean, rest, squares float64
}

// outOfRange reports whether a sum of squares has lost what it was made of: it is
// not finite, or so small that squares may have become 0.
func outOfRange(squares float64) bool { return !(squares >= 0x1p-900 && squares <= math.MaxFloat64) }

// exponentOf returns the exponent of the power of two to divide values by, of which
// the largest without its sign is v, so that their squares stay in range; 0 where v
// is infinite.
func exponentOf(v float64) int {
	_, exponent := math.Frexp(v)
	return max(exponent, -1000) // so that the power of -exponent is finite
}

// moments of the values of c less [Column.origin], times scale, a power of two, and
// of floats the smallest and the largest that is no NaN.
func (c *Column) moments(scale float64) (m moments, low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	block := make([]float64, statRows)
	origin := c.origin()
	for lo := 0; lo < c.Len; lo += statRows {
		values := block
		if c.Type == Float64 && c.Nulls == 0 && scale == 1 {
			values = c.Float64s[lo:min(lo+statRows, c.Len)]
		} else {
			values = c.validFloats(block, lo, origin)
			if scale != 1 {
				for i := range values {
					values[i] *= scale
				}
			}
		}
		m = m.merge(momentsOf(values))
		for _, v := range values {
			if v < low {
				low = v
			}
			if v > high {
				high = v
			}
		}
	}
	return m, low, high
}

// momentsOf takes the mean first and then the deviations from it; what those sum
// to is what rounding left in the mean.
func momentsOf(values []float64) moments {
	n := float64(len(values))
	if n == 0 {
		return moments{}
	}
	mean := values[0] + sumFrom(values[0], values)/n
	if !finite(mean) { // perhaps the sum alone was too large
		mean = 0
		for _, v := range values {
			mean += v / n
		}
	}
	if !finite(mean) {
		return moments{n: n, mean: mean, squares: math.NaN()}
	}
	var off, squares float64
	for _, v := range values {
		d := v - mean
		off += d
		squares += d * d
	}
	if !finite(off) { // the values lie further apart than a float64 reaches
		return moments{n: n, mean: mean, squares: math.Inf(1)}
	}
	return moments{n: n, mean: mean, rest: off / n, squares: max(0, squares-off*off/n)}
}

func finite(v float64) bool { return v-v == 0 }

// sumFrom returns the sum of the values less origin, which keeps it small where
// they lie far from 0. Four interleaved sums do not wait for one another.
func sumFrom(origin float64, values []float64) float64 {
	var a, b, c, d float64
	for ; len(values) >= 4; values = values[4:] {
		a, b, c, d = a+(values[0]-origin), b+(values[1]-origin), c+(values[2]-origin), d+(values[3]-origin)
	}
	for _, v := range values {
		a += v - origin
	}
	return (a + b) + (c + d)
}

func (m moments) merge(o moments) moments {
	if m.n == 0 {
		return o
	}
	if o.n == 0 {
		return m
	}
	n := m.n + o.n
	apart := o.mean - m.mean + (o.rest - m.rest)
	step := apart * (o.n / n)
	mean := m.mean + step
	merged := moments{
		n:       n,
		mean:    mean,
		rest:    m.rest + (step - (mean - m.mean)),
		squares: m.squares + o.squares + apart*apart*(m.n*(o.n/n)),
	}
	switch {
	case math.IsInf(m.mean, 0) || math.IsInf(o.mean, 0): // Inf-Inf above is not the mean of two Infs
		merged.mean, merged.rest, merged.squares = m.mean+o.mean, 0, math.NaN()
	case math.IsInf(apart, 0): // though both means are finite
		merged.mean, merged.rest, merged.squares = m.mean*(m.n/n)+o.mean*(o.n/n), 0, math.Inf(1)
	}
	return merged
}

func (m moments) stdDev() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return math.Sqrt(m.squares / (m.n - 1))
}
