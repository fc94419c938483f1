package column_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// The expected values are those of numpy.corrcoef, NumPy 2.4.6.
func TestCorrelation(t *testing.T) {
	a := []float64{1, 2, 3, 4, 5}
	b := []float64{2, 1, 4, 3, 6}
	c := []float64{9, 7, 1, 0, -4}
	want := [][]float64{
		{1, 0.8219949365267863, -0.9808231921583105},
		{0.8219949365267863, 1, -0.8941842464093165},
		{-0.9808231921583105, -0.8941842464093165, 1},
	}
	for name, change := range map[string]func(float64) float64{
		"as is":     func(v float64) float64 { return v },
		"far":       func(v float64) float64 { return v + 1.55e9 },
		"huge":      func(v float64) float64 { return v * 1e300 },
		"tiny":      func(v float64) float64 { return v * 1e-300 },
		"subnormal": func(v float64) float64 { return v * 0x1p-1070 },
	} {
		changed := make([]float64, len(a))
		for i, v := range a {
			changed[i] = change(v)
		}
		got := column.Correlation([]*column.Column{
			column.FromFloat64s("a", changed, nil), column.FromFloat64s("b", b, nil), column.FromFloat64s("c", c, nil),
		})
		for i := range want {
			for j := range want[i] {
				if math.Abs(got[i][j]-want[i][j]) > 1e-15 {
					t.Errorf("%s: r[%d][%d] is %v, want %v", name, i, j, got[i][j], want[i][j])
				}
			}
		}
	}
}

func TestCorrelationOfCompleteRows(t *testing.T) {
	const n = 20_000
	rng := rand.New(rand.NewPCG(7, 8))
	valid := [][]bool{nil, fill(n, func() bool { return rng.IntN(4) > 0 }), fill(n, func() bool { return rng.IntN(4) > 0 })}
	seconds := fill(n, func() int64 { return 1_554_000_000 + rng.Int64N(100) })
	load, flags := make([]float64, n), make([]bool, n)
	for i, s := range seconds {
		load[i] = float64(s-1_554_000_000) + 30*rng.NormFloat64()
		flags[i] = load[i] > 40
	}
	columns := []*column.Column{
		column.FromTimestamps("ts", seconds, valid[0]), column.FromFloat64s("load", load, valid[1]), column.FromBools("flag", flags, valid[2]),
	}
	var complete []uint32
	for i := range n {
		if valid[1][i] && valid[2][i] {
			complete = append(complete, uint32(i))
		}
	}
	got := column.Correlation(columns)
	for i := range columns {
		for j := range columns {
			if want := pearson(columns[i].Gather(complete), columns[j].Gather(complete)); !near(got[i][j], want, 1e-12) {
				t.Errorf("r[%d][%d] is %v, want %v", i, j, got[i][j], want)
			}
		}
	}
	if got[0][1] < 0.5 || got[0][1] > 0.9 {
		t.Errorf("r %v is no test", got[0][1])
	}
}

// pearson follows the definition, on values that are small enough beside 2^53.
func pearson(a, b *column.Column) float64 {
	n := float64(a.Len)
	var meanA, meanB, ab, aa, bb float64
	for i := range a.Len {
		meanA, meanB = meanA+a.Float(i)/n, meanB+b.Float(i)/n
	}
	for i := range a.Len {
		x, y := a.Float(i)-meanA, b.Float(i)-meanB
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}

func TestCorrelationUndefined(t *testing.T) {
	good := column.FromFloat64s("good", []float64{1, 2, 4}, nil)
	for name, bad := range map[string]*column.Column{
		"constant": column.FromFloat64s("x", []float64{0.1, 0.1, 0.1}, nil),
		"NaN":      column.FromFloat64s("x", []float64{1, math.NaN(), 3}, nil),
		"infinity": column.FromFloat64s("x", []float64{1, math.Inf(1), 3}, nil),
		"text":     column.FromStrings("x", []string{"a", "b", "c"}, nil),
		"vector":   vector(true, 3),
	} {
		r := column.Correlation([]*column.Column{good, bad, good})
		if !math.IsNaN(r[0][1]) || !math.IsNaN(r[1][0]) || !math.IsNaN(r[1][1]) {
			t.Errorf("%s: %v, want NaN beside it", name, r)
		}
		if r[0][0] != 1 || r[0][2] != 1 {
			t.Errorf("%s: %v, want the others whole", name, r)
		}
	}
	one := column.FromFloat64s("x", []float64{1, 2, 3}, []bool{true, false, false})
	if r := column.Correlation([]*column.Column{good, one}); !math.IsNaN(r[0][0]) {
		t.Errorf("one complete row: %v, want NaN", r)
	}
	if r := column.Correlation(nil); len(r) != 0 {
		t.Errorf("no columns: %v", r)
	}
}
