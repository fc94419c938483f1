package tree

import (
	"math"
	"slices"
)

const (
	probeRows   = 1 << 12 // rows that show which columns may be of 0 and 1 only
	mostBinary  = 1 << 12 // columns that are considered for bundles
	bundleSlots = narrowSize - 1
)

// A survey is what one pass over a dense matrix finds out, a column an item.
type survey struct {
	binary    []bool // only 0 and 1, and in a bundle with others
	missing   []bool
	low, high []float32
	ones      []int      // binary columns: rows in which it is 1
	together  [][]uint64 // binary columns: those that are 1 in one row with it
	rows      int
	bad       int // the first value that cannot be used, or past the last
}

func newSurvey(width, rows int) *survey {
	s := &survey{binary: make([]bool, width), missing: make([]bool, width), low: make([]float32, width), high: make([]float32, width),
		ones: make([]int, width), together: make([][]uint64, width), rows: rows, bad: rows * width}
	for k := range width {
		s.low[k], s.high[k] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
	return s
}

// surveyDense reads all values once, and those of columns that only seemed to be
// binary once more.
func surveyDense(d Data, p Parameters) (*survey, error) {
	x, width := d.Dense, len(d.Dense.Columns)
	all := newSurvey(width, d.Rows)
	var numbers, flags []int
	for k := range width {
		if len(flags) < mostBinary && x.seemsBinary(k, d.Rows) {
			flags = append(flags, k)
			all.binary[k] = true
			all.together[k] = make([]uint64, (width+63)/64)
		} else {
			numbers = append(numbers, k)
		}
	}
	all.read(d, p, numbers, flags)
	numbers = slices.DeleteFunc(slices.Clone(flags), func(k int) bool { return all.binary[k] })
	all.read(d, p, numbers, nil)
	if all.bad < len(x.Values) {
		row, k := all.bad/width, all.bad%width
		return nil, unusable(x.Columns[k], float64(x.Values[all.bad]), row, nil)
	}
	return all, nil
}

func (x *Dense) seemsBinary(k, rows int) bool {
	taken := min(rows, probeRows)
	for i := range taken {
		if v := x.Values[i*rows/taken*len(x.Columns)+k]; v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// read surveys those columns, the flags as long as they stay binary.
func (s *survey) read(d Data, p Parameters, numbers, flags []int) {
	if len(numbers)+len(flags) == 0 {
		return
	}
	x, width := d.Dense, len(d.Dense.Columns)
	parts := make([]*survey, p.Workers)
	parallel(p.Workers, d.Rows, blockRows, func(worker, from, to int) {
		own := parts[worker]
		if own == nil {
			own = newSurvey(width, d.Rows)
			for _, k := range flags {
				own.binary[k] = true
				own.together[k] = make([]uint64, len(s.together[k]))
			}
			parts[worker] = own
		}
		for ; from < to; from += encodedRows {
			values := x.Values[from*width : min(to, from+encodedRows)*width]
			for _, k := range numbers {
				own.readNumbers(values, from*width, k, width, p.AllowNaN)
			}
			own.readFlags(values, width, flags)
		}
	})
	for _, own := range parts {
		if own != nil {
			s.merge(own, numbers, flags)
		}
	}
}

func (s *survey) readNumbers(values []float32, from, k, width int, allowNaN bool) {
	low, high := s.low[k], s.high[k]
	for i := k; i < len(values); i += width {
		v := values[i]
		if v-v != 0 { // NaN or infinite
			if v != v && allowNaN {
				s.missing[k] = true
			} else {
				s.bad = min(s.bad, from+i)
			}
			continue
		}
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	s.low[k], s.high[k] = low, high
}

func (s *survey) readFlags(values []float32, width int, flags []int) {
	var set []int
	for from := 0; from < len(values); from += width {
		row := values[from : from+width]
		set = set[:0]
		for _, k := range flags {
			if v := row[k]; v != 0 {
				if v != 1 {
					s.binary[k] = false
				}
				set = append(set, k)
			}
		}
		for _, a := range set {
			s.ones[a]++
			for _, b := range set {
				s.together[a][b/64] |= 1 << (b % 64)
			}
		}
	}
}

func (s *survey) merge(own *survey, numbers, flags []int) {
	s.bad = min(s.bad, own.bad)
	for _, k := range numbers {
		s.missing[k] = s.missing[k] || own.missing[k]
		s.low[k], s.high[k] = min(s.low[k], own.low[k]), max(s.high[k], own.high[k])
	}
	for _, k := range flags {
		s.binary[k] = s.binary[k] && own.binary[k]
		s.ones[k] += own.ones[k]
		for i, word := range own.together[k] {
			s.together[k][i] |= word
		}
	}
}

// bundles returns groups of binary columns that are never 1 together: each column
// joins the first group that takes it.
func (s *survey) bundles() [][]int {
	var groups [][]int
	for k, binary := range s.binary {
		if !binary {
			continue
		}
		at := slices.IndexFunc(groups, func(group []int) bool {
			return len(group) < bundleSlots && !slices.ContainsFunc(group, func(other int) bool {
				return s.together[k][other/64]>>(other%64)&1 != 0
			})
		})
		if at < 0 {
			at = len(groups)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], k)
	}
	return groups
}

func (s *survey) infos() []string {
	infos := make([]string, len(s.binary))
	for k, binary := range s.binary {
		infos[k] = interval(float64(s.low[k]), float64(s.high[k]))
		if binary {
			infos[k] = "none"
			if s.ones[k] > 0 && s.ones[k] < s.rows {
				infos[k] = interval(0, 1)
			}
		}
	}
	return infos
}
