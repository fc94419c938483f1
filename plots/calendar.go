package plots

import (
	"fmt"
	"time"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

const day = 24 * 60 * 60 // seconds

// timeTicks is how many ticks a time axis has at most, or so.
const timeTicks = 7

// clockSteps are the distances of ticks on a time axis up to two weeks, in seconds.
var clockSteps = []int64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
	3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, day, 2 * day, 7 * day, 14 * day}

// monthSteps are the longer ones, in months.
var monthSteps = []int{1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200}

// timeLimit keeps seconds inside the years that the calendar can write.
const timeLimit = 250_000_000_000 // about the year 9890

// timeAxis is an axis of seconds since 1970 (UTC) with at most n ticks or so, at
// full minutes, hours, days, months or years. Its label says the year and the zone.
func timeAxis(label string, s span, n int) (scene.Axis, error) {
	if s.lo < -timeLimit/4 || s.hi > timeLimit {
		return scene.Axis{}, fmt.Errorf("plots: a time axis from %g to %g: values are not seconds since 1970", s.lo, s.hi)
	}
	lo, hi := int64(s.lo), int64(s.hi)
	first, last := time.Unix(lo, 0).UTC(), time.Unix(hi, 0).UTC()
	years := first.Format("2006")
	if last.Year() != first.Year() {
		years += "–" + last.Format("2006")
	}
	axis := scene.Axis{Min: s.lo, Max: s.hi, Grid: true}
	axis.Label = clean(label + " (UTC, " + years + ")")

	for _, step := range clockSteps {
		if (hi-lo)/step > int64(n) {
			continue
		}
		layout := "15:04:05"
		switch {
		case step >= day:
			layout = "2 Jan"
		case last.YearDay() != first.YearDay() || hi-lo >= day:
			layout = "2 Jan 15:04"
		case step >= 60:
			layout = "15:04"
		}
		for at := lo - lo%step; at <= hi; at += step {
			if at >= lo {
				axis.Ticks = append(axis.Ticks, scene.Tick{At: float64(at), Label: time.Unix(at, 0).UTC().Format(layout)})
			}
		}
		return axis, nil
	}
	months := (last.Year()-first.Year())*12 + int(last.Month()-first.Month())
	step := monthSteps[len(monthSteps)-1]
	for _, candidate := range monthSteps {
		if months/candidate <= n {
			step = candidate
			break
		}
	}
	layout := "Jan 2006"
	if step >= 12 {
		layout = "2006"
	}
	year, month := first.Year(), 1
	if step > 12 {
		year -= year % (step / 12)
	}
	for at := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC); !at.After(last); at = at.AddDate(0, step, 0) {
		if !at.Before(first) {
			axis.Ticks = append(axis.Ticks, scene.Tick{At: float64(at.Unix()), Label: at.Format(layout)})
		}
	}
	return axis, nil
}

// date writes seconds since 1970 for a summary.
func date(seconds float64) string {
	return time.Unix(int64(seconds), 0).UTC().Format("2006-01-02 15:04:05")
}
