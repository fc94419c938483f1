package analysis_test

import (
	"math"
	"testing"
	"time"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func TestColumnsOfEveryType(t *testing.T) {
	early := time.Date(1969, 12, 31, 23, 59, 59, 500, time.UTC)
	f := session.FromColumns(
		Int32s("i32", math.MinInt32, 0, 7).Nulls(1),
		Timestamps("ts", early, time.Unix(0, 0), time.Date(2020, 2, 29, 13, 0, 0, 0, time.FixedZone("", 3600))).Nulls(1),
	)
	if got := f.Schema().String(); got != "root\n |-- i32: int32\n |-- ts: timestamp" {
		t.Errorf("schema %q", got)
	}
	table := collected(t, f)
	for _, test := range []struct {
		row  int
		name string
		want any
	}{
		{0, "i32", int32(math.MinInt32)}, {1, "i32", nil}, {2, "i32", int32(7)},
		{0, "ts", int64(-1)}, {1, "ts", nil}, {2, "ts", int64(1582977600)},
	} {
		if got, err := table.Value(test.row, test.name); err != nil || got != test.want {
			t.Errorf("row %d of %s is %v (%T), %v; want %v", test.row, test.name, got, got, err, test.want)
		}
	}
}

// A frame of values is found again by what it holds: names, types, values and
// nulls, each of which makes a difference.
func TestFramesOfColumnsAreKnownByTheirContent(t *testing.T) {
	f := func(values ...Values) Frame { return session.FromColumns(values...) }
	different := []Frame{
		f(), f(Int64s("a")), f(Int64s("a"), Int64s("b")), f(Int64s("a", 0)), f(Int64s("b", 0)), f(Int32s("a", 0)),
		f(Bools("a", false)), f(Int64s("a", 0).Nulls(0)), f(Int64s("a", 0, 0).Nulls(0)), f(Int64s("a", 0, 0).Nulls(1)),
		f(Float64s("a", 0)), f(Float64s("a", math.Copysign(0, -1))), f(Float64s("a", math.NaN())),
		f(Strings("a", "")), f(Strings("a", "x", "yz")), f(Strings("a", "xy", "z")), f(Strings("a", "yz", "x")),
	}
	keys := map[string]int{}
	for i, frame := range different {
		key := content(frame)
		if before, seen := keys[key]; seen {
			t.Errorf("frames %d and %d are taken for the same", before, i)
		}
		keys[key] = i
	}
	if content(f(Int64s("a", 1, 9).Nulls(1))) != content(f(Int64s("a", 1, 8).Nulls(1))) {
		t.Error("what lies under a null makes a difference")
	}
}

func content(f Frame) string { return f.Node().Op.(plan.FromColumns).Content }
