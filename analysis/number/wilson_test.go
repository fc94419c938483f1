package number_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stophacking/kelpie/analysis/number"
)

func ExampleWilson() {
	lower, upper := number.Wilson(2.0/7, 7)
	fmt.Printf("2 of 7: %.3f to %.3f\n", lower, upper)
	// Output:
	// 2 of 7: 0.082 to 0.641
}

// The ends solve (p-share)² = z² p(1-p)/n, which is what the interval is made of.
func TestWilsonSolvesTheScoreEquation(t *testing.T) {
	const z = 1.959963984540054
	for n := 1.0; n <= 1e6; n *= 7 {
		for hits := 0.0; hits <= n; hits += max(1, math.Floor(n/5)) {
			share := hits / n
			lower, upper := number.Wilson(share, n)
			if !(0 <= lower && lower <= share+1e-15 && share-1e-15 <= upper && upper <= 1) {
				t.Errorf("%v of %v: %v to %v", hits, n, lower, upper)
			}
			for _, p := range []float64{lower, upper} {
				if d := (p-share)*(p-share) - z*z*p*(1-p)/n; math.Abs(d) > 1e-12 {
					t.Errorf("%v of %v: %v is off by %v", hits, n, p, d)
				}
			}
		}
	}
	if lower, upper := number.Wilson(math.NaN(), 0); !math.IsNaN(lower) || !math.IsNaN(upper) {
		t.Errorf("of no rows: %v to %v", lower, upper)
	}
}
