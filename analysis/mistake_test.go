package analysis_test

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// A mistake is carried by everything that follows and reported by each terminal
// call, with the line that made it, not with those of the verbs after it.
func TestMistakesAreCarried(t *testing.T) {
	_, _, line, _ := runtime.Caller(0)
	f := process().Select("PID", "nobody") // the next line
	want := "analysis: mistake_test.go:" + strconv.Itoa(line+1) + `: select: no column "nobody"; there are PID, CMD, CPU, root, attack`
	carried := []Frame{
		f, f.Drop("x"), f.Cache(), f.Filter(Col("y").Equal(1)).WithColumn("z", Lit([]int{})), f.GroupBy("x").Count(),
		process().Select("PID").Union(f), process().LeftJoin(f, "PID"), f.Split(9, 1).Train, f.RandomSplit([]float64{-1}, 1)[0],
	}
	for i, f := range carried {
		for name, err := range terminalErrors(f) {
			if err == nil || err.Error() != want {
				t.Errorf("frame %d: %s:\ngot  %v\nwant %s", i, name, err, want)
			}
		}
		if f.Err() == nil || f.Err().Error() != want {
			t.Errorf("frame %d: %v", i, f.Err())
		}
		if n := strings.Count(f.String(), "mistake"); n != 2 { // the word, and the file's name
			t.Errorf("frame %d says it %d times:\n%s", i, n, f)
		}
	}
}

func TestMistakes(t *testing.T) {
	f := process()
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{f.Select("PID", "PID"), `two columns are named "PID"`},
		{f.Drop("x"), `drop: no column "x"`},
		{f.Rename("x", "y"), `rename: no column "x"`},
		{f.Rename("PID", "CMD"), `two columns are named "CMD"`},
		{f.DropNulls("x"), `drop nulls: no column "x"`},
		{f.FillNulls(0, "x"), `fill nulls: no column "x"`},
		{f.FillNulls("?", "CPU"), `fill nulls: "?" does not fit column "CPU", which is float64`},
		{f.FillNulls(0.5, "PID"), `fill nulls: 0.5 does not fit column "PID", which is int64`},
		{f.FillNulls(nil), "fill nulls: a literal of type <nil>"},
		{f.FillNulls(Col("PID")), "fill nulls: the value is an expression; use a number, a bool or a string"},
		{f.OrderBy(Ascending("x")), `order by: no column "x"`},
		{f.Limit(-1), "limit: -1 rows"},
		{f.Union(f.Drop("PID")), "union: 5 columns and 4 columns"},
		{f.Union(f.Rename("PID", "x")), `union: the second frame: no column "PID"`},
		{f.Union(f.WithColumn("PID", Lit("x"))), `union: column "PID" is int64 and string`},
	} {
		mistaken(t, test.f.Err(), "mistake_test.go:", test.want)
		if _, err := test.f.Count(); err == nil || err.Error() != test.f.Err().Error() {
			t.Errorf("Count says %v, Err %v", err, test.f.Err())
		}
	}
	same(t, collected(t, f.FillNulls(Lit(0), "CPU").Select("CPU").Limit(3)), "CPU", "0.5\n0\n0")
	// What a value cannot be is found when it is computed.
	narrow := session.FromColumns(Int64s("a", 1, 2).Nulls(0)).WithColumn("a", Col("a").Cast(Int32))
	_, err := narrow.FillNulls(1<<40, "a").Collect()
	mistaken(t, err, "mistake_test.go:", "fill nulls: ", "1 value is no int32")
}

// Building a recipe, and printing one, reads nothing: every file is missing.
func TestBuildingReadsNothing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nowhere", "missing.csv")
	f := session.ReadCSV(telemetry, missing).Cache()
	split := f.WithColumn("x", When(Col("CPU").Greater(1), Col("PID")).Otherwise(0)).Split(0.8, 1)
	u := split.Train.Undersample("attack", Undersample{Keep: 0.2, Ratio: 2}).Cache()
	g := u.Union(split.Test).FillNulls(0).DropNulls("CMD").OrderBy(Descending("ts")).Limit(5).GroupBy("CMD").Mean("CPU")
	for _, f := range []Frame{f, u, g, split.Test.Sample(0.1, 1).Rename("x", "y").Map("z", Int64, sum{}, "y").Drop("y")} {
		if f.Err() != nil || f.String() == "" || len(f.Schema().Fields) == 0 || len(f.Columns()) == 0 || f.Session() != session {
			t.Errorf("%v\n%s", f.Err(), f)
		}
		for name, err := range terminalErrors(f) {
			if name == "Unpersist" && err == nil {
				continue // what holds unversioned code is never kept
			}
			if err == nil || !strings.Contains(err.Error(), "no such file") && name != "Histogram" && name != "Partitions" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
