package tree

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
)

// A node is a node of a tree that is growing: the rows it holds and, once it is
// split, its children.
type node struct {
	number  int    // in the order in which nodes came to be
	spans   []span // its rows; nil once it is split
	depth   int
	path    uint64 // says which way it is from the root
	totals  sums
	best    split
	bins    histogram // until it is split or known to be a leaf
	taken   bool      // by a worker, which splits it
	divided bool      // its children are judged

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
	rows    []uint32 // the tree's rows, in each page in the order of the leaves
	hands   []*hand  // one a worker
	team    *team
	counted bool   // the hands hold the root's histogram
	subset  int    // features that may split a node, 0 for all
	draws   stream // of those features

	lock sync.Mutex
	free []histogram
}

// A hand is what a worker needs for itself.
type hand struct {
	counter *counter
	spare   [pageRows]uint32
	search  search
	side    []uint8 // by code: 1 goes left
}

func newGrower(m *matrix, p Parameters, packing packing, s search) (*grower, error) {
	g := &grower{matrix: m, p: p, packing: packing, search: s, words: make([]uint64, m.rows), rows: make([]uint32, m.rows), team: newTeam(p.Workers)}
	most := narrowSize
	for _, f := range m.fields {
		most = max(most, f.size)
	}
	for range p.Workers {
		g.hands = append(g.hands, &hand{counter: newCounter(m, packing), side: make([]uint8, most)})
	}
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
	g.team.run(len(g.rows), blockRows, func(_, from, to int) {
		rows := g.rows[from:to]
		for i := range rows {
			rows[i] = uint32(from + i)
		}
	})
}

// grow grows tree number t over the words of its rows.
func (g *grower) grow(ctx context.Context, t int) (*node, error) {
	g.draws = newStream(g.p.Seed, forFeatures, t)
	root := &node{path: uint64(g.draws), spans: pages(len(g.rows))}
	if !g.counted {
		g.team.run(len(root.spans), 1, func(worker, i, _ int) {
			g.hands[worker].counter.add(g.of(root.spans[i]), g.words)
		})
	}
	g.counted = false
	root.bins = g.collect(g.hands)
	root.totals = g.totals(root)
	g.judge(root, &g.hands[0].search)
	f := newFrontier(root, g.p.MaxLeaves)
	err := g.drain(ctx, f)
	for _, n := range f.open { // that stay leaves
		g.release(n.bins)
		if n.divided {
			g.release(n.left.bins)
			g.release(n.right.bins)
			n.rejoin()
		}
	}
	return root, err
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

// divide splits a node and, unless they are known to be leaves, judges its
// children. The hands are those of the workers that do it.
func (g *grower) divide(n *node, leaves bool, hands []*hand) {
	side := hands[0].side[:max(n.best.field.size, narrowSize)]
	n.best.sides(side)
	n.left = &node{depth: n.depth + 1, path: mix(n.path + weyl)}
	n.right = &node{depth: n.depth + 1, path: mix(n.path - weyl)}
	for code, bin := range n.bins.of(n.best.field) {
		if side[code] == 1 {
			n.left.totals = n.left.totals.plus(bin)
		}
	}
	n.right.totals = n.totals.minus(n.left.totals)
	small, large := n.left, n.right
	if small.totals.count > large.totals.count {
		small, large = large, small
	}
	if leaves || !g.divisible(small) && !g.divisible(large) {
		g.part(n, side, nil, hands)
		g.release(n.bins)
		n.bins = nil
		return
	}
	g.part(n, side, small, hands)
	small.bins, large.bins = g.collect(hands), n.bins
	n.bins = nil
	large.bins.subtract(small.bins)
	g.share(hands, 2, func(worker, i, _ int) {
		child := [2]*node{small, large}[i]
		g.judge(child, &hands[worker].search)
		if child.best.field == nil {
			g.release(child.bins)
			child.bins = nil
		}
	})
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
	if g.subset == 0 {
		n.best = s.best(g.matrix, n.bins, n.totals)
		return
	}
	// Where none of the features that were drawn splits the node, others are: among many rare levels most do not.
	rest := slices.Repeat([]uint64{math.MaxUint64}, (len(g.matrix.infos)+63)/64)
	if last := len(g.matrix.infos) % 64; last > 0 {
		rest[len(rest)-1] = 1<<last - 1
	}
	for round := 0; n.best.field == nil && slices.Max(rest) > 0; round++ {
		s.slots = stream(n.path).draw(round, g.subset, rest)
		n.best = s.best(g.matrix, n.bins, n.totals)
		for i, drawn := range s.slots {
			rest[i] &^= drawn
		}
	}
}

// share has do called for each of n, by all workers if the hands are theirs.
func (g *grower) share(hands []*hand, n int, do func(worker, i, _ int)) {
	if len(hands) == len(g.hands) {
		g.team.run(n, 1, do)
		return
	}
	parallel(1, n, 1, do)
}

// collect returns what the hands counted.
func (g *grower) collect(hands []*hand) histogram {
	h := g.take()
	for _, hand := range hands {
		hand.counter.drain(h)
	}
	return h
}

// take returns a cleared histogram.
func (g *grower) take() histogram {
	g.lock.Lock()
	if len(g.free) == 0 {
		g.lock.Unlock()
		return make(histogram, g.matrix.size)
	}
	h := g.free[len(g.free)-1]
	g.free = g.free[:len(g.free)-1]
	g.lock.Unlock()
	clear(h)
	return h
}

// release gives a histogram back, if there is one.
func (g *grower) release(h histogram) {
	if h != nil {
		g.lock.Lock()
		g.free = append(g.free, h)
		g.lock.Unlock()
	}
}

// leaves appends the node's leaves, from left to right.
func (n *node) leaves(to []*node) []*node {
	if n.left == nil {
		return append(to, n)
	}
	return n.right.leaves(n.left.leaves(to))
}

// eachLeaf calls do with the leaves' rows, piece by piece, each in one page.
func (g *grower) eachLeaf(leaves []*node, do func(worker, leaf int, rows []uint32)) {
	type piece struct {
		span
		leaf int
	}
	var pieces []piece
	for i, leaf := range leaves {
		for _, s := range leaf.spans {
			pieces = append(pieces, piece{s, i})
		}
	}
	// Rows of one page are near each other.
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.from, b.from) })
	g.team.run(len(pieces), len(pieces)/(32*len(g.hands))+1, func(worker, from, to int) {
		for _, p := range pieces[from:to] {
			do(worker, p.leaf, g.of(p.span))
		}
	})
}
