package column_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// nested joins as SQL words it: every pair of rows, in order, is looked at.
func nested(left, right []*column.Column, keepLeft bool) (pairs [][2]uint32) {
	var a, b [][]any
	for k := range left {
		a, b = append(a, values(left[k])), append(b, values(right[k]))
	}
	for i := range left[0].Len {
		matched := false
		for j := range right[0].Len {
			equal := true
			for k := range left {
				equal = equal && a[k][i] != nil && a[k][i] == b[k][j]
			}
			if equal {
				pairs, matched = append(pairs, [2]uint32{uint32(i), uint32(j)}), true
			}
		}
		if !matched && keepLeft {
			pairs = append(pairs, [2]uint32{uint32(i), column.NoRow})
		}
	}
	return pairs
}

// narrow is a key in which values repeat, so that there is something to join.
func narrow(rng *rand.Rand, t column.Type, n int) *column.Column {
	c := random(rng, t, n, rng.IntN(2) == 0)
	if n == 0 {
		return c
	}
	few := make([]uint32, n)
	for i := range few {
		few[i] = uint32(rng.IntN(min(n, 6)))
	}
	return c.Gather(few)
}

func TestJoinIsTheNestedLoop(t *testing.T) {
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 7))
		n, m := rng.IntN(30), rng.IntN(30)
		var left, right []*column.Column
		for range 1 + rng.IntN(3) {
			kind := kinds[rng.IntN(len(kinds))]
			other := kind
			if kind == column.Int32 && rng.IntN(2) == 0 {
				other = column.Int64
			}
			a, b := narrow(rng, kind, n), narrow(rng, other, m)
			if n > 0 && m > 0 && kind == other && rng.IntN(2) == 0 { // values that both sides surely have
				rows := make([]uint32, m)
				for i := range rows {
					rows[i] = uint32(rng.IntN(n))
				}
				b = a.Gather(rows)
			}
			left, right = append(left, a), append(right, b)
		}
		keepLeft := rng.IntN(2) == 0
		var unchanged []func()
		for _, c := range append(slices.Clone(left), right...) {
			unchanged = append(unchanged, frozen(t, c))
		}
		l, r, err := column.Join(left, right, keepLeft)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var got [][2]uint32
		for i := range l {
			got = append(got, [2]uint32{l[i], r[i]})
		}
		if want := nested(left, right, keepLeft); len(l) != len(r) || !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v and %v: %v, want %v", seed, values(left[0]), values(right[0]), got, want)
		}
		for _, check := range unchanged {
			check()
		}
	}
}

func TestJoinKeys(t *testing.T) {
	nan := math.NaN()
	text := column.FromStrings("s", []string{"b", "a", ""}, []bool{true, true, false})
	for name, test := range map[string]struct {
		left, right *column.Column
		want        string // left rows, right rows
	}{
		"NaN equals NaN":        {column.FromFloat64s("f", []float64{nan, 1}, nil), column.FromFloat64s("f", []float64{2, -nan}, nil), "[0] [1]"},
		"-0 is 0":               {column.FromFloat64s("f", []float64{math.Copysign(0, -1)}, nil), column.FromFloat64s("f", []float64{0}, nil), "[0] [0]"},
		"null equals nothing":   {text, text, "[0 1] [0 1]"},
		"other dictionaries":    {text, column.FromStrings("s", []string{"x", "b", "b"}, nil), "[0 0] [1 2]"},
		"int32 and int64":       {column.FromInt32s("i", []int32{-1, 7}, nil), column.FromInt64s("i", []int64{7, math.MaxUint32}, nil), "[1] [0]"},
		"int64 and int32":       {column.FromInt64s("i", []int64{7, math.MaxUint32}, nil), column.FromInt32s("i", []int32{-1, 7}, nil), "[0] [1]"},
		"zero under a null":     {column.FromInt64s("i", []int64{0, 0}, []bool{false, true}), column.FromInt64s("i", []int64{0, 0}, []bool{true, false}), "[1] [0]"},
		"nulls alone":           {column.FromStrings("s", []string{""}, []bool{false}), column.FromStrings("s", []string{""}, []bool{false}), "[] []"},
		"no rows":               {column.FromStrings("s", nil, nil), text, "[] []"},
		"far apart, all sorted": {column.FromInt64s("i", []int64{math.MinInt64, math.MaxInt64}, nil), column.FromInt64s("i", []int64{math.MaxInt64}, nil), "[1] [0]"},
	} {
		l, r, err := column.Join([]*column.Column{test.left}, []*column.Column{test.right}, false)
		if got := fmt.Sprint(l, r); err != nil || got != test.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, test.want)
		}
	}
}

func TestJoinMistakes(t *testing.T) {
	one := column.FromInt64s("i", []int64{1}, nil)
	level, other := *one, *one
	level.Levels, other.Levels = []string{"a"}, []string{"b"}
	huge, err := column.Constant("i", int64(1), 1<<17)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ left, right []*column.Column }{
		"no key":       {nil, nil},
		"keys":         {[]*column.Column{one, one}, []*column.Column{one}},
		"types":        {[]*column.Column{one}, []*column.Column{column.FromStrings("s", []string{"1"}, nil)}},
		"levels":       {[]*column.Column{&level}, []*column.Column{&other}},
		"vectors":      {[]*column.Column{{Type: column.Vector, Features: &column.Features{}}}, []*column.Column{{Type: column.Vector, Features: &column.Features{}}}},
		"2^34 pairs":   {[]*column.Column{huge}, []*column.Column{huge}},
		"2^32-1 rows":  {[]*column.Column{{Type: column.Int64, Len: math.MaxUint32 - 1}}, []*column.Column{one}},
		"second too":   {[]*column.Column{one, one}, []*column.Column{one, column.FromFloat64s("f", []float64{1}, nil)}},
		"timestamps":   {[]*column.Column{one}, []*column.Column{column.FromTimestamps("t", []int64{1}, nil)}},
		"int and bool": {[]*column.Column{one}, []*column.Column{column.FromBools("b", []bool{true}, nil)}},
	} {
		if l, r, err := column.Join(test.left, test.right, true); err == nil || l != nil || r != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGatherOrNull(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		all := values(c)
		rows := make([]uint32, 0, 20)
		want := make([]any, 0, 20)
		for range 20 {
			if c.Len == 0 || rng.IntN(3) == 0 {
				rows, want = append(rows, column.NoRow), append(want, nil)
				continue
			}
			r := rng.IntN(c.Len)
			rows, want = append(rows, uint32(r)), append(want, all[r])
		}
		g := c.GatherOrNull(rows)
		check(t, g)
		if got := values(g); g.Name != c.Name || g.Type != c.Type || !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if c.Len > 0 {
			rows = []uint32{uint32(c.Len - 1), 0}
			if !reflect.DeepEqual(values(c.GatherOrNull(rows)), values(c.Gather(rows))) {
				t.Error("without a missing row it is not Gather")
			}
		}
		if none := c.GatherOrNull(nil); none.Len != 0 || none.Nulls != 0 {
			t.Error(none)
		}
	})
}

// BenchmarkJoin joins two million rows with a small table, one row a value.
func BenchmarkJoin(b *testing.B) {
	for name, c := range benchColumns() {
		counts := column.ValueCounts(c)
		var rows []uint32
		for _, v := range counts[:min(1000, len(counts))] {
			rows = append(rows, uint32(v.Row))
		}
		small := c.Gather(rows)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := column.Join([]*column.Column{c}, []*column.Column{small}, true); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
