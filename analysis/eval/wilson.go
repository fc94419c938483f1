package eval

import "math"

// wilson is the interval of a share, hits of n, that covers the true one 95 times in
// 100: Wilson's score interval (1927), which holds for few rows and for shares near 0
// and 1. NaN for no rows.
func wilson(hits, n int) (lower, upper float64) {
	const z = 1.959963984540054 // the normal distribution's quantile of 0.975
	p, rows := ratio(hits, n), float64(n)
	middle := (p + z*z/(2*rows)) / (1 + z*z/rows)
	half := z / (1 + z*z/rows) * math.Sqrt(p*(1-p)/rows+z*z/(4*rows*rows))
	return max(0, middle-half), min(1, middle+half)
}
