package lightgbm

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// originalNames is the header key that holds the names where they are not safe:
// one word a feature, escaped as in a URL's query.
const originalNames = "original_feature_names"

// Marshal returns the model as text. The same model gives the same bytes. It
// fails where the model is not valid, see [Model.Validate].
func (m *Model) Marshal() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	names := SafeNames(m.Names)
	var blocks []byte
	sizes := make([]string, len(m.Trees))
	for i := range m.Trees {
		start := len(blocks)
		blocks = m.Trees[i].append(blocks, i)
		sizes[i] = strconv.Itoa(len(blocks) - start)
	}

	var b []byte
	line := func(key, value string) {
		b = append(append(append(append(b, key...), '='), value...), '\n')
	}
	b = append(b, "tree\n"...)
	line("version", "v3")
	line("num_class", "1")
	line("num_tree_per_iteration", "1")
	line("label_index", "0")
	line("max_feature_idx", strconv.Itoa(len(names)-1))
	if m.Objective != "" {
		line("objective", m.Objective)
	}
	if m.AverageOutput {
		b = append(b, "average_output\n"...)
	}
	line("feature_names", strings.Join(names, " "))
	if !slices.Equal(names, m.Names) {
		escaped := make([]string, len(m.Names))
		for i, name := range m.Names {
			escaped[i] = url.QueryEscape(name)
		}
		line(originalNames, strings.Join(escaped, " "))
	}
	infos := m.Infos
	if infos == nil {
		infos = slices.Repeat([]string{"none"}, len(names))
	}
	line("feature_infos", strings.Join(infos, " "))
	for _, f := range m.Extra {
		line(f.Key, f.Value)
	}
	line("tree_sizes", strings.Join(sizes, " "))
	b = append(b, '\n')
	b = append(b, blocks...)
	b = append(b, "end of trees\n\nfeature_importances:\n"...)
	for _, f := range m.splitCounts() {
		line(names[f[0]], strconv.Itoa(f[1]))
	}
	b = append(b, "\nparameters:\n"...)
	for _, f := range m.Parameters {
		b = fmt.Appendf(b, "[%s: %s]\n", f.Key, f.Value)
	}
	b = append(b, "end of parameters\n\npandas_categorical:"...)
	if m.PandasCategorical == "" {
		return append(b, "null\n"...), nil
	}
	return append(append(b, m.PandasCategorical...), '\n'), nil
}

// splitCounts returns the features that split, with how often: most often first,
// then by number.
func (m *Model) splitCounts() [][2]int {
	counts := make([][2]int, len(m.Names))
	for i := range counts {
		counts[i][0] = i
	}
	for _, t := range m.Trees {
		for _, f := range t.SplitFeature {
			counts[f][1]++
		}
	}
	counts = slices.DeleteFunc(counts, func(c [2]int) bool { return c[1] == 0 })
	slices.SortStableFunc(counts, func(a, b [2]int) int { return b[1] - a[1] })
	return counts
}

// append writes the block of tree number i, with the two blank lines that end it.
// The keys stand in LightGBM's own order.
func (t *Tree) append(b []byte, i int) []byte {
	b = fmt.Appendf(b, "Tree=%d\nnum_leaves=%d\nnum_cat=%d\n", i, len(t.LeafValue), max(0, len(t.CatBoundaries)-1))
	b = appendInts(b, "split_feature", t.SplitFeature)
	b = appendFloats(b, "split_gain", t.SplitGain)
	b = appendFloats(b, "threshold", t.Threshold)
	b = appendInts(b, "decision_type", t.DecisionType)
	b = appendInts(b, "left_child", t.Left)
	b = appendInts(b, "right_child", t.Right)
	b = appendFloats(b, "leaf_value", t.LeafValue)
	b = appendFloats(b, "leaf_weight", t.LeafWeight)
	b = appendInts(b, "leaf_count", t.LeafCount)
	b = appendFloats(b, "internal_value", t.InternalValue)
	b = appendFloats(b, "internal_weight", t.InternalWeight)
	b = appendInts(b, "internal_count", t.InternalCount)
	if len(t.CatBoundaries) > 0 {
		b = appendInts(b, "cat_boundaries", t.CatBoundaries)
		b = appendInts(b, "cat_threshold", t.CatThreshold)
	}
	b = append(b, "is_linear=0\nshrinkage="...)
	b = strconv.AppendFloat(b, t.Shrinkage, 'g', -1, 64)
	return append(b, "\n\n\n"...)
}

func appendInts[T uint8 | int32 | uint32 | int64](b []byte, key string, list []T) []byte {
	b = append(append(b, key...), '=')
	for i, v := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return append(b, '\n')
}

// appendFloats writes the shortest text that reads back as the same number.
func appendFloats(b []byte, key string, list []float64) []byte {
	b = append(append(b, key...), '=')
	for i, v := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		switch {
		case math.IsInf(v, 0) || v != v: // as C writes them
			b = append(b, strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))...)
		default:
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		}
	}
	return append(b, '\n')
}
