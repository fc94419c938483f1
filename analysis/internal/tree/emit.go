package tree

import (
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// leaves appends the node's leaves, from left to right.
func (n *node) leaves(to []*node) []*node {
	if n.left == nil {
		return append(to, n)
	}
	return n.right.leaves(n.left.leaves(to))
}

// mean returns the mean target in the fine unit.
func (n *node) mean() float64 { return float64(n.exact) / float64(n.totals.count) }

// settle fills in the nodes' exact sums from their leaves', and makes one leaf of
// two siblings that are alike.
func (n *node) settle(alike func(a, b *node) bool) {
	if n.left == nil {
		return
	}
	n.left.settle(alike)
	n.right.settle(alike)
	n.exact = n.left.exact + n.right.exact
	if n.left.left == nil && n.right.left == nil && alike(n.left, n.right) {
		n.left, n.right = nil, nil
	}
}

// emit writes the tree with values mean*scale. Nodes are numbered from the root,
// left side first, so that every child comes after its parent. SplitGain is the
// gain times the node's rows, which is what importances add up.
func (n *node) emit(scale, shrinkage float64) lightgbm.Tree {
	t := lightgbm.Tree{Shrinkage: shrinkage}
	n.emitInto(&t, scale)
	return t
}

func (n *node) emitInto(t *lightgbm.Tree, scale float64) int32 {
	value, count := n.mean()*scale, n.totals.count
	if n.left == nil {
		t.LeafValue = append(t.LeafValue, value)
		t.LeafWeight = append(t.LeafWeight, float64(count))
		t.LeafCount = append(t.LeafCount, count)
		return ^int32(len(t.LeafValue) - 1)
	}
	f, slot, threshold, decision := n.best.field, n.best.field.slot, 0.0, uint8(lightgbm.MissingNaN)
	switch f.kind {
	case numeric:
		threshold = f.edges[n.best.code]
	case oneHot:
		slot += n.best.code
		threshold = f.edges[n.best.code]
	case grouped:
		decision |= lightgbm.Categorical
		threshold = addBitset(t, n.best.left)
	}
	id := int32(len(t.SplitFeature))
	t.SplitFeature = append(t.SplitFeature, int32(slot))
	t.SplitGain = append(t.SplitGain, n.best.gain*float64(count))
	t.Threshold = append(t.Threshold, threshold)
	t.DecisionType = append(t.DecisionType, decision)
	t.InternalValue = append(t.InternalValue, value)
	t.InternalWeight = append(t.InternalWeight, float64(count))
	t.InternalCount = append(t.InternalCount, count)
	t.Left = append(t.Left, 0)
	t.Right = append(t.Right, 0)
	left := n.left.emitInto(t, scale)
	right := n.right.emitInto(t, scale)
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
