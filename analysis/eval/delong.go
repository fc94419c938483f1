package eval

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/internal/grid"
)

// An AUCTest is what [DeLong] finds, to show as a table.
type AUCTest struct {
	A, B          float64 // the areas
	Difference    float64 // A - B
	StandardError float64 // of the difference
	Lower, Upper  float64 // the difference's 95 % interval
	P             float64 // chance of a difference as large between equal models; NaN is undefined
	Noise         bool    // the interval holds 0: shown as ~
	Warnings      []Warning

	title string
}

// DeLong compares the areas under the ROC curves of two models on the same rows, by
// the test of DeLong, DeLong and Clarke-Pearson (1988), from ranks in O(n) as Sun and
// Xu (2014) do. It takes the rows for independent evidence, which the rows of one
// attack are not: where rows have times, believe [ComparePaired] before it.
//
// It fails with [ErrRows] if rows, labels, weights, times or days differ, with
// [ErrWeighted] if there are weights, with [ErrOneClass] unless each class has two rows
// or more, and with [ErrEmpty] where there is no sample.
func DeLong(a, b *Sample) (AUCTest, error) {
	for _, s := range []*Sample{a, b} {
		if err := s.check(); err != nil {
			return AUCTest{}, err
		}
	}
	if err := a.sameRows(b); err != nil {
		return AUCTest{}, err
	}
	if a.weights != nil {
		return AUCTest{}, fmt.Errorf("eval: %w", ErrWeighted)
	}
	positives, negatives := a.positives, a.Len()-a.positives
	if positives < 2 || negatives < 2 {
		return AUCTest{}, fmt.Errorf("eval: no test of DeLong: %w, or all but one: %d positive and %d negative rows", ErrOneClass, positives, negatives)
	}
	t := AUCTest{A: a.whole.AUC(), B: b.whole.AUC(), title: a.title()}
	t.Difference = t.A - t.B
	variance := 0.0
	ofA, ofB := a.placements(), b.placements()
	for class, n := range []int{negatives, positives} {
		sum := 0.0
		for i, label := range a.labels {
			if int(label) == class {
				d := ofA[i] - ofB[i] - t.Difference // the mean of either class's is the area
				sum += d * d
			}
		}
		variance += sum / float64(n-1) / float64(n)
	}
	t.StandardError = math.Sqrt(variance)
	if t.StandardError < rounding {
		t.StandardError = 0
	}
	const z = 1.959963984540054 // the normal distribution's quantile of 0.975
	t.Lower, t.Upper = t.Difference-z*t.StandardError, t.Difference+z*t.StandardError
	t.Noise = t.Lower <= 0 && t.Upper >= 0
	for _, c := range []struct {
		name string
		of   *Sample
	}{{"A", a}, {"B", b}} {
		for _, w := range c.of.notes {
			t.Warnings = append(t.Warnings, Warning{w.Code, c.name + ": " + w.Text})
		}
	}
	switch {
	case t.Difference == 0:
		t.P = 1
	case t.StandardError == 0:
		t.P = math.NaN()
		t.Warnings = append(t.Warnings, Warning{Undefined, "the difference is the same for all rows, so its standard error is 0 and there is no p"})
	default:
		t.P = math.Erfc(math.Abs(t.Difference) / t.StandardError / math.Sqrt2)
	}
	return t, nil
}

// rounding is what shares that should be equal may differ by. A standard error of rows
// that do differ is greater: a half pair of all, over all rows.
const rounding = 1e-15

// placements are of each row the share of the other class's rows that its score is on
// the right side of, ties counting half. For each class their mean is the AUC.
func (s *Sample) placements() []float64 {
	shares := make([]float64, s.Len())
	v := s.whole
	abovePositives, belowNegatives := 0.0, v.negatives
	start := int32(0)
	for k, end := range s.ranks.Ends {
		belowNegatives -= v.Negatives[k]
		ofPositive := (belowNegatives + v.Negatives[k]/2) / v.negatives
		ofNegative := (abovePositives + v.Positives[k]/2) / v.positives
		for _, row := range s.ranks.Order[start:end] {
			if s.labels[row] == 1 {
				shares[row] = ofPositive
			} else {
				shares[row] = ofNegative
			}
		}
		abovePositives += v.Positives[k]
		start = end
	}
	return shares
}

// HTML returns the test as a table of one row.
func (t AUCTest) HTML() (string, error) { return t.grid().HTML(), nil }

// Markdown returns the test as a table of one row.
func (t AUCTest) Markdown() (string, error) { return t.grid().Markdown(), nil }

// String returns the test as lines of text.
func (t AUCTest) String() string { return t.grid().String() }

func (t AUCTest) grid() grid.Grid {
	var notes []string
	for _, w := range t.Warnings {
		notes = append(notes, w.Text)
	}
	g := gridOf("Test of DeLong, "+t.title, []string{"", "A", "B", "difference", "95 % interval", "standard error", "p"}, [][]string{{
		"AUC", rate(t.A), rate(t.B), difference(t.Difference, t.Noise), signedInterval(t.Lower, t.Upper), short(t.StandardError), chance(t.P),
	}}, notes)
	g.Footer = noiseFooter
	return g
}
