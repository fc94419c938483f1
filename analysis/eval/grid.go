package eval

import (
	"math"
	"strconv"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
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

// short writes one number that stands by itself; a value that is undefined as a dash.
func short(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return number.Short(v)
}

// column writes the numbers of one column with one number of decimals, undefined ones
// as a dash.
func column(unit number.Unit, values []float64) []string {
	format, texts := unit.Format(values), make([]string, len(values))
	for k, v := range values {
		if texts[k] = "–"; !math.IsNaN(v) {
			texts[k] = format.Text(v)
		}
	}
	return texts
}

const rateDecimals = 4

// rate writes a value in [0, 1] with four decimals, so that a column lines up. One that
// is neither 0 nor 1 does not look it.
func rate(v float64) string {
	text := strconv.FormatFloat(v, 'f', rateDecimals, 64)
	switch {
	case math.IsNaN(v):
		return "–"
	case 0 < v && text == "0.0000":
		return "<0.0001"
	case v < 1 && text == "1.0000":
		return ">0.9999"
	}
	return text
}

// percent writes a share of 1.
func percent(v float64) string { return number.Percent(v) }

// ends writes two ends; an undefined one as a dash.
func ends(lower, upper float64) string {
	if math.IsNaN(lower) || math.IsNaN(upper) {
		return "–"
	}
	return rate(lower) + " to " + rate(upper)
}

// chance writes the chance of a difference. One that is too small for a float64 is not 0.
func chance(p float64) string {
	if p == 0 {
		p = math.SmallestNonzeroFloat64
	}
	return rate(p)
}
