package toniot

import (
	"math/bits"
	"sort"
)

// golden is the increment of splitmix64: 2^64 divided by the golden ratio.
const golden = 0x9E3779B97F4A7C15

// mix is the finaliser of splitmix64 (Steele, Lea, Flood: "Fast splittable
// pseudorandom number generators", OOPSLA 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// A draw is a splitmix64 generator. Each row has its own, so rows can be made
// in any order and by any number of goroutines.
type draw uint64

// drawFor returns the generator of one row of one stream. Equal arguments give
// equal draws; different streams of one seed are independent.
func drawFor(seed uint64, stream, row uint64) draw {
	return draw(mix(mix(seed^mix(stream*golden)) + row*golden))
}

func (d *draw) next() uint64 {
	*d += golden
	return mix(uint64(*d))
}

// below returns a number in [0, n), n > 0.
func (d *draw) below(n int64) int64 {
	hi, _ := bits.Mul64(d.next(), uint64(n))
	return int64(hi)
}

// between returns a number in [low, high].
func (d *draw) between(low, high int64) int64 { return low + d.below(high-low+1) }

// chance reports true in permyriad of 10,000 draws.
func (d *draw) chance(permyriad int64) bool { return d.below(10_000) < permyriad }

// pick returns an index of weights, each as often as its weight says.
func (d *draw) pick(weights []int64) int {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	at := d.below(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// A pidZone is a range of PID that a kind of session falls into.
type pidZone struct{ low, high int64 }

// draw returns a PID of the zone. home tells commands apart: a host starts the
// same programs in the same order, so each has few PIDs of its own, and a
// session shifts them all.
func (z pidZone) draw(d *draw, home int64) int64 {
	return z.low + (home*7+d.below(4)*53)%(z.high-z.low+1)
}

// shuffle puts items into random order (Fisher and Yates).
func shuffle[T any](d *draw, items []T) {
	for i := len(items) - 1; i > 0; i-- {
		j := d.below(int64(i + 1))
		items[i], items[j] = items[j], items[i]
	}
}

// mulDiv returns a*b/c without overflow; a <= c or b <= c must hold.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}

// apportion shares total among weights by largest remainder: the parts sum to
// total exactly, and when the weights do so too the parts are the weights. A
// weight of 0 gets nothing unless all are 0, then the first gets everything.
func apportion(total int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	var sum int64
	for _, w := range weights {
		sum += w
	}
	if sum == 0 {
		parts[0] = total
		return parts
	}
	left := total
	rest := make([]int64, len(weights))
	order := make([]int, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(hi, lo, uint64(sum))
		parts[i], rest[i], order[i] = int64(q), int64(r), i
		left -= parts[i]
	}
	sort.SliceStable(order, func(a, b int) bool { return rest[order[a]] > rest[order[b]] })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// fraction is the number of binary places that deal computes with.
const fraction = 20

// deal fills a table of counts whose rows and columns have the given totals
// (their sums must be equal) and whose cells follow the weights as closely as
// the totals allow: iterative proportional fitting in fixed point, then whole
// numbers by largest fraction. Every weight must be positive.
func deal(rows, columns []int64, weight func(row, column int) int64) [][]int64 {
	fit := make([][]int64, len(rows))
	for i := range fit {
		fit[i] = make([]int64, len(columns))
		for j := range fit[i] {
			fit[i][j] = weight(i, j) << fraction
		}
	}
	for range 25 {
		for i, total := range rows {
			scaleTo(total<<fraction, len(columns), func(j int) *int64 { return &fit[i][j] })
		}
		for j, total := range columns {
			scaleTo(total<<fraction, len(rows), func(i int) *int64 { return &fit[i][j] })
		}
	}
	return round(fit, rows, columns)
}

// scaleTo multiplies n cells so that they sum to total, rounded down. A cell
// never falls to 0, which would shut it for good.
func scaleTo(total int64, n int, cell func(int) *int64) {
	var sum int64
	for i := range n {
		sum += *cell(i)
	}
	for i := range n {
		c := cell(i)
		*c = max(1, mulDiv(*c, total, sum))
	}
}

// round turns the fixed-point table into counts with exactly these totals.
func round(fit [][]int64, rows, columns []int64) [][]int64 {
	counts := make([][]int64, len(rows))
	rowLeft := append([]int64(nil), rows...)
	columnLeft := append([]int64(nil), columns...)
	for i := range fit {
		counts[i] = make([]int64, len(columns))
		for j, cell := range fit[i] {
			// What fitting left unfinished must not overrun a total.
			n := min(cell>>fraction, rowLeft[i], columnLeft[j])
			counts[i][j] = n
			rowLeft[i] -= n
			columnLeft[j] -= n
		}
	}
	order := make([]int, len(columns))
	for i := range fit {
		for j := range order {
			order[j] = j
		}
		part := func(j int) int64 { return fit[i][j] - counts[i][j]<<fraction }
		sort.SliceStable(order, func(a, b int) bool { return part(order[a]) > part(order[b]) })
		for rowLeft[i] > 0 {
			for _, j := range order {
				if rowLeft[i] > 0 && columnLeft[j] > 0 {
					counts[i][j]++
					rowLeft[i]--
					columnLeft[j]--
				}
			}
		}
	}
	return counts
}
