package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/grid"
)

// maxShownRows is how many rows a table shows before it shows the first only.
const maxShownRows = 100

// shownEnds is how many rows of a frame are shown from its beginning, and how
// many from its end.
const shownEnds = 5

// Display computes a frame once and returns what a notebook shows of it: its first
// and last five rows, with a row of … between them; a frame of ten rows or fewer
// whole. The result has the forms HTML() (string, error) and String() string.
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
	g.Footer = fmt.Sprintf("%s, first %d and last %d shown", t.size(), shownEnds, shownEnds)
	return g, err
}

// HTML returns the table as an HTML table: title, column names, types, rows,
// and the number of rows. Every text is escaped.
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

// String returns the table as text in columns: title, names, types, rows.
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
	for _, c := range columns {
		g.Columns = append(g.Columns, grid.Column{Name: c.Name, Type: c.Type.String(), Right: c.Type.Numeric()})
	}
	for i := range t.shownRows() {
		row := make([]grid.Cell, len(columns))
		for k, c := range columns {
			row[k] = grid.Cell{Text: formatCell(c, i), Null: c.IsNull(i)}
		}
		g.Rows = append(g.Rows, row)
	}
	return g
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
	return grouped(n) + " " + noun + "s"
}

// grouped writes an integer with a comma after every three digits.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	from := 0
	if n < 0 {
		from = 1
	}
	for i := len(s) - 3; i > from; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// formatCell returns row i of c as it is shown; null for a null.
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
		return formatFloat(c.Float64s[i])
	case column.Bool:
		return strconv.FormatBool(c.Bool(i))
	case column.String:
		return strings.Clone(c.Text(i)) // what is shown outlives a file that is mapped
	case column.Vector:
		return fmt.Sprintf("[%d features]", c.Features.Size())
	}
	return "?"
}

// formatFloat writes five significant digits, without zeros at the end: plain
// between 1e-4 and 1e9, whole numbers below 1e9 in full, anything else with an
// exponent.
func formatFloat(f float64) string {
	a := math.Abs(f)
	switch {
	case math.IsNaN(f), math.IsInf(f, 0):
		return strconv.FormatFloat(f, 'g', -1, 64)
	case f == math.Trunc(f) && a < 1e9:
		return strconv.FormatFloat(f, 'f', -1, 64)
	case a >= 1e9 || a < 1e-4:
		return strconv.FormatFloat(f, 'g', 5, 64)
	case a >= 1e5:
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	text := strconv.FormatFloat(f, 'f', max(0, 4-int(math.Floor(math.Log10(a)))), 64)
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func formatTime(seconds int64) string {
	return time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04:05")
}
