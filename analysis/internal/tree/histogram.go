package tree

// sums are what a node or a bin adds up over its rows, in fixed point.
type sums struct {
	target int64 // class, residual or gradient, times the weight
	weight int64 // weight or hessian
	count  int64 // rows
}

func (s sums) plus(o sums) sums {
	return sums{s.target + o.target, s.weight + o.weight, s.count + o.count}
}

func (s sums) minus(o sums) sums {
	return sums{s.target - o.target, s.weight - o.weight, s.count - o.count}
}

// A packing says how the sums of one row, and of a block of rows, share a word:
// the count in the lowest bits, the weight above, the target on top.
type packing struct {
	targetShift, weightShift uint
	weightMask, countMask    uint64
	block                    uint64 // rows that fit a word
}

// counting is the packing of rows of equal weight: the count is the weight, and
// a word has room for all rows.
func counting(countBits int) packing {
	mask := uint64(1)<<countBits - 1
	return packing{targetShift: uint(countBits), weightMask: mask, countMask: mask, block: mask}
}

// weighing is the packing of rows with weights: targets up to ±topUnits and
// weights up to topUnits, and few enough rows to fit beside them.
var weighing = packing{targetShift: targetShift, weightShift: weightShift, weightMask: 1<<24 - 1, countMask: 1<<15 - 1, block: 1 << 14}

const (
	topUnits    = 1<<10 - 1
	weightShift = 15
	targetShift = 15 + 24
)

// pack returns the word of one row.
func (p *packing) pack(target, weight int64) uint64 {
	word := uint64(target)<<p.targetShift + 1
	if p.weightShift > 0 {
		word += uint64(weight) << p.weightShift
	}
	return word
}

func (p *packing) unpack(word uint64) sums {
	return sums{int64(word) >> p.targetShift, int64(word >> p.weightShift & p.weightMask), int64(word & p.countMask)}
}

// A histogram holds the sums of a node's rows for each code of each field, the
// fields one after the other. Integers have no rounding, so the order of adding
// makes no difference, and a sibling is its parent less the other child, exactly.
type histogram []sums

// of returns the field's sums, one a code.
func (h histogram) of(f *field) []sums { return h[f.start : f.start+f.size] }

func (h histogram) add(other histogram) {
	for i, s := range other[:len(h)] {
		h[i] = h[i].plus(s)
	}
}

func (h histogram) subtract(other histogram) {
	for i, s := range other[:len(h)] {
		h[i] = h[i].minus(s)
	}
}

// A counter makes histograms: it adds up words, and passes them on before they
// could overflow. Each worker has its own.
type counter struct {
	matrix  *matrix
	packing packing
	narrow  [][narrowSize]uint64
	wide    [][]uint64
	rows    uint64    // in the words
	full    histogram // what the words could not hold, nil if they held all so far
	filled  bool      // full is not all zero
}

func newCounter(m *matrix, p packing) *counter {
	c := &counter{matrix: m, packing: p, narrow: make([][narrowSize]uint64, (len(m.columns)+15)/16*16), wide: make([][]uint64, len(m.wide))}
	for _, f := range m.fields {
		if f.wide {
			c.wide[f.column] = make([]uint64, f.size)
		}
	}
	return c
}

// add counts those rows.
func (c *counter) add(rows []uint32, words []uint64) {
	for len(rows) > 0 {
		some := rows[:c.fitting(rows, words)]
		if len(some) == 0 {
			if c.full == nil {
				c.full = make(histogram, c.matrix.size)
			}
			c.flush(c.full)
			c.filled = true
			continue
		}
		rows = rows[len(some):]
		c.accumulate(some, words)
	}
}

// fitting takes rows as long as the words can hold them, and returns how many.
func (c *counter) fitting(rows []uint32, words []uint64) int {
	switch {
	case c.packing.weightShift == 0: // counting: all rows fit
		return len(rows)
	case !c.matrix.merged: // none counts more than once
		n := min(uint64(len(rows)), c.packing.block-c.rows)
		c.rows += n
		return int(n)
	}
	rows = rows[:min(len(rows), encodedRows)]
	for i, r := range rows {
		n := words[r] & c.packing.countMask
		if c.rows+n > c.packing.block {
			return i
		}
		c.rows += n
	}
	return len(rows)
}

// drain moves what was counted to h.
func (c *counter) drain(h histogram) {
	c.flush(h)
	if c.filled {
		h.add(c.full)
		clear(c.full)
		c.filled = false
	}
}

func (c *counter) accumulate(rows []uint32, words []uint64) {
	m := c.matrix
	for from := 0; from < len(m.columns); from += 16 {
		addRows(min(16, len(m.columns)-from), c.narrow[from:], m.codes[from:], m.stride, rows, words)
	}
	for k, codes := range m.wide {
		h := c.wide[k]
		for _, r := range rows {
			h[codes[r]] += words[r]
		}
	}
}

// flush moves the words to h. What pads a row is nobody's.
func (c *counter) flush(h histogram) {
	c.rows = 0
	for _, f := range c.matrix.fields {
		var words []uint64
		if f.wide {
			words = c.wide[f.column]
		} else {
			words = c.narrow[f.column][:f.size]
		}
		to := h.of(f)[:len(words)]
		for i, word := range words {
			if word != 0 {
				to[i] = to[i].plus(c.packing.unpack(word))
				words[i] = 0
			}
		}
	}
}
