package local

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// The rows of a stratified part are those that sorting each level by its draws finds,
// also where many draws are equal because the rows have one number.
func TestStratifiedAgainstSort(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for round := range 300 {
		b := &column.Batch{Len: 1 + random.IntN(2000)}
		if round == 0 {
			b.Len = 200_000 // several blocks
		}
		levels, distinct := []int{1, 3, 40, b.Len}[random.IntN(4)], []int{3, b.Len, 1 << 30}[random.IntN(3)]
		level, valid := make([]int64, b.Len), make([]bool, b.Len)
		for i := range level {
			level[i], valid[i] = int64(random.IntN(levels)), random.IntN(9) > 0
			b.Rows = append(b.Rows, uint32(random.IntN(distinct)))
		}
		c := column.FromInt64s("level", level, valid)
		b.Columns = []*column.Column{c}
		s := wholeOf(b)
		if random.IntN(2) == 0 {
			s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
				for i, row := range rows {
					marks[i] = row%3 > 0
				}
			})
		}
		op := plan.Part{By: plan.ByLevel, Column: "level", From: random.Float64(), To: 1, Rest: random.IntN(2) == 0}
		if random.IntN(2) == 0 {
			op.From, op.To = op.From*op.From, op.From
		}
		rows, borders := newDrawer("rows", uint64(round), 0), newDrawer("borders", uint64(round), 0)
		got := placesOf(new(engine).begin(t.Context(), plan.Settings{}).stratified(s, op, rows, borders))

		places := map[any][]place{}
		for _, row := range placesOf(s) {
			places[c.Value(int(row))] = append(places[c.Value(int(row))], place{rows.bits(b.Row(int(row))), row})
		}
		var want []uint32
		for _, of := range places {
			slices.SortStableFunc(of, func(a, b place) int { return cmp.Compare(a.draw, b.draw) })
			u := borders.draw(valueHash(c, int(of[0].row)))
			for k, p := range of {
				number := (float64(k) + u) / float64(len(of))
				if (number >= op.From && (number < op.To || op.To == 1)) != op.Rest {
					want = append(want, p.row)
				}
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: %d of %d rows, %d levels: want %d\n%+v", round, len(got), b.Len, levels, len(want), op)
		}
	}
}

// The borders of neighbouring parts meet, whatever is drawn and however it rounds.
func TestBordersTile(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	for range 100_000 {
		size, u := random.IntN(1<<uint(random.IntN(32))), []float64{0, 1 - 0x1p-53, random.Float64()}[random.IntN(3)]
		a, b := random.Float64(), random.Float64()
		low, high := border(min(a, b), size, u), border(max(a, b), size, u)
		if border(0, size, u) != 0 || border(1, size, u) != size || low < 0 || low > high || high > size {
			t.Fatalf("of %d rows, %v: borders %v and %v are %d and %d", size, u, min(a, b), max(a, b), low, high)
		}
	}
}

// Equal values have equal hashes, and different ones, in one column, do not.
func TestValueHash(t *testing.T) {
	seen := map[uint64]string{}
	for _, c := range []*column.Column{
		column.FromInt64s("int64", []int64{0, 1, -1, 1 << 53, -1 << 63, 1<<63 - 1}, nil),
		column.FromFloat64s("float64", []float64{0.5, -0.5, 1e300, -1e300}, nil),
		column.FromStrings("text", []string{"", "a", "b", "ab", "ba", "0", "null"}, nil),
		column.FromInt64s("null", []int64{7}, []bool{false}),
	} {
		for i := range c.Len {
			h := valueHash(c, i)
			if other, taken := seen[h]; taken {
				t.Errorf("%s %v has the hash of %s", c.Name, c.Value(i), other)
			}
			seen[h] = fmt.Sprint(c.Name, " ", c.Value(i))
		}
	}
	// The published numbers of FNV-1a (Fowler, Noll and Vo's test vectors).
	for text, want := range map[string]uint64{"": 0xcbf29ce484222325, "a": 0xaf63dc4c8601ec8c, "foobar": 0x85944171f73967e8} {
		if got := textHash(text); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}
