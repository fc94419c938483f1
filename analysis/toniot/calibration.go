package toniot

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// A Figure compares one figure of a data set with the published one.
type Figure struct {
	Group  string // what it belongs to, such as "process State"
	Name   string
	Target float64 // published; counts are scaled as the stand-in is
	Got    float64
	Bound  float64 // how far Got may be from Target
	OK     bool
}

// A Calibration says how near a data set comes to what has been published about
// TON_IoT.
type Calibration struct {
	Origins Origins // of the files that were read
	Scale   float64 // of the stand-in; 1 for others
	Figures []Figure
}

// OK reports whether every figure is within its bound.
func (c Calibration) OK() bool { return len(c.Missed()) == 0 }

// Missed returns the figures that are out of bounds.
func (c Calibration) Missed() []Figure {
	var missed []Figure
	for _, f := range c.Figures {
		if !f.OK {
			missed = append(missed, f)
		}
	}
	return missed
}

// Add appends a figure and says whether it is within its bound. What needs a
// trainer, such as the signal that is left without ts, is added by its callers.
func (c *Calibration) Add(group, name string, target, got, bound float64) {
	ok := math.Abs(got-target) <= bound // false for NaN
	c.Figures = append(c.Figures, Figure{group, name, target, got, bound, ok})
}

// String is a table of all figures; those out of bounds are marked.
func (c Calibration) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, c.Origins)
	if c.Scale > 0 && c.Scale != 1 {
		fmt.Fprintf(&b, "counts are compared with the published ones times %g\n", c.Scale)
	}
	group := ""
	for _, f := range c.Figures {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&b, "\n%-32s %14s %14s %12s\n", group, "published", "here", "within")
		}
		mark := ""
		if !f.OK {
			mark = "  OUT"
		}
		fmt.Fprintf(&b, "  %-30s %14s %14s %12s%s\n", f.Name, short(f.Target), short(f.Got), short(f.Bound), mark)
	}
	fmt.Fprintf(&b, "\n%d figures, %d out of bounds\n", len(c.Figures), len(c.Missed()))
	return b.String()
}

// short prints whole numbers whole and others to five digits.
func short(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.5g", v)
}

// Report reads the data set in dir, which may be the stand-in or TON_IoT, and
// compares it with the published figures: row, class and value counts, formats
// and flaws, invariants, the clock, describe() statistics, class means and
// correlations. The bounds are those of a stand-in of at least a hundredth of
// the full size. Above scale 1 the same figures are compared: counts times the
// scale, rows in a second times the number of stand-ins, all others as they are.
// It reads 256 MB in about five seconds at scale 1, and holds the numbers of one
// activity in memory; both grow with the scale.
func Report(ctx context.Context, dir string) (Calibration, error) {
	c := Calibration{Scale: 1}
	for _, a := range []Activity{ProcessActivity, MemoryActivity} {
		paths, err := FindIn(dir, a)
		if err != nil {
			return Calibration{}, err
		}
		for _, path := range paths {
			o, err := Identify(path)
			if err != nil {
				return Calibration{}, err
			}
			if o.Kind == SyntheticOrigin {
				c.Scale = o.Scale
			}
			c.Origins = append(c.Origins, o)
		}
		s, err := survey(ctx, a, paths)
		if err != nil {
			return Calibration{}, err
		}
		if a == ProcessActivity {
			c.compare("process", s, processTargets)
		} else {
			c.compare("memory", s, memoryTargets)
		}
	}
	return c, nil
}

// countBound is how far a count may be off that is target at full size. If slack
// is 0 the stand-ins of full size are exact; the rest may be off by rounding,
// and by chance where it is drawn.
func countBound(target, slack, scale float64) float64 {
	bound := slack * target * scale
	if rest := scale - math.Floor(scale); rest > 0 {
		bound += 3 + 4*math.Sqrt(target*rest*min(1, slack*1000))
	}
	return bound
}

// compare adds the figures of one activity.
func (c *Calibration) compare(activity string, s *sample, t targets) {
	group := func(name string) string { return activity + " " + name }
	count := func(in, name string, target, got, slack float64) {
		c.Add(group(in), name, target*c.Scale, got, countBound(target, slack, c.Scale))
	}

	count("rows", "rows", t.rows, float64(s.rows), 0)
	for _, v := range t.counts {
		count(v.column, v.value, v.rows, float64(s.counts[v.column][v.value]), v.slack)
	}
	for _, v := range t.attacks {
		count("attacks by "+v.column, v.value, v.rows, float64(s.attacks[v.column][v.value]), v.slack)
	}
	for _, v := range t.flaws {
		count("flaws", v.column+" "+v.value, v.rows, float64(s.counts["flaw "+v.column][v.value]), v.slack)
	}
	if c.Scale >= 1 {
		c.Add(group("CMD"), "distinct", t.distinct, float64(len(s.counts["CMD"])), 0)
	}
	for _, name := range t.never {
		c.Add(group("rows that break a rule"), name, 0, float64(s.counts["broken"][name]), 0)
	}
	c.Add(group("clock"), "first ts", t.first, float64(s.first), 0)
	c.Add(group("clock"), "last ts", t.last, float64(s.last), 0)
	c.Add(group("clock"), "attacks outside the band", 0, float64(s.outside), 0)
	c.Add(group("clock"), "share of steps of 5 s", 1, float64(s.steps)/float64(max(1, s.rows-1)), .03)
	copies := math.Ceil(c.Scale) // stand-ins side by side
	c.Add(group("clock"), "most rows in a second", 3*copies, float64(s.busiest()), 2*copies)

	mean, deviation := moments(s.column("ts"))
	c.Add(group("clock"), "ts mean", t.tsMean, mean, 80_000)
	c.Add(group("clock"), "ts stddev", t.tsDeviation, deviation, 40_000)
	for i, q := range quartiles(s.column("ts")) {
		c.Add(group("clock"), fmt.Sprintf("ts %d%%", 25*(i+1)), t.tsQuartiles[i], q, 40_000)
	}

	// Moments of a smaller sample stray further, above all those of columns
	// that rest on a handful of rows. Those of a larger one do not come nearer:
	// what is left is what the stand-in does not know.
	wide := 1 / math.Sqrt(min(1, c.Scale))
	for _, d := range t.described {
		col := s.column(d.name)
		mean, deviation := moments(col)
		c.Add(group("describe"), d.name+" mean", d.mean, mean, math.Abs(d.mean)*d.meanSlack*wide)
		c.Add(group("describe"), d.name+" stddev", d.deviation, deviation, d.deviation*d.deviationSlack*wide)
		if d.quartiles != ([3]float64{}) {
			for i, q := range quartiles(col) {
				c.Add(group("describe"), fmt.Sprintf("%s %d%%", d.name, 25*(i+1)), d.quartiles[i], q, d.quartileSlack*max(10, d.quartiles[i]))
			}
		}
	}
	for _, d := range t.described {
		normal, attack := s.classMeans(s.column(d.name))
		c.Add(group("class means"), d.name+" attack", d.attack, attack, .4*math.Abs(d.attack)*wide)
		c.Add(group("class means"), d.name+" normal", d.normal, normal, .4*math.Abs(d.normal)*wide)
	}
	for _, r := range t.correlations {
		c.Add(group("correlation"), r.a+" "+r.b, r.r, correlation(s.column(r.a), s.column(r.b)), max(.05, .65*math.Abs(r.r))*wide)
	}
}
