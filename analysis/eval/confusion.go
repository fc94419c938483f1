package eval

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
)

// A Confusion is the counts of actual by predicted class, as [Report] has them.
type Confusion struct {
	Name           string // whose it is; may be ""
	TP, FP, FN, TN int
	Threshold      float64
}

// Confusion returns the report's counts as a table to show.
func (r Report) Confusion() Confusion {
	return Confusion{Name: r.Name, TP: r.TP, FP: r.FP, FN: r.FN, TN: r.TN, Threshold: r.Threshold}
}

// HTML returns the counts as a table, one row for each actual class.
func (c Confusion) HTML() (string, error) { return c.grid().HTML(), nil }

// Markdown returns the counts as a table, one row for each actual class.
func (c Confusion) Markdown() (string, error) { return c.grid().Markdown(), nil }

// String returns the counts as lines of text, one for each actual class.
func (c Confusion) String() string { return c.grid().String() }

func (c Confusion) grid() grid.Grid {
	counts := func(class string, negative, positive int) []string {
		share := ratio(positive, negative+positive)
		if class == "actual 0" {
			share = ratio(negative, negative+positive)
		}
		return []string{class, number.Count(negative), number.Count(positive), rate(share)}
	}
	var notes []string
	for _, class := range []struct {
		rows int
		name string
	}{{c.TN + c.FP, "negative"}, {c.TP + c.FN, "positive"}} {
		if class.rows == 0 {
			notes = append(notes, "no row is "+class.name+", so none of them can be right")
		}
	}
	return gridOf(
		fmt.Sprintf("Confusion matrix, %sn = %s, positives = %s, predicted 1 where the score is above %s",
			named(c.Name), number.Count(c.TP+c.FP+c.FN+c.TN), number.Count(c.TP+c.FN), short(c.Threshold)),
		[]string{"", "predicted 0", "predicted 1", "right"},
		[][]string{counts("actual 0", c.TN, c.FP), counts("actual 1", c.FN, c.TP)}, notes)
}
