package tree

import (
	"math"
	"slices"
	"strconv"
)

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

// balanced returns thresholds that part the sample into at most that many bins of
// about equally many rows, where a value of more rows than its share has a bin of
// its own and the others part what is left. The sample ends up sorted.
func balanced(sample []float64, bins int) []float64 {
	slices.Sort(sample)
	type run struct {
		value float64
		rows  int
	}
	var runs []run
	for i, v := range sample {
		if i == 0 || v != sample[i-1] {
			runs = append(runs, run{v, 0})
		}
		runs[len(runs)-1].rows++
	}
	edges := []float64{}
	rest, left, rows := len(sample), bins, 0
	for i := 0; i+1 < len(runs) && left > 1; i++ {
		rows += runs[i].rows
		if len(runs) <= bins || rows*left >= rest || runs[i+1].rows*left >= rest && 2*rows*left >= rest {
			edges = append(edges, midpoint(runs[i].value, runs[i+1].value))
			rest, left, rows = rest-rows, left-1, 0
		}
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

func interval(low, high float64) string {
	if !(low < high) {
		return "none"
	}
	return "[" + strconv.FormatFloat(low, 'g', 17, 64) + ":" + strconv.FormatFloat(high, 'g', 17, 64) + "]"
}

// A ladder finds the bin of a value: the number of edges below it.
type ladder struct {
	edges [maxNumericBins + 1]float64 // padded with +Inf
	top   int                         // first stride, a power of two
	nan   int                         // bin of NaN
}

func newLadder(edges []float64) *ladder {
	l := &ladder{nan: len(edges), top: 1}
	for i := range l.edges {
		l.edges[i] = math.Inf(1)
	}
	copy(l.edges[:], edges)
	for 2*l.top <= len(edges) {
		l.top *= 2
	}
	return l
}

// bin halves the distance without a branch that could be guessed wrong.
func (l *ladder) bin(v float64) uint8 {
	if v != v {
		return uint8(l.nan)
	}
	at := 0
	for stride := l.top; stride > 0; stride /= 2 {
		next := at + stride
		if l.edges[uint8(next-1)] < v {
			at = next
		}
	}
	return uint8(at)
}
