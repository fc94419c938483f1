package column

import (
	"math"
	"testing"
	"time"
)

// A time in another unit is no second of the years 1 to 9999, and its unit is told.
func TestLikelyUnit(t *testing.T) {
	for _, year := range []int{1990, 2019, 2099} {
		at := time.Date(year, 12, 31, 23, 59, 59, 0, time.UTC)
		when := " (" + at.Format("2006-01-02 15:04:05") + ")"
		if !InYears(at.Unix()) {
			t.Errorf("%v is taken for no second", at)
		}
		for name, v := range map[string]int64{
			"milliseconds": at.UnixMilli(), "microseconds": at.UnixMicro(), "nanoseconds": at.UnixNano(),
			// A FILETIME of 1970 is 116444736000000000 (Microsoft, "File Times").
			"units of 100 ns since 1601, as Windows counts": at.Unix()*1e7 + 116_444_736_000_000_000,
		} {
			if got, want := LikelyUnit(v), "looks like "+name+when; InYears(v) || got != want {
				t.Errorf("%d %s, want %s", v, got, want)
			}
		}
	}
	for _, v := range []int64{math.MaxInt64, math.MinInt64, lastSecond + 1, firstSecond - 1, 1e16} {
		if got := LikelyUnit(v); InYears(v) || got != "fits no usual unit" {
			t.Errorf("%d %s", v, got)
		}
	}
	for _, v := range []int64{0, -1, firstSecond, lastSecond, 43_831, 4_102_444_800} { // a serial day of Excel is a second, too
		if !InYears(v) {
			t.Errorf("%d is taken for no second", v)
		}
	}
}
