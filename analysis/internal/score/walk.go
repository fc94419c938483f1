package score

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// A walk is trees made ready for going from node to node.
type walk struct {
	steps  []step
	roots  []int32
	leaves []float64
}

// A step is a node: it reads one source and leads to another step, or to ^leaf.
type step struct {
	kind      stepKind
	source    int32
	next      [2]int32 // where it holds, and where not
	threshold float64
	tree      *lightgbm.Tree // byRule: its tree, and the number in it
	at        int32
}

type stepKind int32

const (
	atMost stepKind = iota // value <= threshold
	equals                 // value == threshold, a level
	byRule                 // as lightgbm.Tree says: categories, other rules for missing values
)

// add appends a tree.
func (w *walk) add(t *lightgbm.Tree, parts []column.Part, places []place) {
	base, leaf := int32(len(w.steps)), int32(len(w.leaves))
	resolve := func(child int32) int32 {
		if child < 0 {
			return ^(leaf + ^child)
		}
		return base + child
	}
	w.leaves = append(w.leaves, t.LeafValue...)
	if len(t.SplitFeature) == 0 {
		w.roots = append(w.roots, ^leaf)
		return
	}
	w.roots = append(w.roots, base)
	for i, slot := range t.SplitFeature {
		from := places[slot]
		n := step{source: from.source, threshold: t.Threshold[i], next: [2]int32{resolve(t.Left[i]), resolve(t.Right[i])}}
		switch p := &parts[from.part]; {
		case p.OneHot:
			// The slot has two values; what they do is known now.
			n.kind, n.threshold = equals, float64(from.level)
			off, on := p.OneHotValues(int(from.level))
			next := n.next
			for k, v := range [2]float64{on, off} {
				n.next[k] = next[1]
				if t.GoesLeft(int32(i), v) {
					n.next[k] = next[0]
				}
			}
		case t.DecisionType[i] != lightgbm.MissingNaN:
			n.kind, n.tree, n.at = byRule, t, int32(i)
		}
		w.steps = append(w.steps, n)
	}
}

// score adds to raw what the trees say of as many rows. The value of source k in
// row i is values[k*blockRows+i].
func (w *walk) score(values, raw []float64) {
	for _, root := range w.roots {
		for i := range raw {
			at := root
			for at >= 0 {
				s := &w.steps[at]
				v := values[int(s.source)*blockRows+i]
				var holds bool
				switch s.kind {
				case atMost:
					holds = v <= s.threshold
				case equals:
					holds = v == s.threshold
				case byRule:
					holds = s.tree.GoesLeft(s.at, v)
				}
				side := 1
				if holds {
					side = 0
				}
				at = s.next[side]
			}
			raw[i] += w.leaves[^at]
		}
	}
}
