package eval

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Contender is a model's name and its predictions.
type Contender struct {
	Name   string
	Sample *Sample
}

// A Difference is what a model's metric has more than that of the first model.
type Difference struct {
	Name         string // the model
	Metric       string
	Value        float64 // NaN is undefined
	Difference   float64 // to the first model's Value; NaN for the first model itself
	Lower, Upper float64 // the difference's interval
	Noise        bool    // the interval holds 0, or there is none: shown as ~
	P            float64 // of an AUC by [DeLong]; NaN where it has none
}

// A Paired is what [ComparePaired] finds, to show as a table.
type Paired struct {
	Differences []Difference // by metric, then by model, in the orders given
	First       string       // the model that the others are compared with
	Bootstrap   Bootstrap    // with its defaults filled in
	Blocks      int          // blocks of time that hold rows
	Warnings    []Warning

	title string
}

// ComparePaired compares models with the first, on the same rows: every draw of blocks
// is the same for all models, so that what makes rows easy or hard cancels out. A
// difference whose interval holds 0 is within noise and shown as ~. After
// [Sample.CorrectPrevalence] compare only samples that are all corrected alike; a
// warning says where they are not.
//
// It fails with [ErrEmpty] without models, with [ErrRows] if their rows, labels,
// weights, times or days differ, and as [Sample.Intervals] does. Each replicate is one pass
// over the scores of each model, on all processors.
func ComparePaired(b Bootstrap, metrics []Metric, contenders ...Contender) (Paired, error) {
	b, err := b.withDefaults()
	if err != nil {
		return Paired{}, err
	}
	if len(contenders) == 0 {
		return Paired{}, fmt.Errorf("eval: %w: there are no models", ErrEmpty)
	}
	first := contenders[0].Sample
	var samples []*Sample
	for _, c := range contenders {
		if c.Sample.check() != nil {
			return Paired{}, fmt.Errorf("eval: %w: %q has no sample", ErrEmpty, c.Name)
		}
		if err := first.sameRows(c.Sample); err != nil {
			return Paired{}, fmt.Errorf("%w: %q and %q", err, contenders[0].Name, c.Name)
		}
		samples = append(samples, c.Sample)
	}
	values, blocks, warnings, err := b.replicates(samples, metrics)
	if err != nil {
		return Paired{}, err
	}
	out := Paired{First: contenders[0].Name, Bootstrap: b, Blocks: blocks, Warnings: warnings, title: "Differences to " + named(contenders[0].Name) + first.size()}
	for k, m := range metrics {
		for i, c := range contenders {
			d, warnings := b.difference(m, k, i, values, blocks, contenders)
			if i == 0 {
				d.Difference, d.Lower, d.Upper, d.P, d.Noise = math.NaN(), math.NaN(), math.NaN(), math.NaN(), false
			}
			if _, err := c.Sample.Measure(m); err != nil {
				warnings = []Warning{{Undefined, visible.Text(c.Name) + ": " + withoutPrefix(err)}}
			} else if i == 0 {
				warnings = nil
			}
			out.Differences = append(out.Differences, d)
			out.Warnings = append(out.Warnings, warnings...)
		}
	}
	for _, c := range contenders {
		if c.Sample.correction != first.correction {
			out.Warnings = append(out.Warnings, Warning{MixedCorrections, visible.Text(c.Name) + ": its probabilities are not corrected as those of " + visible.Text(out.First) + " are, so only what depends on the order of scores can be compared"})
		}
		for _, w := range c.Sample.notes {
			out.Warnings = append(out.Warnings, Warning{w.Code, visible.Text(c.Name) + ": " + w.Text})
		}
	}
	return out, nil
}

// difference is what contender i has more than the first of metric m, the k-th.
func (b Bootstrap) difference(m Metric, k, i int, values [][][]float64, blocks int, contenders []Contender) (Difference, []Warning) {
	first, s := contenders[0].Sample, contenders[i].Sample
	d := Difference{Name: contenders[i].Name, Metric: m.name, Value: m.of(s.whole), P: math.NaN()}
	d.Difference = d.Value - m.of(first.whole)
	if math.IsNaN(d.Difference) { // though some replicates may have one
		d.Lower, d.Upper, d.Noise = math.NaN(), math.NaN(), true
		return d, nil
	}
	column := make([]float64, len(values))
	for r := range values {
		column[r] = values[r][i][k] - values[r][0][k]
	}
	var warnings []Warning
	d.Lower, d.Upper, warnings = b.bounds(visible.Text(contenders[i].Name)+", "+m.name, column, blocks)
	d.Noise = !(d.Lower > 0 || d.Upper < 0)
	if m.name == AUC.name {
		test, err := DeLong(s, first)
		if err != nil {
			return d, append(warnings, Warning{Undefined, visible.Text(d.Name) + ", AUC: no p: " + withoutPrefix(err)})
		}
		d.P = test.P
		for _, w := range test.Warnings {
			if w.Code == Undefined {
				warnings = append(warnings, Warning{w.Code, visible.Text(d.Name) + ", AUC: " + w.Text})
			}
		}
	}
	return d, warnings
}

// sameRows says whether two samples are of the same rows.
func (s *Sample) sameRows(o *Sample) error {
	for _, c := range []struct {
		what string
		same bool
	}{
		{"numbers", s.Len() == o.Len()}, {"labels", slices.Equal(s.labels, o.labels)}, {"weights", slices.Equal(s.weights, o.weights)},
		{"times", slices.Equal(s.times, o.times)}, {"days", s.days == o.days && s.share == o.share}, {"rows", slices.Equal(s.rows, o.rows)},
	} {
		if !c.same {
			return fmt.Errorf("eval: %w: their %s differ", ErrRows, c.what)
		}
	}
	return nil
}

func withoutPrefix(err error) string { return strings.TrimPrefix(err.Error(), "eval: ") }

const noiseFooter = "~: the interval holds 0, so the difference is within noise."

// difference writes a difference with its sign, or ~.
func difference(d float64, noise bool) string {
	switch {
	case math.IsNaN(d):
		return "–"
	case noise:
		return "~"
	}
	return signed(d)
}

func signed(d float64) string {
	text := strconv.FormatFloat(d, 'f', 4, 64)
	if d >= 0 {
		text = "+" + text
	}
	return text
}

func signedInterval(lower, upper float64) string {
	if math.IsNaN(lower) || math.IsNaN(upper) {
		return "–"
	}
	return signed(lower) + " to " + signed(upper)
}

// HTML returns a table of one row a metric and model.
func (p Paired) HTML() (string, error) { return p.grid().HTML(), nil }

// Markdown returns a table of one row a metric and model.
func (p Paired) Markdown() (string, error) { return p.grid().Markdown(), nil }

// String returns the differences as lines of text.
func (p Paired) String() string { return p.grid().String() }

func (p Paired) grid() grid.Grid {
	var rows [][]string
	for _, d := range p.Differences {
		rows = append(rows, []string{d.Name, d.Metric, rate(d.Value), difference(d.Difference, d.Noise), signedInterval(d.Lower, d.Upper), chance(d.P)})
	}
	var notes []string
	for _, w := range p.Warnings {
		notes = append(notes, w.Text)
	}
	g := gridOf(p.title, []string{"model", "metric", "value", "difference to " + p.First, "interval", "p by DeLong"}, rows, notes)
	g.Columns[1].Right = false
	g.Footer = p.Bootstrap.method(p.Blocks) + ", the same for all models. " + noiseFooter
	return g
}
