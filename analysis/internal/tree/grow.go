package tree

import "context"

// A node is a node of a tree that is growing: the rows it holds and, once it is
// split, its children.
type node struct {
	from, to int // its rows are grower.rows[from:to]
	depth    int
	totals   totals
	exact    int64 // the target's sum in the fine unit, see boost
	best     split
	sums     *histogram // until it is split or known to be a leaf

	left, right *node
}

// A grower grows trees over one matrix, one after the other.
type grower struct {
	matrix  *matrix
	p       Parameters
	search  search
	packed  []uint64 // one word a row: target and count
	rows    []uint32 // the rows in the order of the leaves, within a leaf rising
	spare   []uint32
	free    []*histogram
	scratch []*histogram // one a worker
	side    []uint8      // by code: 1 goes left
}

func newGrower(m *matrix, p Parameters, s search) *grower {
	g := &grower{matrix: m, p: p, search: s, packed: make([]uint64, m.rows), rows: make([]uint32, m.rows), spare: make([]uint32, m.rows)}
	for range p.Workers {
		g.scratch = append(g.scratch, newHistogram(m))
	}
	return g
}

// grow grows one tree over the packed words. It does not matter which node is
// taken next; taking the last one keeps few histograms in use.
func (g *grower) grow(ctx context.Context) (*node, error) {
	for i := range g.rows {
		g.rows[i] = uint32(i)
	}
	root := &node{to: len(g.rows)}
	var word uint64
	for _, v := range g.packed {
		word += v
	}
	root.totals = g.search.packing.unpack(word)
	root.sums = g.build(root)
	g.judge(root)
	open := []*node{root}
	for len(open) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := open[len(open)-1]
		open = open[:len(open)-1]
		if n.best.gain <= 0 {
			continue
		}
		g.divide(n)
		open = append(open, n.left, n.right)
	}
	return root, nil
}

// divide splits a node and judges its children.
func (g *grower) divide(n *node) {
	middle := g.partition(n)
	n.left = &node{from: n.from, to: middle, depth: n.depth + 1}
	n.right = &node{from: middle, to: n.to, depth: n.depth + 1}
	n.left.totals = g.leftTotals(n)
	n.right.totals = n.totals.minus(n.left.totals)
	small, large := n.left, n.right
	if small.to-small.from > large.to-large.from {
		small, large = large, small
	}
	sums := n.sums
	n.sums = nil
	if !g.divisible(large) {
		g.free = append(g.free, sums)
		return
	}
	small.sums = g.build(small)
	sums.subtract(g.matrix, small.sums)
	large.sums = sums
	g.judge(small)
	g.judge(large)
}

// divisible reports whether a node may be split at all. The larger of two
// siblings is whenever the smaller one is.
func (g *grower) divisible(n *node) bool {
	return n.depth < g.p.MaxDepth && n.totals.count >= 2*g.search.minRows
}

// judge finds the node's best split, and gives back its sums if there is none.
func (g *grower) judge(n *node) {
	if g.divisible(n) {
		n.best = g.search.best(g.matrix, n.sums, n.totals)
	}
	if n.best.gain <= 0 {
		g.free = append(g.free, n.sums)
		n.sums = nil
	}
}

// leftTotals returns the totals of the rows that the node's split sends left.
func (g *grower) leftTotals(n *node) totals {
	sums := n.sums.of(n.best.field)
	var word uint64
	switch n.best.field.kind {
	case numeric:
		for _, w := range sums[:n.best.code+1] {
			word += w
		}
	case oneHot:
		t := g.search.packing.unpack(sums[n.best.code])
		if !n.best.onLeft() {
			t = n.totals.minus(t)
		}
		return t
	case grouped:
		for _, level := range n.best.left {
			word += sums[level]
		}
	}
	return g.search.packing.unpack(word)
}

// onLeft reports whether a one-hot split sends the rows of its level left: only
// where a negative scale makes them the smaller value.
func (s *split) onLeft() bool {
	off, on := s.field.part.OneHotValues(s.code)
	return on < off
}

// build returns the sums of a node's rows.
func (g *grower) build(n *node) *histogram {
	h := g.take()
	rows := g.rows[n.from:n.to]
	const share = 1 << 14 // rows that are worth a goroutine
	if len(rows) < 2*share || g.p.Workers == 1 {
		h.accumulate(g.matrix, rows, g.packed)
		return h
	}
	for _, s := range g.scratch {
		s.clear()
	}
	parallel(g.p.Workers, len(rows), share, func(worker, from, to int) {
		g.scratch[worker].accumulate(g.matrix, rows[from:to], g.packed)
	})
	for _, s := range g.scratch {
		h.add(g.matrix, s)
	}
	return h
}

// take returns a cleared histogram.
func (g *grower) take() *histogram {
	if len(g.free) == 0 {
		return newHistogram(g.matrix)
	}
	h := g.free[len(g.free)-1]
	g.free = g.free[:len(g.free)-1]
	h.clear()
	return h
}

// partition orders the node's rows so that those going left come first, both
// sides in their old order, and returns where the right side starts.
func (g *grower) partition(n *node) int {
	g.setSide(&n.best)
	rows, spare := g.rows[n.from:n.to], g.spare[n.from:n.to]
	const share = 1 << 15
	lefts := make([]int, (len(rows)+share-1)/share)
	parallel(g.p.Workers, len(rows), share, func(_, from, to int) {
		lefts[from/share] = g.separate(n.best.field, rows[from:to], spare[from:to])
	})
	middle := 0
	for i, left := range lefts {
		copy(rows[middle:], rows[i*share:i*share+left])
		middle += left
	}
	at := middle
	for i, left := range lefts {
		from := i * share
		right := min(share, len(rows)-from) - left
		copy(rows[at:], spare[from:from+right])
		at += right
	}
	return n.from + middle
}

// setSide fills side with where the split sends each code.
func (g *grower) setSide(s *split) {
	g.side = append(g.side[:0], make([]uint8, max(s.field.size, narrowSize))...)
	switch s.field.kind {
	case numeric:
		for code := range s.code + 1 {
			g.side[code] = 1
		}
	case oneHot:
		on := s.onLeft()
		for code := range s.field.size {
			if (code == s.code) == on {
				g.side[code] = 1
			}
		}
	case grouped:
		for _, level := range s.left {
			g.side[level] = 1
		}
	}
}

// separate moves the rows that go left to the front of rows and the others to
// spare, and returns how many go left. It writes both ways and counts one, as a
// branch would be guessed wrong half the time.
func (g *grower) separate(f *field, rows, spare []uint32) int {
	left, right := 0, 0
	if f.wide {
		codes := g.matrix.wide[f.column]
		for _, r := range rows {
			l := int(g.side[codes[r]])
			rows[left], spare[right] = r, r
			left += l
			right += 1 - l
		}
		return left
	}
	side := (*[narrowSize]uint8)(g.side)
	block, shift := g.matrix.blocks[f.column/8], 8*(f.column%8)
	for _, r := range rows {
		l := int(side[uint8(block[r]>>shift)])
		rows[left], spare[right] = r, r
		left += l
		right += 1 - l
	}
	return left
}
