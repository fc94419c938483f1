package nb_test

import (
	"math"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/nb"
)

func TestPanelWritesNumbersForPeople(t *testing.T) {
	got := nb.KeyValues("training", "rows", 1927968, "PID", "1927968", "share", 0.209254875, "large", 1234567.5, "boosted trees", nb.Seconds(0.738113595), "all of it", 90*time.Minute,
		"none", int64(0), "byte", uint64(math.MaxUint64), "undefined", math.NaN(), "so", true).String()
	if want := `training
rows           1,927,968
PID            1927968
share          0.20925
large          1234568
boosted trees  0.74 s
all of it      1.5 h
none           0
byte           18446744073709551615
undefined      NaN
so             true`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for s, want := range map[float64]time.Duration{math.NaN(): 0, 1.5: 1500 * time.Millisecond, math.Inf(1): math.MaxInt64, -1e300: math.MinInt64} {
		if got := nb.Seconds(s); got != want {
			t.Errorf("%v s are %v, want %v", s, got, want)
		}
	}
}
