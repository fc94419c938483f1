package eval

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
)

// An Estimate is a metric of a sample and how far it may be off.
type Estimate struct {
	Metric       string
	Value        float64 // of the sample itself; NaN is undefined
	Lower, Upper float64 // the interval; NaN is undefined
}

// Intervals is what [Sample.Intervals] finds, to show as a table.
type Intervals struct {
	Estimates []Estimate // in the order of the metrics
	Bootstrap Bootstrap  // with its defaults filled in
	Blocks    int        // blocks of time that hold rows
	Warnings  []Warning

	title string
}

// Intervals computes metrics and their intervals; see [Bootstrap]. A metric that is
// undefined in the sample, or in more than half of the replicates, is NaN with a
// warning. It fails with [ErrBootstrap], [ErrNoTimes], [ErrWidth], and as
// [Sample.Measure] does for metrics that cannot be asked. The scores are sorted once;
// each replicate is one pass over them, on all processors.
func (s *Sample) Intervals(b Bootstrap, metrics ...Metric) (Intervals, error) {
	b, err := b.withDefaults()
	if err != nil {
		return Intervals{}, err
	}
	values, blocks, warnings, err := b.replicates([]*Sample{s}, metrics)
	if err != nil {
		return Intervals{}, err
	}
	out := Intervals{Bootstrap: b, Blocks: blocks, Warnings: append(warnings, s.notes...), title: "Metrics with intervals, " + s.title()}
	for k, m := range metrics {
		e := Estimate{Metric: m.name}
		e.Value, err = s.Measure(m)
		if err != nil { // though some replicates may have a value
			e.Lower, e.Upper = math.NaN(), math.NaN()
			out.Estimates, out.Warnings = append(out.Estimates, e), append(out.Warnings, undefinedWarning(err))
			continue
		}
		column := make([]float64, len(values))
		for r := range values {
			column[r] = values[r][0][k]
		}
		var warning []Warning
		e.Lower, e.Upper, warning = b.bounds(m.name, column, blocks)
		out.Warnings = append(out.Warnings, warning...)
		out.Estimates = append(out.Estimates, e)
	}
	return out, nil
}

// bounds is the interval of what the replicates found, and what is to be said of it.
func (b Bootstrap) bounds(name string, values []float64, blocks int) (lower, upper float64, warnings []Warning) {
	if blocks < 2 {
		return math.NaN(), math.NaN(), []Warning{{Undefined, name + ": all rows lie in one block, so there is no interval"}}
	}
	lower, upper, undefined := percentiles(values, b.Level)
	if undefined > 0 {
		text := fmt.Sprintf("%s: undefined in %s of %s replicates", name, number.Count(undefined), number.Count(len(values)))
		if math.IsNaN(lower) {
			text += ", so there is no interval"
		}
		warnings = append(warnings, Warning{Undefined, text})
	}
	return lower, upper, warnings
}

func undefinedWarning(err error) Warning { return Warning{Undefined, withoutPrefix(err)} }

// method says how the intervals came about.
func (b Bootstrap) method(blocks int) string {
	return fmt.Sprintf("%s intervals: %s draws of %s blocks of %s, seed %d", percent(b.Level), number.Count(b.Replicates), number.Count(blocks), duration(b.Block), b.Seed)
}

// HTML returns a table of one row a metric.
func (i Intervals) HTML() (string, error) { return i.grid().HTML(), nil }

// Markdown returns a table of one row a metric.
func (i Intervals) Markdown() (string, error) { return i.grid().Markdown(), nil }

// String returns the metrics as lines of text.
func (i Intervals) String() string { return i.grid().String() }

func (i Intervals) grid() grid.Grid {
	var rows [][]string
	for _, e := range i.Estimates {
		rows = append(rows, []string{e.Metric, rate(e.Value), ends(e.Lower, e.Upper)})
	}
	var notes []string
	for _, w := range i.Warnings {
		notes = append(notes, w.Text)
	}
	g := gridOf(i.title, []string{"metric", "value", "interval"}, rows, notes)
	g.Footer = i.Bootstrap.method(i.Blocks) + "."
	return g
}
