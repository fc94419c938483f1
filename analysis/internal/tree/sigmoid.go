package tree

import "math"

// Boosting would take much of its time from exponentials and logarithms. These
// take a fifth of the time of package math's. The exponential, of which models are
// made, has the same bits on every processor, which math.Exp's assembly has not:
// products are converted before they are added, so that no compiler may fuse the
// two, and the table comes from square roots, which are rounded right everywhere.

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

// lns[i] is the logarithm of the middle of the numbers from 1 to 2 that have i as
// their first bits behind the point, middles[i] is 1 over it.
var lns = func() (l [expSteps]float64) {
	for i := range l {
		l[i] = -math.Log(middles[i])
	}
	return l
}()

var middles = func() (m [expSteps]float64) {
	for i := range m {
		m[i] = 1 / (1 + (float64(i)+0.5)/expSteps)
	}
	return m
}()

// ln returns the logarithm of x, at least 1 and finite, to 15 digits behind the
// point.
func ln(x float64) float64 {
	bits := math.Float64bits(x)
	i := bits >> (52 - 7) & (expSteps - 1)
	rest := math.Float64frombits(bits&(1<<52-1)|1023<<52)*middles[i] - 1
	series := rest * (1 - rest*(0.5-rest*(1./3-rest*(1./4-rest*(1./5-rest*(1./6))))))
	return float64(int(bits>>52)-1023)*math.Ln2 + (lns[i] + series)
}
