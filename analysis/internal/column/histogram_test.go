package column_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestHistogram(t *testing.T) {
	nan := math.NaN()
	c := column.FromFloat64s("cpu", []float64{0, 0.1, 0.2, 0.3, 0.5, 0.5, 1, 1, 0.99, -1, 1.01, nan, 7, math.Inf(1), math.Inf(-1)},
		[]bool{true, true, true, true, true, true, true, true, true, true, true, true, false, true, true})
	bins, err := column.Histogram(c, []float64{0, 0.1, 0.2, 0.5, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The counts are those of numpy.histogram, NumPy 2.4.6, for the values within.
	want := []column.Series{{Counts: []int64{1, 1, 2, 5}, Under: 2, Over: 2, NaNs: 1, Nulls: 1}}
	if !reflect.DeepEqual(bins.Series, want) {
		t.Errorf("%+v, want %+v", bins.Series, want)
	}
}

func TestHistogramByClass(t *testing.T) {
	c := column.FromInt32s("n", []int32{1, 2, 3, 4, 5}, nil)
	class := column.FromStrings("type", []string{"scan", "normal", "scan", "", "normal"}, []bool{true, true, true, false, true})
	bins, err := column.Histogram(c, []float64{1, 3, 5}, class)
	if err != nil {
		t.Fatal(err)
	}
	want := []column.Series{
		{Row: 3, Counts: []int64{0, 1}},
		{Row: 1, Counts: []int64{1, 1}},
		{Row: 0, Counts: []int64{1, 1}},
	}
	if !reflect.DeepEqual(bins.Series, want) {
		t.Errorf("%+v, want %+v", bins.Series, want)
	}
}

func TestHistogramAgainstDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	values := fill(3000, func() float64 { return math.Round(rng.NormFloat64()*100) / 100 })
	for _, edges := range [][]float64{
		{-1, -0.5, 0, 0.5, 1},
		{-1, -0.99, -0.98, 0.01, 2, 1e300},
		{-math.MaxFloat64, 0, math.MaxFloat64},
		{0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1},
	} {
		want := make([]int64, len(edges)-1)
		for _, v := range values {
			for k := range want {
				if edges[k] <= v && (v < edges[k+1] || k == len(want)-1 && v == edges[k+1]) {
					want[k]++
				}
			}
		}
		bins, err := column.Histogram(column.FromFloat64s("x", values, nil), edges, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := bins.Series[0].Counts; !reflect.DeepEqual(got, want) {
			t.Errorf("edges %v: %v, want %v", edges, got, want)
		}
	}
}

func TestHistogramErrors(t *testing.T) {
	c := column.FromFloat64s("cpu", []float64{1, 2}, nil)
	for want, call := range map[string]func() (column.Bins, error){
		"a string column": func() (column.Bins, error) {
			return column.Histogram(column.FromStrings("s", nil, nil), []float64{0, 1}, nil)
		},
		"two edges":     func() (column.Bins, error) { return column.Histogram(c, []float64{0}, nil) },
		"do not ascend": func() (column.Bins, error) { return column.Histogram(c, []float64{0, 0}, nil) },
		"edge 1":        func() (column.Bins, error) { return column.Histogram(c, []float64{0, math.NaN()}, nil) },
		`the classes "b"`: func() (column.Bins, error) {
			return column.Histogram(c, []float64{0, 1}, column.FromBools("b", []bool{true}, nil))
		},
	} {
		if _, err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
