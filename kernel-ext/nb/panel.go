package nb

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
)

// Panel is a small titled list of names and values. Make one with KeyValues.
type Panel struct {
	title string
	rows  [][2]string // name, value
}

// KeyValues makes a panel of alternating names and values, for a handful of
// figures that belong together:
//
//	nb.Show(nb.KeyValues("Data", "files", 4, "rows", rows))
//
// Names and values are formatted as fmt prints them, and shown as visible.Text
// writes them: blanks at their ends are seen, and so is an empty text. A name
// without a value, the last of an odd number, shows as "(no value)".
func KeyValues(title string, pairs ...any) Panel {
	var p Panel
	if title != "" {
		p.title = visible.Text(title)
	}
	for i := 0; i < len(pairs); i += 2 {
		row := [2]string{visible.Text(printed(pairs[i])), "(no value)"}
		if i+1 < len(pairs) {
			row[1] = visible.Text(printed(pairs[i+1]))
		}
		p.rows = append(p.rows, row)
	}
	return p
}

// HTML returns the panel as a table, its title as the caption, all text escaped.
func (p Panel) HTML() (string, error) {
	var b strings.Builder
	b.WriteString("<table>\n")
	if p.title != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>\n", Escape(p.title))
	}
	b.WriteString("<tbody>\n")
	for _, row := range p.rows {
		fmt.Fprintf(&b, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", Escape(row[0]), Escape(row[1]))
	}
	b.WriteString("</tbody>\n</table>")
	return b.String(), nil
}

// String returns the title and a line a row, values aligned.
func (p Panel) String() string {
	width := 0
	for _, row := range p.rows {
		width = max(width, utf8.RuneCountInString(row[0]))
	}
	var lines []string
	if p.title != "" {
		lines = append(lines, p.title)
	}
	for _, row := range p.rows {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(row[0]))
		lines = append(lines, row[0]+pad+"  "+row[1])
	}
	return strings.Join(lines, "\n")
}
