package column_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// awkward returns n texts with common beginnings, zero bytes, bytes that are no
// UTF-8, empty ones and repeats.
func awkward(rng *rand.Rand, n int) []string {
	pieces := []string{"", "a", "ab", "\x00", "\x00\x00\x00\x00\x00\x00\x00\x00", "é", "\xff", "https://example.org/", "zzzzzzzz"}
	return fill(n, func() string {
		var text strings.Builder
		for range rng.IntN(5) {
			text.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return text.String()
	})
}

// The oracle is the standard library's comparison sort.
func TestSortTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	same := slices.Repeat([]string{strings.Repeat("x", 5000)}, 100)
	numbers := fill(3000, func() string { return fmt.Sprintf("host-%08d", rng.IntN(1500)) })
	for name, texts := range map[string][]string{
		"none": nil, "one": {"a"}, "same": same, "empty": make([]string, 100), "numbers": numbers, "awkward": awkward(rng, 5000),
	} {
		want := make([]uint32, len(texts))
		for i := range want {
			want[i] = uint32(i)
		}
		slices.SortStableFunc(want, func(a, b uint32) int { return strings.Compare(texts[a], texts[b]) })
		if got := column.SortTexts(texts); !slices.Equal(got, want) {
			t.Errorf("%s: another order than the library's", name)
		}
	}
}

// Every kernel gives the same of texts in plain form as of coded ones, and both
// forms may meet in one call.
func TestPlainTextsAsCodedOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 40, 3000} {
		for _, nulls := range []bool{false, true} {
			var valid []bool
			if nulls {
				valid = fill(n, func() bool { return rng.IntN(4) > 0 })
			}
			coded := column.FromStrings("x", awkward(rng, n), valid)
			plain := column.PlainForm(coded)
			check(t, plain)
			unchanged := frozen(t, plain)
			other := random(rng, column.Int32, n, nulls)
			rows := fill(2*n, func() uint32 { return uint32(rng.IntN(n)) })
			withNone := slices.Concat(rows, []uint32{column.NoRow})
			lo := n / 3
			of := func(c *column.Column) []any {
				groups := column.GroupBy([]*column.Column{other, c})
				first, err := groups.Min(c)
				if err != nil {
					t.Fatal(err)
				}
				last, _ := groups.Max(c)
				classes, err := column.Histogram(other, []float64{0, 10, 1e9}, c)
				if err != nil {
					t.Fatal(err)
				}
				part := c.Slice(lo, n)
				moved := part.Gather(nil)
				check(t, part)
				check(t, moved)
				return []any{
					column.ValueCounts(c), column.Distinct(c), groups.First, groupOf(groups), values(first), values(last), values(groups.Count(c)),
					column.SortRows([]*column.Column{c}, nil), column.SortRows([]*column.Column{other, c}, []bool{false, true}),
					column.TopRows([]*column.Column{c, other}, []bool{true}, min(n, 5)), column.DescribeTexts([]*column.Column{c}), classes,
					values(c.Gather(rows)), values(c.GatherOrNull(withNone)), values(part), column.Distinct(part), values(part.Coded()),
				}
			}
			if got, want := of(plain), of(coded); !reflect.DeepEqual(got, want) {
				t.Errorf("%d rows, nulls %v:\nplain %v\ncoded %v", n, nulls, got, want)
			}
			var all, pairs []any
			for _, parts := range [][2]*column.Column{{coded, coded}, {plain, plain}, {plain, coded}, {coded, plain}} {
				c, err := column.Concat([]*column.Column{parts[0], parts[1].Slice(lo, n), parts[0]})
				if err != nil {
					t.Fatal(err)
				}
				check(t, c)
				all = append(all, fmt.Sprint(values(c)))
				left, right, err := column.Join(parts[:1], []*column.Column{parts[1].Slice(0, min(n, 10))}, true)
				pairs = append(pairs, fmt.Sprint(left, right, err))
			}
			if slices.ContainsFunc(all, func(v any) bool { return v != all[0] }) || slices.ContainsFunc(pairs, func(v any) bool { return v != pairs[0] }) {
				t.Errorf("%d rows, nulls %v: forms that meet give other rows", n, nulls)
			}
			coding := plain.Coded()
			check(t, coding)
			if !reflect.DeepEqual(values(coding), values(coded)) || coded.Coded() != coded {
				t.Errorf("%d rows, nulls %v: coding changed the texts", n, nulls)
			}
			unchanged()
		}
	}
}

// Where texts are built the share of different ones decides on their form.
func TestFormOfTexts(t *testing.T) {
	const n = column.PlainRows
	for _, test := range []struct {
		rows, distinct, nulls int
		plain                 bool
	}{
		{n, n, 0, false}, {n + 1, n + 1, 0, true}, {n + 1, n/2 + 1, 0, true}, {n + 2, n/2 + 1, 0, false}, {n + 1, 3, 0, false},
		{n + 1, n, 1, false}, {2*n + 2, n + 1, n + 1, true},
	} {
		texts, valid := make([]string, test.rows), make([]bool, test.rows)
		for i := range texts {
			texts[i], valid[i] = fmt.Sprint(i%test.distinct), i >= test.nulls
		}
		c := column.FromStrings("x", texts, valid)
		check(t, c)
		if c.Plain() != test.plain {
			t.Errorf("%+v: plain %v", test, c.Plain())
		}
		for i := 0; i < test.rows; i += 1000 {
			if c.IsNull(i) != !valid[i] || valid[i] && c.Text(i) != texts[i] {
				t.Fatalf("%+v: row %d is %q", test, i, c.Text(i))
			}
		}
		if few := c.Gather([]uint32{uint32(test.rows - 1), 0}); few.Plain() != test.plain || few.Text(0) != texts[test.rows-1] {
			t.Errorf("%+v: gathered %q", test, few.Text(0))
		}
	}
}

// What mostly distinct texts cost in each form, and what making codes of plain ones does.
func BenchmarkMostlyDistinctTexts(b *testing.B) {
	const n = 1 << 20
	rng := rand.New(rand.NewPCG(5, 6))
	texts := fill(n, func() string { return fmt.Sprintf("/var/lib/app/%016x", rng.Uint64()) })
	plain := column.FromStrings("x", texts, nil)
	coded := plain.Coded()
	b.Run("form=plain/gather", func(b *testing.B) { gatherAll(b, plain, 8*len(plain.Offsets)+len(plain.Bytes)) })
	b.Run("form=coded/gather", func(b *testing.B) {
		size := 4*n + 16*len(coded.Dictionary)
		for _, text := range coded.Dictionary {
			size += len(text)
		}
		gatherAll(b, coded, size)
	})
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			column.FromStrings("x", texts, nil)
		}
	})
	b.Run("code", func(b *testing.B) {
		for b.Loop() {
			plain.Coded()
		}
	})
	b.Run("sort=library", func(b *testing.B) {
		for b.Loop() {
			slices.Sort(slices.Clone(texts))
		}
	})
}

func gatherAll(b *testing.B, c *column.Column, size int) {
	rows := fill(c.Len, func() uint32 { return 0 })
	for i := range rows {
		rows[i] = uint32(i)
	}
	for b.Loop() {
		c.Gather(rows)
	}
	b.ReportMetric(float64(size)/float64(c.Len), "B/row")
}
