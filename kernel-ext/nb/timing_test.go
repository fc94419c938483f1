package nb

import "testing"

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		each []float64
		n    int
		want string
	}{
		{[]float64{2}, 1, "2.0 s per call (1 run, 1 call each)"},
		// The standard deviation of 1, 2, 3 is 1.
		{[]float64{1e-3, 2e-3, 3e-3}, 50, "2.0 ms ± 1.0 ms per call (mean ± sd of 3 runs, 50 calls each), best 1.0 ms"},
	} {
		if got := spread(c.each, c.n); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
