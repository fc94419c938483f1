package number

import (
	"math"
	"strconv"
	"time"
)

// Duration writes a duration in two significant digits, in the unit that suits it:
// 0.21 s, 35 ms, 1.5 h, 8.7 days.
func Duration(d time.Duration) string { return Lasting(d.Seconds()) }

// steps are the units of durations, each from how many seconds on.
var steps = []struct {
	from, seconds float64
	name          string
}{
	{24 * 60 * 60, 24 * 60 * 60, "days"}, {60 * 60, 60 * 60, "h"}, {60, 60, "min"}, {0.1, 1, "s"}, {1e-4, 1e-3, "ms"}, {1e-7, 1e-6, "µs"}, {0, 1e-9, "ns"},
}

// Lasting is [Duration] of a number of seconds, which may be NaN or infinite, and then
// is written by name. Hundred or more of the greatest unit are written in full.
func Lasting(s float64) string {
	a := math.Abs(s)
	if a == 0 {
		return "0 s"
	}
	if math.IsNaN(s) || math.IsInf(s, 0) {
		return Exact(s)
	}
	for k, step := range steps {
		if a < step.from {
			// What rounds to a whole one of the greater unit is written in that.
			continue
		}
		text := twoDigits(a / step.seconds)
		if k > 0 {
			if v, _ := strconv.ParseFloat(text, 64); v*step.seconds >= steps[k-1].from {
				step = steps[k-1]
				text = twoDigits(v * steps[k].seconds / step.seconds)
			}
		}
		if s < 0 {
			text = "-" + text
		}
		return text + " " + step.name
	}
	return Exact(s) // no number comes here
}

// twoDigits writes a positive number in two significant digits, from a hundred on as a
// whole number with separators.
func twoDigits(a float64) string {
	if a >= 99.5 {
		return separated(strconv.FormatFloat(a, 'f', 0, 64))
	}
	if a < 1e-9 {
		return strconv.FormatFloat(a, 'g', 2, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(a, 'e', 1, 64), 64)
	return strconv.FormatFloat(rounded, 'f', max(0, 1-exponent(rounded)), 64)
}
