package local

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A drawer gives each row of the source files one random number, the same
// whatever was done to the rows before.
type drawer uint64

// newDrawer mixes the purpose in, so that equal seeds draw independently.
func newDrawer(purpose string, seed uint64) drawer {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return drawer(splitmix64(seed ^ h.Sum64()))
}

// bits returns 64 random bits of a row: item row of the SplitMix64 sequence
// (Steele, Lea and Flood, 2014) that starts at the drawer's state.
func (d drawer) bits(row uint64) uint64 {
	return splitmix64(uint64(d) + row*0x9e3779b97f4a7c15)
}

// draw returns a row's number in [0, 1).
func (d drawer) draw(row uint64) float64 { return float64(d.bits(row)>>11) * 0x1p-53 }

func splitmix64(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *run) undersample(n *plan.Node, op plan.Undersample, want names) (*column.Batch, error) {
	s, err := r.selected(n.Parents[0], want.with(op.Label))
	if err != nil {
		return nil, err
	}
	rows, err := s.undersampled(op)
	if err != nil {
		return nil, err
	}
	return only(s.batch, want).Gather(rows), nil
}

// undersampled returns the rows of the batch that are left of the selection. Of
// each class they are those with the smallest draws; of equal draws the first.
func (s selection) undersampled(op plan.Undersample) ([]uint32, error) {
	classes, err := s.classes(op.Label)
	if err != nil {
		return nil, err
	}
	drawers := [2]drawer{newDrawer("undersample negative", op.Seed), newDrawer("undersample positive", op.Seed)}
	draws := make([]uint64, len(classes))
	counts := make([][2]bucketSizes, column.Blocks(len(draws)))
	column.EachBlock(len(draws), func(block, lo, hi int) {
		for i := lo; i < hi; i++ {
			class := classes[i]
			draws[i] = drawers[class].bits(s.batch.Row(int(s.at(i))))
			counts[block][class][bucketOf(draws[i])]++
		}
	})
	var sizes [2]bucketSizes
	for _, block := range counts {
		sizes[0].add(block[0])
		sizes[1].add(block[1])
	}
	all := [2]int{sizes[0].sum(), sizes[1].sum()}
	positive := int(math.Round(op.Keep * float64(all[1])))
	negative := int(min(math.Round(op.Ratio*float64(positive)), float64(all[0])))
	var last [2]place
	for class, k := range [2]int{negative, positive} {
		last[class] = smallest(draws, classes, uint8(class), k, sizes[class])
	}
	return s.where(func(i int, _ uint64) bool { return !last[classes[i]].before(place{draws[i], i}) }), nil
}

// notALabel is the error for a row whose label is neither 0 nor 1.
func notALabel(b *column.Batch, label *column.Column, row int) error {
	if label.IsNull(row) {
		return fmt.Errorf("undersample: label %q must be 0 or 1; it is null in row %d", label.Name, b.Row(row))
	}
	return fmt.Errorf("undersample: label %q must be 0 or 1; row %d holds %s", label.Name, b.Row(row), textOf(label, row))
}

// classes returns the label, 0 or 1, of every row of the selection.
func (s selection) classes(name string) ([]uint8, error) {
	label := s.batch.Column(name)
	classes := make([]uint8, s.len())
	faults := make([]error, column.Blocks(len(classes)))
	column.EachBlock(len(classes), func(block, lo, hi int) {
		for i := lo; i < hi; i++ {
			row := int(s.at(i))
			v := label.Float(row)
			if label.IsNull(row) || v != 0 && v != 1 {
				faults[block] = notALabel(s.batch, label, row)
				return
			}
			classes[i] = uint8(v)
		}
	})
	for _, err := range faults {
		if err != nil {
			return nil, err // the first in row order
		}
	}
	return classes, nil
}

// A place orders rows by their draws, and equal draws by position.
type place struct {
	draw uint64
	at   int
}

func (p place) before(q place) bool { return p.draw < q.draw || p.draw == q.draw && p.at < q.at }

// leading is by how many of their bits draws are put into buckets.
const leading = 12

type bucketSizes [1 << leading]uint32

func bucketOf(draw uint64) int { return int(draw >> (64 - leading)) }

func (b *bucketSizes) add(more bucketSizes) {
	for i, n := range more {
		b[i] += n
	}
}

func (b *bucketSizes) sum() (all int) {
	for _, n := range b {
		all += int(n)
	}
	return all
}

// smallest returns the k-th smallest of one class's places; before all if k is 0.
// sizes are of that class's draws. They are uniform, so those in one bucket are
// few, and only they are sorted.
func smallest(draws []uint64, classes []uint8, class uint8, k int, sizes bucketSizes) place {
	if k == 0 {
		return place{0, -1}
	}
	bucket, rank := 0, k-1
	for rank >= int(sizes[bucket]) {
		rank -= int(sizes[bucket])
		bucket++
	}
	parts := make([][]place, column.Blocks(len(draws)))
	column.EachBlock(len(draws), func(block, lo, hi int) {
		for i := lo; i < hi; i++ {
			if bucketOf(draws[i]) == bucket && classes[i] == class {
				parts[block] = append(parts[block], place{draws[i], i})
			}
		}
	})
	near := slices.Concat(parts...)
	slices.SortFunc(near, func(a, b place) int { return cmp.Or(cmp.Compare(a.draw, b.draw), cmp.Compare(a.at, b.at)) })
	return near[rank]
}
