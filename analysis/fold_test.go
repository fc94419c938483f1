package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// The Tests tile the frame, each Train is all but its Test, and sizes are those that
// the kind of folds says.
func TestFolds(t *testing.T) {
	f := numbered(session, many)
	for _, k := range []int{2, 3, 10} {
		for what, splits := range map[string][]Split{
			"rows": f.KFold(k, 42), "stratified": f.StratifiedKFold("attack", k, 42), "groups": f.GroupKFold("id", k, 42),
		} {
			what = fmt.Sprintf("%d folds of %s", k, what)
			if len(splits) != k {
				t.Fatalf("%s: %d splits", what, len(splits))
			}
			var tests []Frame
			for i, split := range splits {
				tiled(t, fmt.Sprint(what, ", split ", i), f, split.Train, split.Test)
				near(t, fmt.Sprint(what, ", fold ", i), len(ids(t, split.Test)), many, 1/float64(k))
				tests = append(tests, split.Test)
			}
			tiled(t, what, f, tests...)
		}
	}
}

// A fold has a k-th of each level, up to one row, and a level of fewer rows than
// folds has its rows in different ones, none of them preferred.
func TestStratifiedFolds(t *testing.T) {
	const k, small = 5, 3000
	sizes := append([]int{4, 100, 12_345}, slices.Repeat([]int{1}, small)...)
	singles := [k]int{}
	for i, split := range leveled(sizes...).StratifiedKFold("level", k, 42) {
		for level, got := range sizesOf(t, split.Test, len(sizes)) {
			if exact := float64(sizes[level]) / k; math.Abs(float64(got)-exact) >= 1 {
				t.Errorf("fold %d has %d of %d rows", i, got, sizes[level])
			}
			if level >= 3 {
				singles[i] += got
			}
		}
	}
	for i, got := range singles {
		near(t, fmt.Sprint("levels of one row in fold ", i), got, small, 1.0/k)
	}
}

// Folds keep groups whole, and a filter above moves none.
func TestGroupFolds(t *testing.T) {
	f := numbered(session, many).WithColumn("group", Col("id").Divide(7).Cast(Int64))
	where := map[int]int{}
	for i, split := range f.GroupKFold("group", 4, 42) {
		test := ids(t, split.Test)
		for _, id := range test {
			if fold, seen := where[int(id)/7]; seen && fold != i {
				t.Fatalf("group %d is in folds %d and %d", int(id)/7, fold, i)
			}
			where[int(id)/7] = i
		}
		few := Col("id").Less(many / 2)
		if !slices.Equal(ids(t, f.Filter(few).GroupKFold("group", 4, 42)[i].Test), common(test, ids(t, f.Filter(few)))) {
			t.Errorf("a filter moved rows of fold %d", i)
		}
	}
}

// Folds of a Train are of its rows: a validation within a validation.
func TestFoldsOfAFold(t *testing.T) {
	outer := numbered(session, many).KFold(5, 42)[3]
	var tests []Frame
	for i, inner := range outer.Train.KFold(5, 42) {
		near(t, fmt.Sprint("inner fold ", i), len(ids(t, inner.Test)), many, 0.16)
		tests = append(tests, inner.Test)
	}
	tiled(t, "inner folds", outer.Train, tests...)
}
