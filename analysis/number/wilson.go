package number

import "math"

// Wilson returns the 95 % interval of a share, in [0, 1], of n rows: Wilson's score
// interval ("Probable Inference, the Law of Succession, and Statistical Inference",
// 1927), which holds for few rows and for shares near 0 and 1. It takes the rows for
// independent. NaN where n is 0 or the share is NaN.
func Wilson(share, n float64) (lower, upper float64) {
	const z = 1.959963984540054 // the normal distribution's quantile of 0.975
	middle := (share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}
