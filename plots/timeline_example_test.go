package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/plots"
)

// stagings counts the rows of 30 days by hour, with attacks of five kinds in it.
func stagings() plots.Timeline {
	const start = 1555200000 // 14 April 2019, 00:00 UTC
	f := plots.Timeline{
		Title:   "Five attacks in five days, one of them of 23 rows",
		Lanes:   true,
		Caption: "Synthetic data",
	}
	add := func(hour int, kind string, rows float64) {
		f.Times = append(f.Times, start+3600*float64(hour))
		f.Kinds = append(f.Kinds, kind)
		f.Rows = append(f.Rows, math.Floor(rows))
	}
	for hour := range 30 * 24 {
		day := 1 + 0.6*math.Sin(2*math.Pi*float64(hour%24-9)/24)
		add(hour, "normal", 2600*day*(1+0.3*math.Sin(float64(hour)/50)))
	}
	for _, a := range []struct {
		kind     string
		from, to int
		rows     float64
	}{{"scanning", 247, 262, 5200}, {"xss", 284, 290, 3900}, {"ddos", 320, 336, 8000}, {"password", 340, 350, 4400}, {"mitm", 352, 352, 23}} {
		for hour := a.from; hour <= a.to; hour++ {
			add(hour, a.kind, a.rows*(1-0.3*math.Abs(math.Sin(float64(hour)))*float64(min(1, a.to-a.from))))
		}
	}
	return f
}

func ExampleTimeline() {
	fmt.Println(stagings())
	// Output:
	// Timeline “Five attacks in five days, one of them of 23 rows”: 2,160,539 rows in bins of an hour from 2019-04-14 00:00:00 to 2019-05-14 00:00:00; normal 1,921,905 rows from 2019-04-14 00:00:00 to 2019-05-14 00:00:00, at most 5,403 in an hour; scanning 66,782 rows from 2019-04-24 07:00:00 to 2019-04-24 23:00:00, at most 4,911 in an hour; xss 22,094 rows from 2019-04-25 20:00:00 to 2019-04-26 03:00:00, at most 3,868 in an hour; ddos 111,159 rows from 2019-04-27 08:00:00 to 2019-04-28 01:00:00, at most 7,978 in an hour; password 38,576 rows from 2019-04-28 04:00:00 to 2019-04-28 15:00:00, at most 4,031 in an hour; mitm 23 rows from 2019-04-28 16:00:00 to 2019-04-28 17:00:00, at most 23 in an hour.
}
