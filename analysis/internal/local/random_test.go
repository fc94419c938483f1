package local

import (
	"cmp"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// The first numbers of splitmix64.c (Sebastiano Vigna, 2015, public domain) from
// the seed 1234567, as Rosetta Code's task "Pseudo-random numbers/Splitmix64"
// lists them.
func TestSplitMix64(t *testing.T) {
	want := []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821}
	for row, w := range want {
		if got := drawer(1234567).bits(uint64(row)); got != w {
			t.Errorf("number %d is %d, want %d", row, got, w)
		}
	}
}

// The draws of consecutive rows, and those of one row from consecutive seeds, are
// uniform: chi-square over 100 bins has mean 99 and deviation 14.1.
func TestDrawsAreUniform(t *testing.T) {
	const n, bins = 100_000, 100
	series := map[string]func(i int) float64{
		"rows":       func(i int) float64 { return newDrawer("split", 42, 0).draw(uint64(i)) },
		"other rows": func(i int) float64 { return newDrawer("sample", 0, 0).draw(uint64(i) * 1000) },
		"seeds":      func(i int) float64 { return newDrawer("split", uint64(i), 0).draw(7) },
	}
	for name, draw := range series {
		var counts [bins]float64
		for i := range n {
			x := draw(i)
			if x < 0 || x >= 1 {
				t.Fatalf("%s: draw %d is %v", name, i, x)
			}
			counts[int(x*bins)]++
		}
		square := 0.0
		for _, c := range counts {
			square += (c - n/bins) * (c - n/bins) / (n / bins)
		}
		if square < 99-5*14.1 || square > 99+5*14.1 {
			t.Errorf("%s: chi-square is %.1f", name, square)
		}
	}
}

func TestPurposesDiffer(t *testing.T) {
	seen := map[drawer]string{}
	for _, purpose := range []string{"split", "sample", "undersample positive", "undersample negative", "undersample each row",
		"fold", "stratified split", "stratified split, borders", "stratified fold", "stratified fold, borders", "group split", "group fold"} {
		for seed := range uint64(100) {
			for round := range 5 {
				d := newDrawer(purpose, seed, round)
				if other, taken := seen[d]; taken {
					t.Errorf("%s with seed %d, round %d draws as %s", purpose, seed, round, other)
				}
				seen[d] = purpose
			}
		}
	}
}

// placesOf returns the places in the batch of the rows of a selection.
func placesOf(s selection) []uint32 {
	return (&column.Batch{Len: s.batch.Len}).GatherIn(nil, s.rows.Rows()).Rows
}

// The rows that are kept are those that sorting finds, also where the draws of many
// rows are equal because they have one number.
func TestUndersampledAgainstSort(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for round := range 300 {
		b := &column.Batch{Len: 1 + random.IntN(2000)}
		if round == 0 {
			b.Len = 200_000 // several blocks
		}
		label := make([]int32, b.Len)
		distinct := []int{3, b.Len, 1 << 30}[random.IntN(3)]
		for i := range label {
			label[i] = int32(random.IntN(2))
			b.Rows = append(b.Rows, uint32(random.IntN(distinct)))
		}
		b.Columns = []*column.Column{column.FromInt32s("label", label, nil)}
		s := wholeOf(b)
		if random.IntN(2) == 0 {
			s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
				for i, row := range rows {
					marks[i] = row%3 > 0
				}
			})
		}
		op := plan.Undersample{Label: "label", Keep: random.Float64(), Ratio: 2 * random.Float64(), Seed: uint64(round)}
		left, err := s.undersampled(op, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := placesOf(left)

		classes := [2][]place{}
		for _, row := range placesOf(s) {
			of := newDrawer([]string{"undersample negative", "undersample positive"}[label[row]], op.Seed, 0)
			classes[label[row]] = append(classes[label[row]], place{of.bits(b.Row(int(row))), row})
		}
		positive := int(math.Round(op.Keep * float64(len(classes[1]))))
		var want []uint32
		for class, k := range []int{min(len(classes[0]), int(math.Round(op.Ratio*float64(positive)))), positive} {
			slices.SortStableFunc(classes[class], func(a, b place) int { return cmp.Compare(a.draw, b.draw) })
			for _, p := range classes[class][:k] {
				want = append(want, p.row)
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%d of %d rows, %d distinct: %v\nwant %v", len(got), b.Len, distinct, got, want)
		}
	}
}

// A draw from a draw is that from the gathered rows, and so is one of no row.
func TestDrawnFromDrawn(t *testing.T) {
	n := plan.New(plan.FromColumns{Batch: &column.Batch{Len: 200_000, Columns: []*column.Column{
		column.FromInt64s("x", make([]int64, 200_000), nil)}}, Content: "zeros"})
	for _, to := range []float64{0.8, 0} {
		first := plan.New(plan.Part{To: to, Seed: 1}, n)
		again := plan.New(plan.Sample{Fraction: 0.5, Seed: 2}, first)
		split := plan.New(plan.Sample{Fraction: 0.5, Seed: 2}, plan.New(plan.FromColumns{Batch: collect(t, first), Content: "part"}))
		got, want := collect(t, again), collect(t, split)
		if !reflect.DeepEqual(got, want) || (got.Len == 0) != (to == 0) {
			t.Errorf("%d rows, want %d", got.Len, want.Len)
		}
	}
}
