package column

import (
	"fmt"
	"math"
	"slices"
)

// Bins are counts of values between edges, one series a class.
type Bins struct {
	Edges []float64 // ascending; bin k lies between Edges[k] and Edges[k+1]

	// Series ascend by class, the null class first. Without classes there is one.
	Series []Series
}

// A Series is the bins of the rows of one class. Its counts add up to their
// number.
type Series struct {
	Row    int     // the first row of the class, 0 without classes
	Counts []int64 // by bin
	Under  int64   // values below the first edge
	Over   int64   // values above the last edge
	NaNs   int64
	Nulls  int64
}

// Histogram counts the values of c, Bools as 0 and 1, between edges: a value v
// falls in bin k where Edges[k] <= v < Edges[k+1], and the last bin holds its
// right edge too. classes, if not nil, is a column of the same length whose every
// value gets a series of its own.
//
// Edges must be finite and ascend strictly, and be two at least. c must not be a
// String or Vector column. O(n) where edges are evenly spaced, else O(n log bins).
func Histogram(c *Column, edges []float64, classes *Column) (Bins, error) {
	if !c.measurable() {
		return Bins{}, fmt.Errorf("column: no histogram of %q, a %v column", c.Name, c.Type)
	}
	if len(edges) < 2 {
		return Bins{}, fmt.Errorf("column: a histogram of %q needs two edges at least, has %d", c.Name, len(edges))
	}
	for k, e := range edges {
		if math.IsNaN(e) || math.IsInf(e, 0) {
			return Bins{}, fmt.Errorf("column: edge %d of the histogram of %q is %v", k, c.Name, e)
		}
		if k > 0 && e <= edges[k-1] {
			return Bins{}, fmt.Errorf("column: edges %d and %d of the histogram of %q do not ascend: %v, %v", k-1, k, c.Name, edges[k-1], e)
		}
	}
	bins := Bins{Edges: slices.Clone(edges), Series: make([]Series, 1)}
	var of keyed // the class of each row
	if classes != nil {
		if classes.Len != c.Len {
			return Bins{}, fmt.Errorf("column: %q has %d rows, the classes %q have %d", c.Name, c.Len, classes.Name, classes.Len)
		}
		groups := GroupBy([]*Column{classes})
		of = groups.of
		bins.Series = make([]Series, groups.Len())
		for k, first := range groups.First {
			bins.Series[k].Row = int(first)
		}
	}
	for k := range bins.Series {
		bins.Series[k].Counts = make([]int64, len(edges)-1)
	}
	block, class := make([]float64, keyBlock), make([]uint64, keyBlock)
	for lo := 0; lo < c.Len; lo += keyBlock {
		block = block[:min(keyBlock, c.Len-lo)]
		c.fillFloats(block, lo, 0)
		if classes != nil {
			of.fill(class[:len(block)], lo)
		}
		for i, v := range block {
			s := &bins.Series[class[i]]
			switch {
			case c.IsNull(lo + i):
				s.Nulls++
			case v < edges[0]:
				s.Under++
			case v > edges[len(edges)-1]:
				s.Over++
			case v != v:
				s.NaNs++
			default:
				s.Counts[binOf(edges, v)]++
			}
		}
	}
	return bins, nil
}

// binOf returns the bin of a value within the edges. It tries the bin that evenly
// spaced edges would have and its neighbours, then searches.
func binOf(edges []float64, v float64) int {
	last := len(edges) - 2
	low, high := edges[0], edges[last+1]
	guess := int((v - low) / (high - low) * float64(last+1))
	for k := max(0, guess-1); k <= min(last, guess+1); k++ {
		if edges[k] <= v && v < edges[k+1] {
			return k
		}
	}
	k, found := slices.BinarySearch(edges, v)
	if !found {
		k--
	}
	return min(k, last)
}
