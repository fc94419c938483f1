package column

import "time"

// The first and the last second that a timestamp is taken to mean: of the year 1 and
// of the year 9999.
const firstSecond, lastSecond = -62_135_596_800, 253_402_300_799

// InYears reports whether a timestamp, in seconds since 1970, lies within the years 1
// to 9999. One that does not is in all likelihood of another unit.
func InYears(seconds int64) bool { return firstSecond <= seconds && seconds <= lastSecond }

// A unit is a way in which programs write points in time.
type unit struct {
	name      string
	perSecond int64
	zero      int64 // the second since 1970 that it counts from
}

// units are in no order: at most one of them makes a time of 1990 to 2100 of a number.
var units = []unit{
	{"milliseconds", 1e3, 0},
	{"microseconds", 1e6, 0},
	{"nanoseconds", 1e9, 0},
	{"units of 100 ns since 1601, as Windows counts", 1e7, -11_644_473_600},
}

// LikelyUnit continues a sentence about a number that is no second of [InYears]: what
// it looks like.
func LikelyUnit(value int64) string {
	for _, u := range units {
		if t := time.Unix(value/u.perSecond+u.zero, 0).UTC(); t.Year() >= 1990 && t.Year() < 2100 {
			return "looks like " + u.name + " (" + t.Format("2006-01-02 15:04:05") + ")"
		}
	}
	return "fits no usual unit"
}
