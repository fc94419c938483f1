package tree

import (
	"cmp"
	"slices"
)

// A split sends the rows of a node two ways by the code of one field.
type split struct {
	gain  float64 // impurity that it saves, per row; 0: there is no split
	field *field
	code  int   // numeric: the last code that goes left; oneHot: the level
	left  []int // grouped: the levels that go left
}

// totals are the target's sum, in fixed point, and the number of some rows.
type totals struct {
	sum   int64
	count int64
}

func (t totals) minus(o totals) totals { return totals{t.sum - o.sum, t.count - o.count} }

// A packing says how a row's target and a count of one share a word: the count
// in the low bits, which are enough for all rows, and the target above it.
type packing struct{ countBits int }

func (p packing) pack(target int64) uint64 { return uint64(target)<<p.countBits + 1 }

func (p packing) unpack(word uint64) totals {
	return totals{int64(word) >> p.countBits, int64(word & (1<<p.countBits - 1))}
}

// A search finds the best split of a node.
type search struct {
	packing  packing
	unit     float64 // what one unit of a sum is worth, squared, times the impurity's factor
	minRows  int64
	minGain  float64
	byCount  bool // order categories by sum instead of mean, as Spark does for classes
	ordering []int
}

// gain returns by how much the mean impurity of the node's rows goes down. For
// variance that is wl*wr*(ml-mr)^2, with the sides' shares and means, and gini is
// twice the variance of labels 0 and 1. In this form equal means give exactly 0.
func (s *search) gain(left, all totals) float64 {
	right := all.minus(left)
	if left.count < s.minRows || right.count < s.minRows {
		return 0
	}
	nl, nr, n := float64(left.count), float64(right.count), float64(all.count)
	difference := float64(left.sum)/nl - float64(right.sum)/nr
	return nl / n * (nr / n) * (difference * difference) * s.unit
}

// best returns the split of the highest gain; of equal ones that of the lowest
// slot, then of the lowest code.
func (s *search) best(m *matrix, h *histogram, all totals) split {
	var best split
	for _, f := range m.fields {
		sums := h.of(f)
		switch f.kind {
		case numeric:
			var left totals
			for code, word := range sums[:f.size-1] {
				t := s.packing.unpack(word)
				left.sum += t.sum
				left.count += t.count
				if g := s.gain(left, all); g > best.gain {
					best = split{gain: g, field: f, code: code}
				}
			}
		case oneHot:
			for code, word := range sums[:f.size-1] {
				if word == 0 || f.edges[code] != f.edges[code] {
					continue
				}
				if g := s.gain(all.minus(s.packing.unpack(word)), all); g > best.gain {
					best = split{gain: g, field: f, code: code}
				}
			}
		case grouped:
			if g, n := s.bestPrefix(sums, all, best.gain); n > 0 {
				left := slices.Clone(s.ordering[:n])
				slices.Sort(left)
				best = split{gain: g, field: f, left: left}
			}
		}
	}
	if best.gain < s.minGain {
		return split{}
	}
	return best
}

// bestPrefix orders the levels by their centroid, those without rows last, and
// returns the best gain above the given one with the number of levels on the
// left, 0 for none.
func (s *search) bestPrefix(sums []uint64, all totals, above float64) (gain float64, n int) {
	s.ordering = s.ordering[:0]
	for level, word := range sums {
		if word != 0 {
			s.ordering = append(s.ordering, level)
		}
	}
	centroid := func(level int) float64 {
		t := s.packing.unpack(sums[level])
		if s.byCount {
			return float64(t.sum)
		}
		return float64(t.sum) / float64(t.count)
	}
	slices.SortStableFunc(s.ordering, func(a, b int) int { return cmp.Compare(centroid(a), centroid(b)) })
	var left totals
	for i, level := range s.ordering {
		t := s.packing.unpack(sums[level])
		left.sum += t.sum
		left.count += t.count
		if g := s.gain(left, all); g > above {
			above, n = g, i+1
		}
	}
	return above, n
}
