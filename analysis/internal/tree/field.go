package tree

import (
	"cmp"
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

// A field is one part of the features, or a bundle of 0/1 columns of a dense
// matrix, made ready for training: every row has one code below size.
//
//	numeric  the bin: v <= edges[bin], or the last bin, which NaN has too
//	oneHot   the level, or size-1 for rows that have none
//	grouped  the level, or what pool has for it
type field struct {
	part    *column.Part // nil in a dense matrix
	kind    kind
	slot    int // the part's first slot
	bundle  []int
	size    int
	edges   []float64 // numeric: thresholds; oneHot: one a slot, NaN where it cannot be split
	missing bool      // numeric: the last bin is NaN's alone
	empty   bool      // numeric: NaN has all rows
	ladder  *ladder   // numeric
	pool    []uint8   // grouped: by level, its code; nil: the level itself
	infos   []string  // one a slot, for the model

	start  int // of its codes in a histogram
	column int // place among the byte columns, or wide ones
	wide   bool
}

// slotOf returns the slot that a code of a oneHot field stands for.
func (f *field) slotOf(code int) int {
	if f.bundle != nil {
		return f.bundle[code]
	}
	return f.slot + code
}

// onLeft reports whether splitting off a level sends its rows left: only where a
// negative scale makes them the smaller value.
func (f *field) onLeft(code int) bool {
	if f.part == nil {
		return false
	}
	off, on := f.part.OneHotValues(code)
	return on < off
}

// levels returns the levels that have one of the codes.
func (f *field) levels(codes []int) []int {
	if f.pool == nil {
		return codes
	}
	var levels []int
	for level, code := range f.pool {
		if slices.Contains(codes, int(code)) {
			levels = append(levels, level)
		}
	}
	return levels
}

// prepare reads the field's column once: checks every row and finds the bins.
func prepare(part *column.Part, slot int, d Data, p Parameters) (*field, error) {
	f := &field{part: part, slot: slot}
	err := part.Check(d.Rows)
	if err != nil {
		return nil, fmt.Errorf("tree: %w", err)
	}
	switch {
	case part.OneHot:
		f.kind = oneHot
		err = f.prepareOneHot(d.Rows)
	case part.Categorical():
		f.kind = grouped
		err = f.prepareGrouped(d, p)
	default:
		err = f.prepareNumeric(d, p)
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

func (f *field) prepareNumeric(d Data, p Parameters) error {
	low, high := math.Inf(1), math.Inf(-1)
	taken := min(d.Rows, sampleRows)
	sample := make([]float64, 0, taken)
	next, passed := 0, 0
	err := f.each(d.Rows, func(from int, values []float64) error {
		for i, v := range values {
			if v-v != 0 { // NaN or infinite
				if v == v || !p.AllowNaN {
					return unusable(f.part.Name, v, from+i, f.part)
				}
				f.missing = true
				continue
			}
			low, high = min(low, v), max(high, v)
		}
		for ; next < from+len(values); next = passed * d.Rows / taken {
			if v := values[next-from]; v == v && d.trains(next) {
				sample = append(sample, v)
			}
			passed++
		}
		return nil
	})
	f.setBins(sample, p)
	f.infos = []string{interval(low, high)}
	f.empty = f.missing && low > high
	return err
}

// invalid returns an error about a row.
func invalid(row int, after, format string, args ...any) error {
	return fmt.Errorf("tree: %w", &column.RowError{Row: row, Before: fmt.Sprintf(format, args...), After: after})
}

// unusable is the error of a NaN or an infinite value; the part may be nil. A NaN
// is mostly a null, and the stages before let it pass: the error says all that
// leads out.
func unusable(name string, v float64, row int, part *column.Part) error {
	after := `: values must be finite, with AllowMissing too; make it null, or cut it off`
	switch {
	case v != v && spoiled(part):
		after = `: the scaler before was fitted to NaN and makes every row NaN; fill nulls with an Imputer before it, or leave it out, as trees need no scaling`
	case v != v:
		after = `: to train on missing values set AllowMissing; otherwise fill nulls with an Imputer, or drop their rows: a VectorAssembler with HandleInvalid "keep" makes nulls NaN`
	}
	return invalid(row, after, "feature %q is %v", name, v)
}

// spoiled reports whether the factors of a part are NaN themselves.
func spoiled(p *column.Part) bool {
	if p == nil || p.OneHot {
		return false
	}
	v := p.Scaled(0, 0)
	return v != v
}

// setBins finds a numeric field's bins from a sample of its values.
func (f *field) setBins(sample []float64, p Parameters) {
	bins := min(p.MaxBins, maxNumericBins)
	if p.Method == NewtonBoosting {
		f.edges = balanced(sample, bins)
	} else {
		f.edges = quantiles(sample, bins)
	}
	if f.missing {
		f.edges = append(f.edges, farRight)
	}
	f.size = len(f.edges) + 1
	f.ladder = newLadder(f.edges)
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
			return invalid(from+i, ": values must be indexes of its levels", "feature %q is %v", f.part.Name, v)
		}
	}
	return nil
}

func (f *field) prepareGrouped(d Data, p Parameters) error {
	levels := len(f.part.Levels)
	if levels > maxLevels || levels > p.MaxBins && p.Method != NewtonBoosting {
		return fmt.Errorf("tree: MaxBins (= %d) must be at least as large as the number of values in each categorical feature, but categorical feature %q has %d values: raise MaxBins, pool rare values, or use one-hot encoding", p.MaxBins, f.part.Name, levels)
	}
	f.size = levels
	rows := make([]int, levels)
	err := f.each(d.Rows, func(from int, values []float64) error {
		if err := f.checkIndexes(from, values); err != nil {
			return err
		}
		for i, v := range values {
			if v >= float64(levels) {
				return invalid(from+i, fmt.Sprintf(", but it has %d levels", levels), "categorical feature %q is %v", f.part.Name, v)
			}
			if d.trains(from + i) {
				rows[int(v)]++
			}
		}
		return nil
	})
	info := []string{}
	for k, n := range rows {
		if n > 0 {
			info = append(info, strconv.Itoa(k))
		}
	}
	f.infos = []string{strings.Join(info, ":")}
	if levels > p.MaxBins {
		f.poolRare(rows, p.MaxBins)
	}
	return err
}

// poolRare gives the most frequent levels codes of their own, and all others the
// last one together.
func (f *field) poolRare(rows []int, size int) {
	order := make([]int, len(rows))
	for level := range order {
		order[level] = level
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rows[b], rows[a]) })
	f.size = size
	f.pool = make([]uint8, len(rows))
	for place, level := range order {
		f.pool[level] = uint8(min(place, size-1))
	}
}

// encode turns values into codes.
func encode[T uint8 | uint16](f *field, values []float64, codes []T) {
	switch {
	case f.kind == numeric:
		for i, v := range values {
			codes[i] = T(f.ladder.bin(v))
		}
	case f.pool != nil:
		for i, v := range values {
			codes[i] = T(f.pool[int(v)])
		}
	default:
		none := float64(f.size - 1)
		for i, v := range values {
			codes[i] = T(int(min(v, none)))
		}
	}
}
