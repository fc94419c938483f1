package column_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestTopRowsAreTheFirstOfAllSorted(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		second := random(rng, kinds[rng.IntN(len(kinds))], c.Len, true)
		for _, keys := range [][]*column.Column{{c}, {c, second}} {
			for _, descending := range [][]bool{nil, {true}, {false, true}, {true, true}} {
				all := column.SortRows(keys, descending)
				for _, k := range []int{0, 1, 2, 10, c.Nulls - 1, c.Nulls, c.Nulls + 1, c.Len - c.Nulls, c.Len - c.Nulls + 1, c.Len / 9, c.Len / 3, c.Len, c.Len + 1} {
					if k < 0 {
						continue
					}
					if got := column.TopRows(keys, descending, k); !slices.Equal(got, all[:min(k, c.Len)]) {
						t.Fatalf("first %d of %d by %d keys, descending %v: %v, want %v", k, c.Len, len(keys), descending, got, all[:min(k, c.Len)])
					}
				}
			}
		}
	})
	if rows := column.TopRows(nil, nil, 3); rows != nil {
		t.Error(rows)
	}
}

// The k-th row is a null, or next to one, in columns of few nulls and of few values.
func TestTopRowsAtNulls(t *testing.T) {
	const n, few = 9000, 30
	for _, kind := range kinds {
		rng := rand.New(rand.NewPCG(1, uint64(kind)))
		all := random(rng, kind, n, false)
		rows := make([]uint32, n)
		for _, nulls := range []int{few, n - few, n} {
			for i, at := range rng.Perm(n) {
				rows[at] = uint32(i)
				if i < nulls {
					rows[at] = column.NoRow
				}
			}
			keys := []*column.Column{all.GatherOrNull(rows), all}
			for _, descending := range [][]bool{{false}, {true}, {true, true}} {
				sorted := column.SortRows(keys, descending)
				for k := few - 2; k < few+3; k++ {
					if got := column.TopRows(keys, descending, k); !slices.Equal(got, sorted[:k]) {
						t.Fatalf("%v, %d nulls, descending %v: first %d are %v, want %v", kind, nulls, descending, k, got, sorted[:k])
					}
				}
			}
		}
	}
}

func BenchmarkTopRows(b *testing.B) {
	benchmark(b, func(c *column.Column) { column.TopRows([]*column.Column{c}, []bool{true}, 10) })
}
