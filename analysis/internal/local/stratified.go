package local

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// stratified chooses of each level the rows whose place among the level's draws lies
// in the part: see plan.Part. rows draws for rows, borders for levels.
func (r *run) stratified(s selection, op plan.Part, rows, borders drawer) selection {
	c := s.batch.Column(op.Column)
	st := newStrata(s, c, rows)
	shares := [2]float64{op.From, op.To}
	ranks := make([][2]int, len(st.sizes)) // of each level: of the first row in [From, To), and of that behind the last
	var missing []int                      // levels of which the part has no row
	for level, size := range st.sizes {
		u := borders.draw(valueHash(c, int(st.groups.First[level])))
		for k, share := range shares {
			ranks[level][k] = border(share, size, u)
		}
		has := ranks[level][1] - ranks[level][0]
		if op.Rest {
			has = size - has
		}
		if has == 0 && size > 0 {
			missing = append(missing, level)
		}
	}
	if len(missing) > 0 && op.Share() > 0 {
		r.warnOfMissing(op, c, st, missing)
	}
	low, high := st.places(ranks, r.memory)
	s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		of := st.groups.Of(rows)
		for i, row := range rows {
			p := place{st.drawer.bits(s.batch.Row(int(row))), row}
			marks[i] = (!p.before(low[of[i]]) && p.before(high[of[i]])) != op.Rest
		}
	})
	return s
}

// border returns how many of the numbers (k+u)/size, of k from 0 to size-1, are less
// than share.
func border(share float64, size int, u float64) int {
	if share == 0 || share == 1 { // whatever rounding does
		return int(share) * size
	}
	return max(0, min(size, int(math.Ceil(share*float64(size)-u))))
}

// warnOfMissing warns that the part has no row of some levels.
func (r *run) warnOfMissing(op plan.Part, c *column.Column, st *strata, missing []int) {
	var shown []string
	for _, level := range missing[:min(len(missing), shownNames)] {
		text := "null"
		if row := int(st.groups.First[level]); !c.IsNull(row) {
			text = fmt.Sprintf("%q", clipped(textOf(c, row)))
		}
		rows := "1 row"
		if st.sizes[level] > 1 {
			rows = fmt.Sprintf("%d rows", st.sizes[level])
		}
		shown = append(shown, fmt.Sprintf("%s (%s in all)", text, rows))
	}
	if more := len(missing) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("%d more", more))
	}
	r.warn(fmt.Sprintf("%s: this part has no row of %s", clipped(op.Describe()), strings.Join(shown, ", ")))
}

// strata are the rows of a selection by level, and within a level by the leading bits
// of their draws. Neither levels nor draws are kept by row: they are made anew.
type strata struct {
	selection
	drawer drawer
	groups column.Groups
	sizes  []int // rows of each level that are selected

	first  []int    // of each level: its first bucket
	shift  []int    // of each level: a draw is in bucket draw>>shift
	counts []uint32 // rows in each bucket, of the levels one after another
}

// perBucket is how many rows a bucket has at least, on average, unless it is the
// level's only one. Of 12,000 levels in two million rows, 64 took twice the time.
const perBucket = 16

func newStrata(s selection, c *column.Column, d drawer) *strata {
	st := &strata{selection: s, drawer: d, groups: column.GroupBy([]*column.Column{c})}
	buckets := 0
	for _, n := range st.groups.Rows {
		leading := max(0, bits.Len64(uint64(n)/perBucket)-1)
		st.first, st.shift = append(st.first, buckets), append(st.shift, 64-leading)
		buckets += 1 << leading
	}
	st.counts = make([]uint32, buckets)
	st.each(func(_ uint32, bucket int) { atomic.AddUint32(&st.counts[bucket], 1) })
	for level := range st.first {
		size := 0
		for _, n := range st.buckets(level) {
			size += int(n)
		}
		st.sizes = append(st.sizes, size)
	}
	return st
}

// buckets returns the counts of a level.
func (st *strata) buckets(level int) []uint32 {
	end := len(st.counts)
	if level+1 < len(st.first) {
		end = st.first[level+1]
	}
	return st.counts[st.first[level]:end]
}

// each calls do for every row, from several goroutines at a time.
func (st *strata) each(do func(row uint32, bucket int)) {
	st.rows.Each(func(_ int, rows []uint32) {
		of := st.groups.Of(rows)
		for i, row := range rows {
			draw := st.drawer.bits(st.batch.Row(int(row)))
			do(row, st.first[of[i]]+int(draw>>st.shift[of[i]]))
		}
	})
}

// places returns, of each level, the places of its rows with those two ranks, from 0
// to the level's size, which stands for a place behind all. Draws are uniform, so few
// rows are in the bucket of a rank, and only they are listed and sorted.
func (st *strata) places(ranks [][2]int, memory *arena.Arena) (low, high []place) {
	const unlisted = math.MaxUint32
	next := make([]uint32, len(st.counts)) // of each bucket: where its next row is listed
	for i := range next {
		next[i] = unlisted
	}
	total := uint32(0)
	find := func(level, rank int) (bucket, within int) {
		for k, n := range st.buckets(level) {
			if rank < int(n) {
				return st.first[level] + k, rank
			}
			rank -= int(n)
		}
		panic("local: a rank beyond the rows of its level")
	}
	for level, both := range ranks {
		for _, rank := range both {
			if rank == 0 || rank == st.sizes[level] {
				continue
			}
			if bucket, _ := find(level, rank); next[bucket] == unlisted {
				next[bucket] = total
				total += st.counts[bucket]
			}
		}
	}
	list := arena.Make[uint32](memory, int(total))
	st.each(func(row uint32, bucket int) {
		if atomic.LoadUint32(&next[bucket]) != unlisted {
			list[atomic.AddUint32(&next[bucket], 1)-1] = row
		}
	})
	placeOf := func(row uint32) place { return place{st.drawer.bits(st.batch.Row(int(row))), row} }
	at := func(level, rank int) place {
		switch rank {
		case 0:
			return place{}
		case st.sizes[level]:
			return place{math.MaxUint64, math.MaxUint32}
		}
		bucket, within := find(level, rank)
		end := next[bucket]
		rows := list[end-st.counts[bucket] : end]
		slices.SortFunc(rows, func(a, b uint32) int {
			p, q := placeOf(a), placeOf(b)
			return cmp.Or(cmp.Compare(p.draw, q.draw), cmp.Compare(p.row, q.row))
		})
		return placeOf(rows[within])
	}
	for level, both := range ranks {
		low, high = append(low, at(level, both[0])), append(high, at(level, both[1]))
	}
	return low, high
}
