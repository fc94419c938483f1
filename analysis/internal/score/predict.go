package score

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// scoreRows is how many rows go through all trees before the next ones come: few
// enough that their values stay in cache.
const scoreRows = 512

// A test is a node made ready for scoring: it reads one source and leads to a
// node, or to ^leaf.
type test struct {
	kind      testKind
	source    int32
	next      [2]int32 // where it holds, and where not
	item      int32    // inSet: the bitset; byRule: the number in its tree
	tree      int32    // byRule
	threshold float64
}

type testKind int32

const (
	atMost testKind = iota // value <= threshold
	equals                 // value == threshold, a level
	inSet                  // value is in the bitset
	byRule                 // as lightgbm.Tree says: other missing rules
)

// A scorer is a model compiled for one list of parts.
type scorer struct {
	model   *lightgbm.Model
	sources []*column.Part
	tests   []test
	roots   []int32
	leaves  []float64
	sets    [][]uint32
}

// Predict fills out with the model's raw score of each row, which must be as many
// as the parts' columns have: the
// log-odds of class 1 of a boosted model (Spark's margin is half of it), the mean
// share of class 1 in the leaves of the others. [lightgbm.Model.Transform] makes
// probabilities of them. The parts must give as many slots as the model has
// features. NaN goes right, and so does a category not seen in training; nulls
// are an error. It works on all processors and allocates nothing by row.
func Predict(m *lightgbm.Model, features *column.Features, rows int, out []float64) error {
	if len(out) != rows {
		return fmt.Errorf("score: room for %d scores, but %d rows", len(out), rows)
	}
	s, err := compile(m, features, rows)
	if err != nil {
		return err
	}
	column.EachBlock(rows, func(_, from, to int) {
		buffer := make([]float64, len(s.sources)*scoreRows)
		for ; from < to; from += scoreRows {
			s.score(buffer, from, out[from:min(to, from+scoreRows)])
		}
	})
	return nil
}

// compile translates the model's nodes from slots to parts. Parts that no node
// asks about are not read, but still checked.
func compile(m *lightgbm.Model, features *column.Features, rows int) (*scorer, error) {
	if n := features.Size(); n != len(m.Names) {
		return nil, fmt.Errorf("score: %d features, but the model was fitted with %d", n, len(m.Names))
	}
	type place struct {
		part  int32
		level int32
	}
	places := make([]place, 0, len(m.Names))
	for i := range features.Parts {
		part := &features.Parts[i]
		if err := part.Check(rows); err != nil {
			return nil, fmt.Errorf("score: %w", err)
		}
		for k := range part.Slots() {
			places = append(places, place{int32(i), int32(k)})
		}
	}
	s := &scorer{model: m}
	index := make([]int32, len(features.Parts)) // 1 + place among sources
	for ti := range m.Trees {
		t := &m.Trees[ti]
		base, leaf := int32(len(s.tests)), int32(len(s.leaves))
		resolve := func(child int32) int32 {
			if child < 0 {
				return ^(leaf + ^child)
			}
			return base + child
		}
		s.leaves = append(s.leaves, t.LeafValue...)
		if len(t.SplitFeature) == 0 {
			s.roots = append(s.roots, ^leaf)
			continue
		}
		s.roots = append(s.roots, base)
		for i, slot := range t.SplitFeature {
			at := places[slot]
			part := &features.Parts[at.part]
			if index[at.part] == 0 {
				s.sources = append(s.sources, part)
				index[at.part] = int32(len(s.sources))
			}
			n := test{source: index[at.part] - 1, threshold: t.Threshold[i], next: [2]int32{resolve(t.Left[i]), resolve(t.Right[i])}}
			decision := t.DecisionType[i]
			switch {
			case part.OneHot:
				// The slot has two values; what they do is known now.
				n.kind, n.threshold = equals, float64(at.level)
				off, on := part.OneHotValues(int(at.level))
				next := n.next
				for k, v := range [2]float64{on, off} {
					n.next[k] = next[1]
					if t.GoesLeft(int32(i), v) {
						n.next[k] = next[0]
					}
				}
			case decision&lightgbm.Categorical != 0:
				set := int(t.Threshold[i])
				n.kind, n.item = inSet, int32(len(s.sets))
				s.sets = append(s.sets, t.CatThreshold[t.CatBoundaries[set]:t.CatBoundaries[set+1]])
			case decision != lightgbm.MissingNaN:
				n.kind, n.tree, n.item = byRule, int32(ti), int32(i)
			}
			s.tests = append(s.tests, n)
		}
	}
	return s, nil
}

// score fills out with the scores of the rows from that row on, at most
// scoreRows. Source k of row i is buffer[k*scoreRows+i].
func (s *scorer) score(buffer []float64, from int, out []float64) {
	for k := range s.sources {
		s.sources[k].Read(from, buffer[k*scoreRows:][:len(out)])
	}
	clear(out)
	for _, root := range s.roots {
		for i := range out {
			at := root
			for at >= 0 {
				t := &s.tests[at]
				v := buffer[int(t.source)*scoreRows+i]
				var holds bool
				switch t.kind {
				case atMost:
					holds = v <= t.threshold
				case equals:
					holds = v == t.threshold
				case inSet:
					holds = lightgbm.InBitset(s.sets[t.item], v)
				case byRule:
					holds = s.model.Trees[t.tree].GoesLeft(t.item, v)
				}
				side := 1
				if holds {
					side = 0
				}
				at = t.next[side]
			}
			out[i] += s.leaves[^at]
		}
	}
	if s.model.AverageOutput {
		for i := range out {
			out[i] /= float64(len(s.roots))
		}
	}
}
