package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// kinds are the ways to draw, each of about half the rows of a frame with four
// times as many rows of class 0 as of class 1.
var kinds = map[string]func(f Frame, seed uint64) Frame{
	"train":           func(f Frame, seed uint64) Frame { return f.Split(0.5, seed).Train },
	"test":            func(f Frame, seed uint64) Frame { return f.Split(0.5, seed).Test },
	"part":            func(f Frame, seed uint64) Frame { return f.RandomSplit([]float64{1, 2, 1}, seed)[1] },
	"sample":          func(f Frame, seed uint64) Frame { return f.Sample(0.5, seed) },
	"fold":            func(f Frame, seed uint64) Frame { return f.KFold(2, seed)[1].Test },
	"other folds":     func(f Frame, seed uint64) Frame { return f.KFold(2, seed)[1].Train },
	"groups":          func(f Frame, seed uint64) Frame { return f.GroupSplit("id", 0.5, seed).Train },
	"fold of groups":  func(f Frame, seed uint64) Frame { return f.GroupKFold("id", 2, seed)[0].Test },
	"stratified":      func(f Frame, seed uint64) Frame { return f.StratifiedSplit("attack", 0.5, seed).Test },
	"stratified fold": func(f Frame, seed uint64) Frame { return f.StratifiedKFold("attack", 2, seed)[0].Train },
	"undersample": func(f Frame, seed uint64) Frame {
		return f.Undersample("attack", Undersample{Keep: 0.5, Ratio: 4, Seed: seed})
	},
	"undersample each row": func(f Frame, seed uint64) Frame {
		return f.Undersample("attack", Undersample{Keep: 0.5, Ratio: 4, Seed: seed, Bernoulli: true})
	},
}

// A fraction is one of the rows given, also where the seed is that of a draw above.
func TestDrawOfADraw(t *testing.T) {
	const n = 100_000
	f := numbered(session, n)
	a := f.Split(0.8, 42)
	again, half := a.Train.Split(0.75, 42), a.Test.Split(0.5, 42)
	parts := f.RandomSplit([]float64{8, 1, 1}, 42)
	exact := Undersample{Keep: 0.5, Ratio: 1, Seed: 3}
	each := exact
	each.Bernoulli = true
	for _, test := range []struct {
		what  string
		f     Frame
		share float64 // of n
	}{
		{"train of train", again.Train, 0.6},
		{"test of train", again.Test, 0.2},
		{"train of test", half.Train, 0.1},
		{"test of test", half.Test, 0.1},
		{"sample of sample", f.Sample(0.5, 7).Sample(0.5, 7), 0.25},
		{"larger sample of a smaller one", f.Sample(0.25, 7).Sample(0.75, 7), 0.1875},
		{"sample of sample of sample", f.Sample(0.5, 7).Sample(0.5, 7).Sample(0.5, 7), 0.125},
		{"test of a part", parts[0].Split(0.8, 42).Test, 0.16},
		{"last part of the last part", parts[2].RandomSplit([]float64{8, 1, 1}, 42)[2], 0.01},
		{"test of test of test", half.Test.Split(0.5, 42).Test, 0.05},
		{"split below another draw", a.Train.Sample(0.5, 42).Split(0.5, 42).Train, 0.2},
		{"undersample of one", f.Undersample("attack", each).Undersample("attack", each), 0.1},
		{"exact undersample of one", f.Undersample("attack", exact).Undersample("attack", exact), 0.1},
		{"both ways", f.Undersample("attack", exact).Undersample("attack", each), 0.1},
	} {
		near(t, test.what, len(ids(t, test.f)), n, test.share)
	}
	// The parts of a part share no row and leave none out.
	for _, split := range []Split{again, half} {
		train, test := ids(t, split.Train), ids(t, split.Test)
		all := append(slices.Clone(train), test...)
		slices.Sort(all)
		of := ids(t, a.Train)
		if split == half {
			of = ids(t, a.Test)
		}
		if len(common(train, test)) > 0 || !slices.Equal(all, of) {
			t.Error("the parts of a part are not the part")
		}
	}
}

// Of all pairs of kinds, with equal seeds: a draw below another keeps half of its
// rows, from the first to the last, and of both classes.
func TestPairsOfDraws(t *testing.T) {
	f := numbered(session, many)
	for a, first := range kinds {
		for b, second := range kinds {
			outer, inner := first(f, 42), second(first(f, 42), 42)
			rows, of := ids(t, inner), ids(t, outer)
			if len(common(rows, of)) != len(rows) {
				t.Fatalf("%s of %s: rows from elsewhere", b, a)
			}
			near(t, b+" of "+a, len(rows), float64(len(of)), 0.5)
			classes, halves := [2]float64{}, [2]int{}
			for _, id := range of {
				if int(id)%5 == 0 {
					classes[1]++
				} else {
					classes[0]++
				}
			}
			positives := 0
			for _, id := range rows {
				if int(id)%5 == 0 {
					positives++
				}
				halves[int(id)*2/many]++
			}
			near(t, b+" of "+a+", class 1", positives, classes[1], 0.5)
			near(t, b+" of "+a+", first half", halves[0], float64(len(rows)), 0.5)
		}
	}
	// What the second draw keeps of a wider first one says nothing about what it
	// keeps where it is the first.
	for what, pair := range map[string][2]Frame{
		"sample": {f.Sample(0.8, 42).Sample(0.5, 42), f.Sample(0.5, 42)},
		"split":  {f.Split(0.8, 42).Train.Split(0.5, 42).Train, f.Split(0.5, 42).Train},
	} {
		near(t, what, len(common(ids(t, pair[0]), ids(t, pair[1]))), many, 0.25)
	}
}

// The first draw of a kind and seed in a recipe keeps the rows that it has without
// the draws above.
func TestFirstDraws(t *testing.T) {
	f := numbered(session, many)
	train := f.Split(0.8, 42).Train
	for what, pair := range map[string][2]Frame{
		"sample below a split":      {train.Sample(0.5, 42), f.Sample(0.5, 42)},
		"another seed":              {train.Split(0.5, 43).Test, f.Split(0.5, 43).Test},
		"undersample of all it can": {train.Undersample("attack", Undersample{Keep: 1, Ratio: 99, Seed: 42}), f},
	} {
		if got, want := ids(t, pair[0]), common(ids(t, train), ids(t, pair[1])); !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, want %d", what, len(got), len(want))
		}
	}
	// The rows of a recipe's first draw, and of an undersample below a split, as they
	// have been since the first release: notebooks' tables hang on them.
	small := numbered(session, 60)
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{small.KFold(5, 42)[0].Test, "[1 3 7 9 11 20 25 32 33 38 44 50 54]"},
		{small.GroupSplit("id", 0.2, 42).Train, "[1 19 23 33 37 38 39 42 43 45 47 50 54]"},
		{small.GroupKFold("id", 5, 42)[0].Test, "[0 3 10 11 15 22 23 25 43 44 45 48]"},
		{small.StratifiedSplit("attack", 0.2, 42).Train, "[0 8 10 14 17 19 20 28 29 32 36 43 54]"},
		{small.StratifiedKFold("attack", 5, 42)[0].Test, "[0 12 15 18 24 27 31 37 39 48 53 55]"},
		{small.Sample(0.2, 7), "[5 8 13 15 30 33 35 42 48 50 52 53 55 58]"},
		{small.Split(0.2, 42).Train, "[3 20 43 46 57 58]"},
		{small.Split(0.8, 42).Train.Undersample("attack", Undersample{Keep: 0.5, Ratio: 2, Seed: 42}), "[0 4 10 11 15 17 20 22 24 28 31 34 40 41 43 45 48 52]"},
		{small.Split(0.8, 42).Train.Undersample("attack", Undersample{Keep: 0.5, Ratio: 2, Seed: 42, Bernoulli: true}), "[0 4 7 10 15 19 21 23 30 36 38 41 49 55 57]"},
	} {
		if got := fmt.Sprint(ids(t, test.f)); got != test.want {
			t.Errorf("%s\n%s, want %s", test.f, got, test.want)
		}
	}
}

// Nothing but draws moves rows: whatever else stands between two draws.
func TestNothingElseMovesRows(t *testing.T) {
	f := numbered(session, many).WithColumn("text", Lit(" a "))
	even := Col("id").Divide(2).Cast(Int64).Times(2).Equal(Col("id"))
	for a, first := range kinds {
		if a == "undersample" { // exact numbers hang on which rows there are
			continue
		}
		between := map[string]func(Frame) Frame{
			"nothing, again":  func(f Frame) Frame { return f },
			"select and drop": func(f Frame) Frame { return f.Select("attack", "text", "id").Drop("text").WithColumn("text", Lit("a")) },
			"rename":          func(f Frame) Frame { return f.Rename("text", "words").Rename("words", "text") },
			"repairs": func(f Frame) Frame {
				return f.WithColumn("text", Col("text").Trim()).FillNulls(0).DropNulls()
			},
			"map":   func(f Frame) Frame { return f.Map("same", Int64, echo{}, "id") },
			"order": func(f Frame) Frame { return f.OrderBy(Descending("id")).OrderBy(Ascending("id")) },
			"limit": func(f Frame) Frame { return f.Limit(many) },
			"cache": func(f Frame) Frame { return f.Cache() },
		}
		want := ids(t, first(first(f, 9), 9))
		for what, step := range between {
			if got := ids(t, first(step(first(step(f), 9)), 9)); !slices.Equal(got, want) {
				t.Errorf("%s with %s between: %d rows, want %d", a, what, len(got), len(want))
			}
		}
		if a == "undersample each row" || strings.HasPrefix(a, "stratified") { // its chances, or numbers, hang on which rows there are
			continue
		}
		kept := ids(t, numbered(session, many).Filter(even))
		if got := ids(t, first(first(f, 9).Filter(even), 9)); !slices.Equal(got, common(want, kept)) {
			t.Errorf("%s: a filter between two draws moved rows", a)
		}
	}
}

// An echo returns its argument.
type echo struct{}

func (echo) Version() string               { return "1" }
func (echo) Map(values []any) (any, error) { return values[0], nil }

// Of a union and a join, the draws above both frames count.
func TestDrawsOfTwoFrames(t *testing.T) {
	f := numbered(session, many)
	split, half := f.Split(0.8, 42), f.Sample(0.5, 7)
	others := half.Rename("attack", "label")
	for _, test := range []struct {
		what  string
		f     Frame
		n     float64
		share float64
	}{
		{"union of the parts", split.Train.Union(split.Test).Split(0.8, 42).Train, many, 0.8},
		{"drawn, then not", half.Union(f).Sample(0.5, 7), 1.5 * many, 0.5},
		{"not, then drawn", f.Union(half).Sample(0.5, 7), 1.5 * many, 0.5},
		{"a draw of both", half.Union(half).Sample(0.5, 7), many, 0.5},
		{"join of a drawn frame", f.InnerJoin(others, "id").Sample(0.5, 7), many, 0.25},
		{"join with a drawn frame", half.InnerJoin(f.Drop("attack"), "id").Sample(0.5, 7), many, 0.25},
	} {
		got := float64(len(ids(t, test.f)))
		n := test.n
		if d := math.Abs(got - n*test.share); d > 6*math.Sqrt(n)/2 { // n itself was drawn
			t.Errorf("%s: %.0f rows, expected about %.0f", test.what, got, n*test.share)
		}
	}
	before := ids(t, split.Train.InnerJoin(f.Drop("attack"), "id"))
	if after := ids(t, f.InnerJoin(f.Drop("attack"), "id").Split(0.8, 42).Train); !slices.Equal(before, after) {
		t.Error("a split before a join and one after it differ")
	}
}
