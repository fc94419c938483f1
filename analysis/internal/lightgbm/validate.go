package lightgbm

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// A keyError says which key of a file (or list of a tree) is wrong.
type keyError struct {
	key  string
	text string
}

func (e *keyError) Error() string { return e.key + ": " + e.text }

func wrong(key, format string, args ...any) error {
	return &keyError{key, fmt.Sprintf(format, args...)}
}

// Validate checks everything that scoring and other readers rely on: at least
// one feature and one tree, a known objective, lists of the right lengths, trees
// that are trees (each node and leaf the child of exactly one node, children
// numbered above their parent), features and bitsets in range, finite leaves, no
// threshold of NaN.
// The error names the tree and the key.
func (m *Model) Validate() error {
	if err := m.validateHeader(); err != nil {
		return fmt.Errorf("lightgbm: %w", err)
	}
	for i := range m.Trees {
		if err := m.Trees[i].validate(len(m.Names)); err != nil {
			return fmt.Errorf("lightgbm: tree %d: %w", i, err)
		}
	}
	return nil
}

func (m *Model) validateHeader() error {
	if _, _, err := readObjective(m.Objective); err != nil {
		return wrong("objective", "%v", err)
	}
	switch {
	case len(m.Names) == 0:
		return wrong("feature_names", "the model has no feature")
	case m.Infos != nil && len(m.Infos) != len(m.Names):
		return wrong("feature_infos", "%d items for %d features", len(m.Infos), len(m.Names))
	case len(m.Trees) == 0:
		return wrong("tree_sizes", "the model has no tree")
	}
	for _, info := range m.Infos {
		if info == "" || strings.ContainsAny(info, "= \r\n") {
			return wrong("feature_infos", "%q is not an item", info)
		}
	}
	for _, f := range m.Extra {
		if f.Key == "" || headerKeys[f.Key] || strings.HasPrefix(f.Key, "Tree") || strings.ContainsAny(f.Key+f.Value, "=\r\n") || f.Key != strings.TrimSpace(f.Key) {
			return wrong(f.Key, "not usable as a further header line")
		}
	}
	for _, f := range m.Parameters {
		if f.Key == "" || strings.ContainsAny(f.Key, ":]\r\n") || strings.ContainsAny(f.Value, "\r\n") {
			return wrong("parameters", "%q is not a parameter", f.Key)
		}
	}
	if low, high := m.Bounds(); math.IsInf(low, 0) || math.IsInf(high, 0) {
		return wrong("leaf_value", "the trees add up to %v or %v", low, high)
	}
	if strings.ContainsAny(m.PandasCategorical, "\r\n") {
		return wrong("pandas_categorical", "holds a line break")
	}
	return nil
}

// validate checks one tree of a model with that many features.
func (t *Tree) validate(features int) error {
	leaves := len(t.LeafValue)
	if leaves < 1 {
		return wrong("num_leaves", "%d is below 1", leaves)
	}
	nodes := leaves - 1
	lengths := []struct {
		key       string
		have      int
		want      int
		mandatory bool
	}{
		{"split_feature", len(t.SplitFeature), nodes, true},
		{"threshold", len(t.Threshold), nodes, true},
		{"decision_type", len(t.DecisionType), nodes, true},
		{"left_child", len(t.Left), nodes, true},
		{"right_child", len(t.Right), nodes, true},
		{"split_gain", len(t.SplitGain), nodes, false},
		{"leaf_weight", len(t.LeafWeight), leaves, false},
		{"leaf_count", len(t.LeafCount), leaves, false},
		{"internal_value", len(t.InternalValue), nodes, false},
		{"internal_weight", len(t.InternalWeight), nodes, false},
		{"internal_count", len(t.InternalCount), nodes, false},
	}
	for _, l := range lengths {
		if l.have != l.want && (l.mandatory || l.have != 0) {
			return wrong(l.key, "%d items, must be %d with num_leaves=%d", l.have, l.want, leaves)
		}
	}
	// Gains, weights and the nodes' own values say nothing of scores, and LightGBM
	// writes infinite ones.
	if err := each("threshold", t.Threshold, func(v float64) bool { return v == v }, "numbers must not be NaN"); err != nil {
		return err
	}
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	if err := each("leaf_value", t.LeafValue, finite, "numbers must be finite"); err != nil {
		return err
	}
	if err := each("shrinkage", []float64{t.Shrinkage}, finite, "numbers must be finite"); err != nil {
		return err
	}
	return errors.Join(t.validateChildren(), t.validateSplits(features))
}

// each refuses the first number of a list that does not hold what must.
func each(key string, list []float64, holds func(float64) bool, must string) error {
	for i, v := range list {
		if !holds(v) {
			return wrong(key, "item %d is %v: %s", i, v, must)
		}
	}
	return nil
}

// validateChildren checks that the nodes form one tree. As every child has a
// number above its parent's and is a child once, all hang from the root and no
// walk goes round.
func (t *Tree) validateChildren() error {
	nodes := len(t.SplitFeature)
	seenNode := make([]bool, nodes)
	seenLeaf := make([]bool, nodes+1)
	for i := range nodes {
		for _, child := range [...]struct {
			key string
			id  int32
		}{{"left_child", t.Left[i]}, {"right_child", t.Right[i]}} {
			id := int(child.id)
			seen := seenNode
			if id < 0 {
				id, seen = ^id, seenLeaf
			} else if id <= i {
				return wrong(child.key, "item %d is %d: a child must have a number above its parent's", i, child.id)
			}
			if id >= len(seen) {
				return wrong(child.key, "item %d is %d: there is no such child", i, child.id)
			}
			if seen[id] {
				return wrong(child.key, "item %d is %d: it is the child of two nodes", i, child.id)
			}
			seen[id] = true
		}
	}
	return nil
}

// validateSplits checks each node's feature, decision type and bitset.
func (t *Tree) validateSplits(features int) error {
	sets := max(0, len(t.CatBoundaries)-1)
	if sets == 0 && (len(t.CatBoundaries) > 0 || len(t.CatThreshold) > 0) {
		return wrong("cat_boundaries", "bitsets without num_cat")
	}
	for k := range sets {
		from, to := t.CatBoundaries[k], t.CatBoundaries[k+1]
		if k == 0 && from != 0 || from >= to || int(to) > len(t.CatThreshold) {
			return wrong("cat_boundaries", "must start at 0, rise, and end at %d, the length of cat_threshold", len(t.CatThreshold))
		}
		set := 0
		for _, word := range t.CatThreshold[from:to] {
			set += bits.OnesCount32(word)
		}
		if set == 0 {
			return wrong("cat_threshold", "bitset %d is empty", k)
		}
	}
	if sets > 0 && int(t.CatBoundaries[sets]) != len(t.CatThreshold) {
		return wrong("cat_boundaries", "must end at %d, the length of cat_threshold", len(t.CatThreshold))
	}
	categorical := 0
	for i, f := range t.SplitFeature {
		if f < 0 || int(f) >= features {
			return wrong("split_feature", "item %d is %d: the model has %d features", i, f, features)
		}
		switch kind := t.DecisionType[i]; kind {
		case 0, DefaultLeft, MissingZero, MissingZero | DefaultLeft, MissingNaN, MissingNaN | DefaultLeft:
		case Categorical, Categorical | MissingNaN:
			categorical++
			if k := t.Threshold[i]; k != math.Trunc(k) || k < 0 || k >= float64(sets) {
				return wrong("threshold", "item %d is %v: a categorical node needs the number of a bitset, below num_cat=%d", i, k, sets)
			}
		default:
			return wrong("decision_type", "item %d is %d: must be 0, 2, 4, 6, 8, 10, 1 or 9", i, kind)
		}
	}
	if categorical != sets {
		return wrong("num_cat", "%d, but %d nodes are categorical", sets, categorical)
	}
	return nil
}
