package eval

import (
	"fmt"
	"slices"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/internal/ranking"
	"github.com/stophacking/kelpie/analysis/number"
)

// A Window is the rows of one stretch of time. Counts are of rows; rates and means are
// weighted where the sample is, and NaN, shown as a dash, where they have no value.
type Window struct {
	From         time.Time // UTC; rows from here on, until the width is over
	N, Positives int
	MeanScore    float64
	Alerts       int     // rows above the threshold
	FalseAlarms  int     // of them, negative rows
	Recall       float64 // of the positive rows, those found
	Precision    float64 // of the alerts, those that are right
	AUC          float64 // within the window
}

// A Log is a sample's scores over time, to show as a table.
type Log struct {
	Windows   []Window // by time; those without rows are left out
	Width     time.Duration
	Rule      string
	Threshold float64
	Warnings  []Warning // of windows that lack something, and of the sample

	title string
}

// OverTime logs what the model does in each window of time, such as an hour or a day,
// at the threshold that the rule chooses on all rows. Windows begin at multiples of
// their width since 1970, UTC: days at midnight. It fails with [ErrNoTimes], with
// [ErrWidth] unless the width is whole seconds, 1 or more, and as [Sample.Operating]
// does. O(n).
func (s *Sample) OverTime(width time.Duration, rule Rule) (Log, error) {
	blocks, starts, err := s.blocks(width)
	if err != nil {
		return Log{}, err
	}
	if err := rule.check(s); err != nil {
		return Log{}, err
	}
	threshold, undefined := rule.choose(s.whole)
	out := Log{Width: width, Rule: rule.name, Threshold: threshold, title: "Over time, " + s.title()}
	if undefined != "" {
		return out, fmt.Errorf("eval: %s: %w: %s", rule.name, ErrOneClass, undefined)
	}
	out.Windows = make([]Window, len(starts))
	sums := make([]windowSums, len(starts))
	unit := ranking.Unit(s.whole.positives + s.whole.negatives)
	for i, b := range blocks {
		w, sum, weight := &out.Windows[b], &sums[b], s.weight(i)
		positive, above := s.labels[i] == 1, s.scores[i] > threshold
		w.N++
		sum.scores += weight * unit * s.scores[i]
		sum.weight += weight
		if positive {
			w.Positives++
		}
		if above {
			w.Alerts++
			sum.alerts += weight
		}
		switch {
		case above && positive:
			sum.found += weight
		case above:
			w.FalseAlarms++
		}
	}
	s.areas(blocks, sums, unit)
	noArea, noRecall, noPrecision := 0, 0, 0
	for b := range out.Windows {
		w, sum := &out.Windows[b], sums[b]
		w.From = time.Unix(starts[b], 0).UTC()
		w.MeanScore = sum.scores / (sum.weight * unit)
		w.Recall, w.Precision = sum.found/sum.positives, sum.found/sum.alerts
		w.AUC = sum.won / (sum.positives * unit * (sum.negatives * unit))
		if w.Positives == 0 || w.Positives == w.N {
			noArea++
		}
		if w.Positives == 0 {
			noRecall++
		}
		if w.Alerts == 0 {
			noPrecision++
		}
	}
	n := len(out.Windows)
	out.Warnings = slices.Concat(without(OneClass, noArea, n, "windows", "hold one class only", "AUC"),
		without(OneClass, noRecall, n, "windows", "hold no positive row", "recall"),
		without(NothingPredicted, noPrecision, n, "windows", "hold no alert", "precision"), s.notes)
	return out, nil
}

// A windowSums is the weights of one window; won is of the pairs of a positive and a
// negative row those that are in order.
type windowSums struct {
	scores, weight, alerts, found float64
	positives, negatives, won     float64
	tiedPositives, tiedNegatives  float64
}

// areas adds the classes and the pairs won of all windows in one pass over the ranks.
func (s *Sample) areas(blocks []int32, sums []windowSums, unit float64) {
	start := int32(0)
	for _, end := range s.ranks.Ends {
		rows := s.ranks.Order[start:end]
		for _, row := range rows {
			if s.labels[row] == 1 {
				sums[blocks[row]].tiedPositives += s.weight(int(row))
			} else {
				sums[blocks[row]].tiedNegatives += s.weight(int(row))
			}
		}
		for _, row := range rows {
			sum := &sums[blocks[row]] // the second row of a window finds nothing left
			sum.won += sum.tiedNegatives * unit * ((sum.positives + sum.tiedPositives/2) * unit)
			sum.positives += sum.tiedPositives
			sum.negatives += sum.tiedNegatives
			sum.tiedPositives, sum.tiedNegatives = 0, 0
		}
		start = end
	}
}

// HTML returns a table of one row a window.
func (l Log) HTML() (string, error) { return l.grid().HTML(), nil }

// Markdown returns a table of one row a window.
func (l Log) Markdown() (string, error) { return l.grid().Markdown(), nil }

// String returns the windows as lines of text.
func (l Log) String() string { return l.grid().String() }

func (l Log) grid() grid.Grid {
	layout := "2006-01-02 15:04"
	if l.Width%(24*time.Hour) == 0 {
		layout = time.DateOnly
	} else if l.Width%time.Minute != 0 {
		layout = time.DateTime
	}
	var rows [][]string
	for _, w := range l.Windows {
		rows = append(rows, []string{
			w.From.Format(layout), number.Count(w.N), number.Count(w.Positives), rate(w.MeanScore),
			number.Count(w.Alerts), number.Count(w.FalseAlarms), rate(w.Recall), rate(w.Precision), rate(w.AUC),
		})
	}
	var notes []string
	for _, w := range l.Warnings {
		notes = append(notes, w.Text)
	}
	return gridOf(fmt.Sprintf("%s; %s, threshold %s; windows of %s, UTC", l.title, l.Rule, short(l.Threshold), duration(l.Width)),
		[]string{"from", "n", "positives", "mean score", "alerts", "false alarms", "recall", "precision", "AUC"}, rows, notes)
}
