package eval

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
)

// A Bin is the rows whose probability lies above From and not above To; the first
// also has those of 0. Means are weighted where the sample is, and NaN, shown as a
// dash, where the bin has no rows.
type Bin struct {
	From, To     float64
	N, Positives int
	Predicted    float64 // mean probability
	Observed     float64 // share of positive rows
	Lower, Upper float64 // Observed's 95 % interval by Wilson, as if rows were independent and not weighted
}

// A Calibration says whether probabilities are what they say, to show as a
// reliability table.
type Calibration struct {
	Bins []Bin // ascending, from 0 to 1, all of one width

	N, Positives     int
	Prevalence       float64
	MeanProbability  float64 // of a calibrated model the prevalence
	Brier            float64 // as the metric [Brier]
	BrierOfConstant  float64 // of always giving the prevalence
	LogLoss          float64 // as the metric [LogLoss]
	CalibrationError float64 // mean over the rows of |Predicted - Observed| of their bin
	Correction       string  // how the probabilities were corrected; "" is not
	Warnings         []Warning

	title string
}

// Calibration compares probabilities with what came true, in bins of one width, for
// example 10: bin k of n holds those above k/n up to (k+1)/n, as scikit-learn's
// calibration_curve. It fails with [ErrProbability] if a score lies outside [0, 1] and
// with [ErrBins] for a number of bins outside 1 to 10,000. O(n).
func (s *Sample) Calibration(bins int) (Calibration, error) {
	if err := s.check(); err != nil {
		return Calibration{}, err
	}
	v := s.whole
	if bins < 1 || bins > 10_000 {
		return Calibration{}, fmt.Errorf("eval: %w: %d", ErrBins, bins)
	}
	if !v.probable() {
		return Calibration{}, fmt.Errorf("eval: no calibration: %w", ErrProbability)
	}
	p := v.prevalence()
	c := Calibration{
		N: s.Len(), Positives: s.positives, Prevalence: p, Brier: brier(v), BrierOfConstant: p * (1 - p), LogLoss: logLoss(v),
		Correction: s.correction, title: s.title(),
	}
	edges := make([]float64, bins)
	for k := range edges {
		edges[k] = float64(k+1) / float64(bins)
		c.Bins = append(c.Bins, Bin{From: float64(k) / float64(bins), To: edges[k]})
	}
	total, positive := make([]float64, bins), make([]float64, bins)
	certain := 0
	for i, score := range s.scores {
		k, w := min(sort.SearchFloat64s(edges, score), bins-1), s.weight(i)
		c.Bins[k].N++
		c.Bins[k].Positives += int(s.labels[i])
		c.Bins[k].Predicted += w * score
		positive[k] += w * s.labels[i]
		total[k] += w
		if math.Abs(score-s.labels[i]) == 1 {
			certain++
		}
	}
	sum := v.positives + v.negatives
	empty := 0
	for k := range c.Bins {
		b := &c.Bins[k]
		c.MeanProbability += b.Predicted / sum
		b.Predicted, b.Observed = b.Predicted/total[k], positive[k]/total[k]
		b.Lower, b.Upper = number.Wilson(ratio(b.Positives, b.N), float64(b.N))
		if b.N == 0 {
			empty++
		} else {
			c.CalibrationError += math.Abs(b.Predicted-b.Observed) * total[k] / sum
		}
	}
	if certain > 0 {
		c.Warnings = append(c.Warnings, Warning{CertainAndWrong, fmt.Sprintf("%s rows have probability 0 or 1 and the other label; the log-loss takes 2^-52 for their 0", number.Count(certain))})
	}
	c.Warnings = slices.Concat(c.Warnings, without(Undefined, empty, bins, "bins", "hold no row", "mean and share"), s.notes)
	return c, nil
}

// HTML returns the reliability table, one row a bin.
func (c Calibration) HTML() (string, error) { return c.grid().HTML(), nil }

// Markdown returns the reliability table, one row a bin.
func (c Calibration) Markdown() (string, error) { return c.grid().Markdown(), nil }

// String returns the reliability table as lines of text.
func (c Calibration) String() string { return c.grid().String() }

func (c Calibration) grid() grid.Grid {
	var rows [][]string
	var to []float64
	for _, b := range c.Bins {
		to = append(to, b.To)
	}
	edges := number.Plain.Format(to)
	for _, b := range c.Bins {
		rows = append(rows, []string{edges.Text(b.From) + " to " + edges.Text(b.To), number.Count(b.N), number.Count(b.Positives), rate(b.Predicted), rate(b.Observed), ends(b.Lower, b.Upper)})
	}
	var notes []string
	for _, w := range c.Warnings {
		notes = append(notes, w.Text)
	}
	g := gridOf("Reliability, "+c.title, []string{"probability", "n", "positives", "mean predicted", "observed", "95 % interval"}, rows, notes)
	g.Footer = fmt.Sprintf("Mean probability %s; Brier score %s (always the prevalence: %s); log-loss %s; calibration error %s.",
		rate(c.MeanProbability), rate(c.Brier), rate(c.BrierOfConstant), rate(c.LogLoss), rate(c.CalibrationError))
	return g
}
