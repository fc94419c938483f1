package column_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// Null rows are counted apart, whatever lies under them, and equal counts come in the
// order of the values.
func TestValueCountsAgainstMap(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		counts, first := map[any]int64{}, map[any]int{}
		var order []any
		all := values(c)
		for i, v := range all {
			if counts[v] == 0 {
				first[v] = i
				order = append(order, v)
			}
			counts[v]++
		}
		slices.SortFunc(order, func(a, b any) int {
			if counts[a] != counts[b] {
				return int(counts[b] - counts[a])
			}
			if a == nil || b == nil { // null after values
				return -compare(a, b)
			}
			return compare(a, b)
		})
		var want []column.ValueCount
		for _, v := range order {
			want = append(want, column.ValueCount{Row: first[v], Null: v == nil, Count: counts[v]})
		}
		if got := column.ValueCounts(c); !reflect.DeepEqual(got, want) {
			t.Errorf("counts %v, want %v", got, want)
		}
		distinct := len(counts)
		if c.Nulls > 0 {
			distinct--
		}
		if got := column.Distinct(c); got != distinct {
			t.Errorf("%d distinct, want %d", got, distinct)
		}
	})
}

func TestVectorHasNoValues(t *testing.T) {
	v := vector(true, 3)
	if column.ValueCounts(v) != nil || column.Distinct(v) != 0 {
		t.Error("values counted in a vector")
	}
}

func TestSortRowsAgainstStableSort(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		second := random(rng, column.Int32, c.Len, true)
		keys := []*column.Column{c, second}
		for _, descending := range [][]bool{nil, {true}, {false, true}, {true, true}} {
			want := make([]uint32, c.Len)
			for i := range want {
				want[i] = uint32(i)
			}
			all := [][]any{values(c), values(second)}
			slices.SortStableFunc(want, func(a, b uint32) int {
				for k := range keys {
					order := compare(all[k][a], all[k][b])
					if k < len(descending) && descending[k] {
						order = -order
					}
					if order != 0 {
						return order
					}
				}
				return 0
			})
			if got := column.SortRows(keys, descending); !reflect.DeepEqual(got, want) {
				t.Fatalf("descending %v: %v, want %v", descending, got, want)
			}
		}
	})
	if column.SortRows(nil, nil) != nil {
		t.Error("rows without keys")
	}
}

// Null is a group of its own, in each of several keys.
func TestGroupByAgainstMap(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		keys := []*column.Column{c, random(rng, column.String, c.Len, true), random(rng, column.Bool, c.Len, false)}
		all := [][]any{values(keys[0]), values(keys[1]), values(keys[2])}
		first, sizes := map[string]int{}, map[string]int64{}
		name := func(i int) string { return fmt.Sprintf("%#v %#v %#v", all[0][i], all[1][i], all[2][i]) }
		var order []int
		for i := range c.Len {
			if _, seen := first[name(i)]; !seen {
				first[name(i)] = i
				order = append(order, i)
			}
			sizes[name(i)]++
		}
		slices.SortFunc(order, func(a, b int) int {
			for k := range keys {
				if o := compare(all[k][a], all[k][b]); o != 0 {
					return o
				}
			}
			return 0
		})
		g := column.GroupBy(keys)
		if g.Len() != len(order) || len(groupOf(g)) != c.Len {
			t.Fatalf("%d groups of %d rows, want %d of %d", g.Len(), len(groupOf(g)), len(order), c.Len)
		}
		counts := g.Count(nil)
		for k, row := range order {
			if int(g.First[k]) != row || counts.Int64s[k] != sizes[name(row)] {
				t.Fatalf("group %d: first row %d, %d rows; want %d, %d", k, g.First[k], counts.Int64s[k], row, sizes[name(row)])
			}
		}
		for i, k := range groupOf(g) {
			if name(i) != name(int(g.First[k])) {
				t.Fatalf("row %d is in the group of row %d", i, g.First[k])
			}
		}
	})
	if g := column.GroupBy(nil); g.Len() != 0 {
		t.Error("groups without keys")
	}
}

// groupOf returns the group of each row.
func groupOf(g column.Groups) (all []uint64) {
	g.Each(func(_ int, of []uint64) { all = append(all, of...) })
	return all
}

// The groups of some rows are what they are among all.
func TestGroupsOfSomeRows(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		g := column.GroupBy([]*column.Column{c})
		all := groupOf(g)
		for range 10 {
			lo := rng.IntN(c.Len + 1)
			var rows []uint32
			var want []uint64
			for row := lo; row < c.Len && row < lo+3000; row++ {
				if rng.IntN(3) == 0 {
					rows, want = append(rows, uint32(row)), append(want, all[row])
				}
			}
			if got := g.Of(rows); !slices.Equal(got, want) {
				t.Fatalf("groups of rows from %d on: %v, want %v", lo, got, want)
			}
		}
	})
}

// Columns of more values than the hash table takes are sorted.
func TestManyDistinctValues(t *testing.T) {
	const n = 150_000
	rng := rand.New(rand.NewPCG(11, 12))
	values := fill(n, func() float64 { return float64(rng.IntN(100_000)) / 7 })
	c := column.FromFloat64s("x", values, fill(n, func() bool { return rng.IntN(10) > 0 }))
	counts, first := map[float64]int64{}, map[float64]int{}
	for i, v := range values {
		if c.IsNull(i) {
			continue
		}
		if counts[v] == 0 {
			first[v] = i
		}
		counts[v]++
	}
	got := column.ValueCounts(c)
	if len(got) != len(counts)+1 || column.Distinct(c) != len(counts) || len(counts) < 1<<16 {
		t.Fatalf("%d values, %d distinct, want %d", len(got), column.Distinct(c), len(counts))
	}
	for _, count := range got {
		if count.Null {
			if count.Count != int64(c.Nulls) {
				t.Fatalf("%d nulls, want %d", count.Count, c.Nulls)
			}
			continue
		}
		v := values[count.Row]
		if count.Count != counts[v] || count.Row != first[v] {
			t.Fatalf("%v: %d times from row %d, want %d from %d", v, count.Count, count.Row, counts[v], first[v])
		}
	}
	g := column.GroupBy([]*column.Column{c})
	for i, k := range groupOf(g) {
		if c.IsNull(i) != (k == 0) || !c.IsNull(i) && values[i] != values[g.First[k]] {
			t.Fatalf("row %d is in the group of row %d", i, g.First[k])
		}
	}
}
