package analysis

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

const (
	maxShownRows = 100 // a table longer than this shows its first rows only
	maxCell      = 40  // characters of a text before it is cut
)

// HTML shows a frame by its first ten rows.
func (f Frame) HTML() (string, error) {
	t, err := f.Head(10)
	if err != nil {
		return "", err
	}
	return t.HTML()
}

// Text shows a frame by its first ten rows, as plain text.
func (f Frame) Text() (string, error) {
	t, err := f.Head(10)
	if err != nil {
		return "", err
	}
	return t.String(), nil
}

// HTML returns the table as an HTML table: title, column names, types, rows,
// and the number of rows. Every text is escaped.
func (t Table) HTML() (string, error) {
	var b strings.Builder
	b.WriteString(`<table border="1" class="dataframe">` + "\n")
	if t.title != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>\n", html.EscapeString(visible(t.title)))
	}
	b.WriteString("<thead>\n<tr>")
	columns := t.shownColumns()
	for _, c := range columns {
		fmt.Fprintf(&b, `<th scope="col"%s>%s</th>`, align(c), html.EscapeString(visible(c.Name)))
	}
	b.WriteString("</tr>\n<tr>")
	for _, c := range columns {
		fmt.Fprintf(&b, `<td%s><small>%s</small></td>`, align(c), c.Type)
	}
	b.WriteString("</tr>\n</thead>\n<tbody>\n")
	for i := range t.shownRows() {
		b.WriteString("<tr>")
		for _, c := range columns {
			b.WriteString("<td" + align(c))
			cell := formatCell(c, i)
			switch short := cut(cell); {
			case c.IsNull(i):
				b.WriteString("><i>null</i>")
			case short != cell:
				fmt.Fprintf(&b, ` title="%s">%s`, html.EscapeString(cell), html.EscapeString(short))
			default:
				b.WriteString(">" + html.EscapeString(cell))
			}
			b.WriteString("</td>")
		}
		b.WriteString("</tr>\n")
	}
	fmt.Fprintf(&b, "</tbody>\n</table>\n<p><small>%s</small></p>", t.shape())
	for _, w := range t.warnings {
		fmt.Fprintf(&b, "\n<p>⚠ %s</p>", html.EscapeString(visible(w)))
	}
	return b.String(), nil
}

// Markdown returns the table in GitHub's notation.
func (t Table) Markdown() (string, error) {
	var b strings.Builder
	if t.title != "" {
		fmt.Fprintf(&b, "**%s**\n\n", markdownCell(visible(t.title)))
	}
	columns := t.shownColumns()
	rule := "|"
	b.WriteString("|")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", markdownCell(visible(c.Name)))
		if right(c) {
			rule += " --: |"
		} else {
			rule += " --- |"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for i := range t.shownRows() {
		b.WriteString("|")
		for _, c := range columns {
			if c.IsNull(i) {
				b.WriteString(" *null* |")
			} else {
				fmt.Fprintf(&b, " %s |", markdownCell(cut(formatCell(c, i))))
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%s\n", t.shape())
	for _, w := range t.warnings {
		fmt.Fprintf(&b, "\n⚠ %s\n", markdownCell(visible(w)))
	}
	return b.String(), nil
}

var markdownEscapes = strings.NewReplacer("&", "&amp;", `$`, `\$`, `~`, `\~`, `\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`)

func markdownCell(s string) string { return markdownEscapes.Replace(s) }

// String returns the table as text in columns: title, names, types, rows.
func (t Table) String() string {
	columns := t.shownColumns()
	cells := make([][]string, 0, t.shownRows()+2)
	head, types := make([]string, len(columns)), make([]string, len(columns))
	for k, c := range columns {
		head[k], types[k] = visible(c.Name), c.Type.String()
	}
	cells = append(cells, head, types)
	for i := range t.shownRows() {
		row := make([]string, len(columns))
		for k, c := range columns {
			row[k] = cut(formatCell(c, i))
		}
		cells = append(cells, row)
	}
	width := make([]int, len(columns))
	for _, row := range cells {
		for k, s := range row {
			width[k] = max(width[k], utf8.RuneCountInString(s))
		}
	}
	var b strings.Builder
	if t.title != "" {
		b.WriteString(visible(t.title) + "\n")
	}
	for _, row := range cells {
		var line strings.Builder
		for k, s := range row {
			pad := strings.Repeat(" ", width[k]-utf8.RuneCountInString(s))
			if k > 0 {
				line.WriteString("  ")
			}
			if right(columns[k]) {
				line.WriteString(pad + s)
			} else {
				line.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	b.WriteString(t.shape())
	for _, w := range t.warnings {
		b.WriteString("\nwarning: " + visible(w))
	}
	return b.String()
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
	s := fmt.Sprintf("%s × %s", plural(t.rows, "row"), plural(int64(len(t.shownColumns())), "column"))
	if shown := int64(t.shownRows()); shown < t.rows {
		s += fmt.Sprintf(", first %d shown", shown)
	}
	return s
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

func right(c *column.Column) bool { return c.Type.Numeric() }

func align(c *column.Column) string {
	if right(c) {
		return ` align="right"`
	}
	return ` align="left"`
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
		return visible(c.Text(i))
	case column.Vector:
		return fmt.Sprintf("[%d features]", c.Features.Size())
	}
	return "?"
}

// formatFloat writes five significant digits: plain between 1e-4 and 1e9, whole
// numbers below 1e9 in full, anything else with an exponent.
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
	return strconv.FormatFloat(f, 'f', max(0, 4-int(math.Floor(math.Log10(a)))), 64)
}

// visible makes text safe to stand in a line: invalid UTF-8 and what cannot be
// seen or changes how its neighbours are seen, such as line ends and marks of
// direction, are written as Go escapes.
func visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) < 0 {
		return s
	}
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// cut shortens text to maxCell characters, the last one an ellipsis.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}

func formatTime(seconds int64) string {
	return time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04:05")
}
