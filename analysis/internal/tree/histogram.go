package tree

// A histogram holds, for each code of each field, the sum over a node's rows of
// their packed words: the target in the high bits, a count in the low ones.
// Integers have no rounding, so the order of adding makes no difference, and a
// sibling is its parent less the other child, exactly.
type histogram struct {
	narrow [][narrowSize]uint64
	wide   [][]uint64
}

func newHistogram(m *matrix) *histogram {
	h := &histogram{narrow: make([][narrowSize]uint64, (m.narrow+3)/4*4), wide: make([][]uint64, len(m.wide))}
	for _, f := range m.fields {
		if f.wide {
			h.wide[f.column] = make([]uint64, f.size)
		}
	}
	return h
}

// of returns the field's sums, one a code.
func (h *histogram) of(f *field) []uint64 {
	if f.wide {
		return h.wide[f.column]
	}
	return h.narrow[f.column][:f.size]
}

func (h *histogram) clear() {
	clear(h.narrow)
	for _, w := range h.wide {
		clear(w)
	}
}

func (h *histogram) add(m *matrix, other *histogram) {
	for _, f := range m.fields {
		from := other.of(f)
		for i, v := range from {
			h.of(f)[i] += v
		}
	}
}

func (h *histogram) subtract(m *matrix, other *histogram) {
	for _, f := range m.fields {
		to := h.of(f)
		for i, v := range other.of(f) {
			to[i] -= v
		}
	}
}

// accumulate adds those rows.
func (h *histogram) accumulate(m *matrix, rows []uint32, packed []uint64) {
	for b, block := range m.blocks {
		if sums := h.narrow[8*b:]; len(sums) >= 8 {
			addEight((*[8][narrowSize]uint64)(sums), block, rows, packed)
		} else {
			addFour((*[4][narrowSize]uint64)(sums), block, rows, packed)
		}
	}
	for k, codes := range m.wide {
		sums := h.wide[k]
		for _, r := range rows {
			sums[codes[r]] += packed[r]
		}
	}
}

// addEight takes eight fields a row, so that a field whose rows nearly all have
// one code does not wait for its own last addition. The fields that a block has
// no use for add to sums that nobody reads.
func addEight(h *[8][narrowSize]uint64, block []uint64, rows []uint32, packed []uint64) {
	packed = packed[:len(block)]
	for _, r := range rows {
		b, v := block[r], packed[r]
		h[0][uint8(b)] += v
		h[1][uint8(b>>8)] += v
		h[2][uint8(b>>16)] += v
		h[3][uint8(b>>24)] += v
		h[4][uint8(b>>32)] += v
		h[5][uint8(b>>40)] += v
		h[6][uint8(b>>48)] += v
		h[7][uint8(b>>56)] += v
	}
}

func addFour(h *[4][narrowSize]uint64, block []uint64, rows []uint32, packed []uint64) {
	packed = packed[:len(block)]
	for _, r := range rows {
		b, v := block[r], packed[r]
		h[0][uint8(b)] += v
		h[1][uint8(b>>8)] += v
		h[2][uint8(b>>16)] += v
		h[3][uint8(b>>24)] += v
	}
}
