package tree

import "slices"

// pageRows is how many rows are kept together. Parting a node moves rows within
// their page only, so that pages need not wait for each other, and all that
// belongs to the rows of a page fits into a processor's own cache.
const pageRows = 1 << 15

// A span is grower.rows[from:to], all in one page.
type span struct{ from, to uint32 }

// pages returns the spans of so many rows.
func pages(rows int) []span {
	spans := make([]span, 0, (rows+pageRows-1)/pageRows)
	for from := 0; from < rows; from += pageRows {
		spans = append(spans, span{uint32(from), uint32(min(from+pageRows, rows))})
	}
	return spans
}

func (g *grower) of(s span) []uint32 { return g.rows[s.from:s.to] }

// part gives the node's rows to its children, those of codes on the left side to
// the left one, both in their old order. The rows of one of them are counted, if
// it is not nil, as long as they are in cache.
func (g *grower) part(n *node, side []uint8, counted *node, hands []*hand) {
	f := n.best.field
	n.left.spans, n.right.spans = make([]span, len(n.spans)), make([]span, len(n.spans))
	g.share(hands, len(n.spans), func(worker, i, _ int) {
		hand, s := hands[worker], n.spans[i]
		rows, left := g.of(s), 0
		if f.wide {
			left = separate(g.matrix.wide[f.column], side, rows, &hand.spare)
		} else {
			left = separateNarrow(g.matrix.columns[f.column], (*[narrowSize]uint8)(side), rows, &hand.spare)
		}
		copy(rows[left:], hand.spare[:])
		middle := s.from + uint32(left)
		n.left.spans[i], n.right.spans[i] = span{s.from, middle}, span{middle, s.to}
		if counted != nil {
			hand.counter.add(g.of(counted.spans[i]), g.words)
		}
	})
	n.spans = nil
	n.left.trim()
	n.right.trim()
}

// rows returns how many rows of the matrix the node holds, until it is split.
func (n *node) rows() int {
	rows := 0
	for _, s := range n.spans {
		rows += int(s.to - s.from)
	}
	return rows
}

// rejoin makes a node a leaf again.
func (n *node) rejoin() {
	n.spans = slices.Concat(n.left.spans, n.right.spans)
	n.left, n.right = nil, nil
}

// trim drops empty spans: of all leaves together there are no more than rows.
func (n *node) trim() {
	n.spans = slices.DeleteFunc(n.spans, func(s span) bool { return s.from == s.to })
	if 2*len(n.spans) < cap(n.spans) {
		n.spans = slices.Clone(n.spans)
	}
}

// separate moves the rows that go left to the front of rows and the others to
// spare, and returns how many go left. It writes both ways and counts one, as a
// branch would be guessed wrong half the time. Inlined into a larger function its
// variables would not all have registers, at half the speed.
//
//go:noinline
func separate(codes []uint16, side []uint8, rows []uint32, spare *[pageRows]uint32) int {
	left := 0
	for i, r := range rows {
		l := int(side[codes[r]])
		rows[left], spare[(i-left)&(pageRows-1)] = r, r
		left += l
	}
	return left
}

//go:noinline
func separateNarrow(codes []uint8, side *[narrowSize]uint8, rows []uint32, spare *[pageRows]uint32) int {
	left := 0
	for i, r := range rows {
		l := int(side[codes[r]])
		rows[left], spare[(i-left)&(pageRows-1)] = r, r
		left += l
	}
	return left
}
