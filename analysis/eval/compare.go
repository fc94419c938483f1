package eval

import (
	"fmt"
	"math"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
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

var measures = []string{"AUC", "accuracy", "recall", "precision", "TP", "FP", "FN", "TN"}

func (r Report) cells() []string {
	return []string{
		rate(r.AUC), rate(r.Accuracy), rate(r.Recall), rate(r.Precision),
		number.Count(r.TP), number.Count(r.FP), number.Count(r.FN), number.Count(r.TN),
	}
}

func (r Report) grid() grid.Grid {
	name := r.Name
	if name == "" {
		name = "model"
	}
	g := Compare(Named{name, r}).grid()
	if r.Name == "" { // then there is nothing to name
		g.Title = strings.TrimPrefix(g.Title, name+": ")
	}
	return g
}

func (c Comparison) grid() grid.Grid {
	head := append([]string{"model"}, measures...)
	if len(c.Reports) == 0 {
		return gridOf("No models", head, nil, nil)
	}
	first := c.Reports[0].Report
	sameRows, sameThreshold := true, true
	for _, n := range c.Reports {
		sameRows = sameRows && n.Report.N == first.N && n.Report.Positives == first.Positives
		sameThreshold = sameThreshold && n.Report.Threshold == first.Threshold
	}
	of := func(r Report) string { return counted(r.N, r.Positives, r.Prevalence, r.Weighted) }
	var rows [][]string
	var names, notes []string
	for _, n := range c.Reports {
		names = append(names, visible.Text(n.Name))
	}
	title := strings.Join(names, ", ") + ": "
	if sameRows {
		title += of(first)
	} else {
		title += "different rows, see below"
		notes = append(notes, "the models were scored on different rows and cannot be compared directly")
	}
	if sameThreshold {
		title += ", predicted 1 where the score is above " + short(first.Threshold)
	} else {
		title += ", thresholds differ"
	}
	for _, n := range c.Reports {
		name := n.Name
		if !sameThreshold {
			name += " > " + short(n.Report.Threshold)
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
	return gridOf(title, head, rows, append(notes, c.said()...))
}

// said is what has to be said of the models, each text once with the names of those
// that it is true of.
func (c Comparison) said() []string {
	var texts []string
	names := map[string][]string{}
	say := func(name, text string) {
		if names[text] == nil {
			texts = append(texts, text)
		}
		names[text] = append(names[text], visible.Text(name))
	}
	for _, n := range c.Reports {
		if n.Report.Correction != "" {
			say(n.Name, n.Report.Correction)
		}
		for _, w := range n.Report.Warnings {
			say(n.Name, w.Text)
		}
	}
	for i, text := range texts {
		switch of := names[text]; {
		case len(c.Reports) == 1:
		case len(of) == 2 && len(c.Reports) == 2:
			texts[i] = "both models: " + text
		case len(of) == len(c.Reports):
			texts[i] = "all models: " + text
		default:
			texts[i] = strings.Join(of, ", ") + ": " + text
		}
	}
	return texts
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
