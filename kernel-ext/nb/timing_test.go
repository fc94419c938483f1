package nb

import "testing"

func TestSeconds(t *testing.T) {
	for s, want := range map[float64]string{
		0: "0 ns", 1.25e-9: "1.25 ns", 9.994e-7: "999 ns", 1e-6: "1 µs", 2.5e-3: "2.5 ms", 0.99951: "1 s", 12.34: "12.3 s", 1234: "1.23e+03 s",
	} {
		if got := seconds(s); got != want {
			t.Errorf("%g: %q, want %q", s, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		each []float64
		n    int
		want string
	}{
		{[]float64{2}, 1, "2 s per call (1 run, 1 call each)"},
		// The standard deviation of 1, 2, 3 is 1.
		{[]float64{1e-3, 2e-3, 3e-3}, 50, "2 ms ± 1 ms per call (mean ± sd of 3 runs, 50 calls each), best 1 ms"},
	} {
		if got := spread(c.each, c.n); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
