package column_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// The expected values are those of pandas 3.1.1 (mean, std, min, max) and NumPy
// 2.4.6 (quantile, whose default is type 7).
func TestDescribeTable(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ints := func(v ...int64) *column.Column { return column.FromInt64s("x", v, nil) }
	floats := func(v ...float64) *column.Column { return column.FromFloat64s("x", v, nil) }
	nothing := column.Description{Mean: nan, StdDev: nan, Min: nan, Q1: nan, Median: nan, Q3: nan, Max: nan}
	with := func(count, nulls int64) column.Description {
		d := nothing
		d.Count, d.Nulls = count, nulls
		return d
	}
	for name, test := range map[string]struct {
		column *column.Column
		want   column.Description
	}{
		"three":      {ints(3, 1, 2), column.Description{3, 0, 2, 1, 1, 1.5, 2, 2.5, 3}},
		"four":       {floats(1, 2, 3, 4), column.Description{4, 0, 2.5, 1.2909944487358056, 1, 1.75, 2.5, 3.25, 4}},
		"one":        {ints(7), column.Description{1, 0, 7, nan, 7, 7, 7, 7, 7}},
		"ties":       {floats(-5, 10, 0, 10, 2.5), column.Description{5, 0, 3.5, 6.519202405202649, -5, 0, 2.5, 10, 10}},
		"timestamps": {ints(1554000000, 1554000001, 1554000004, 1554000009, 1554000016, 1554000025, 1554000036, 1554000049, 1554000064, 1554000081), column.Description{10, 0, 1554000028.5, 28.3048876815766, 1554000000, 1554000005.25, 1554000020.5, 1554000045.75, 1554000081}},
		"constant":   {floats(0.1, 0.1, 0.1), column.Description{3, 0, 0.1, 0, 0.1, 0.1, 0.1, 0.1, 0.1}},
		"bool":       {column.FromBools("x", []bool{true, false, false, true}, nil), column.Description{4, 0, 0.5, 0.5773502691896257, 0, 0, 0.5, 1, 1}},
		"nulls":      {column.FromInt32s("x", []int32{3, 9, 1, 9, 2}, []bool{true, false, true, false, true}), column.Description{3, 2, 2, 1, 1, 1.5, 2, 2.5, 3}},
		"all null":   {column.FromInt32s("x", []int32{3, 9}, []bool{false, false}), with(0, 2)},
		"empty":      {floats(), nothing},
		"text":       {column.FromStrings("x", []string{"a", "b"}, nil), with(2, 0)},
		"a NaN":      {floats(1, nan, 2), with(3, 0)},
		"infinity":   {floats(inf, 1, 2, inf), column.Description{4, 0, inf, nan, 1, 1.75, inf, inf, inf}},
		"both":       {floats(-inf, 1, inf), column.Description{3, 0, nan, nan, -inf, -inf, 1, inf, inf}},
		"largest":    {floats(math.MaxFloat64, math.MaxFloat64), column.Description{2, 0, math.MaxFloat64, 0, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}},
		"int64 ends": {ints(math.MinInt64, math.MaxInt64), column.Description{2, 0, -0.5, 0x1p63 * math.Sqrt2, -0x1p63, -0x1p62, 0, 0x1p62, 0x1p63}},
	} {
		t.Run(name, func(t *testing.T) { same(t, column.Describe(test.column), test.want, 1e-15) })
	}
}

// same compares statistic by statistic.
func same(t *testing.T, got, want column.Description, relative float64) {
	t.Helper()
	if got.Count != want.Count || got.Nulls != want.Nulls {
		t.Errorf("%d values and %d nulls, want %d and %d", got.Count, got.Nulls, want.Count, want.Nulls)
	}
	for _, s := range []struct {
		name      string
		got, want float64
	}{
		{"mean", got.Mean, want.Mean}, {"standard deviation", got.StdDev, want.StdDev}, {"minimum", got.Min, want.Min},
		{"first quartile", got.Q1, want.Q1}, {"median", got.Median, want.Median}, {"third quartile", got.Q3, want.Q3}, {"maximum", got.Max, want.Max},
	} {
		if !near(s.got, s.want, relative) {
			t.Errorf("%s %v, want %v", s.name, s.got, s.want)
		}
	}
}

// describe is the oracle: two passes in 300-bit arithmetic, quartiles from the
// sorted values. The values are finite.
func describe(c *column.Column) column.Description {
	const precision = 300
	d := column.Description{Nulls: int64(c.Nulls)}
	var all []*big.Float
	for i := range c.Len {
		if c.IsNull(i) {
			continue
		}
		v := new(big.Float).SetPrec(precision)
		if c.Type == column.Int64 || c.Type == column.Timestamp {
			v.SetInt64(c.Int64s[i])
		} else {
			v.SetFloat64(c.Float(i))
		}
		all = append(all, v)
	}
	d.Count = int64(len(all))
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(v) }
	float := func(v *big.Float) float64 { f, _ := v.Float64(); return f }
	n := number(float64(len(all)))
	mean := number(0)
	for _, v := range all {
		mean.Add(mean, v)
	}
	mean.Quo(mean, n)
	d.Mean = float(mean)
	squares := number(0)
	for _, v := range all {
		off := number(0).Sub(v, mean)
		squares.Add(squares, off.Mul(off, off))
	}
	d.StdDev = math.NaN()
	if len(all) > 1 {
		d.StdDev = float(number(0).Sqrt(squares.Quo(squares, number(float64(len(all)-1)))))
	}
	slices.SortFunc(all, func(a, b *big.Float) int { return a.Cmp(b) })
	quantile := func(p float64) float64 {
		position := float64(len(all)-1) * p
		below := int(position)
		above := min(below+1, len(all)-1)
		step := number(0).Sub(all[above], all[below])
		return float(step.Add(all[below], step.Mul(step, number(position-float64(below)))))
	}
	d.Min, d.Q1, d.Median, d.Q3, d.Max = quantile(0), quantile(0.25), quantile(0.5), quantile(0.75), quantile(1)
	return d
}

// Values far from 0, such as timestamps, and the ends of int64 lose nothing. (NaN,
// infinities and columns without a value are in [TestDescribeTable].)
func TestDescribeAgainstBigFloat(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct {
		name string
		draw func() int64
	}{
		{"timestamps", func() int64 { return 1_554_000_000 + rng.Int64N(5_000_000) }},
		{"nanoseconds", func() int64 { return 1_554_000_000_000_000_000 + rng.Int64N(1000) }},
		{"counters", func() int64 { return int64(math.Exp(rng.NormFloat64() * 8)) }},
		{"any int64", func() int64 { return int64(rng.Uint64()) }},
		{"one far away", func() int64 { return []int64{1e12, 0, 1, 2, 3}[min(1+rng.IntN(4), rng.IntN(9000))] }},
		{"close to the end", func() int64 { return math.MaxInt64 - rng.Int64N(100) }},
	} {
		draw := test.draw
		for _, n := range []int{2, 1000, 30_000} {
			values := fill(n, draw)
			valid := fill(n, func() bool { return rng.IntN(5) > 0 })
			valid[0], valid[1] = true, true
			same64 := column.FromFloat64s("x", fill(n, func() float64 { return float64(draw()) / 3 }), valid)
			for _, c := range []*column.Column{
				column.FromInt64s("x", values, nil), column.FromTimestamps("x", values, valid), same64,
			} {
				t.Run(test.name, func(t *testing.T) {
					unchanged := frozen(t, c)
					want := describe(c)
					// A sum of 2048 squares may be off by 2048 half ulps.
					same(t, column.Describe(c), want, 3e-13)
					if got := column.Describe(c).Mean; c.Type != column.Float64 && !near(got, want.Mean, 0x1p-52) {
						t.Errorf("mean of integers %v, want %v", got, want.Mean)
					}
					unchanged()
				})
			}
		}
	}
}

func TestResultsDoNotDependOnProcessors(t *testing.T) {
	const n = 200_000 // several blocks, the last one short
	rng := rand.New(rand.NewPCG(3, 4))
	valid := fill(n, func() bool { return rng.IntN(5) > 0 })
	columns := []*column.Column{
		column.FromFloat64s("x", fill(n, rng.NormFloat64), nil),
		column.FromFloat64s("x", fill(n, func() float64 { return float64(rng.IntN(3)) / 3 }), valid),
		column.FromInt32s("x", fill(n, func() int32 { return rng.Int32N(3000) }), nil),
		column.FromInt64s("x", fill(n, func() int64 { return rng.Int64N(1 << 40) }), valid),
		column.FromStrings("x", fill(n, func() string { return fmt.Sprint(rng.IntN(500)) }), valid),
		column.FromBools("x", fill(n, func() bool { return rng.IntN(2) == 0 }), valid),
	}
	rows := fill(n/2, func() uint32 { return rng.Uint32N(n) })
	results := func() []any {
		batch := &column.Batch{Columns: columns, Len: n}
		found := []any{fmt.Sprint(column.DescribeAll(columns), column.Correlation(columns)), batch.Gather(rows)}
		for _, g := range []column.Groups{column.GroupBy(columns[4:]), column.GroupBy(columns[1:3])} {
			found = append(found, g.First, g.Rows, groupOf(g))
		}
		for _, c := range columns {
			found = append(found, column.ValueCounts(c), column.Distinct(c))
		}
		return found
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := results()
	for _, processors := range []int{2, 8} {
		runtime.GOMAXPROCS(processors)
		for i, got := range results() {
			if !reflect.DeepEqual(got, want[i]) {
				t.Errorf("result %d differs with %d processors", i, processors)
			}
		}
	}
}

// More than half the rows lie in one bucket of the selection, with one value in it
// or several; and integers lie close together and far apart.
func TestDescribeCrowdedColumns(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	const n = 5000
	valid := fill(n, func() bool { return rng.IntN(3) > 0 })
	for name, c := range map[string]*column.Column{
		"one value":     column.FromFloat64s("x", fill(n, func() float64 { return max(0, rng.NormFloat64()) }), nil),
		"many values":   column.FromFloat64s("x", fill(n, func() float64 { return 3 + 1e9*max(0, rng.NormFloat64()) + 1e-12*rng.Float64() }), nil),
		"negative":      column.FromFloat64s("x", fill(n, func() float64 { return -1e9*max(0, rng.NormFloat64()-1) - 1e-7*float64(rng.IntN(3)) }), valid),
		"close":         column.FromInt32s("x", fill(n, func() int32 { return -5 + rng.Int32N(9) }), nil),
		"close, nulls":  column.FromInt64s("x", fill(n, func() int64 { return math.MaxInt64 - rng.Int64N(9000) }), valid),
		"below zero":    column.FromTimestamps("x", fill(n, func() int64 { return math.MinInt64 + rng.Int64N(9000) }), nil),
		"far":           column.FromInt64s("x", fill(n, func() int64 { return rng.Int64() - rng.Int64() }), valid),
		"one alone":     column.FromInt64s("x", fill(n, func() int64 { return math.MinInt64 }), nil),
		"at the border": column.FromInt32s("x", fill(n, func() int32 { return []int32{-7, 10_000 + 1024 - 8, 10_000 + 1024 - 7}[rng.IntN(3)] }), nil),
	} {
		t.Run(name, func(t *testing.T) { same(t, column.Describe(c), describe(c), 1e-14) })
	}
}

// The expected values are those of NumPy 2.4.6.
func TestQuantiles(t *testing.T) {
	c := column.FromFloat64s("x", []float64{0.1, 0.7, 0.3, 12, 5.5}, nil)
	probabilities := []float64{0, 0.01, 0.1, 1. / 3, 0.9, 0.99, 1, -0.1, 1.1, math.NaN()}
	want := []float64{0.1, 0.10800000000000001, 0.18, 0.4333333333333333, 9.4, 11.74, 12, math.NaN(), math.NaN(), math.NaN()}
	for i, got := range column.Quantiles(c, probabilities...) {
		if !near(got, want[i], 1e-15) {
			t.Errorf("quantile %v is %v, want %v", probabilities[i], got, want[i])
		}
	}
	far := column.FromFloat64s("x", []float64{-math.MaxFloat64, math.MaxFloat64}, nil)
	if got := column.Quantiles(far, 0.5)[0]; got != 0 {
		t.Errorf("the median of the two ends is %v, want 0", got)
	}
}

func FuzzQuantilesAgainstSort(f *testing.F) {
	f.Add([]byte("some bytes to begin with, of several eights"), 0.3, uint16(5000))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0}, 1.0, uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, p float64, n uint16) {
		var floats []float64
		var ints []int64
		for ; len(data) >= 8 && len(floats) < 1000; data = data[8:] {
			bits := binary.LittleEndian.Uint64(data)
			floats, ints = append(floats, math.Float64frombits(bits)), append(ints, int64(bits))
		}
		if len(floats) == 0 {
			return
		}
		for k := 0; len(floats) < int(n); k++ { // long enough for buckets
			floats, ints = append(floats, floats[k]/3), append(ints, ints[k]/3)
		}
		// At the positions of sorted values there is nothing to interpolate.
		rank := int(max(0, min(1, p)) * float64(len(ints)-1))
		if math.IsNaN(p) {
			rank = 0
		}
		p = float64(rank) / float64(max(1, len(ints)-1))
		sorted := slices.Sorted(slices.Values(ints))
		rank = int(p * float64(len(ints)-1)) // as rounding has it
		share := p*float64(len(ints)-1) - float64(rank)
		got := column.Quantiles(column.FromInt64s("x", ints, nil), p)[0]
		low, high := float64(sorted[rank]), float64(sorted[min(rank+1, len(ints)-1)])
		if share == 0 && got != low || got < low || got > high {
			t.Errorf("quantile %v of integers is %v, want it between %v and %v", p, got, low, high)
		}
		got = column.Quantiles(column.FromFloat64s("x", floats, nil), p)[0]
		slices.Sort(floats)
		if math.IsNaN(floats[0]) { // slices.Sort puts NaN first
			if !math.IsNaN(got) {
				t.Errorf("quantile %v beside NaN", got)
			}
			return
		}
		low, high = floats[rank], floats[min(rank+1, len(floats)-1)]
		if share == 0 && got != low || got < low || got > high {
			t.Errorf("quantile %v of floats is %v, want it between %v and %v", p, got, low, high)
		}
	})
}
