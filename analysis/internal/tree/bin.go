package tree

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

const (
	sampleRows = 200_000         // rows that quantiles are taken from
	maxLevels  = 1<<16 - 1       // of a part, so that a code fits 16 bits
	blockRows  = 1 << 13         // rows that a worker handles at a time
	narrowSize = 1 << 8          // codes that fit a byte
	farRight   = math.MaxFloat64 // threshold that parts numbers from NaN
)

type kind uint8

const (
	numeric kind = iota
	oneHot
	grouped // categorical: split by subsets
)

// A field is one part of the features made ready for training: every row has one
// code below size.
//
//	numeric  the bin: v <= edges[bin], or the last bin, which NaN has too
//	oneHot   the level, or size-1 for rows that have none
//	grouped  the level
type field struct {
	part  *column.Part
	kind  kind
	slot  int // the part's first slot
	size  int
	edges []float64 // numeric: thresholds; oneHot: one a slot, NaN where it cannot be split
	infos []string  // one a slot, for the model

	column int // place among the byte columns, or wide ones
	wide   bool
}

// prepare reads the field's column once: checks every row and finds the bins.
func prepare(part *column.Part, slot, rows int, p Parameters) (*field, error) {
	f := &field{part: part, slot: slot}
	err := part.Check(rows)
	if err != nil {
		return nil, fmt.Errorf("tree: %w", err)
	}
	switch {
	case part.OneHot:
		f.kind = oneHot
		err = f.prepareOneHot(rows)
	case part.Categorical():
		f.kind = grouped
		err = f.prepareGrouped(rows, p.MaxBins)
	default:
		err = f.prepareNumeric(rows, p)
	}
	return f, err
}

// each calls do with blocks of the rows' values until it fails.
func (f *field) each(rows int, do func(from int, values []float64) error) error {
	var buffer [1024]float64
	for from := 0; from < rows; from += len(buffer) {
		values := buffer[:min(len(buffer), rows-from)]
		f.part.Read(from, values)
		if err := do(from, values); err != nil {
			return err
		}
	}
	return nil
}

func (f *field) prepareNumeric(rows int, p Parameters) error {
	low, high := math.Inf(1), math.Inf(-1)
	missing := false
	taken := min(rows, sampleRows)
	sample := make([]float64, 0, taken)
	next := 0
	err := f.each(rows, func(from int, values []float64) error {
		for i, v := range values {
			if v-v != 0 { // NaN or infinite
				if v == v || !p.AllowNaN {
					return fmt.Errorf("tree: feature %q is %v in row %d: values must not be NaN or infinite", f.part.Name, v, from+i)
				}
				missing = true
			}
			low, high = min(low, v), max(high, v)
		}
		for ; next < from+len(values); next = len(sample) * rows / taken {
			sample = append(sample, values[next-from])
		}
		return nil
	})
	if err != nil {
		return err
	}
	if missing {
		sample = slices.DeleteFunc(sample, func(v float64) bool { return v != v })
		low, high = span(f, rows)
	}
	f.edges = quantiles(sample, min(p.MaxBins, maxNumericBins))
	if missing {
		f.edges = append(f.edges, farRight)
	}
	f.size = len(f.edges) + 1
	f.infos = []string{interval(low, high)}
	return nil
}

// span returns the least and the greatest value that is not NaN.
func span(f *field, rows int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	f.each(rows, func(_ int, values []float64) error {
		for _, v := range values {
			if v == v {
				low, high = min(low, v), max(high, v)
			}
		}
		return nil
	})
	return low, high
}

func interval(low, high float64) string {
	if !(low < high) {
		return "none"
	}
	return "[" + strconv.FormatFloat(low, 'g', 17, 64) + ":" + strconv.FormatFloat(high, 'g', 17, 64) + "]"
}

// quantiles returns thresholds that part the sample into at most that many bins:
// between all distinct values if they are few, else where the running count
// comes closest to each multiple of n/bins. The sample ends up sorted.
func quantiles(sample []float64, bins int) []float64 {
	slices.Sort(sample)
	distinct := 0
	for i, v := range sample {
		if i == 0 || v != sample[i-1] {
			distinct++
		}
	}
	edges := []float64{}
	stride := float64(len(sample)) / float64(bins)
	target := stride
	before := 0 // rows of the values up to and including the previous one
	for i := 0; i < len(sample); {
		end := i + 1
		for end < len(sample) && sample[end] == sample[i] {
			end++
		}
		if i > 0 && (distinct <= bins || math.Abs(float64(before)-target) < math.Abs(float64(end)-target)) {
			edges = append(edges, midpoint(sample[i-1], sample[i]))
			target += stride
		}
		before = end
		i = end
	}
	return edges
}

// midpoint returns a number t with a <= t < b, halfway where there is room.
func midpoint(a, b float64) float64 {
	t := a/2 + b/2
	if !(a <= t && t < b) {
		return a
	}
	return t
}

func (f *field) prepareOneHot(rows int) error {
	levels := len(f.part.Levels)
	if levels > maxLevels {
		return fmt.Errorf("tree: feature %q has %d levels, more than %d: pool the rare ones first", f.part.Name, levels, maxLevels)
	}
	f.size = levels + 1
	f.edges = make([]float64, levels)
	f.infos = make([]string, levels)
	for k := range levels {
		off, on := f.part.OneHotValues(k)
		low, high := min(off, on), max(off, on)
		f.edges[k] = math.NaN()
		f.infos[k] = interval(low, high)
		if low < high && high-low < math.Inf(1) {
			f.edges[k] = midpoint(low, high)
		}
	}
	return f.each(rows, f.checkIndexes)
}

// checkIndexes fails where a value is no index at all.
func (f *field) checkIndexes(from int, values []float64) error {
	for i, v := range values {
		if v != math.Trunc(v) || v < 0 || v-v != 0 {
			return fmt.Errorf("tree: feature %q is %v in row %d: values must be indexes of its levels", f.part.Name, v, from+i)
		}
	}
	return nil
}

func (f *field) prepareGrouped(rows, maxBins int) error {
	levels := len(f.part.Levels)
	if levels > maxBins {
		return fmt.Errorf("tree: MaxBins (= %d) must be at least as large as the number of values in each categorical feature, but categorical feature %q has %d values: raise MaxBins, pool rare values, or use one-hot encoding", maxBins, f.part.Name, levels)
	}
	f.size = levels
	seen := make([]bool, levels)
	err := f.each(rows, func(from int, values []float64) error {
		if err := f.checkIndexes(from, values); err != nil {
			return err
		}
		for i, v := range values {
			if v >= float64(levels) {
				return fmt.Errorf("tree: categorical feature %q is %v in row %d, but it has %d levels", f.part.Name, v, from+i, levels)
			}
			seen[int(v)] = true
		}
		return nil
	})
	info := []string{}
	for k, ok := range seen {
		if ok {
			info = append(info, strconv.Itoa(k))
		}
	}
	f.infos = []string{strings.Join(info, ":")}
	return err
}

// code turns a value into the field's code.
func (f *field) code(v float64) int {
	switch f.kind {
	case numeric:
		low, high := 0, len(f.edges) // the first edge that is not below v is in [low, high]
		for low < high {
			middle := int(uint(low+high) / 2)
			if v <= f.edges[middle] {
				high = middle
			} else {
				low = middle + 1
			}
		}
		return low
	case oneHot:
		if v >= float64(f.size-1) {
			return f.size - 1
		}
	}
	return int(v)
}
