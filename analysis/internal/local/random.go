package local

import (
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

func (r *run) sample(n *plan.Node, op plan.Sample, want names) (*column.Batch, error) {
	return r.drawn(n, want, newDrawer("sample", op.Seed), 0, op.Fraction)
}

func (r *run) part(n *plan.Node, op plan.Part, want names) (*column.Batch, error) {
	return r.drawn(n, want, newDrawer("split", op.Seed), op.From, op.To)
}

// drawn returns the rows whose draw lies in [from, to).
func (r *run) drawn(n *plan.Node, want names, d drawer, from, to float64) (*column.Batch, error) {
	b, err := r.eval(n.Parents[0], want)
	if err != nil {
		return nil, err
	}
	rows := make([]uint32, 0, int(float64(b.Len)*(to-from)*1.01)+64)
	for i := range b.Len {
		if x := d.draw(b.Row(i)); x >= from && x < to {
			rows = append(rows, uint32(i))
		}
	}
	return only(b, want).Gather(rows), nil
}

func (r *run) undersample(n *plan.Node, op plan.Undersample, want names) (*column.Batch, error) {
	b, err := r.eval(n.Parents[0], want.with(op.Label))
	if err != nil {
		return nil, err
	}
	rows, err := undersampledRows(b, op)
	if err != nil {
		return nil, err
	}
	return only(b, want).Gather(rows), nil
}

func undersampledRows(b *column.Batch, op plan.Undersample) ([]uint32, error) {
	label := b.Column(op.Label)
	var classes [2][]uint32
	for i, v := range floats(label) {
		if label.IsNull(i) {
			return nil, fmt.Errorf("undersample: label %q must be 0 or 1; it is null in row %d", op.Label, b.Row(i))
		}
		if v != 0 && v != 1 {
			return nil, fmt.Errorf("undersample: label %q must be 0 or 1; row %d holds %s", op.Label, b.Row(i), textOf(label, i))
		}
		classes[int(v)] = append(classes[int(v)], uint32(i))
	}
	positive := int(math.Round(op.Keep * float64(len(classes[1]))))
	negative := int(min(math.Round(op.Ratio*float64(positive)), float64(len(classes[0]))))
	chosen := &column.Column{Type: column.Bool, Len: b.Len, Bools: make([]byte, column.BitmapLen(b.Len))}
	for _, row := range smallest(b, classes[1], positive, newDrawer("undersample positive", op.Seed)) {
		column.SetBit(chosen.Bools, int(row))
	}
	for _, row := range smallest(b, classes[0], negative, newDrawer("undersample negative", op.Seed)) {
		column.SetBit(chosen.Bools, int(row))
	}
	return trueRows(chosen), nil
}

// smallest returns the k rows with the smallest draws, in their order; of equal
// draws the first rows.
func smallest(b *column.Batch, rows []uint32, k int, d drawer) []uint32 {
	if k >= len(rows) || k == 0 {
		return rows[:k]
	}
	draws := make([]uint64, len(rows))
	for i, row := range rows {
		draws[i] = d.bits(b.Row(int(row)))
	}
	bound, ties := bounded(draws, k)
	kept := make([]uint32, 0, k)
	for i, row := range rows {
		if draws[i] < bound {
			kept = append(kept, row)
		} else if draws[i] == bound && ties > 0 {
			ties--
			kept = append(kept, row)
		}
	}
	return kept
}

// bounded returns the k-th smallest draw and how many of the k smallest equal
// it. k is at least 1. Draws are uniform, so those that share their leading bits
// with it are few, and only they are sorted.
func bounded(draws []uint64, k int) (bound uint64, ties int) {
	const shift = 64 - 12
	var sizes [1 << 12]int
	for _, x := range draws {
		sizes[x>>shift]++
	}
	bucket, rank := uint64(0), k-1
	for rank >= sizes[bucket] {
		rank -= sizes[bucket]
		bucket++
	}
	near := make([]uint64, 0, sizes[bucket])
	for _, x := range draws {
		if x>>shift == bucket {
			near = append(near, x)
		}
	}
	slices.Sort(near)
	bound = near[rank]
	for i := rank; i >= 0 && near[i] == bound; i-- {
		ties++
	}
	return bound, ties
}
