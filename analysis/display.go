package analysis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
)

// maxShownRows is how many rows a table shows before it shows the first only.
const maxShownRows = 100

// shownEnds is how many rows of a frame are shown from its beginning, and how
// many from its end.
const shownEnds = 5

// Display computes a frame once and returns what a notebook shows of it: its first
// and last five rows, with a row of … between them; a frame of ten rows or fewer
// whole. The title says what the rows are; [Frame.Titled] gives another, and
// [Frame.WithTypes] adds the types. The result has the forms HTML() (string, error) and String() string.
func (f Frame) Display() (any, error) {
	g, err := f.grid()
	if err != nil {
		return nil, err
	}
	return shown{g}, nil
}

// shown is a frame as it is displayed.
type shown struct{ grid grid.Grid }

func (s shown) HTML() (string, error) { return s.grid.HTML(), nil }
func (s shown) String() string        { return s.grid.String() }

// HTML is what [Frame.Display] shows, as an HTML table.
func (f Frame) HTML() (string, error) {
	g, err := f.grid()
	if err != nil {
		return "", err
	}
	return g.HTML(), nil
}

// Text is HTML as plain text.
func (f Frame) Text() (string, error) {
	g, err := f.grid()
	if err != nil {
		return "", err
	}
	return g.String(), nil
}

func (f Frame) grid() (grid.Grid, error) {
	t, err := f.Collect()
	if err != nil {
		return grid.Grid{}, err
	}
	n := t.batch.Len
	if n <= 2*shownEnds {
		return t.grid()
	}
	rows := make([]uint32, 0, 2*shownEnds)
	for i := range shownEnds {
		rows = append(rows, uint32(i))
	}
	for i := range shownEnds {
		rows = append(rows, uint32(n-shownEnds+i))
	}
	if err := reading(func() { t.batch = t.batch.Gather(rows) }); err != nil {
		return grid.Grid{}, err
	}
	g, err := t.grid()
	g.Gap = shownEnds
	g.Footer = strings.Replace(g.Footer, t.shape(), fmt.Sprintf("%s, first %d and last %d shown", t.size(), shownEnds, shownEnds), 1)
	return g, err
}

// HTML returns the table as an HTML table: title, column names, rows, and the number
// of rows. Every text is escaped.
func (t Table) HTML() (string, error) {
	g, err := t.grid()
	if err != nil {
		return "", err
	}
	return g.HTML(), nil
}

// Markdown returns the table in GitHub's notation.
func (t Table) Markdown() (string, error) {
	g, err := t.grid()
	if err != nil {
		return "", err
	}
	return g.Markdown(), nil
}

// String returns the table as text in columns: title, names, rows, number of rows.
func (t Table) String() string {
	g, err := t.grid()
	if err != nil {
		return err.Error()
	}
	return g.String()
}

func (t Table) grid() (g grid.Grid, err error) {
	err = reading(func() { g = t.cells() })
	return g, err
}

func (t Table) cells() grid.Grid {
	g := grid.Grid{Title: t.title, Footer: t.shape(), Notes: t.warnings}
	columns := t.shownColumns()
	g.Rows = make([][]grid.Cell, t.shownRows())
	for i := range g.Rows {
		g.Rows[i] = make([]grid.Cell, len(columns))
	}
	for k, c := range columns {
		head := grid.Column{Name: c.Name, Right: c.Type.Numeric(), Head: slices.Contains(t.heads, c.Name)}
		if t.types {
			head.Type = c.Type.String()
		}
		g.Columns = append(g.Columns, head)
		for i, cell := range t.column(k, c) {
			g.Rows[i][k] = cell
		}
	}
	if t.dates() {
		g.Footer += "; times in UTC"
	}
	return g
}

// column returns the shown cells of a column.
func (t Table) column(k int, c *column.Column) []grid.Cell {
	cells := make([]grid.Cell, t.shownRows())
	if !c.Type.Numeric() {
		for i := range cells {
			cells[i] = grid.Cell{Text: formatCell(c, i), Null: c.IsNull(i)}
		}
		return cells
	}
	values := map[number.Unit][]float64{}
	for i := range cells {
		if !c.IsNull(i) {
			unit := t.unit(k, c, i)
			values[unit] = append(values[unit], c.Float(i))
		}
	}
	formats := map[number.Unit]number.Format{}
	for unit, of := range values {
		formats[unit] = unit.Format(of)
	}
	for i := range cells {
		if c.IsNull(i) {
			cells[i] = grid.Cell{Text: "null", Null: true}
			continue
		}
		cells[i] = numberCell(c, i, formats[t.unit(k, c, i)])
	}
	return cells
}

// unit is what the number in row i of column k counts: what its column does, or in a
// description, where that has no unit, what the described column does.
func (t Table) unit(k int, c *column.Column, i int) number.Unit {
	unit := number.Plain
	if k < len(t.units) {
		unit = t.units[k]
	}
	if unit != number.Plain || i >= len(t.rowUnits) {
		return unit
	}
	if c.Name == "stddev" {
		return t.rowUnits[i].Difference()
	}
	return t.rowUnits[i]
}

// dates reports whether the table shows points in time.
func (t Table) dates() bool {
	for k, c := range t.shownColumns() {
		for i := range t.shownRows() {
			if c.Type.Numeric() && !c.IsNull(i) && t.unit(k, c, i).Dates() {
				return true
			}
		}
	}
	return false
}

// numberCell shows a number, with its exact value where that is another.
func numberCell(c *column.Column, i int, f number.Format) grid.Cell {
	if c.Type == column.Float64 {
		v := c.Float64s[i]
		text, exact := f.Text(v), number.Exact(v)
		if shown, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64); err == nil && (shown == v || v != v) {
			exact = ""
		}
		return grid.Cell{Text: text, Exact: exact}
	}
	whole := int64(c.Float(i))
	if c.Type != column.Int32 {
		whole = c.Int64s[i]
	}
	text, exact := f.Integer(whole), strconv.FormatInt(whole, 10)
	if strings.ReplaceAll(text, ",", "") == exact {
		exact = ""
	}
	return grid.Cell{Text: text, Exact: exact}
}

func (t Table) shownColumns() []*column.Column {
	if t.batch == nil {
		return nil
	}
	return t.batch.Columns
}

func (t Table) shownRows() int { return min(t.Len(), maxShownRows) }

// shape says how many rows and columns there are, and how many are shown.
func (t Table) shape() string {
	s := t.size()
	if shown := int64(t.shownRows()); shown < t.rows {
		s += fmt.Sprintf(", first %d shown", shown)
	}
	return s
}

// size says how many rows and columns there are.
func (t Table) size() string {
	return fmt.Sprintf("%s × %s", plural(t.rows, "row"), plural(int64(len(t.shownColumns())), "column"))
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number.Count(n) + " " + noun + "s"
}

// formatCell returns row i of c as a text of its own; null for a null.
func formatCell(c *column.Column, i int) string {
	if c.IsNull(i) {
		return "null"
	}
	switch c.Type {
	case column.Int32:
		return strconv.Itoa(int(c.Int32s[i]))
	case column.Int64:
		return strconv.FormatInt(c.Int64s[i], 10)
	case column.Timestamp:
		return formatTime(c.Int64s[i])
	case column.Float64:
		return number.Short(c.Float64s[i])
	case column.Bool:
		return strconv.FormatBool(c.Bool(i))
	case column.String:
		return strings.Clone(c.Text(i)) // what is shown outlives a file that is mapped
	case column.Vector:
		return fmt.Sprintf("[%d features]", c.Features.Size())
	}
	return "?"
}

func formatTime(seconds int64) string {
	return time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04:05")
}
