package tree

import "math"

// Training takes most of its time from exponentials. This one takes a fifth of
// the time of math.Exp and has the same bits on every processor, which
// math.Exp's assembly has not: products are converted before they are added, so
// that no compiler may fuse the two, and the table comes from square roots, which
// are rounded right everywhere.

const (
	expSteps   = 128
	stepsPerLn = expSteps / math.Ln2
	lnPerStep  = math.Ln2 / expSteps
	rounder    = 3 << 51 // adding it rounds to a whole number, in the low bits
	mostMargin = 500.0   // beyond, probabilities are 0 or 1 to any digit
)

// powers[i] is 2^(i/expSteps).
var powers = func() (p [expSteps]uint64) {
	for i := range p {
		power, root := 1.0, 2.0
		for bit := expSteps / 2; bit > 0; bit /= 2 {
			root = math.Sqrt(root)
			if i&bit != 0 {
				power *= root
			}
		}
		p[i] = math.Float64bits(power)
	}
	return p
}()

// exp returns e^x for |x| up to mostMargin, to 14 digits.
func exp(x float64) float64 {
	steps := float64(x*stepsPerLn) + rounder
	n := int64(math.Float64bits(steps)) // its low bits are the number of steps
	rest := x - float64((steps-rounder)*lnPerStep)
	series := 1 + float64(rest*(1+float64(rest*(0.5+float64(rest*(1./6+float64(rest*(1./24))))))))
	power := math.Float64frombits(powers[n&(expSteps-1)] + uint64(n>>7)<<52)
	return power * series
}
