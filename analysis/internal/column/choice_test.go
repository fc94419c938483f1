package column_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// rowsOf returns the rows of a choice, by gathering their numbers.
func rowsOf(c column.Choice, n int) []uint32 {
	return (&column.Batch{Len: n}).GatherIn(nil, c.Rows()).Rows
}

// Everything that is done to a choice is done to a list of rows.
func TestChoiceAgainstLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 63, 64, 65, 2047, 2048, 2049, 70_000, 200_001} {
		for range 20 {
			choice, want := column.AllOf(n), fill(n, func() uint32 { return 0 })
			for i := range want {
				want[i] = uint32(i)
			}
			for range rng.IntN(5) {
				share := []float64{0, 0.001, 0.5, 0.99, 1}[rng.IntN(5)]
				bits := column.PackBools(fill(n, func() bool { return rng.Float64() < share }))
				switch rng.IntN(5) {
				case 0:
					choice = choice.Where(func(rows []uint32, marks []bool) {
						for i, row := range rows {
							marks[i] = column.BitSet(bits, int(row))
						}
					})
					want = slices.DeleteFunc(want, func(row uint32) bool { return !column.BitSet(bits, int(row)) })
				case 1:
					if n%8 > 0 {
						bits[len(bits)-1] |= 0xff << (n % 8) // what lies behind the last row does not count
					}
					choice = choice.And(bits)
					want = slices.DeleteFunc(want, func(row uint32) bool { return !column.BitSet(bits, int(row)) })
				case 2:
					choice = choice.Of(bits)
					place := -1
					want = slices.DeleteFunc(want, func(uint32) bool { place++; return !column.BitSet(bits, place) })
				case 3:
					most := rng.IntN(n + 2)
					choice, want = choice.First(most), want[:min(len(want), most)]
				case 4:
					at := min(n, 64*rng.IntN(n/64+1))
					choice = column.JoinChoices([]column.Choice{choice.Slice(0, at), choice.Slice(at, n)})
				}
			}
			if got := rowsOf(choice, n); !slices.Equal(got, want) || choice.Len() != len(want) || choice.All() != (len(want) == n) {
				t.Fatalf("%d of %d rows: %d, want %d", choice.Len(), n, len(got), len(want))
			}
		}
	}
}

// Gathering from a list, from a choice and into an arena is one and the same.
func TestGatherIn(t *testing.T) {
	memory := new(arena.Arena)
	defer memory.Release()
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		bits := column.PackBools(fill(c.Len, func() bool { return rng.IntN(3) > 0 }))
		choice := column.AllOf(c.Len).And(bits)
		rows := rowsOf(choice, c.Len)
		want := c.Gather(rows)
		for _, got := range []*column.Column{c.GatherIn(memory, choice.Rows()),
			c.GatherIn(memory, column.Listed(len(rows), func(list []uint32, from int) { copy(list, rows[from:]) }))} {
			check(t, got)
			if !slices.Equal(values(got), values(want)) || got.Nulls != want.Nulls {
				t.Errorf("gathered %v, want %v", values(got), values(want))
			}
		}
	})
}
