package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/stophacking/kelpie/analysis"
)

// tiled fails unless the parts share no row, leave none of f out, and keep its order.
func tiled(t *testing.T, what string, f Frame, parts ...Frame) {
	t.Helper()
	var all []float64
	for i, part := range parts {
		rows := ids(t, part)
		if !slices.IsSorted(rows) {
			t.Errorf("%s: the rows of part %d left their order", what, i)
		}
		all = append(all, rows...)
	}
	slices.Sort(all)
	if !slices.Equal(all, ids(t, f)) {
		t.Errorf("%s: the parts hold %d rows, the frame %d; or others", what, len(all), len(ids(t, f)))
	}
}

// leveled returns rows of one level after another, level i of sizes[i] rows, with
// ids from 0 on.
func leveled(sizes ...int) Frame {
	var id, level []int64
	for k, size := range sizes {
		for range size {
			id, level = append(id, int64(len(id))), append(level, int64(k))
		}
	}
	return session.FromColumns(Int64s("id", id...), Int64s("level", level...))
}

// sizesOf returns how many rows f has of each of n levels.
func sizesOf(t *testing.T, f Frame, n int) []int {
	t.Helper()
	levels, err := f.Floats("level")
	if err != nil {
		t.Fatal(err)
	}
	sizes := make([]int, n)
	for _, level := range levels {
		sizes[int(level)]++
	}
	return sizes
}

// Of each level, a part has its share, up to one row.
func TestStratifiedSplit(t *testing.T) {
	sizes := []int{1, 2, 3, 7, 63, 64, 65, 1000, 5000, 150_000}
	f := leveled(sizes...)
	for _, fraction := range []float64{0, 0.01, 0.25, 0.5, 0.8, 1} {
		split := f.StratifiedSplit("level", fraction, 42)
		tiled(t, fmt.Sprint(fraction), f, split.Train, split.Test)
		for level, got := range sizesOf(t, split.Train, len(sizes)) {
			exact := fraction * float64(sizes[level])
			if math.Abs(float64(got)-exact) >= 1 || exact == math.Trunc(exact) && float64(got) != exact {
				t.Errorf("%v of %d rows: %d", fraction, sizes[level], got)
			}
		}
	}
	// Which rows of a level go where is drawn: of each tenth, its share.
	train := ids(t, f.StratifiedSplit("level", 0.8, 1).Train)
	last := train[len(train)-120_000:]
	for tenth := range 10 {
		from := float64(6205 + tenth*15_000)
		lo, _ := slices.BinarySearch(last, from)
		hi, _ := slices.BinarySearch(last, from+15_000)
		near(t, fmt.Sprint("tenth ", tenth), hi-lo, 15_000, 0.8)
	}
	if slices.Equal(train, ids(t, f.StratifiedSplit("level", 0.8, 2).Train)) {
		t.Error("another seed gave the same split")
	}
	// What happens to other levels moves no row.
	without := Col("level").Equal(9).Not()
	if got := ids(t, f.Filter(without).StratifiedSplit("level", 0.8, 1).Train); !slices.Equal(got, train[:len(train)-120_000]) {
		t.Error("a level that was filtered away moved rows of others")
	}
}

// What is rounded is rounded by chance: of levels too small for a whole number, the
// expected share goes to Train.
func TestStratifiedRounding(t *testing.T) {
	const levels = 4000
	for _, test := range []struct {
		rows     int
		fraction float64
	}{{1, 0.8}, {1, 0.1}, {3, 0.5}, {7, 0.25}} {
		sizes := slices.Repeat([]int{test.rows}, levels)
		up := 0 // levels that were rounded up
		exact := test.fraction * float64(test.rows)
		for _, got := range sizesOf(t, leveled(sizes...).StratifiedSplit("level", test.fraction, 3).Train, levels) {
			up += got - int(exact)
		}
		near(t, fmt.Sprintf("%v of %d rows", test.fraction, test.rows), up, levels, exact-math.Trunc(exact))
	}
}

// Null and NaN are levels, texts and flags as well as numbers have levels.
func TestStratifiedLevels(t *testing.T) {
	const n = 1200
	id, texts, floats, flags, nulls := make([]int64, n), make([]string, n), make([]float64, n), make([]bool, n), []int(nil)
	for i := range n {
		id[i], flags[i] = int64(i), i%3 == 0
		texts[i], floats[i] = fmt.Sprint(i%3), []float64{0, math.NaN(), math.Copysign(0, -1)}[i%3]
		if i%3 == 2 {
			nulls = append(nulls, i)
		}
	}
	f := session.FromColumns(Int64s("id", id...), Strings("text", texts...).Nulls(nulls...), Float64s("float", floats...), Bools("flag", flags...))
	for name, levels := range map[string][3]int{"text": {0, 1, 2}, "float": {0, 1, 0}, "flag": {0, 1, 1}} {
		split := f.StratifiedSplit(name, 0.25, 7)
		tiled(t, name, f, split.Train, split.Test)
		var got, want [3]int
		for _, id := range ids(t, split.Train) {
			got[levels[int(id)%3]]++
		}
		for i := range n {
			want[levels[i%3]]++
		}
		for k := range want {
			want[k] /= 4
		}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// All rows of a group go one way, about the fraction of the groups goes to Train,
// and a group goes the same way wherever its value stands.
func TestGroupSplit(t *testing.T) {
	const groups = 10_000
	var id, small []int64
	var texts []string
	var floats []float64
	var narrow []int32
	var times []time.Time
	for i := range 3 * groups {
		g := int64(i % groups)
		id, small, narrow, floats = append(id, int64(i)), append(small, g), append(narrow, int32(g)), append(floats, float64(g))
		texts, times = append(texts, fmt.Sprint("host ", g)), append(times, time.Unix(g, 0))
	}
	f := session.FromColumns(Int64s("id", id...), Int64s("int64", small...), Int32s("int32", narrow...), Float64s("float64", floats...),
		Strings("host", texts...), Timestamps("time", times...))
	side := func(f Frame, column string) string {
		split := f.GroupSplit(column, 0.7, 42)
		tiled(t, column, f, split.Train, split.Test)
		var of [groups]int
		for _, id := range ids(t, split.Train) {
			of[int(id)%groups]++
		}
		train := 0
		for g, rows := range of {
			if rows != 0 && rows != 3 {
				t.Fatalf("%s: of group %d, %d of 3 rows are in Train", column, g, rows)
			}
			train += rows / 3
		}
		near(t, column, train, groups, 0.7)
		return fmt.Sprint(of)
	}
	number := side(f, "int64")
	for _, name := range []string{"int32", "float64", "time"} {
		if side(f, name) != number {
			t.Errorf("equal values of %s go another way", name)
		}
	}
	if side(f.Rename("int64", "pid"), "pid") != number {
		t.Error("another name moved groups")
	}
	hosts := side(f, "host")
	if hosts == number {
		t.Error("texts are drawn as numbers are")
	}
	// Another frame, with some of the hosts and others, more often.
	some := f.Filter(Col("int64").Less(100)).Select("id", "host")
	other := session.FromColumns(Int64s("id", -1, -2), Strings("host", "a", "z")).Union(some).Union(some)
	want := ids(t, f.GroupSplit("host", 0.7, 42).Train.Filter(Col("int64").Less(100)))
	got := ids(t, other.GroupSplit("host", 0.7, 42).Train.Filter(Col("id").GreaterOrEqual(0)).OrderBy(Ascending("id")))
	if len(got) != 2*len(want) || !slices.Equal(slices.Compact(got), want) {
		t.Error("hosts go another way in another frame")
	}
	// A larger fraction takes more groups, and the same ones.
	if more := ids(t, f.GroupSplit("host", 0.8, 42).Train); len(common(ids(t, f.GroupSplit("host", 0.7, 42).Train), more)) != len(ids(t, f.GroupSplit("host", 0.7, 42).Train)) {
		t.Error("a larger fraction lost groups")
	}
}

// Null is a group, and so is NaN; 0 and -0 are one.
func TestGroupsOfNoValue(t *testing.T) {
	f := session.FromColumns(Int64s("id", 0, 1, 2, 3, 4, 5), Strings("text", "a", "", "a", "", "", "").Nulls(1, 4),
		Float64s("float", 0, math.NaN(), math.Copysign(0, -1), math.NaN(), 1, 1).Nulls(4, 5), Bools("flag", true, false, true, false, true, true))
	groups := map[string][][]float64{"text": {{0, 2}, {1, 4}, {3, 5}}, "float": {{0, 2}, {1, 3}, {4, 5}}, "flag": {{0, 2, 4, 5}, {1, 3}}}
	for name, of := range groups {
		seen := map[string]bool{}
		for seed := range uint64(200) {
			train := ids(t, f.GroupSplit(name, 0.5, seed).Train)
			seen[fmt.Sprint(train)] = true
			for _, group := range of {
				if n := len(common(group, train)); n != 0 && n != len(group) {
					t.Fatalf("%s: the rows %v are divided: %v", name, group, train)
				}
			}
		}
		if len(seen) != 1<<len(of) { // each of 8 is missed by 200 seeds once in 10^10
			t.Errorf("%s: %d ways to divide %d groups", name, len(seen), len(of))
		}
	}
}

// Test begins at the cut, Train ends the gap before it.
func TestTimeSplit(t *testing.T) {
	var id []int64
	var times []time.Time
	var floats []float64
	var narrow []int32
	for i := range 100 {
		id, times = append(id, int64(i)), append(times, time.Unix(int64(i), 0))
		floats, narrow = append(floats, float64(i)+0.5), append(narrow, int32(i))
	}
	f := session.FromColumns(Int64s("id", id...), Timestamps("time", times...), Float64s("float", floats...), Int32s("int32", narrow...))
	for _, column := range []string{"id", "time", "float", "int32"} {
		for _, test := range []struct {
			cut         int64
			gap         time.Duration
			train, test int // the end of Train, the begin of Test
		}{{60, 0, 60, 60}, {60, 10 * time.Second, 50, 60}, {60, time.Hour, 0, 60}, {0, 0, 0, 0}, {99, time.Second, 98, 99}, {100, 0, 100, 100}} {
			split := f.TimeSplit(column, time.Unix(test.cut, 0), test.gap)
			tiled(t, column, f.Limit(test.train), split.Train)
			tiled(t, column, f.Filter(Col("id").GreaterOrEqual(test.test)), split.Test)
		}
	}
	// The rows need no order, and those before are what a filter makes of them.
	turned := f.OrderBy(Descending("id")).Filter(Col("id").GreaterOrEqual(20))
	if got := ids(t, turned.TimeSplit("time", time.Unix(60, 0), 0).Train); len(got) != 40 || got[0] != 59 || got[39] != 20 {
		t.Error(got)
	}
	if text := f.TimeSplit("time", time.Unix(1_556_340_000, 0), time.Hour).Train.String(); !strings.HasSuffix(text, "time split, time before 2019-04-27 03:40:00 UTC") {
		t.Error(text)
	}
}

// A part that nothing falls in is said, and so is a level that a part has no row of.
func TestEmptyPartsAreSaid(t *testing.T) {
	f := session.FromColumns(Int64s("id", 1, 2, 3), Strings("kind", "a", "a", "b"))
	day := time.Date(2019, 4, 27, 0, 0, 0, 0, time.UTC)
	warned(t, collected(t, f.TimeSplit("id", day, 0).Test), "time split, id from 2019-04-27 00:00:00 UTC: this part is empty, of 3 rows in all")
	warned(t, collected(t, f.TimeSplit("id", day, 0).Train))
	warned(t, collected(t, f.StratifiedSplit("kind", 1, 1).Test))
	warned(t, collected(t, f.Split(0, 1).Train))
	warned(t, collected(t, f.Limit(0).KFold(2, 1)[0].Test))
	said := 0
	for i, fold := range f.KFold(20, 1) {
		test := collected(t, fold.Test)
		if n := len(ids(t, fold.Test)); (n == 0) != (len(test.Warnings()) == 1) {
			t.Errorf("fold %d of %d rows: %q", i, n, test.Warnings())
		}
		said += len(test.Warnings())
	}
	if said < 17 {
		t.Errorf("%d of 20 folds of 3 rows are empty", said)
	}
	// One row of a level, so one part has none; the other level is in both.
	split := f.StratifiedSplit("kind", 0.5, 1)
	got := append(collected(t, split.Train).Warnings(), collected(t, split.Test).Warnings()...)
	if len(got) != 1 || !strings.HasPrefix(got[0], "stratified split by kind, rows of each level in [0") || !strings.HasSuffix(got[0], `: this part has no row of "b" (1 row in all)`) {
		t.Errorf("%q", got)
	}
	many := leveled(2, 1, 1, 1, 1).StratifiedKFold("level", 50, 1)[0].Test.Cache()
	for range 2 { // computed, and kept
		if text := strings.Join(collected(t, many).Warnings(), "\n"); !strings.Contains(text, `: this part has no row of "0" (2 rows in all), "1" (1 row in all), "2" (1 row in all), 2 more`) {
			t.Errorf("%q", text)
		}
	}
}

func TestSplitMistakes(t *testing.T) {
	f, cut := process(), time.Unix(10, 0)
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{f.StratifiedSplit("nobody", 0.5, 1).Train, `stratified split: no column "nobody"; there are PID`},
		{f.StratifiedSplit("CMD", 1.5, 1).Train, "stratified split: weights must be positive shares; got the part [0, 1.5)"},
		{f.StratifiedSplit("CMD", math.NaN(), 1).Test, "stratified split: weights"},
		{f.GroupSplit("nobody", 0.5, 1).Test, `group split: no column "nobody"`},
		{f.GroupSplit("CMD", -1, 1).Test, "group split: weights"},
		{f.TimeSplit("nobody", cut, 0).Test, `time split: no column "nobody"`},
		{f.TimeSplit("CMD", cut, 0).Test, `time split: column "CMD" is string, neither timestamp nor a number of seconds`},
		{f.TimeSplit("PID", time.Time{}, 0).Train, "time split: the cut is the zero time.Time"},
		{f.TimeSplit("PID", time.Unix(10, 5), 0).Train, "time split: the cut 1970-01-01T00:00:10.000000005Z is no whole second"},
		{f.TimeSplit("PID", time.Unix(1<<50, 0), 0).Train, "outside of the years 1 to 9999"},
		{f.TimeSplit("PID", cut, -time.Second).Test, "time split: the gap -1s must be whole seconds, and not negative"},
		{f.TimeSplit("PID", cut, time.Millisecond).Test, "time split: the gap 1ms must be whole seconds"},
		{f.KFold(1, 1)[0].Train, "k-fold: k is 1; it must be from 2 to 10000"},
		{f.KFold(-5, 1)[0].Test, "k-fold: k is -5"},
		{f.KFold(1<<40, 1)[0].Test, "k-fold: k is 1099511627776"},
		{f.StratifiedKFold("CMD", 0, 1)[0].Test, "k-fold: k is 0"},
		{f.StratifiedKFold("nobody", 3, 1)[2].Test, `stratified fold: no column "nobody"`},
		{f.GroupKFold("nobody", 3, 1)[2].Train, `group fold: no column "nobody"`},
	} {
		mistaken(t, test.f.Err(), "split_test.go:", test.want)
	}
	before := f.Select("nobody")
	for _, after := range []Frame{before.KFold(0, 1)[0].Train, before.TimeSplit("PID", time.Time{}, 0).Test} {
		if after.Err() == nil || after.Err().Error() != before.Err().Error() {
			t.Errorf("%v, want the first mistake", after.Err())
		}
	}
	times := session.FromColumns(Int64s("id", 0, 1, 2, 3).Nulls(2, 3), Float64s("x", 0, math.NaN(), 2, 3))
	for _, side := range []Frame{times.TimeSplit("id", cut, 0).Train, times.TimeSplit("id", cut, 0).Test} {
		_, err := side.Count()
		mistaken(t, err, "split_test.go:", `time split: column "id" is null in row 2; leave such rows out with DropNulls, or fill them`)
	}
	_, err := times.TimeSplit("x", cut, 0).Train.Count()
	mistaken(t, err, `time split: column "x" is NaN in row 1`)
	if n, err := times.DropNulls("id").TimeSplit("id", cut, 0).Train.Count(); n != 2 || err != nil {
		t.Error(n, err)
	}
}
