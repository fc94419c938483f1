package local

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A drawer gives each row of the source files one random number, the same
// whatever was done to the rows before, but for other draws: see plan.Round.
type drawer uint64

// newDrawer mixes purpose and round in, so that equal seeds draw independently.
func newDrawer(purpose string, seed uint64, round int) drawer {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	if round > 0 { // the first round is named by the purpose alone
		fmt.Fprintf(h, ", round %d", round)
	}
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
	if op.Bernoulli {
		s, err = s.bernoulli(op, plan.Round(n))
	} else {
		s, err = s.undersampled(op, plan.Round(n))
	}
	if err != nil {
		return nil, err
	}
	return s.gather(want, r.memory), nil
}

// undersampled returns the rows that are left of the selection. Of each class they
// are those with the smallest draws; of equal draws the first. A draw is made anew
// wherever it is needed, which is faster than to keep it.
func (s selection) undersampled(op plan.Undersample, round int) (selection, error) {
	positives, err := s.positives(op.Label)
	if err != nil {
		return s, err
	}
	drawers := [2]drawer{newDrawer("undersample negative", op.Seed, round), newDrawer("undersample positive", op.Seed, round)}
	draw := func(row uint32) (class int, p place) {
		class = int(positives[row>>3] >> (row & 7) & 1)
		return class, place{drawers[class].bits(s.batch.Row(int(row))), row}
	}
	var mu sync.Mutex
	var sizes [2]bucketSizes
	s.rows.Each(func(_ int, rows []uint32) {
		var counts [2]bucketSizes
		for _, row := range rows {
			class, p := draw(row)
			counts[class][bucketOf(p.draw)]++
		}
		mu.Lock()
		defer mu.Unlock()
		sizes[0].add(counts[0])
		sizes[1].add(counts[1])
	})
	all := [2]int{sizes[0].sum(), sizes[1].sum()}
	positive := int(math.Round(op.Keep * float64(all[1])))
	negative := int(min(math.Round(op.Ratio*float64(positive)), float64(all[0])))
	wanted := [2]int{negative, positive}
	last := s.smallest(wanted, sizes, draw)
	s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			class, p := draw(row)
			marks[i] = wanted[class] > 0 && !last[class].before(p)
		}
	})
	return s, nil
}

// notALabel is the error for a row whose label is neither 0 nor 1.
func notALabel(b *column.Batch, label *column.Column, row int) error {
	if label.IsNull(row) {
		return fmt.Errorf("undersample: label %q must be 0 or 1; it is null in row %d", label.Name, b.Row(row))
	}
	return fmt.Errorf("undersample: label %q must be 0 or 1; row %d holds %s", label.Name, b.Row(row), textOf(label, row))
}

// positives returns the bitmap of the batch's rows that the selection has and whose
// label is 1. Another label than 0 or 1, or a null, is an error that names the first
// row of it.
func (s selection) positives(name string) ([]byte, error) {
	label := s.batch.Column(name)
	positives := make([]byte, column.BitmapLen(s.batch.Len))
	var mu sync.Mutex
	bad := uint32(math.MaxUint32) // the first row that is
	s.rows.Each(func(_ int, rows []uint32) {
		for _, row := range rows {
			v := label.Float(int(row))
			if v == 1 {
				column.SetBit(positives, int(row))
			}
			if label.IsNull(int(row)) || v != 0 && v != 1 {
				mu.Lock()
				bad = min(bad, row)
				mu.Unlock()
				return
			}
		}
	})
	if bad < math.MaxUint32 {
		return nil, notALabel(s.batch, label, int(bad))
	}
	return positives, nil
}

// A place orders rows by their draws, and equal draws by position.
type place struct {
	draw uint64
	row  uint32
}

func (p place) before(q place) bool { return p.draw < q.draw || p.draw == q.draw && p.row < q.row }

// leading is by how many of their bits draws are put into buckets.
const leading = 8

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

// smallest returns, of each class, the k-th smallest of its places, where k is at
// least 1. sizes are of the class's draws. They are uniform, so those in one bucket
// are few, and only they are listed and sorted.
func (s selection) smallest(k [2]int, sizes [2]bucketSizes, draw func(row uint32) (int, place)) (last [2]place) {
	bucket, rank := [2]int{-1, -1}, [2]int{}
	for class := range k {
		if k[class] == 0 {
			continue
		}
		rank[class] = k[class] - 1
		for bucket[class]++; rank[class] >= int(sizes[class][bucket[class]]); bucket[class]++ {
			rank[class] -= int(sizes[class][bucket[class]])
		}
	}
	var mu sync.Mutex
	var near [2][]place
	s.rows.Each(func(_ int, rows []uint32) {
		for _, row := range rows {
			if class, p := draw(row); bucketOf(p.draw) == bucket[class] {
				mu.Lock()
				near[class] = append(near[class], p)
				mu.Unlock()
			}
		}
	})
	for class := range k {
		if k[class] > 0 {
			slices.SortFunc(near[class], func(a, b place) int { return cmp.Or(cmp.Compare(a.draw, b.draw), cmp.Compare(a.row, b.row)) })
			last[class] = near[class][rank[class]]
		}
	}
	return last
}
