package column_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestAggregatesAgainstDescribe(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const n = 5000
	key := column.FromInt32s("key", fill(n, func() int32 { return rng.Int32N(40) }), fill(n, func() bool { return rng.IntN(20) > 0 }))
	g := column.GroupBy([]*column.Column{key})
	for _, c := range []*column.Column{
		column.FromTimestamps("x", fill(n, func() int64 { return 1_554_000_000 + rng.Int64N(1000) }), fill(n, func() bool { return rng.IntN(3) > 0 })),
		column.FromFloat64s("x", fill(n, func() float64 { return 1e6 + rng.NormFloat64() }), nil),
		column.FromInt32s("x", fill(n, func() int32 { return rng.Int32() }), nil),
		column.FromBools("x", fill(n, func() bool { return rng.IntN(3) == 0 }), nil),
	} {
		unchanged := frozen(t, c)
		must := func(c *column.Column, err error) *column.Column {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			check(t, c)
			return c
		}
		counts := g.Count(c)
		means, deviations := must(g.Mean(c)), must(g.StdDev(c))
		lows, highs := must(g.Min(c)), must(g.Max(c))
		for k := range g.Len() {
			var rows []uint32
			for i, of := range groupOf(g) {
				if int(of) == k {
					rows = append(rows, uint32(i))
				}
			}
			want := describe(c.Gather(rows))
			got := column.Description{
				Count: counts.Int64s[k], Nulls: want.Nulls, Mean: means.Float(k), StdDev: deviations.Float(k),
				Min: lows.Float(k), Q1: want.Q1, Median: want.Median, Q3: want.Q3, Max: highs.Float(k),
			}
			same(t, got, want, 1e-12)
			if c.Type != column.Timestamp {
				if got := must(g.Sum(c)).Float(k); !near(got, want.Mean*float64(want.Count), 1e-13) {
					t.Errorf("sum %v, want %v", got, want.Mean*float64(want.Count))
				}
			}
		}
		if lows.Type != c.Type || highs.Name != "x" {
			t.Errorf("the minimum of a %v column is a %v column", c.Type, lows.Type)
		}
		unchanged()
	}
}

func TestAggregatesOfNulls(t *testing.T) {
	g := column.GroupBy([]*column.Column{column.FromStrings("host", []string{"b", "a", "b", "a", "c"}, nil)})
	c := column.FromFloat64s("x", []float64{2, 0, 4, 0, 7}, []bool{true, false, true, false, true})
	mean, _ := g.Mean(c)
	sum, _ := g.Sum(c)
	deviation, _ := g.StdDev(c)
	low, _ := g.Min(c)
	high, _ := g.Max(c)
	for name, test := range map[string]struct{ got, want []any }{
		"count":  {values(g.Count(c)), []any{int64(0), int64(2), int64(1)}},
		"rows":   {values(g.Count(nil)), []any{int64(2), int64(2), int64(1)}},
		"mean":   {values(mean), []any{nil, 3.0, 7.0}},
		"sum":    {values(sum), []any{nil, 6.0, 7.0}},
		"stddev": {values(deviation), []any{nil, math.Sqrt2, nil}},
		"min":    {values(low), []any{nil, 2.0, 7.0}},
		"max":    {values(high), []any{nil, 4.0, 7.0}},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s %v, want %v", name, test.got, test.want)
		}
	}
	names := column.FromStrings("name", []string{"x", "b", "a", "c", ""}, []bool{true, true, true, true, false})
	low, _ = g.Min(names)
	high, _ = g.Max(names)
	if want := []any{"b", "a", nil}; !reflect.DeepEqual(values(low), want) {
		t.Errorf("smallest names %v, want %v", values(low), want)
	}
	if want := []any{"c", "x", nil}; !reflect.DeepEqual(values(high), want) {
		t.Errorf("largest names %v, want %v", values(high), want)
	}
}

func TestSumIsExact(t *testing.T) {
	g := column.GroupBy([]*column.Column{column.FromInt32s("k", []int32{0, 0, 0, 0}, nil)})
	ints, err := g.Sum(column.FromInt64s("x", []int64{math.MaxInt64, 5, math.MinInt64, 1}, nil))
	if err != nil || ints.Int64s[0] != 5 {
		t.Errorf("sum by way of an overflow: %v, %v, want 5", ints, err)
	}
	floats, err := g.Sum(column.FromFloat64s("x", []float64{1, 1e100, 1, -1e100}, nil))
	if err != nil || floats.Float64s[0] != 2 { // the example Neumaier's method is known by
		t.Errorf("compensated sum: %v, %v, want 2", floats, err)
	}
	infinite, err := g.Sum(column.FromFloat64s("x", []float64{1, math.Inf(1), 1, 1}, nil))
	if err != nil || !math.IsInf(infinite.Float64s[0], 1) {
		t.Errorf("sum with an infinity: %v, %v", infinite, err)
	}
}

func TestAggregateErrors(t *testing.T) {
	g := column.GroupBy([]*column.Column{column.FromInt32s("k", []int32{0, 0}, nil)})
	text := column.FromStrings("cmd", []string{"a", "b"}, nil)
	for name, call := range map[string]func() (*column.Column, error){
		`no sum of "cmd", a string column`:    func() (*column.Column, error) { return g.Sum(text) },
		`no mean of "cmd", a string column`:   func() (*column.Column, error) { return g.Mean(text) },
		`no stddev of "cmd", a string column`: func() (*column.Column, error) { return g.StdDev(text) },
		`no min of "features", a vector`:      func() (*column.Column, error) { return g.Min(vector(true, 2)) },
		`no max of "features", a vector`:      func() (*column.Column, error) { return g.Max(vector(true, 2)) },
		`no sum of "ts", a timestamp column`:  func() (*column.Column, error) { return g.Sum(column.FromTimestamps("ts", []int64{1, 2}, nil)) },
		`the sum of "big" overflows int64`:    func() (*column.Column, error) { return g.Sum(column.FromInt64s("big", []int64{math.MaxInt64, 1}, nil)) },
	} {
		if _, err := call(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q", err, name)
		}
	}
}
