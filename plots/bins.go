package plots

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// defaultBins is the number of bins of a histogram that names none.
const defaultBins = 40

// binned are the counts of a histogram.
type binned struct {
	edges  []float64
	counts [][]float64 // counts[k][i]: series k, bin i
	zeros  []float64   // per series: values <= 0, apart from a log axis; else nil
	signed bool        // some of zeros are below 0, or may be
	rows   []float64   // per series: all that was counted
	notes  []string
}

// bin counts raw values. Every bin holds its lower edge, the last one both.
func (h Histogram) bin() (binned, error) {
	b := binned{edges: h.Edges, zeros: make([]float64, len(h.Samples))}
	lost, outside := 0, 0
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, sample := range h.Samples {
		for _, v := range sample.Values {
			if finite(v) && (!h.LogX || v > 0) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if b.edges == nil {
		if lo > hi {
			return b, errors.New("plots: histogram: no value can be drawn: none is finite, or above 0 on a log axis")
		}
		edges, err := h.chooseEdges(span{lo, hi})
		if err != nil {
			return b, err
		}
		b.edges = edges
	}
	last := len(b.edges) - 1
	for k, sample := range h.Samples {
		counts, rows := make([]float64, last), 0.0
		for _, v := range sample.Values {
			switch {
			case !finite(v):
				lost++
				continue
			case h.LogX && v <= 0:
				b.zeros[k]++
				b.signed = b.signed || v < 0
			case v < b.edges[0] || v > b.edges[last]:
				outside++
				continue
			default:
				i := sort.SearchFloat64s(b.edges, v)
				if i > last || b.edges[i] != v { // inside the bin that starts before
					i--
				}
				counts[min(i, last-1)]++
			}
			rows++
		}
		b.counts = append(b.counts, counts)
		b.rows = append(b.rows, rows)
	}
	if lost > 0 {
		b.notes = append(b.notes, plural(lost, "value")+" missing or not finite, left out")
	}
	if outside > 0 {
		b.notes = append(b.notes, plural(outside, "value")+" outside the edges, left out")
	}
	return b, nil
}

// chooseEdges divides s evenly, on a log axis by ratio. Whole numbers lie in the
// middle of bins: one in each within a range of at most 60.
func (h Histogram) chooseEdges(s span) ([]float64, error) {
	bins := h.Bins
	if bins < 0 || bins > 2000 {
		return nil, fmt.Errorf("plots: histogram: %d bins; from 1 to 2000 can be drawn, and 0 chooses", bins)
	}
	if bins == 0 && !h.LogX && s.hi-s.lo <= 60 && h.whole() {
		edges := []float64{s.lo - 0.5}
		for v := s.lo; v <= s.hi; v++ {
			edges = append(edges, v+0.5)
		}
		return edges, nil
	}
	if bins == 0 {
		bins = defaultBins
	}
	wide, err := s.widen(0)
	if err != nil {
		return nil, err
	}
	edges := make([]float64, bins+1)
	for i := range edges {
		t := float64(i) / float64(bins)
		if h.LogX {
			if s.lo == s.hi {
				wide = span{s.lo / 2, s.hi * 2}
			}
			edges[i] = wide.lo * math.Pow(wide.hi/wide.lo, t)
		} else {
			edges[i] = wide.lo + (wide.hi-wide.lo)*t
		}
	}
	// Rounding must not put the extremes outside their own bins.
	edges[0], edges[bins] = wide.lo, wide.hi
	if h.LogX && h.whole() {
		return betweenWhole(edges), nil
	}
	for i := 1; i <= bins; i++ {
		if edges[i] <= edges[i-1] {
			return nil, fmt.Errorf("plots: histogram: %d bins from %g to %g are narrower than numbers can tell", bins, s.lo, s.hi)
		}
	}
	return edges, nil
}

// betweenWhole moves edges to the middle between whole numbers, so that no bin is
// empty only because no whole number lies in it.
func betweenWhole(edges []float64) []float64 {
	result := []float64{edges[0] - 0.5}
	for _, e := range edges[1:] {
		if e = math.Floor(e*(1+1e-9)) + 0.5; e > result[len(result)-1] {
			result = append(result, e)
		}
	}
	return result
}

// whole reports whether every finite value is a whole number of moderate size.
func (h Histogram) whole() bool {
	for _, sample := range h.Samples {
		for _, v := range sample.Values {
			if finite(v) && (v != math.Trunc(v) || math.Abs(v) > 1e9) {
				return false
			}
		}
	}
	return true
}

// given checks counts that the caller made.
func (h Histogram) given() (binned, error) {
	b := binned{edges: h.Edges, zeros: make([]float64, len(h.Counts)), signed: true}
	if h.Zeros != nil {
		if len(h.Zeros) != len(h.Counts) {
			return b, fmt.Errorf("plots: histogram: %d series, but %d numbers of zeros", len(h.Counts), len(h.Zeros))
		}
		b.zeros = h.Zeros
	}
	for k, series := range h.Counts {
		if len(series.Values) != len(h.Edges)-1 {
			return b, fmt.Errorf("plots: histogram: %d edges make %d bins, but series %q has %d counts",
				len(h.Edges), len(h.Edges)-1, series.Name, len(series.Values))
		}
		rows := b.zeros[k]
		for i, v := range series.Values {
			if !finite(v) || v < 0 {
				return b, fmt.Errorf("plots: histogram: series %q has the count %g in bin %d", series.Name, v, i)
			}
			rows += v
		}
		if finite(b.zeros[k]) && !finite(rows) {
			return b, fmt.Errorf("plots: histogram: the counts of series %q add up to more than a float64 holds", series.Name)
		}
		if !finite(rows) || b.zeros[k] < 0 {
			return b, fmt.Errorf("plots: histogram: series %q has %g zeros", series.Name, b.zeros[k])
		}
		b.counts = append(b.counts, series.Values)
		b.rows = append(b.rows, rows)
	}
	return b, nil
}
