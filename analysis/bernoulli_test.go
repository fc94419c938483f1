package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// Each row is drawn by itself, with the probabilities that Keep and Ratio make.
func TestUndersampleBernoulli(t *testing.T) {
	f := numbered(session, many)
	const positive, negative = many / 5, many - many/5
	for _, u := range []Undersample{{}, {Keep: 0.5, Ratio: 1}, {Keep: 0.2, Ratio: 2}, {Keep: 1, Ratio: 4}, {Keep: 1, Ratio: 99}} {
		u.Bernoulli, u.Seed = true, 42
		keep, ratio := u.Keep, u.Ratio
		if keep == 0 {
			keep, ratio = 1, 1
		}
		chosen := ids(t, f.Undersample("attack", u))
		if !slices.IsSorted(chosen) {
			t.Errorf("%+v: the rows left their order", u)
		}
		ones := 0
		for _, id := range chosen {
			if int(id)%5 == 0 {
				ones++
			}
		}
		near(t, "class 1", ones, positive, keep)
		near(t, "class 0", len(chosen)-ones, negative, min(1, ratio*keep*positive/negative))
	}

	half := Undersample{Keep: 0.5, Ratio: 4, Seed: 42}
	exact := ids(t, f.Undersample("attack", half))
	half.Bernoulli = true
	drawn := f.Undersample("attack", half)
	near(t, "both ways", len(common(exact, ids(t, drawn))), many, 0.25)
	near(t, "split and undersample", len(common(ids(t, f.Split(0.5, 42).Train), ids(t, drawn))), many, 0.25)
	half.Seed = 43
	near(t, "two seeds", len(common(ids(t, f.Undersample("attack", half)), ids(t, drawn))), many, 0.25)
	// Numbers that are never exact would be a sign that rows are counted off.
	sizes := map[int]bool{}
	for seed := range uint64(20) {
		half.Seed = seed
		sizes[len(ids(t, f.Undersample("attack", half)))] = true
	}
	if len(sizes) < 15 {
		t.Errorf("20 seeds gave %d sizes", len(sizes))
	}
	if text := drawn.String(); !strings.Contains(text, "about 0.5 of the positive rows") {
		t.Error(text)
	}
}

func TestUndersampleBernoulliMistakes(t *testing.T) {
	u := Undersample{Bernoulli: true}
	_, err := numbered(session, 20).Filter(Col("id").Greater(1)).Undersample("id", u).Count()
	mistaken(t, err, "bernoulli_test.go:", `undersample: label "id" must be 0 or 1; row 2 holds 2`)
	_, err = process().Undersample("CPU", u).Count()
	mistaken(t, err, `label "CPU" must be 0 or 1; row 0 holds 0.5`)
	_, err = session.FromColumns(Int64s("a", 0, 1, 2).Nulls(1)).Undersample("a", u).Count()
	mistaken(t, err, `label "a" must be 0 or 1; it is null in row 1`)
	_, err = session.FromColumns(Float64s("a", 1, math.NaN())).Undersample("a", u).Count()
	mistaken(t, err, `label "a" must be 0 or 1; row 1 holds NaN`)
	for label, want := range map[int64]int64{0: 0, 1: 3} { // one class alone
		f := session.FromColumns(Int64s("a", label, label, label)).Undersample("a", u)
		if n, err := f.Count(); n != want || err != nil {
			t.Errorf("three rows of class %d: %d, %v", label, n, err)
		}
	}
}
