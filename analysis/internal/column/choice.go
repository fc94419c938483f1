package column

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sort"
)

// A Choice is some of the rows of a batch, in their order. It takes a bit a row,
// and none where it is of all rows.
type Choice struct {
	n      int      // rows to choose from
	chosen int      // rows that are chosen
	words  []uint64 // bit i%64 of words[i/64] is row i; nil: all rows
	before []uint32 // how many are chosen of the rows before stretch k, each of keyBlock
}

// AllOf returns the choice of all of n rows.
func AllOf(n int) Choice { return Choice{n: n, chosen: n} }

const stretchWords = keyBlock / 64

// chosen returns the choice that words make, which it keeps.
func chosen(n int, words []uint64) Choice {
	c := Choice{n: n, words: words, before: make([]uint32, 0, len(words)/stretchWords+1)}
	for i, word := range words {
		if i%stretchWords == 0 {
			c.before = append(c.before, uint32(c.chosen))
		}
		c.chosen += bits.OnesCount64(word)
	}
	return c
}

// Len returns how many rows are chosen.
func (c Choice) Len() int { return c.chosen }

// All reports whether all rows are chosen.
func (c Choice) All() bool { return c.chosen == c.n }

// Each calls do for stretches of the rows that are chosen, with their place among
// all that are, on as many goroutines as there are processors. It may keep nothing
// of rows. No two stretches share 64 rows.
func (c Choice) Each(do func(place int, rows []uint32)) {
	EachBlock(c.n, func(_, lo, hi int) {
		var rows [keyBlock]uint32
		for ; lo < hi; lo += keyBlock {
			place, to := lo, min(hi, lo+keyBlock)
			if c.words != nil {
				place = int(c.before[lo/keyBlock])
				to = place + int(c.within(lo/keyBlock))
			}
			do(place, c.of(place, to, rows[:]))
		}
	})
}

// within returns how many rows of a stretch are chosen.
func (c Choice) within(stretch int) uint32 {
	if stretch+1 < len(c.before) {
		return c.before[stretch+1] - c.before[stretch]
	}
	return uint32(c.chosen) - c.before[stretch]
}

// of lists the rows at the places from to to, at most as many as list has room for.
func (c Choice) of(from, to int, list []uint32) []uint32 {
	list = list[:to-from]
	if c.words == nil {
		for i := range list {
			list[i] = uint32(from + i)
		}
		return list
	}
	if len(list) == 0 {
		return list
	}
	stretch := sort.Search(len(c.before), func(k int) bool { return int(c.before[k]) > from }) - 1
	skip, n := from-int(c.before[stretch]), 0
	for at := stretch * stretchWords; n < len(list); at++ {
		word := c.words[at]
		if ones := bits.OnesCount64(word); skip >= ones {
			skip -= ones
			continue
		}
		for ; skip > 0; skip-- {
			word &= word - 1
		}
		for ; word != 0 && n < len(list); word &= word - 1 {
			list[n] = uint32(at*64 + bits.TrailingZeros64(word))
			n++
		}
	}
	return list
}

// Rows returns what is chosen as rows to be gathered.
func (c Choice) Rows() Rows { return Rows{Len: c.chosen, of: c.of} }

// Where returns the chosen rows that keep marks: it sets marks[i], whatever that was,
// to whether rows[i] stays. It is called from several goroutines at a time.
func (c Choice) Where(keep func(rows []uint32, marks []bool)) Choice {
	words := make([]uint64, (c.n+63)/64)
	c.Each(func(_ int, rows []uint32) {
		var marks [keyBlock]bool
		keep(rows, marks[:len(rows)])
		mark(words, rows, func(i int) uint64 {
			if marks[i] {
				return 1
			}
			return 0
		})
	})
	return chosen(c.n, words)
}

// Of returns those of the chosen rows whose place among them has its bit set.
func (c Choice) Of(places []byte) Choice {
	words := make([]uint64, (c.n+63)/64)
	c.Each(func(place int, rows []uint32) {
		mark(words, rows, func(i int) uint64 { return uint64(places[(place+i)>>3] >> ((place + i) & 7) & 1) })
	})
	return chosen(c.n, words)
}

// mark sets the bits of rows, which ascend, to those that bit returns. It writes a
// word once: the next bit would have to wait for the last.
func mark(words []uint64, rows []uint32, bit func(i int) uint64) {
	if len(rows) == 0 {
		return
	}
	at, word := rows[0]/64, uint64(0)
	for i, row := range rows {
		if row/64 != at {
			words[at] = word
			at, word = row/64, 0
		}
		word |= bit(i) << (row % 64)
	}
	words[at] = word
}

// And returns the chosen rows whose bit is set.
func (c Choice) And(bitmap []byte) Choice {
	words := make([]uint64, (c.n+63)/64)
	for i := range words {
		var eight [8]byte
		copy(eight[:], bitmap[i*8:])
		words[i] = binary.LittleEndian.Uint64(eight[:])
		if c.words != nil {
			words[i] &= c.words[i]
		}
	}
	if rest := c.n % 64; rest != 0 { // nothing is chosen behind the last row
		words[len(words)-1] &= 1<<rest - 1
	}
	return chosen(c.n, words)
}

// First returns the first n of the chosen rows, or all of them.
func (c Choice) First(n int) Choice {
	if n >= c.chosen {
		return c
	}
	var one [1]uint32
	end := c.of(n, n+1, one[:])[0] // the first that is left out
	return c.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			marks[i] = row < end
		}
	})
}

// Slice returns what is chosen of rows lo to hi, as a choice of those alone. lo is
// a multiple of 64.
func (c Choice) Slice(lo, hi int) Choice {
	checkRange(lo, hi, c.n)
	if c.words == nil {
		return AllOf(hi - lo)
	}
	words := append([]uint64(nil), c.words[lo/64:(hi+63)/64]...)
	if rest := hi % 64; rest != 0 && len(words) > 0 {
		words[len(words)-1] &= 1<<rest - 1
	}
	return chosen(hi-lo, words)
}

// JoinChoices returns the choice of what parts choose of rows that follow one
// another. Each part but the last is of a multiple of 64 rows.
func JoinChoices(parts []Choice) Choice {
	n, words := 0, []uint64{}
	for _, p := range parts {
		if p.words == nil {
			p = p.And(bytes.Repeat([]byte{0xff}, BitmapLen(p.n)))
		}
		n, words = n+p.n, append(words, p.words...)
	}
	return chosen(n, words)
}
