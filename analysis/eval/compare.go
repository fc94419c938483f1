package eval

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Named is a report and whose it is.
type Named struct {
	Name   string
	Report Report
}

// A Comparison is reports side by side, to show as one table.
type Comparison struct {
	Reports []Named // in the order given
}

// Compare puts reports side by side, with what a constant answer would have got on
// the same rows. The models should have been scored on the same rows: where their
// numbers of rows or positives differ the table says so.
func Compare(reports ...Named) Comparison { return Comparison{Reports: reports} }

// HTML returns a table of one row a model and one a constant answer. Names are
// escaped.
func (c Comparison) HTML() (string, error) { return c.grid().HTML(), nil }

// Markdown returns the table in GitHub's notation.
func (c Comparison) Markdown() (string, error) { return c.grid().Markdown(), nil }

// String returns the table as lines of text.
func (c Comparison) String() string { return c.grid().String() }

// HTML returns the report as a table of one row.
func (r Report) HTML() (string, error) { return r.grid().HTML(), nil }

// Markdown returns the report as a table of one row.
func (r Report) Markdown() (string, error) { return r.grid().Markdown(), nil }

// String returns the report as lines of text.
func (r Report) String() string { return r.grid().String() }

var columns = []string{"AUC", "accuracy", "recall", "precision", "TP", "FP", "FN", "TN"}

func (r Report) cells() []string {
	return []string{
		rate(r.AUC), rate(r.Accuracy), rate(r.Recall), rate(r.Precision),
		strconv.Itoa(r.TP), strconv.Itoa(r.FP), strconv.Itoa(r.FN), strconv.Itoa(r.TN),
	}
}

func (r Report) grid() grid.Grid {
	g := Compare(Named{"model", r}).grid()
	for i, note := range g.Notes {
		g.Notes[i] = strings.TrimPrefix(note, "model: ")
	}
	return g
}

func (c Comparison) grid() grid.Grid {
	head := append([]string{"model"}, columns...)
	if len(c.Reports) == 0 {
		return gridOf("No models", head, nil, nil)
	}
	first := c.Reports[0].Report
	sameRows, sameThreshold := true, true
	for _, n := range c.Reports {
		sameRows = sameRows && n.Report.N == first.N && n.Report.Positives == first.Positives
		sameThreshold = sameThreshold && n.Report.Threshold == first.Threshold
	}
	of := func(r Report) string {
		text := fmt.Sprintf("n = %d, positives = %d (%s)", r.N, r.Positives, percent(r.Prevalence))
		if r.Weighted {
			text += ", weighted"
		}
		return text
	}
	var rows [][]string
	var notes []string
	title := of(first)
	if !sameRows {
		title = "Different rows: see below"
		notes = append(notes, "the models were scored on different rows and cannot be compared directly")
	}
	if sameThreshold {
		title += ", predicted 1 where the score is above " + number(first.Threshold)
	} else {
		title += ", thresholds differ"
	}
	for _, n := range c.Reports {
		name := n.Name
		if !sameThreshold {
			name += " > " + number(n.Report.Threshold)
		}
		rows = append(rows, append([]string{name}, n.Report.cells()...))
	}
	seen := make(map[[2]int]bool)
	for _, n := range c.Reports {
		r := n.Report
		if seen[[2]int{r.N, r.Positives}] {
			continue
		}
		seen[[2]int{r.N, r.Positives}] = true
		name := fmt.Sprintf("always %d", r.majority())
		if !sameRows {
			name += ", " + of(r)
		}
		rows = append(rows, append([]string{name}, r.constant().cells()...))
	}
	for _, n := range c.Reports {
		if !sameRows {
			notes = append(notes, visible.Text(n.Name)+": "+of(n.Report))
		}
	}
	for _, n := range c.Reports {
		if n.Report.Correction != "" {
			notes = append(notes, visible.Text(n.Name)+": "+n.Report.Correction)
		}
		for _, w := range n.Report.Warnings {
			notes = append(notes, visible.Text(n.Name)+": "+w.Text)
		}
	}
	return gridOf(title, head, rows, notes)
}

// constant is the report of always giving the more frequent label.
func (r Report) constant() Report {
	negatives := r.N - r.Positives
	k := Report{N: r.N, Positives: r.Positives, FN: r.Positives, TN: negatives, AUC: 0.5, Accuracy: r.Baseline}
	if r.majority() == 1 {
		k.TP, k.FN, k.FP, k.TN = r.Positives, 0, negatives, 0
	}
	if r.Positives == 0 || negatives == 0 {
		k.AUC = math.NaN()
	}
	k.Recall, k.Precision = ratio(k.TP, k.Positives), math.NaN()
	if k.TP+k.FP > 0 {
		k.Precision = r.Prevalence
	}
	return k
}
