package lightgbm

// A Field is one key with its value, as it is in the file.
type Field struct{ Key, Value string }

// A Model is a LightGBM model of one output.
type Model struct {
	// Objective is what was trained for, such as "binary sigmoid:1" (the sum of
	// the trees is a log-odds) or "regression" (it is the answer itself), or ""
	// where the file does not say. [Model.Transform] follows from it.
	Objective string

	// AverageOutput divides the sum by the number of trees, as forests do, before
	// it is transformed. (The leaves library does not transform it then.)
	AverageOutput bool

	// Names are the features' names, of any text; the index is what
	// SplitFeature holds.
	Names []string

	// Infos, as long as Names or nil, say what the training rows held:
	// "[min:max]", "0:1:2" (categories), or "none".
	Infos []string

	// Extra are header lines of other keys, in order. Neither side may hold '='
	// or a line break.
	Extra []Field

	Trees []Tree

	// Parameters are how the model was made, such as {"learning_rate", "0.1"}.
	Parameters []Field

	// PandasCategorical is the JSON that the Python package keeps at the end of
	// a file, or "".
	PandasCategorical string
}

// A Tree holds n leaves and n-1 nodes. Node 0 is the root; a tree of one leaf
// has no node. The lists from SplitGain on may be nil, but for Threshold,
// DecisionType, Left, Right and LeafValue.
type Tree struct {
	SplitFeature []int32   // a node's feature
	SplitGain    []float64 // a node's gain, see [Model.Importances]
	Threshold    []float64 // x <= t goes left; categorical: the number of the bitset
	DecisionType []uint8   // see [Categorical] and the other bits
	Left, Right  []int32   // a child: a node, always of a higher number, or ^leaf

	LeafValue  []float64 // what the leaf adds, shrinkage included
	LeafWeight []float64
	LeafCount  []int64

	InternalValue  []float64
	InternalWeight []float64
	InternalCount  []int64

	// CatBoundaries and CatThreshold hold the bitsets: set k is the words
	// CatThreshold[CatBoundaries[k]:CatBoundaries[k+1]], and category c goes left
	// where bit c%32 of word c/32 is set.
	CatBoundaries []int32
	CatThreshold  []uint32

	Shrinkage float64 // informative: LeafValue has it already
}

// The bits of a decision type. Without a missing bit NaN counts as 0.
const (
	Categorical = 1 // the node tests membership in a bitset
	DefaultLeft = 2 // a missing value goes left, otherwise right
	MissingZero = 4 // zero and NaN are missing
	MissingNaN  = 8 // NaN is missing
)

// ZeroThreshold is LightGBM's kZeroThreshold: smaller values count as zero.
const ZeroThreshold = 1e-35

// GoesLeft reports whether a row whose feature has value v goes left at node i.
func (t *Tree) GoesLeft(i int32, v float64) bool {
	kind := t.DecisionType[i]
	if kind&Categorical != 0 {
		k := int(t.Threshold[i])
		return InBitset(t.CatThreshold[t.CatBoundaries[k]:t.CatBoundaries[k+1]], v)
	}
	missing := v != v
	if kind&MissingZero != 0 {
		missing = missing || (v > -ZeroThreshold && v <= ZeroThreshold)
	}
	if missing {
		if kind&(MissingZero|MissingNaN) != 0 {
			return kind&DefaultLeft != 0
		}
		v = 0
	}
	return v <= t.Threshold[i]
}

// InBitset reports whether category v, cut to an integer, is in the bitset.
// What is negative, NaN or beyond the bitset is not.
func InBitset(words []uint32, v float64) bool {
	if !(v > -1 && v < float64(32*len(words))) {
		return false
	}
	c := int(v)
	return words[c>>5]>>(c&31)&1 != 0
}

// Leaf returns the number of the leaf that the row, one value a feature, ends in.
func (t *Tree) Leaf(row []float64) int {
	if len(t.SplitFeature) == 0 {
		return 0
	}
	node := int32(0)
	for {
		next := t.Right[node]
		if t.GoesLeft(node, row[t.SplitFeature[node]]) {
			next = t.Left[node]
		}
		if next < 0 {
			return int(^next)
		}
		node = next
	}
}

// Raw returns the model's sum over the trees (their mean, with AverageOutput)
// for one row, which holds one value a feature. The model must be valid, as one
// from [Parse] is.
func (m *Model) Raw(row []float64) float64 {
	sum := 0.0
	for i := range m.Trees {
		t := &m.Trees[i]
		sum += t.LeafValue[t.Leaf(row)]
	}
	if m.AverageOutput {
		sum /= float64(len(m.Trees))
	}
	return sum
}
