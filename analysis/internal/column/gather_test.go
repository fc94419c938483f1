package column_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestGatherAndSlice(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		leveled := *c
		leveled.Levels = []string{"a", "b"}
		c = &leveled
		all := values(c)
		var rows []uint32
		var want []any
		for range c.Len / 2 {
			r := rng.IntN(c.Len)
			rows, want = append(rows, uint32(r)), append(want, all[r])
		}
		g := c.Gather(rows)
		check(t, g)
		if g.Name != "x" || g.Type != c.Type || !reflect.DeepEqual(g.Levels, c.Levels) {
			t.Error("metadata lost")
		}
		if got := values(g); len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("gathered %v, want %v", got, want)
		}
		lo := rng.IntN(c.Len + 1)
		hi := lo + rng.IntN(c.Len-lo+1)
		s := c.Slice(lo, hi)
		check(t, s)
		if got := values(s); !reflect.DeepEqual(got, all[lo:hi]) {
			t.Errorf("rows %d to %d: %v, want %v", lo, hi, got, all[lo:hi])
		}
	})
}

func TestConcatUndoesSlice(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		a, b := c.Len/3, c.Len*2/3
		parts := []*column.Column{c.Slice(0, a), c.Slice(a, b), c.Slice(b, c.Len)}
		whole, err := column.Concat(parts)
		if err != nil {
			t.Fatal(err)
		}
		check(t, whole)
		if !reflect.DeepEqual(values(whole), values(c)) {
			t.Error("slices put together differ from the whole")
		}
	})
}

func TestConcatMergesDictionaries(t *testing.T) {
	whole, err := column.Concat([]*column.Column{
		column.FromStrings("cmd", []string{"sshd", "bash"}, nil),
		column.FromStrings("other", []string{"", ""}, []bool{false, false}), // no dictionary at all
		column.FromStrings("cmd", []string{"atop", "x", "sshd", "zsh"}, []bool{true, false, true, true}),
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, whole)
	if want := []any{"sshd", "bash", nil, nil, "atop", nil, "sshd", "zsh"}; !reflect.DeepEqual(values(whole), want) {
		t.Errorf("values %v, want %v", values(whole), want)
	}
	if want := []string{"atop", "bash", "sshd", "zsh"}; whole.Name != "cmd" || !reflect.DeepEqual(whole.Dictionary, want) {
		t.Errorf("column %q with dictionary %v, want %v", whole.Name, whole.Dictionary, want)
	}
}

func TestConcatErrors(t *testing.T) {
	number, text := column.FromInt32s("n", []int32{1}, nil), column.FromStrings("n", []string{"a"}, nil)
	leveled := *number
	leveled.Levels = []string{"a"}
	for _, test := range []struct {
		parts []*column.Column
		want  string
	}{
		{nil, "no columns"},
		{[]*column.Column{number, text}, `"n": int32 and string`},
		{[]*column.Column{number, &leveled}, "different levels"},
		{[]*column.Column{vector(false, 1), vector(true, 1)}, `"cmd" is encoded differently`},
	} {
		if _, err := column.Concat(test.parts); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

// vector returns features of two parts over the codes 0, 1, 2, ..
func vector(oneHot bool, n int) *column.Column {
	codes, sizes := make([]int32, n), make([]float64, n)
	for i := range codes {
		codes[i], sizes[i] = int32(i), float64(i)/2
	}
	return &column.Column{Name: "features", Type: column.Vector, Len: n, Features: &column.Features{Parts: []column.Part{
		{Name: "cmd", Values: column.FromInt32s("cmd_index", codes, nil), Levels: []string{"sshd", "bash"}, OneHot: oneHot},
		{Name: "size", Values: column.FromFloat64s("size", sizes, nil), Scale: []float64{0.5}},
	}}}
}

func TestVectorsGoPartByPart(t *testing.T) {
	v := vector(true, 10)
	g := v.Gather([]uint32{9, 2, 2})
	c, err := column.Concat([]*column.Column{g, v.Slice(3, 5)})
	if err != nil {
		t.Fatal(err)
	}
	check(t, c)
	parts := c.Features.Parts
	if got, want := parts[0].Values.Int32s, []int32{9, 2, 2, 3, 4}; !reflect.DeepEqual(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	if got, want := parts[1].Values.Float64s, []float64{4.5, 1, 1, 1.5, 2}; !reflect.DeepEqual(got, want) {
		t.Errorf("sizes %v, want %v", got, want)
	}
	if !parts[0].OneHot || parts[1].Scale[0] != 0.5 || c.Features.Size() != 3 {
		t.Error("encoding lost")
	}
	if v.Features.Parts[0].Values.Len != 10 {
		t.Error("the input changed")
	}
}

func TestBatchRowNumbers(t *testing.T) {
	b := &column.Batch{Len: 5, Columns: []*column.Column{column.FromInt32s("n", []int32{0, 1, 2, 3, 4}, nil)}}
	numbers := func(b *column.Batch) []uint64 {
		all := make([]uint64, b.Len)
		for i := range all {
			all[i] = b.Row(i)
			if int32(all[i]) != b.Columns[0].Int32s[i] {
				t.Errorf("row %d has number %d over value %d", i, all[i], b.Columns[0].Int32s[i])
			}
		}
		return all
	}
	rows := []uint32{4, 0, 3}
	g := b.Gather(rows)
	rows[0] = 1 // the batch must not notice
	if got, want := numbers(g), []uint64{4, 0, 3}; !reflect.DeepEqual(got, want) {
		t.Errorf("gathered %v, want %v", got, want)
	}
	if got, want := numbers(g.Gather([]uint32{2, 1})), []uint64{3, 0}; !reflect.DeepEqual(got, want) {
		t.Errorf("gathered twice %v, want %v", got, want)
	}
	if got, want := numbers(b.Slice(2, 4)), []uint64{2, 3}; !reflect.DeepEqual(got, want) {
		t.Errorf("slice %v, want %v", got, want)
	}
}
