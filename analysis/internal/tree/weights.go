package tree

import "math"

// A scale turns the rows' weights into units for packing. Whole weights up to
// topUnits stay as they are; others are brought to that range and rounded, up or
// down at random, so that sums are right on average.
type scale struct {
	unit   float64 // what one unit weighs
	most   float64 // the greatest weight, in a bag too
	stream stream
}

// newScale is for rows that count up to that many times.
func newScale(d Data, seed uint64, times int) scale {
	s := scale{unit: 1, most: float64(times), stream: newStream(seed, forRounding, -1)}
	if d.Weights == nil {
		return s
	}
	s.most = 0
	whole := true
	for i, w := range d.Weights {
		if d.trains(i) {
			s.most = max(s.most, w)
			whole = whole && w == math.Trunc(w)
		}
	}
	s.most *= float64(times)
	if !whole || s.most > topUnits {
		s.unit = s.most / topUnits
	}
	return s
}

func (s *scale) units(row int, weight float64) int64 {
	if s.unit == 1 {
		return int64(weight)
	}
	return stochastic(weight/s.unit, s.stream.at(uint64(row)))
}

// stochastic rounds v, which is far below 2^31, down or up, up as likely as its
// fraction says, by 32 random bits.
func stochastic(v float64, random uint64) int64 {
	return (int64(v*(1<<32)) + int64(random&(1<<32-1))) >> 32
}

// totalWeight adds up the training rows' weights.
func (d *Data) totalWeight() float64 {
	total := 0.0
	for i := range d.Rows {
		if d.trains(i) {
			total += d.weight(i) * float64(d.repeats.count(i))
		}
	}
	return total
}

// weightLimits returns the bounds of what the weights of training may add up to,
// and what they do. Newton steps square them, and know no share of them, as the
// least hessian is a number.
func (d *Data) weightLimits(m Method) (least, most, total float64) {
	if m == NewtonBoosting {
		return 1e-140, 1e140, d.totalWeight()
	}
	return 1e-290, 1e300, d.totalWeight()
}
