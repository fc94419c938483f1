package tree

import (
	"math"
	"math/bits"
)

const weyl = 0x9E3779B97F4A7C15 // splitmix64's step

// mix is splitmix64's output function.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// A stream gives every position 64 random bits of its own, so that what is drawn
// for a row or a node depends on nothing but the seed and where it stands.
type stream uint64

// What streams are for; each tree has one of each.
const (
	forBags uint64 = iota
	forRounding
	forFeatures
)

func newStream(seed uint64, purpose uint64, tree int) stream {
	return stream(mix(mix(seed+purpose*weyl) + uint64(tree+1)*weyl))
}

func (s stream) at(position uint64) uint64 { return mix(uint64(s) + (position+1)*weyl) }

// A bag draws how often each row counts in a tree.
type bag struct {
	stream stream
	until  []uint64 // a draw below until[k] means k times, one beyond all means len(until)
}

// newBag returns the bag of a tree. With replacement a row counts as often as a
// Poisson number of mean rate says, without it once with probability rate.
func newBag(seed uint64, tree int, rate float64, replace bool) bag {
	b := bag{stream: newStream(seed, forBags, tree)}
	share, below := math.Exp(-rate), 0.0 // of exactly k times, of fewer than k
	if !replace {
		b.until = []uint64{fraction(1 - rate)}
		return b
	}
	for k := 1; below+share < 1-1e-12; k++ {
		below += share
		b.until = append(b.until, fraction(below))
		share *= rate / float64(k)
	}
	return b
}

// fraction returns the number of draws below which that share of all lies.
func fraction(share float64) uint64 {
	if share <= 0 {
		return 0
	}
	return uint64(share * (1 << 63) * 2)
}

// times returns how often each of n rows from that one on counts, all together,
// and how many of them do.
func (b *bag) times(from, n int) (times, rows int) {
	for row := from; row < from+n; row++ {
		if k := b.draw(row); k > 0 {
			times += k
			rows++
		}
	}
	return times, rows
}

// draw returns how often the row counts.
func (b *bag) draw(row int) int {
	draw := b.stream.at(uint64(row))
	for k, until := range b.until {
		if draw < until {
			return k
		}
	}
	return len(b.until)
}

// draw marks k of the features that a bitset marks, all equally likely, in another
// one; all of them if there are no more. Rounds draw anew.
func (s stream) draw(round, k int, from []uint64) []uint64 {
	left := 0
	for _, word := range from {
		left += bits.OnesCount64(word)
	}
	set := make([]uint64, len(from))
	for i := range 64 * len(from) {
		if from[i/64]>>(i%64)&1 == 0 {
			continue
		}
		// k of the features from i on are still to be taken.
		high, _ := bits.Mul64(s.at(uint64(round*64*len(from)+i)), uint64(left))
		if int(high) < k {
			set[i/64] |= 1 << (i % 64)
			k--
		}
		left--
	}
	return set
}
