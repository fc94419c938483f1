package score

import (
	"math"
	"math/bits"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

const (
	maxCodes = 1 << 16 // of a source, so that one fits 16 bits
	maxWhole = 1 << 12 // whole numbers whose codes are looked up instead of searched
)

// A source is a part that the model asks about. Where codes are made, its edges
// are the values at which some node changes its mind: code k stands for the
// values above edges[k-1] and up to edges[k], so that two values of one code go
// the same way at every node. NaN has the last code.
type source struct {
	part  int // its place among the features' parts
	edges []float64
	whole []uint16 // the code of each whole number from 0 on
}

// codes returns how many codes there are.
func (s *source) codes() int { return len(s.edges) + 2 }

// search returns the code of a value.
func (s *source) search(v float64) int {
	if v != v {
		return len(s.edges) + 1
	}
	k, _ := slices.BinarySearch(s.edges, v)
	return k
}

// example returns a value that has code k.
func (s *source) example(k int) float64 {
	switch {
	case k < len(s.edges):
		return s.edges[k]
	case k == len(s.edges):
		return math.Inf(1)
	}
	return math.NaN()
}

// setEdges collects the edges of the nodes. It reports whether a code fits.
func (s *source) setEdges(p *column.Part, nodes []node) bool {
	s.edges = nil
	for _, n := range nodes {
		if s.edges = n.edges(p, s.edges); len(s.edges) > 16*maxCodes {
			s.compact()
			if s.codes() > maxCodes {
				return false
			}
		}
	}
	s.compact()
	return s.codes() <= maxCodes
}

func (s *source) compact() {
	slices.Sort(s.edges)
	s.edges = slices.Compact(s.edges)
}

// setWhole makes the codes of levels and small counts known without a search.
func (s *source) setWhole() {
	top := 0.0
	if len(s.edges) > 0 {
		top = min(max(s.edges[len(s.edges)-1], -1)+2, maxWhole)
	}
	s.whole = make([]uint16, int(top)+1)
	for v := range s.whole {
		s.whole[v] = uint16(s.search(float64(v)))
	}
}

// encode writes the codes of the values.
func (s *source) encode(values []float64, codes []uint16) {
	codes = codes[:len(values)]
	for i, v := range values {
		if w := int(v); float64(w) == v && uint(w) < uint(len(s.whole)) {
			codes[i] = s.whole[w]
			continue
		}
		codes[i] = uint16(s.search(v))
	}
}

// A node is one split of a tree, by the part that it reads.
type node struct {
	tree  *lightgbm.Tree
	index int32 // of the tree in the model
	at    int32
	level int32 // the slot of a one-hot part
}

// goesLeft reports where the node sends a row whose part has value v.
func (n node) goesLeft(p *column.Part, v float64) bool {
	if p.OneHot {
		off, on := p.OneHotValues(int(n.level))
		if v == float64(n.level) {
			v = on
		} else {
			v = off
		}
	}
	return n.tree.GoesLeft(n.at, v)
}

// edges appends the values at which the node may change its mind, in any order:
// it treats all values from above one up to and with the next alike.
func (n node) edges(p *column.Part, to []float64) []float64 {
	t, kind := n.tree, n.tree.DecisionType[n.at]
	switch {
	case p.OneHot:
		return append(to, below(float64(n.level)), float64(n.level))
	case kind&lightgbm.Categorical != 0:
		k := int(t.Threshold[n.at])
		words := t.CatThreshold[t.CatBoundaries[k]:t.CatBoundaries[k+1]]
		first := len(to)
		last := uint32(0) // whether the category before is in the set
		for i := 0; i <= len(words) && len(to)-first <= maxCodes; i++ {
			word := uint32(0)
			if i < len(words) {
				word = words[i]
			}
			for changes := word ^ (word<<1 | last); changes != 0; changes &= changes - 1 {
				c := 32*i + bits.TrailingZeros32(changes)
				if c == 0 {
					to = append(to, -1) // from there on values are cut to 0
					continue
				}
				to = append(to, below(float64(c)))
			}
			last = word >> 31
		}
		return to
	case kind&lightgbm.MissingZero != 0:
		return append(to, -lightgbm.ZeroThreshold, lightgbm.ZeroThreshold, t.Threshold[n.at])
	}
	return append(to, t.Threshold[n.at])
}

func below(v float64) float64 { return math.Nextafter(v, math.Inf(-1)) }
