package tree

import (
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// settle fills in the nodes' exact sums from their leaves', and makes one leaf of
// two siblings that are alike.
func (n *node) settle(alike func(a, b *node) bool) {
	if n.left == nil {
		return
	}
	n.left.settle(alike)
	n.right.settle(alike)
	n.exact = n.left.exact + n.right.exact
	n.exactWeight = n.left.exactWeight + n.right.exactWeight
	if n.left.left == nil && n.right.left == nil && alike(n.left, n.right) {
		n.rejoin()
	}
}

// A style says what is written of a node.
type style struct {
	shrinkage float64
	newton    bool // gains count as they are, otherwise by the node's weight
	value     func(n *node) float64
	weight    func(n *node) float64
}

// emit writes the tree. Nodes are numbered from the root, left side first, so
// that every child comes after its parent. SplitGain is what importances add up.
func (n *node) emit(s style) lightgbm.Tree {
	t := lightgbm.Tree{Shrinkage: s.shrinkage}
	n.emitInto(&t, &s)
	return t
}

func (n *node) emitInto(t *lightgbm.Tree, s *style) int32 {
	value, weight, count := s.value(n), s.weight(n), n.totals.count
	if n.left == nil {
		t.LeafValue = append(t.LeafValue, value)
		t.LeafWeight = append(t.LeafWeight, weight)
		t.LeafCount = append(t.LeafCount, count)
		return ^int32(len(t.LeafValue) - 1)
	}
	f, threshold, decision := n.best.field, 0.0, uint8(lightgbm.MissingNaN)
	switch f.kind {
	case numeric, oneHot:
		threshold = f.edges[n.best.code]
		if n.best.missingLeft {
			decision |= lightgbm.DefaultLeft
		}
	case grouped:
		decision |= lightgbm.Categorical
		threshold = addBitset(t, f.levels(n.best.left))
	}
	gain := n.best.gain
	if !s.newton {
		gain *= weight
	}
	id := int32(len(t.SplitFeature))
	t.SplitFeature = append(t.SplitFeature, int32(n.best.slot()))
	t.SplitGain = append(t.SplitGain, gain)
	t.Threshold = append(t.Threshold, threshold)
	t.DecisionType = append(t.DecisionType, decision)
	t.InternalValue = append(t.InternalValue, value)
	t.InternalWeight = append(t.InternalWeight, weight)
	t.InternalCount = append(t.InternalCount, count)
	t.Left = append(t.Left, 0)
	t.Right = append(t.Right, 0)
	left := n.left.emitInto(t, s)
	right := n.right.emitInto(t, s)
	t.Left[id], t.Right[id] = left, right
	return id
}

// addBitset adds the set of levels, which are in order, and returns its number.
func addBitset(t *lightgbm.Tree, levels []int) float64 {
	if t.CatBoundaries == nil {
		t.CatBoundaries = []int32{0}
	}
	words := make([]uint32, levels[len(levels)-1]/32+1)
	for _, level := range levels {
		words[level/32] |= 1 << (level % 32)
	}
	t.CatThreshold = append(t.CatThreshold, words...)
	t.CatBoundaries = append(t.CatBoundaries, int32(len(t.CatThreshold)))
	return float64(len(t.CatBoundaries) - 2)
}
