package nb

import (
	"fmt"
	"math"
	"time"

	"github.com/stophacking/kelpie/analysis/number"
)

// Timer measures how long a part of a cell takes. Make one with Time.
type Timer struct {
	label string
	start time.Time
}

// Time starts a timer. Kelpie's %time writes it into a cell:
//
//	defer nb.Time("training").Stop()
func Time(label string) Timer { return Timer{label, time.Now()} }

// Stop shows the wall-clock time since the start; the output is volatile.
func (t Timer) Stop() {
	elapsed := time.Since(t.start)
	deliver(bundle{text: labelled(t.label) + number.Lasting(elapsed.Seconds()), volatile: true}.cleaned())
}

// timeItRuns is how often TimeIt repeats its loop of calls.
const timeItRuns = 7

// TimeIt calls f again and again, for about a second or twice at the least, and
// shows what one call takes: mean and standard deviation (with n - 1) of up to seven
// runs, and the best run. Each run is a loop long enough to be measured. The output
// is volatile. What f shows or prints appears as often as f is called.
func TimeIt(label string, f func()) {
	const run = 100 * time.Millisecond
	loop := func(n int) time.Duration {
		start := time.Now()
		for range n {
			f()
		}
		return time.Since(start)
	}
	// The first calls find the number of calls that fills a run; they warm up too.
	n := 1
	took := loop(n)
	for took < run/10 {
		n *= 4
		took = loop(n)
	}
	n = max(1, int(float64(n)*run.Seconds()/took.Seconds()))
	runs := timeItRuns
	if took > run {
		runs = max(1, min(timeItRuns, int(time.Second/took)))
	}
	each := make([]float64, runs)
	for i := range each {
		each[i] = loop(n).Seconds() / float64(n)
	}
	deliver(bundle{text: labelled(label) + spread(each, n), volatile: true}.cleaned())
}

// spread puts the seconds a call took in each run of n calls into words.
func spread(each []float64, n int) string {
	mean, best := 0.0, math.Inf(1)
	for _, s := range each {
		mean += s / float64(len(each))
		best = min(best, s)
	}
	calls := number.Count(n) + " calls each"
	if n == 1 {
		calls = "1 call each"
	}
	if len(each) == 1 {
		return fmt.Sprintf("%s per call (1 run, %s)", number.Lasting(mean), calls)
	}
	squares := 0.0
	for _, s := range each {
		squares += (s - mean) * (s - mean)
	}
	deviation := math.Sqrt(squares / float64(len(each)-1))
	return fmt.Sprintf("%s ± %s per call (mean ± sd of %d runs, %s), best %s",
		number.Lasting(mean), number.Lasting(deviation), len(each), calls, number.Lasting(best))
}

// labelled returns the label as the start of a line.
func labelled(label string) string {
	if label == "" {
		return ""
	}
	return label + ": "
}
