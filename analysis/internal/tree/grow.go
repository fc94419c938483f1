package tree

import (
	"container/heap"
	"context"
	"math"
)

// A node is a node of a tree that is growing: the rows it holds and, once it is
// split, its children.
type node struct {
	number   int // in the order in which nodes came to be
	from, to int // its rows are grower.rows[from:to]
	depth    int
	path     uint64 // says which way it is from the root
	totals   sums
	best     split
	bins     histogram // until it is split or known to be a leaf

	// The sums of target and weight with all their digits, filled in when the
	// tree is grown.
	exact, exactWeight int64

	left, right *node
}

// A grower grows trees over one matrix, one after the other.
type grower struct {
	matrix  *matrix
	p       Parameters
	packing packing
	search  search   // what the searches start from
	words   []uint64 // one a row
	rows    []uint32 // the tree's rows in the order of the leaves, within a leaf rising
	spare   []uint32
	free    []histogram
	scratch []histogram // one a worker
	counted bool        // scratch holds the root's histogram
	counter []*counter  // one a worker
	judges  [2]search   // one a child
	side    []uint8     // by code: 1 goes left
	subset  int         // features that may split a node, 0 for all
	draws   stream      // of those features
}

func newGrower(m *matrix, p Parameters, packing packing, s search) (*grower, error) {
	g := &grower{matrix: m, p: p, packing: packing, search: s, words: make([]uint64, m.rows), rows: make([]uint32, m.rows), spare: make([]uint32, m.rows)}
	for range p.Workers {
		g.scratch = append(g.scratch, make(histogram, m.size))
		g.counter = append(g.counter, newCounter(m, packing))
	}
	most := narrowSize
	for _, f := range m.fields {
		most = max(most, f.size)
	}
	g.side = make([]uint8, most)
	features := len(m.infos)
	subset, err := p.subset(features)
	if subset < features {
		g.subset = subset
	}
	return g, err
}

// all takes all rows into the next tree.
func (g *grower) all() {
	g.rows = g.rows[:g.matrix.rows]
	parallel(g.p.Workers, len(g.rows), blockRows, func(_, from, to int) {
		rows := g.rows[from:to]
		for i := range rows {
			rows[i] = uint32(from + i)
		}
	})
}

// A queue holds the leaves that may be split: the one that gains most comes
// first, or, where the number of leaves has no limit and so order makes no
// difference, the youngest, which keeps few histograms in use.
type queue struct {
	nodes  []*node
	byGain bool
}

func (q *queue) Len() int      { return len(q.nodes) }
func (q *queue) Swap(i, j int) { q.nodes[i], q.nodes[j] = q.nodes[j], q.nodes[i] }
func (q *queue) Push(n any)    { q.nodes = append(q.nodes, n.(*node)) }
func (q *queue) Less(i, j int) bool {
	a, b := q.nodes[i], q.nodes[j]
	if !q.byGain {
		return a.number > b.number
	}
	return a.best.gain > b.best.gain || a.best.gain == b.best.gain && a.number < b.number
}
func (q *queue) Pop() any {
	last := q.nodes[len(q.nodes)-1]
	q.nodes = q.nodes[:len(q.nodes)-1]
	return last
}

// grow grows tree number t over the words of its rows.
func (g *grower) grow(ctx context.Context, t int) (*node, error) {
	g.draws = newStream(g.p.Seed, forFeatures, t)
	root := &node{to: len(g.rows), path: uint64(g.draws)}
	if g.counted {
		root.bins = g.merge()
	} else {
		root.bins = g.build(root)
	}
	g.counted = false
	root.totals = g.totals(root)
	g.judge(root, &g.judges[0])
	open := &queue{byGain: g.p.MaxLeaves < math.MaxInt32}
	heap.Push(open, root)
	for leaves := 1; open.Len() > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := heap.Pop(open).(*node)
		switch {
		case n.best.field == nil:
		case leaves == g.p.MaxLeaves:
			g.free = append(g.free, n.bins)
			n.bins = nil
		default:
			leaves++
			g.divide(n, 2*leaves, leaves == g.p.MaxLeaves)
			heap.Push(open, n.left)
			heap.Push(open, n.right)
		}
	}
	return root, nil
}

// totals adds up the root's rows.
func (g *grower) totals(root *node) (all sums) {
	if len(g.matrix.fields) > 0 {
		for _, bin := range root.bins.of(g.matrix.fields[0]) {
			all = all.plus(bin)
		}
		return all
	}
	for _, r := range g.rows {
		all = all.plus(g.packing.unpack(g.words[r]))
	}
	return all
}

// divide splits a node and judges its children, unless they are the last.
func (g *grower) divide(n *node, number int, last bool) {
	side := g.side[:max(n.best.field.size, narrowSize)]
	n.best.sides(side)
	middle := g.partition(n.best.field, side, n.from, n.to)
	n.left = &node{number: number, from: n.from, to: middle, depth: n.depth + 1, path: mix(n.path + weyl)}
	n.right = &node{number: number + 1, from: middle, to: n.to, depth: n.depth + 1, path: mix(n.path - weyl)}
	for code, bin := range n.bins.of(n.best.field) {
		if side[code] == 1 {
			n.left.totals = n.left.totals.plus(bin)
		}
	}
	n.right.totals = n.totals.minus(n.left.totals)
	small, large := n.left, n.right
	if small.to-small.from > large.to-large.from {
		small, large = large, small
	}
	bins := n.bins
	n.bins = nil
	if last || !g.divisible(small) && !g.divisible(large) {
		g.free = append(g.free, bins)
		return
	}
	small.bins = g.build(small)
	bins.subtract(small.bins)
	large.bins = bins
	parallel(g.p.Workers, 2, 1, func(_, i, _ int) {
		g.judge([2]*node{small, large}[i], &g.judges[i])
	})
	for _, child := range []*node{small, large} {
		if child.best.field == nil {
			g.free = append(g.free, child.bins)
			child.bins = nil
		}
	}
}

// divisible reports whether a node may be split at all.
func (g *grower) divisible(n *node) bool {
	return n.depth < g.p.MaxDepth && n.totals.count >= 2*g.search.minRows
}

// judge finds the node's best split.
func (g *grower) judge(n *node, s *search) {
	if !g.divisible(n) {
		return
	}
	ordering := s.ordering
	*s = g.search
	s.ordering = ordering
	if g.subset > 0 {
		s.slots = stream(n.path).draw(g.subset, len(g.matrix.infos))
	}
	n.best = s.best(g.matrix, n.bins, n.totals)
}

// build returns the sums of a node's rows.
func (g *grower) build(n *node) histogram {
	rows := g.rows[n.from:n.to]
	const share = 1 << 13 // rows that are worth a goroutine
	if len(rows) < 2*share || g.p.Workers == 1 {
		h := g.take()
		g.counter[0].count(h, rows, g.words)
		return h
	}
	size := max(share, len(rows)/(4*g.p.Workers)+1)
	parallel(g.p.Workers, len(rows), size, func(worker, from, to int) {
		g.counter[worker].count(g.scratch[worker], rows[from:to], g.words)
	})
	return g.merge()
}

// merge returns what the workers counted.
func (g *grower) merge() histogram {
	h := g.take()
	for _, s := range g.scratch {
		h.add(s)
		clear(s)
	}
	return h
}

// take returns a cleared histogram.
func (g *grower) take() histogram {
	if len(g.free) == 0 {
		return make(histogram, g.matrix.size)
	}
	h := g.free[len(g.free)-1]
	g.free = g.free[:len(g.free)-1]
	clear(h)
	return h
}

// leaves appends the node's leaves, from left to right.
func (n *node) leaves(to []*node) []*node {
	if n.left == nil {
		return append(to, n)
	}
	return n.right.leaves(n.left.leaves(to))
}

// pieces returns how many pieces eachLeaf makes of the leaves.
func pieces(leaves []*node) (n int) {
	for _, leaf := range leaves {
		n += (leaf.to - leaf.from + blockRows - 1) / blockRows
	}
	return n
}

// eachLeaf calls do with the leaves' rows, in pieces, and returns each piece's leaf.
func (g *grower) eachLeaf(leaves []*node, do func(piece, leaf int, rows []uint32)) (owners []int) {
	var rows [][]uint32
	for i, leaf := range leaves {
		for from := leaf.from; from < leaf.to; from += blockRows {
			rows = append(rows, g.rows[from:min(from+blockRows, leaf.to)])
			owners = append(owners, i)
		}
	}
	parallel(g.p.Workers, len(rows), 1, func(_, i, _ int) { do(i, owners[i], rows[i]) })
	return owners
}
