package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// numbered returns a frame of n rows; row i has id i and a label that is 1 in
// every fifth row.
func numbered(s *Session, n int) Frame {
	ids, labels := make([]int64, n), make([]int64, n)
	for i := range ids {
		ids[i] = int64(i)
		if i%5 == 0 {
			labels[i] = 1
		}
	}
	return s.FromColumns(Int64s("id", ids...), Int64s("attack", labels...))
}

// ids returns the rows of f by their number.
func ids(t *testing.T, f Frame) []float64 {
	t.Helper()
	values, err := collected(t, f.Select("id")).Floats("id")
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func common(a, b []float64) (both []float64) {
	for _, v := range a {
		if _, found := slices.BinarySearch(b, v); found {
			both = append(both, v)
		}
	}
	return both
}

// near fails unless got lies within five standard deviations of a binomial.
func near(t *testing.T, what string, got int, n, p float64) {
	t.Helper()
	if d := math.Abs(float64(got) - n*p); d > 5*math.Sqrt(n*p*(1-p)) {
		t.Errorf("%s: %d, expected about %.0f", what, got, n*p)
	}
}

const many = 20_000

// The parts of a split share no row and leave none out.
func TestSplit(t *testing.T) {
	f := numbered(session, many)
	split := f.Split(0.8, 42)
	train, test := ids(t, split.Train), ids(t, split.Test)
	if !slices.IsSorted(train) || !slices.IsSorted(test) {
		t.Error("the rows left their order")
	}
	if len(common(train, test)) > 0 {
		t.Error("the parts share rows")
	}
	if all := append(slices.Clone(train), test...); len(all) != many {
		t.Errorf("%d rows of %d", len(all), many)
	}
	near(t, "train", len(train), many, 0.8)

	// A filter before the split changes nothing about the rows that remain.
	even := Col("id").Divide(2).Cast(Int64).Times(2).Equal(Col("id"))
	filtered := ids(t, f.Filter(even).Split(0.8, 42).Train)
	if !slices.Equal(filtered, ids(t, split.Train.Filter(even))) {
		t.Error("a filter before the split changed the split")
	}
	parts := f.RandomSplit([]float64{0.8, 0.2}, 42)
	if !slices.Equal(ids(t, parts[0]), train) || !slices.Equal(ids(t, parts[1]), test) {
		t.Error("RandomSplit of 0.8 and 0.2 is not Split of 0.8")
	}
	if slices.Equal(ids(t, f.Split(0.8, 43).Train), train) {
		t.Error("another seed gave the same split")
	}
	if n := len(ids(t, f.Split(1, 1).Train)); n != many {
		t.Errorf("a split of 1: %d rows", n)
	}
	if n := len(ids(t, f.Split(0, 1).Train)); n != 0 {
		t.Errorf("a split of 0: %d rows", n)
	}
}

func TestRandomSplit(t *testing.T) {
	f := numbered(session, many)
	weights := []float64{3, 0, 1, 6}
	var all []float64
	for i, part := range f.RandomSplit(weights, 7) {
		rows := ids(t, part)
		near(t, fmt.Sprint("part ", i), len(rows), many, weights[i]/10)
		all = append(all, rows...)
	}
	slices.Sort(all)
	if !slices.Equal(all, ids(t, f)) {
		t.Error("the parts are not the frame")
	}
	if parts := f.RandomSplit(nil, 1); len(parts) != 0 {
		t.Error(parts)
	}
	for _, weights := range [][]float64{{0}, {-1, 2}, {math.NaN(), 1}, {math.Inf(1), 1}} {
		for _, part := range f.RandomSplit(weights, 1)[:1] {
			mistaken(t, part.Err(), "random_test.go:", "split: weights ")
		}
	}
	mistaken(t, f.Split(1.5, 1).Train.Err(), "random_test.go:", "split: ")
	mistaken(t, f.Split(math.NaN(), 1).Test.Err(), "random_test.go:", "split: ")
}

func TestSample(t *testing.T) {
	f := numbered(session, many)
	near(t, "sample", len(ids(t, f.Sample(0.3, 1))), many, 0.3)
	if n := len(ids(t, f.Sample(1, 1))); n != many {
		t.Error(n)
	}
	if n := len(ids(t, f.Sample(0, 1))); n != 0 {
		t.Error(n)
	}
	// A smaller sample of the same seed is a part of a larger one.
	small := ids(t, f.Sample(0.1, 9))
	if got := common(small, ids(t, f.Sample(0.2, 9))); len(got) != len(small) {
		t.Error("a smaller sample is no part of a larger one")
	}
	for _, fraction := range []float64{-0.1, 1.1, math.NaN()} {
		mistaken(t, f.Sample(fraction, 1).Err(), "random_test.go:", "sample: fraction ", "is outside [0, 1]")
	}
}

// With equal seeds, what one operation draws says nothing about the others.
func TestIndependentDraws(t *testing.T) {
	f := numbered(session, many)
	const seed = 42
	chosen := map[string][]float64{
		"fold":            ids(t, f.KFold(2, seed)[0].Test),
		"stratified":      ids(t, f.StratifiedSplit("attack", 0.5, seed).Train),
		"stratified fold": ids(t, f.StratifiedKFold("attack", 2, seed)[0].Test),
		"groups":          ids(t, f.GroupSplit("id", 0.5, seed).Train),
		"fold of groups":  ids(t, f.GroupKFold("id", 2, seed)[0].Test),
		"split":           ids(t, f.Split(0.5, seed).Train),
		"sample":          ids(t, f.Sample(0.5, seed)),
		"undersample":     ids(t, f.Undersample("attack", Undersample{Keep: 0.5, Ratio: 4, Seed: seed})),
	}
	for a, first := range chosen {
		for b, second := range chosen {
			if a < b {
				near(t, a+" and "+b, len(common(first, second)), many, 0.25)
			}
		}
	}
	// The classes are drawn independently too: half of each, paired by place.
	under := chosen["undersample"]
	pairs := 0
	for i := 0.0; i < many; i += 5 {
		_, positive := slices.BinarySearch(under, i)
		_, negative := slices.BinarySearch(under, i+1)
		if positive && negative {
			pairs++
		}
	}
	near(t, "positive and negative", pairs, many/5, 0.25)
}

func TestUndersample(t *testing.T) {
	f := numbered(session, 1003) // 201 of class 1, 802 of class 0
	for _, test := range []struct {
		u                  Undersample
		positive, negative int64
	}{
		{Undersample{}, 201, 201},
		{Undersample{Keep: 0.2, Ratio: 2}, 40, 80},
		{Undersample{Keep: 0.5, Ratio: 0.5}, 101, 51}, // 100.5 and 50.5 rounded away from zero
		{Undersample{Keep: 1, Ratio: 99}, 201, 802},
		{Undersample{Keep: 1, Ratio: 1e300}, 201, 802},
		{Undersample{Keep: 0.001, Ratio: 1}, 0, 0},
	} {
		u := f.Undersample("attack", test.u)
		want := fmt.Sprintf("%d %d", test.positive, test.negative)
		var got [2]int
		for _, id := range ids(t, u) {
			if int(id)%5 == 0 {
				got[0]++
			} else {
				got[1]++
			}
		}
		if s := fmt.Sprint(got[0], got[1]); s != want {
			t.Errorf("%+v: %s, want %s", test.u, s, want)
		}
		if !slices.IsSorted(ids(t, u)) {
			t.Errorf("%+v: the rows left their order", test.u)
		}
	}
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{f.Undersample("x", Undersample{}), `undersample: no column "x"`},
		{process().Undersample("CMD", Undersample{}), `undersample: label "CMD" is string, not a number`},
		{f.Undersample("attack", Undersample{Keep: 2}), "undersample: keep 2 is outside (0, 1]"},
		{f.Undersample("attack", Undersample{Keep: -1}), "undersample: keep -1 is outside"},
		{f.Undersample("attack", Undersample{Ratio: -1}), "ratio -1 is not a positive number"},
		{f.Undersample("attack", Undersample{Ratio: math.Inf(1)}), "ratio +Inf is not a positive number"},
		{f.Undersample("attack", Undersample{Ratio: math.NaN()}), "ratio NaN is not a positive number"},
	} {
		mistaken(t, test.f.Err(), "random_test.go:", test.want)
	}
	_, err := f.Filter(Col("id").Greater(1)).Undersample("id", Undersample{}).Count()
	mistaken(t, err, "random_test.go:", `undersample: label "id" must be 0 or 1; row 2 holds 2`)
	_, err = process().Undersample("CPU", Undersample{}).Count()
	mistaken(t, err, `label "CPU" must be 0 or 1; row 0 holds 0.5`)
	_, err = session.FromColumns(Int64s("a", 0, 1).Nulls(1)).Undersample("a", Undersample{}).Count()
	mistaken(t, err, `label "a" must be 0 or 1; it is null in row 1`)
}

// Rows of the second frame of a union draw as rows of their own.
func TestDrawsAfterUnion(t *testing.T) {
	f := numbered(session, many)
	twice := f.Union(f.WithColumn("id", Col("id").Plus(many)))
	chosen := ids(t, twice.Sample(0.5, 3))
	both := 0
	for _, id := range chosen {
		if _, found := slices.BinarySearch(chosen, id+many); found {
			both++
		}
	}
	near(t, "both copies of a row", both, many, 0.25)
	if first := ids(t, twice.Sample(0.5, 3).Filter(Col("id").Less(many))); !slices.Equal(first, ids(t, f.Sample(0.5, 3))) {
		t.Error("the first frame's rows draw otherwise in the union")
	}
}

// Values do not depend on the number of workers or the size of partitions.
// Sessions of one, two and eight workers read, draw and count the same.
func TestWorkersChangeNothing(t *testing.T) {
	var content []byte
	content = append(content, "ts,PID,CPU,CMD,attack\n"...)
	for i := range 30_000 {
		content = fmt.Appendf(content, "%d,%d,%d.25,cmd %d,%d\n", i, i%321, i%77, i%13, i%3/2)
	}
	path := csvFile(t, "workers.csv", string(content))
	var want string
	for k, config := range []Config{{Master: "local"}, {Master: "local[2]", MaxPartitionBytes: 1000}, {Master: "local[8]", MaxPartitionBytes: 1 << 30}} {
		f := NewSession(config).ReadCSV(telemetry, path)
		u := f.Split(0.7, 5).Train.Undersample("attack", Undersample{Keep: 0.1, Ratio: 2, Seed: 5})
		for _, split := range []Split{f.StratifiedSplit("CMD", 0.3, 5), f.GroupKFold("PID", 3, 5)[1], f.StratifiedKFold("PID", 3, 5)[2]} {
			u = u.Union(split.Train).Union(split.Test.Limit(99))
		}
		text := rows(t, collected(t, u)) + rows(t, collected(t, u.GroupBy("CMD").Mean("CPU"))) + must(t)(f.Describe()).String()
		if k == 0 {
			want = text
		}
		if text != want {
			t.Errorf("%+v gave other values", config)
		}
	}
}
