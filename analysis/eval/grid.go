package eval

import (
	"math"
	"strconv"

	"github.com/stophacking/kelpie/analysis/internal/grid"
)

// gridOf returns a table to be shown: the first column is text, the others are
// numbers.
func gridOf(title string, head []string, rows [][]string, notes []string) grid.Grid {
	g := grid.Grid{Title: title, Notes: notes}
	for k, name := range head {
		g.Columns = append(g.Columns, grid.Column{Name: name, Right: k > 0, Head: k == 0})
	}
	for _, row := range rows {
		cells := make([]grid.Cell, len(row))
		for k, text := range row {
			cells[k].Text = text
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// number writes five significant digits; a value that is undefined as a dash.
func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// rate writes a value in [0, 1] with four decimals, so that a column lines up.
func rate(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'g', 4, 64) + " %" }

// interval writes two ends; an undefined one as a dash.
func interval(lower, upper float64) string {
	if math.IsNaN(lower) || math.IsNaN(upper) {
		return "–"
	}
	return rate(lower) + " to " + rate(upper)
}
