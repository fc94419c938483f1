package score

import (
	"math/bits"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

const (
	groupWords   = 8
	narrowLeaves = 32              // of a tree that takes half a word
	wideLeaves   = 64 * groupWords // of a tree that takes all words
	maxTables    = 64 << 20        // bytes of all groups
)

// A group is trees that are scored together. Each of their leaves is a bit of a
// mask, from left to right, and a row begins with all of them. A lookup for each
// source tells which leaves the row's value leaves possible; where all sources
// agree, the first leaf of each tree is the one. No step depends on the one
// before, nor does a branch on the row: on 100 trees of 31 leaves this is five
// times as fast as walking down the trees.
type group struct {
	lookups []lookup
	pairs   [][2 * narrowLeaves]float64 // leaf values of narrow trees, two a word
	wide    []int                       // or else: the words of each tree
	values  [64 * groupWords]float64    // and the leaf values of all
}

type mask [groupWords]uint64

// A lookup is what the value of one source says about a group's trees.
type lookup struct {
	source int
	rows   []uint16 // by code: which of the masks
	masks  []mask
}

// makeGroups makes groups of the model's first trees, as long as they are small
// enough, and returns how many trees that are. The nodes are those of each
// source, the places those of the slots.
func (s *Scorer) makeGroups(nodes [][]node, places []place) int {
	done, size := 0, 0
	for done < len(s.model.Trees) && len(s.model.Trees[done].LeafValue) <= wideLeaves {
		b := newBuilder(s.model.Trees[done:], int32(done))
		for _, k := range s.sourcesOf(s.model.Trees[done:done+len(b.trees)], places) {
			c := &s.sources[k]
			end := 0
			for end < len(nodes[k]) && int(nodes[k][end].index)-done < len(b.trees) {
				end++
			}
			if end > 0 {
				l := b.lookup(c, &s.parts[c.part], nodes[k][:end])
				l.source = k
				b.lookups = append(b.lookups, l)
				size += 2*len(l.rows) + 8*groupWords*len(l.masks)
			}
			nodes[k] = nodes[k][end:]
		}
		if size > maxTables {
			break
		}
		s.groups = append(s.groups, b.group)
		done += len(b.trees)
	}
	return done
}

// sourcesOf returns the sources that the trees read, in order.
func (s *Scorer) sourcesOf(trees []lightgbm.Tree, places []place) []int {
	var read []int
	for i := range trees {
		for _, slot := range trees[i].SplitFeature {
			read = append(read, int(places[slot].source))
		}
	}
	slices.Sort(read)
	return slices.Compact(read)
}

// A builder makes one group.
type builder struct {
	group
	first int32 // the number of its first tree
	trees []placed
}

// A placed tree has its leaves from bit base on. spans[node] are the bits of the
// leaves under the node's left child.
type placed struct {
	base  int
	spans [][2]int
}

// newBuilder takes as many of the trees as fit, at least one.
func newBuilder(trees []lightgbm.Tree, first int32) *builder {
	b := &builder{first: first}
	narrow := len(trees[0].LeafValue) <= narrowLeaves
	at := 0
	for i := range trees {
		leaves := len(trees[i].LeafValue)
		bits := (leaves + 63) / 64 * 64
		if narrow {
			bits = narrowLeaves
		}
		if at+bits > 64*groupWords || narrow != (leaves <= narrowLeaves) {
			break
		}
		places, spans := arrange(&trees[i], at)
		for leaf, value := range trees[i].LeafValue {
			b.values[places[leaf]] = value
		}
		b.trees = append(b.trees, placed{at, spans})
		if !narrow {
			b.wide = append(b.wide, bits/64)
		}
		at += bits
	}
	for k := 0; narrow && k < at; k += 2 * narrowLeaves {
		b.pairs = append(b.pairs, [2 * narrowLeaves]float64(b.values[k:]))
	}
	return b
}

// arrange gives the leaves the places from base on, from left to right. It
// returns them, and the places from which up to which the leaves under each
// node's left child stand.
func arrange(t *lightgbm.Tree, base int) (places []int, spans [][2]int) {
	nodes := len(t.SplitFeature)
	leaves := make([]int, nodes) // under each node
	under := func(child int32) int {
		if child < 0 {
			return 1
		}
		return leaves[child]
	}
	// Children have higher numbers than their parents.
	for i := nodes - 1; i >= 0; i-- {
		leaves[i] = under(t.Left[i]) + under(t.Right[i])
	}
	places, spans = make([]int, nodes+1), make([][2]int, nodes)
	places[0] = base // a lone leaf
	begins := make([]int, nodes)
	put := func(child int32, at int) {
		if child < 0 {
			places[^child] = at
		} else {
			begins[child] = at
		}
	}
	for i := range nodes {
		if i == 0 {
			begins[0] = base
		}
		middle := begins[i] + under(t.Left[i])
		spans[i] = [2]int{begins[i], middle}
		put(t.Left[i], begins[i])
		put(t.Right[i], middle)
	}
	return places, spans
}

// lookup makes the masks of one source, whose nodes in the group these are.
func (b *builder) lookup(s *source, p *column.Part, nodes []node) lookup {
	own := source{} // the codes as far as these nodes tell them apart
	own.setEdges(p, nodes)
	l := lookup{rows: make([]uint16, s.codes()), masks: make([]mask, own.codes())}
	for k := range l.masks {
		m, v := &l.masks[k], own.example(k)
		for w := range m {
			m[w] = ^uint64(0)
		}
		for _, n := range nodes {
			if !n.goesLeft(p, v) {
				span := b.trees[n.index-b.first].spans[n.at]
				m.clear(span[0], span[1])
			}
		}
	}
	for k := range l.rows {
		l.rows[k] = uint16(own.search(s.example(k)))
	}
	return l
}

// clear takes bits from up to to, not included, out of the mask.
func (m *mask) clear(from, to int) {
	for ; from < to; from++ {
		m[from/64] &^= 1 << (from % 64)
	}
}

// score adds to raw what the group's trees say of as many rows. Code k of row i
// is codes[k*blockRows+i].
func (g *group) score(codes []uint16, raw []float64) {
	const all = ^uint64(0)
	for i := range raw {
		m0, m1, m2, m3, m4, m5, m6, m7 := all, all, all, all, all, all, all, all // in registers
		for k := range g.lookups {
			l := &g.lookups[k]
			m := &l.masks[l.rows[codes[l.source*blockRows+i]]]
			m0 &= m[0]
			m1 &= m[1]
			m2 &= m[2]
			m3 &= m[3]
			m4 &= m[4]
			m5 &= m[5]
			m6 &= m[6]
			m7 &= m[7]
		}
		words := mask{m0, m1, m2, m3, m4, m5, m6, m7}
		sum := raw[i]
		for j := range g.pairs {
			word, values := words[j%groupWords], &g.pairs[j]
			sum += values[bits.TrailingZeros32(uint32(word))%narrowLeaves]
			sum += values[narrowLeaves+bits.TrailingZeros32(uint32(word>>32))%narrowLeaves]
		}
		at := 0
		for _, n := range g.wide {
			j := at
			for words[j] == 0 {
				j++
			}
			sum += g.values[64*j+bits.TrailingZeros64(words[j])]
			at += n
		}
		raw[i] = sum
	}
}
