package column

import "math"

// Correlation returns Pearson's correlation of every pair of columns: r[i][j] of
// columns i and j, in [-1, 1], symmetric, with 1 on the diagonal. It is taken over
// the rows in which all the columns hold a value. Bools count as 0 and 1.
//
// r is NaN for a column that is constant on those rows (or has fewer than two of
// them), holds a NaN or an infinity there, or is a String or Vector column; the
// other pairs do not suffer. The columns must be of one length.
// O(n) a pair; values are taken relative to their means, and scaled, before they
// are multiplied.
func Correlation(columns []*Column) [][]float64 {
	p := len(columns)
	r := make([][]float64, p)
	for i := range r {
		r[i] = make([]float64, p)
	}
	if p == 0 {
		return r
	}
	rows := completeRows{columns: columns, origins: make([]int64, p)}
	for j, c := range columns {
		rows.origins[j] = c.origin()
	}
	spreads := rows.spreads()
	total := rows.products(spreads)
	for i := range p {
		for j := range i + 1 {
			v := math.NaN()
			if columns[i].measurable() && columns[j].measurable() && spreads[i].low < spreads[i].high && spreads[j].low < spreads[j].high {
				v = total.cross(i, j) / (math.Sqrt(total.cross(i, i)) * math.Sqrt(total.cross(j, j)))
				v = max(-1, min(1, v))
			}
			if i == j && v == v {
				v = 1
			}
			r[i][j], r[j][i] = v, v
		}
	}
	return r
}

// completeRows are the rows in which every column holds a value.
type completeRows struct {
	columns []*Column
	origins []int64 // see Column.fillFloats
}

func (r completeRows) blocks() int { return (r.columns[0].Len + statRows - 1) / statRows }

// block returns, a column, the values of block b.
func (r completeRows) block(b int) [][]float64 {
	lo := b * statRows
	n := min(statRows, r.columns[0].Len-lo)
	values := make([][]float64, len(r.columns))
	var keep []int // nil while every row is complete
	for j, c := range r.columns {
		values[j] = make([]float64, n)
		c.fillFloats(values[j], lo, r.origins[j])
		if c.Nulls == 0 {
			continue
		}
		if keep == nil {
			keep = make([]int, n)
			for i := range keep {
				keep[i] = i
			}
		}
		kept := 0
		for _, i := range keep {
			keep[kept] = i
			kept += int(c.Valid[(lo+i)>>3] >> ((lo + i) & 7) & 1)
		}
		keep = keep[:kept]
	}
	if keep == nil {
		return values
	}
	for j, all := range values {
		for k, i := range keep {
			all[k] = all[i]
		}
		values[j] = all[:len(keep)]
	}
	return values
}

// A spread is where the values of one column lie. low < high is false where they
// are all equal, where one is NaN and where there is none.
type spread struct {
	moments
	low, high float64
	scale     float64 // a power of two, exact to multiply by, that makes deviations about 1
}

func (r completeRows) spreads() []spread {
	blocks := make([][]spread, r.blocks())
	forEach(len(blocks), func(b int) {
		for _, values := range r.block(b) {
			s := spread{moments: momentsOf(values), low: math.Inf(1), high: math.Inf(-1)}
			for _, v := range values {
				s.low, s.high = min(s.low, v), max(s.high, v)
			}
			blocks[b] = append(blocks[b], s)
		}
	})
	spreads := make([]spread, len(r.columns))
	for j := range spreads {
		s := spread{low: math.Inf(1), high: math.Inf(-1)}
		for _, block := range blocks {
			s.moments = s.merge(block[j].moments)
			s.low, s.high = min(s.low, block[j].low), max(s.high, block[j].high)
		}
		_, exponent := math.Frexp(s.high/2 - s.low/2)
		s.scale = math.Ldexp(1, -max(exponent, -1000))
		spreads[j] = s
	}
	return spreads
}

// products are sums of deviations and of products of two columns' deviations.
type products struct {
	n     float64
	off   []float64 // a column; what rounding left in its mean
	pairs []float64 // row-major, j <= i
}

func (r completeRows) products(spreads []spread) products {
	p := len(r.columns)
	blocks := make([]products, r.blocks())
	forEach(len(blocks), func(b int) {
		values := r.block(b)
		sums := products{n: float64(len(values[0])), off: make([]float64, p), pairs: make([]float64, p*p)}
		for i, xs := range values {
			scale := spreads[i].scale
			mean := spreads[i].mean * scale
			for k, x := range xs {
				xs[k] = x*scale - mean // x and the mean may lie too far apart
			}
			sums.off[i] = sumFrom(0, xs)
			for j, ys := range values[:i+1] {
				sums.pairs[i*p+j] = dot(xs, ys)
			}
		}
		blocks[b] = sums
	})
	total := products{off: make([]float64, p), pairs: make([]float64, p*p)}
	for _, block := range blocks {
		total.n += block.n
		for i, v := range block.off {
			total.off[i] += v
		}
		for i, v := range block.pairs {
			total.pairs[i] += v
		}
	}
	return total
}

// cross returns the sum of products of the deviations of columns i and j <= i.
func (s products) cross(i, j int) float64 {
	return s.pairs[i*len(s.off)+j] - s.off[i]*s.off[j]/s.n
}

func dot(xs, ys []float64) float64 {
	var a, b, c, d float64
	ys = ys[:len(xs)]
	i := 0
	for ; i+4 <= len(xs); i += 4 {
		a += xs[i] * ys[i]
		b += xs[i+1] * ys[i+1]
		c += xs[i+2] * ys[i+2]
		d += xs[i+3] * ys[i+3]
	}
	for ; i < len(xs); i++ {
		a += xs[i] * ys[i]
	}
	return (a + b) + (c + d)
}
