package column_test

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// extremes are columns whose sums, or the squares of whose deviations, leave the
// range of a float64 where what is asked for does not, or does too.
func extremes() map[string][]float64 {
	const large, small = 1.5e308, 3e-320
	series := map[string][]float64{
		"constant":          {large, large, large},
		"two constants":     {large, -large, large, -large},
		"far apart":         {large, -large, -large, -large},
		"the ends":          {-math.MaxFloat64, math.MaxFloat64, 0},
		"too far apart":     {large, -large},
		"large squares":     {1e200, -1e200, 3e200},
		"close and large":   {large, math.Nextafter(large, 0), large},
		"small squares":     {1e-200, -1e-200, 3e-200},
		"subnormal":         {small, 2 * small, 0},
		"constant and tiny": {5e-324, 5e-324},
		"large beside tiny": {1e200, 1e-200, 5e-324},
	}
	for name, values := range maps.Clone(series) { // over several blocks of rows
		series["many, "+name] = slices.Repeat(values, 4100/len(values))
	}
	series["blocks apart"] = append(slices.Repeat([]float64{large}, 2048), slices.Repeat([]float64{-large}, 2048)...)
	return series
}

// beside reports whether two statistics of values are equal but for rounding.
func beside(got, want float64, values []float64) bool {
	largest := max(-slices.Min(values), slices.Max(values))
	return near(got, want, 1e-12) || math.Abs(got-want) <= 1e-15*largest
}

func TestDescribeKeepsToTheRange(t *testing.T) {
	for name, values := range extremes() {
		c := column.FromFloat64s("x", values, nil)
		t.Run(name, func(t *testing.T) {
			got, want := column.Describe(c), describe(c)
			for what, pair := range map[string][2]float64{"mean": {got.Mean, want.Mean}, "deviation": {got.StdDev, want.StdDev}} {
				if !beside(pair[0], pair[1], values) {
					t.Errorf("%s %v, want %v", what, pair[0], pair[1])
				}
			}
			got.Mean, got.StdDev = want.Mean, want.StdDev
			same(t, got, want, 1e-12)

			withNull := column.FromFloat64s("x", append([]float64{7}, values...), append([]bool{false}, slices.Repeat([]bool{true}, len(values))...))
			if got = column.Describe(withNull); got.Nulls != 1 || !beside(got.Mean, want.Mean, values) || !beside(got.StdDev, want.StdDev, values) {
				t.Errorf("beside a null: %+v, want %+v", got, want)
			}
		})
	}
	const large = 1.5e308
	for name, test := range map[string]struct {
		values       []float64
		mean, stdDev float64
	}{
		"an infinity": {[]float64{large, math.Inf(1), large}, math.Inf(1), math.NaN()},
		"a NaN":       {[]float64{large, math.NaN(), -large}, math.NaN(), math.NaN()},
		"one value":   {[]float64{large}, large, math.NaN()},
	} {
		d := column.Describe(column.FromFloat64s("x", test.values, nil))
		if !near(d.Mean, test.mean, 0) || !near(d.StdDev, test.stdDev, 0) {
			t.Errorf("%s: mean %v, deviation %v", name, d.Mean, d.StdDev)
		}
	}
}

// All extremes are groups of one column, so that the common scale of one must not
// spoil another.
func TestGroupsKeepToTheRange(t *testing.T) {
	var keys []string
	var values []float64
	all := extremes()
	all["ordinary"] = []float64{1, 2, 4}
	all["an infinity"] = []float64{1, math.Inf(1)}
	for name, series := range all {
		keys, values = append(keys, slices.Repeat([]string{name}, len(series))...), append(values, series...)
	}
	key, c := column.FromStrings("key", keys, nil), column.FromFloat64s("x", values, nil)
	g := column.GroupBy([]*column.Column{key})
	mean, err := g.Mean(c)
	if err != nil {
		t.Fatal(err)
	}
	deviation, err := g.StdDev(c)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := g.Sum(c)
	if err != nil {
		t.Fatal(err)
	}
	for k, first := range g.First {
		name := key.Text(int(first))
		if name == "an infinity" {
			if !math.IsInf(mean.Float(k), 1) || !math.IsInf(sum.Float(k), 1) || !math.IsNaN(deviation.Float(k)) {
				t.Errorf("%s: mean %v, sum %v, deviation %v", name, mean.Float(k), sum.Float(k), deviation.Float(k))
			}
			continue
		}
		of := column.FromFloat64s("x", all[name], nil)
		want := describe(of)
		if !beside(mean.Float(k), want.Mean, all[name]) || !beside(deviation.Float(k), want.StdDev, all[name]) {
			t.Errorf("%s: mean %v, deviation %v, want %v, %v", name, mean.Float(k), deviation.Float(k), want.Mean, want.StdDev)
		}
		total := new(big.Float).SetPrec(2200)
		for _, v := range all[name] {
			total.Add(total, new(big.Float).SetFloat64(v))
		}
		if want, _ := total.Float64(); !near(sum.Float(k), want, 1e-12) {
			t.Errorf("%s: sum %v, want %v", name, sum.Float(k), want)
		}
	}
}

// The correlation of a column with another of the same order, or with a column of
// ordinary numbers, is what it is after both are divided.
func TestCorrelationKeepsToTheRange(t *testing.T) {
	for name, values := range extremes() {
		ordinary := make([]float64, len(values))
		for i := range ordinary {
			ordinary[i] = float64(i % 7)
		}
		low, high := slices.Min(values), slices.Max(values)
		divided := make([]float64, len(values))
		for i, v := range values {
			divided[i] = v/2/(high/2-low/2)/2 + 1 // NaN where constant
		}
		pair := func(x []float64) []*column.Column {
			return []*column.Column{column.FromFloat64s("x", x, nil), column.FromFloat64s("y", ordinary, nil)}
		}
		got, want := column.Correlation(pair(values))[0][1], column.Correlation(pair(divided))[0][1]
		if !near(got, want, 1e-9) && !(high/2 < 1e-300 && math.Abs(got-want) < 1e-3) { // few digits are left of subnormals
			t.Errorf("%s: r %v, want %v", name, got, want)
		}
		if low < high && math.IsNaN(got) && len(values) > 1 {
			t.Errorf("%s: r is %v", name, got)
		}
	}
}

// Edges and quantiles lie further apart than a float64 reaches.
func TestHistogramAndQuantilesKeepToTheRange(t *testing.T) {
	const large = 1.5e308
	c := column.FromFloat64s("x", []float64{-large, -large / 2, 0, large / 2, large, large}, nil)
	bins, err := column.Histogram(c, []float64{-large, -1, 1, large}, nil)
	if err != nil || fmt.Sprint(bins.Series[0].Counts) != "[2 1 3]" {
		t.Errorf("%v, %v", bins, err)
	}
	two := column.FromFloat64s("x", []float64{-large, large}, nil)
	if got := column.Quantiles(two, 0, 0.25, 0.5, 0.75, 1); fmt.Sprint(got) != fmt.Sprint([]float64{-large, -large / 2, 0, large / 2, large}) {
		t.Errorf("quantiles %v", got)
	}
}
