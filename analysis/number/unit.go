package number

import (
	"math"
	"strconv"
	"time"
)

// A Unit says what the numbers of a column count. It changes how they are shown, and
// neither their type nor their values.
type Unit uint8

// The units.
const (
	Plain                 Unit = iota // numbers, shown as they are
	Counts                            // how many: separators after every three digits
	Shares                            // of 1: in percent
	SecondsSince1970                  // points in time, counted from 1970-01-01 00:00:00 UTC: dates in UTC
	MillisecondsSince1970             //
	MicrosecondsSince1970             //
	NanosecondsSince1970              //
	Seconds                           // durations: two digits, in the unit that suits
	Milliseconds                      //
	Microseconds                      //
	Nanoseconds                       //
)

var unitNames = [...]string{
	"", "counts", "shares", "seconds since 1970 UTC", "milliseconds since 1970 UTC", "microseconds since 1970 UTC", "nanoseconds since 1970 UTC",
	"seconds", "milliseconds", "microseconds", "nanoseconds",
}

// String names the unit; "" is plain.
func (u Unit) String() string {
	if int(u) < len(unitNames) {
		return unitNames[u]
	}
	return "unit(" + strconv.Itoa(int(u)) + ")"
}

// Difference is the unit of the difference of two values, and so of their standard
// deviation: of points in time a duration, otherwise the unit itself.
func (u Unit) Difference() Unit {
	if u.epoch() {
		return u + Seconds - SecondsSince1970
	}
	return u
}

// Dates reports whether values of the unit are shown as dates.
func (u Unit) Dates() bool { return u.epoch() }

func (u Unit) epoch() bool    { return SecondsSince1970 <= u && u <= NanosecondsSince1970 }
func (u Unit) duration() bool { return Seconds <= u && u <= Nanoseconds }

// perSecond is how many of the unit are a second.
func (u Unit) perSecond() float64 {
	if u.epoch() {
		u = u.Difference()
	}
	return math.Pow10(3 * int(u-Seconds))
}

// firstSecond and lastSecond are the first of the year 1 and the last of 9999: what
// lies outside is no date, and shown as the number it is.
const firstSecond, lastSecond = -62_135_596_800, 253_402_300_799

// date writes a point in time in UTC.
func (f Format) date(v float64) string {
	seconds := v / f.unit.perSecond()
	if !(firstSecond <= seconds && seconds <= lastSecond) {
		return Exact(v)
	}
	whole := math.Floor(seconds)
	fraction := v - whole*f.unit.perSecond() // of the unit
	t := time.Unix(int64(whole), int64(math.Round(fraction*1e9/f.unit.perSecond()))).UTC()
	layout := time.DateTime
	if f.decimals > 0 {
		layout += "." + "000000000"[:f.decimals]
	}
	resolution := time.Second / time.Duration(math.Pow10(f.decimals))
	return t.Round(resolution).Format(layout)
}

// fractionDigits is how many decimals of a second tell the points in time: 0, 3, 6 or
// 9, and no more than the unit has.
func fractionDigits(u Unit, values []float64) int {
	most := 3 * int(u-SecondsSince1970)
	needed := 0
	for _, v := range values {
		for needed < most && math.Mod(v, math.Pow10(most-needed)) != 0 && !math.IsNaN(v) && !math.IsInf(v, 0) {
			needed += 3
		}
	}
	return needed
}
