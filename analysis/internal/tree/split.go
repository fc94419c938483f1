package tree

import (
	"cmp"
	"slices"
)

// A split sends the rows of a node two ways by the code of one field.
type split struct {
	gain        float64 // impurity that it saves per row, or loss, doubled; 0: there is no split
	field       *field
	code        int   // numeric: the last code that goes left; oneHot: the level
	left        []int // grouped: the codes that go left
	missingLeft bool  // numeric: NaN goes left too
}

// slot is the feature that the split asks about.
func (s *split) slot() int {
	if s.field.kind == oneHot {
		return s.field.slotOf(s.code)
	}
	return s.field.slot
}

// sides fills side, by code, with 1 for the codes that go left.
func (s *split) sides(side []uint8) {
	clear(side)
	switch s.field.kind {
	case numeric:
		for code := range s.code + 1 {
			side[code] = 1
		}
		if s.missingLeft {
			side[s.field.size-1] = 1
		}
	case oneHot:
		on := s.field.onLeft(s.code)
		for code := range s.field.size {
			if (code == s.code) == on {
				side[code] = 1
			}
		}
	case grouped:
		for _, code := range s.left {
			side[code] = 1
		}
	}
}

// A search finds the best split of a node. Every worker has its own.
type search struct {
	newton     bool
	targetUnit float64 // what one unit of a target is worth
	weightUnit float64 // newton: the same of a hessian
	factor     float64 // of the variance, to make it the impurity
	l2         float64
	minHessian float64

	minRows   int64
	minWeight int64 // in units
	minGain   float64
	byCount   bool // order categories by sum instead of mean, as Spark does for classes

	slots    []uint64 // bitset of those that may split; nil: all
	above    float64  // newton: the node's own term
	category float64  // newton: what more than l2 categories are weighed down by
	ordering []int
}

// categorySmooth keeps categories of few rows from the ends of the order, and
// categoryL2 is added to L2 for splits by sets: LightGBM's cat_smooth and cat_l2.
const (
	categorySmooth = 10
	categoryL2     = 10
)

func (s *search) allows(slot int) bool {
	return s.slots == nil || s.slots[slot/64]>>(slot%64)&1 != 0
}

// gain returns by how much the impurity goes down. For variance, the mean over
// the node's rows, that is wl*wr*(ml-mr)^2, with the sides' shares and means, and
// gini is twice the variance of labels 0 and 1; in this form equal means give
// exactly 0. With Newton steps it is G²/(H+L2) of the sides, less that of the node.
func (s *search) gain(left, all sums) float64 {
	right := all.minus(left)
	if left.count < s.minRows || right.count < s.minRows || left.weight < s.minWeight || right.weight < s.minWeight {
		return 0
	}
	if s.newton {
		hl, hr := float64(float64(left.weight)*s.weightUnit), float64(float64(right.weight)*s.weightUnit)
		if hl < s.minHessian || hr < s.minHessian {
			return 0
		}
		l2 := s.l2 + s.category
		gl, gr := float64(left.target)*s.targetUnit, float64(right.target)*s.targetUnit
		return float64(gl*gl)/(hl+l2) + float64(gr*gr)/(hr+l2) - s.above
	}
	nl, nr, n := float64(left.weight), float64(right.weight), float64(all.weight)
	difference := float64(left.target)/nl - float64(right.target)/nr
	return nl / n * (nr / n) * (difference * difference) * (s.targetUnit * s.targetUnit * s.factor)
}

// best returns the split of the highest gain; of equal ones that of the lowest
// slot, then of the lowest code, then with NaN on the right.
func (s *search) best(m *matrix, h histogram, all sums) split {
	var best split
	if s.newton {
		g, h := float64(all.target)*s.targetUnit, float64(float64(all.weight)*s.weightUnit)+s.l2
		s.above = float64(g*g) / h
		// What rounding the rows' derivatives to units makes up is no gain.
		slope := g / h * s.weightUnit
		best.gain = max(s.minGain, 4*float64(all.count)/h*(float64(s.targetUnit*s.targetUnit)+float64(slope*slope)), s.above*1e-10)
	}
	for _, f := range m.fields {
		switch bins := h.of(f); f.kind {
		case numeric:
			if s.allows(f.slot) {
				s.bestCut(f, bins, all, &best)
			}
		case oneHot:
			s.bestLevel(f, bins, all, &best)
		case grouped:
			if s.allows(f.slot) {
				s.bestSet(f, bins, all, &best)
			}
		}
	}
	if best.field == nil || best.gain < s.minGain {
		return split{}
	}
	return best
}

func (s *search) bestCut(f *field, bins []sums, all sums, best *split) {
	var left sums
	for code, bin := range bins[:f.size-1] {
		if bin.count == 0 {
			continue
		}
		left = left.plus(bin)
		if g := s.gain(left, all); g > best.gain {
			*best = split{gain: g, field: f, code: code}
		}
	}
	if !f.missing || bins[f.size-1].count == 0 {
		return
	}
	left = bins[f.size-1]
	for code, bin := range bins[:f.size-2] {
		if bin.count == 0 {
			continue
		}
		left = left.plus(bin)
		if g := s.gain(left, all); g > best.gain {
			*best = split{gain: g, field: f, code: code, missingLeft: true}
		}
	}
}

func (s *search) bestLevel(f *field, bins []sums, all sums, best *split) {
	for code, bin := range bins[:f.size-1] {
		if bin.count == 0 || f.edges[code] != f.edges[code] || !s.allows(f.slotOf(code)) {
			continue
		}
		// A bundle's columns may stand among others.
		g := s.gain(all.minus(bin), all)
		if g > best.gain || g == best.gain && best.field != nil && f.slotOf(code) < best.slot() {
			*best = split{gain: g, field: f, code: code}
		}
	}
}

// bestSet orders the codes by their centroid and looks at the splits between
// them. Codes without rows go right.
func (s *search) bestSet(f *field, bins []sums, all sums, best *split) {
	s.ordering = s.ordering[:0]
	for code, bin := range bins {
		if bin.count != 0 {
			s.ordering = append(s.ordering, code)
		}
	}
	centroid := func(code int) float64 {
		bin := &bins[code]
		switch {
		case s.newton:
			return float64(bin.target) * s.targetUnit / (float64(float64(bin.weight)*s.weightUnit) + categorySmooth)
		case s.byCount:
			return float64(bin.target)
		}
		return float64(bin.target) / float64(bin.weight)
	}
	slices.SortStableFunc(s.ordering, func(a, b int) int { return cmp.Compare(centroid(a), centroid(b)) })
	if s.newton {
		s.category = categoryL2
		defer func() { s.category = 0 }()
	}
	var left sums
	n := 0
	for i, code := range s.ordering {
		left = left.plus(bins[code])
		if g := s.gain(left, all); g > best.gain {
			best.gain, n = g, i+1
		}
	}
	if n > 0 {
		codes := slices.Clone(s.ordering[:n])
		slices.Sort(codes)
		*best = split{gain: best.gain, field: f, left: codes}
	}
}
