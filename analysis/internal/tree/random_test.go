package tree

import (
	"math"
	"slices"
	"testing"
)

// Poisson counts have mean and variance of the rate, draws without replacement
// the share; other trees draw anew.
func TestBags(t *testing.T) {
	const rows = 200_000
	for _, rate := range []float64{0.3, 1} {
		for _, replace := range []bool{false, true} {
			a, b := newBag(7, 0, rate, replace), newBag(7, 1, rate, replace)
			sum, squares, both := 0., 0., 0.
			for r := range rows {
				x, y := float64(a.draw(r)), float64(b.draw(r))
				sum += x
				squares += x * x
				both += (x - rate) * (y - rate)
			}
			mean := sum / rows
			variance, want := squares/rows-mean*mean, rate
			if !replace {
				want = rate * (1 - rate)
			}
			if math.Abs(mean-rate) > 0.01 || math.Abs(variance-want) > 0.02 || math.Abs(both/rows) > 0.01 {
				t.Errorf("rate %v, replace %v: mean %v, variance %v, want %v, covariance %v", rate, replace, mean, variance, want, both/rows)
			}
		}
	}
}

func TestDrawFeatures(t *testing.T) {
	const n, k, rounds = 70, 9, 20_000
	from := []uint64{math.MaxUint64, 1<<(n-64) - 1}
	const never = 1<<3 | 1<<60 // were drawn before
	from[0] &^= never
	var times [n]int
	for round := range rounds {
		set := newStream(3, forFeatures, round/2).draw(round%2, k, from)
		size := 0
		for i := range n {
			if set[i/64]>>(i%64)&1 != 0 {
				size++
				times[i]++
			}
		}
		if size != k {
			t.Fatalf("%d features, want %d", size, k)
		}
	}
	for i, count := range times {
		switch want := float64(rounds) * k / (n - 2); {
		case i == 3 || i == 60:
			if count > 0 {
				t.Errorf("feature %d is drawn, which is not to be", i)
			}
		case math.Abs(float64(count)-want) > 5*math.Sqrt(want):
			t.Errorf("feature %d is drawn %d times, want about %v", i, count, want)
		}
	}
	if all := newStream(3, forFeatures, 0).draw(5, n, from); !slices.Equal(all, from) {
		t.Errorf("of fewer features %x are drawn, want %x", all, from)
	}
}

func TestStochasticRounding(t *testing.T) {
	s := newStream(1, forRounding, 0)
	for _, v := range []float64{0.25, -0.25, 3.9, -7.001, 0, 5} {
		sum := 0.
		for r := range uint64(100_000) {
			q := float64(stochastic(v, s.at(r)))
			if q != math.Floor(v) && q != math.Ceil(v) {
				t.Fatalf("%v is rounded to %v", v, q)
			}
			sum += q
		}
		if math.Abs(sum/100_000-v) > 0.01 {
			t.Errorf("%v is %v on average", v, sum/100_000)
		}
	}
}

func TestExp(t *testing.T) {
	for x := -mostMargin; x <= mostMargin; x += 0.0371 {
		if want := math.Exp(x); math.Abs(exp(x)-want) > 2e-13*want {
			t.Fatalf("exp(%v) = %v, want %v", x, exp(x), want)
		}
	}
	if exp(0) != 1 {
		t.Errorf("exp(0) = %v", exp(0))
	}
}

// FeatureSubset as Spark reads it.
func TestSubset(t *testing.T) {
	for _, c := range []struct {
		p    Parameters
		want int
	}{
		{Parameters{}, 60}, {Parameters{Method: RandomForest, MaxIter: 20}, 8}, {Parameters{Method: RandomForest, MaxIter: 1}, 60},
		{Parameters{FeatureSubset: "all"}, 60}, {Parameters{FeatureSubset: "sqrt"}, 8}, {Parameters{FeatureSubset: "log2"}, 6},
		{Parameters{FeatureSubset: "onethird"}, 20}, {Parameters{FeatureSubset: "7"}, 7}, {Parameters{FeatureSubset: "700"}, 60},
		{Parameters{FeatureSubset: "1"}, 1}, {Parameters{FeatureSubset: "1.0"}, 60}, {Parameters{FeatureSubset: "0.01"}, 1},
	} {
		if got, err := c.p.subset(60); got != c.want || err != nil {
			t.Errorf("%q: %d, want %d, %v", c.p.FeatureSubset, got, c.want, err)
		}
	}
}
