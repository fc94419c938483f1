package eval

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A grid is a table ready to be shown. The first column is text, the others are
// numbers.
type grid struct {
	caption string
	head    []string
	rows    [][]string
	notes   []string
}

func (g grid) html() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<table border=\"1\" class=\"dataframe\">\n<caption>%s</caption>\n<thead>\n<tr>", html.EscapeString(g.caption))
	for k, name := range g.head {
		fmt.Fprintf(&b, `<th scope="col" align="%s">%s</th>`, align(k), html.EscapeString(name))
	}
	b.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, row := range g.rows {
		b.WriteString("<tr>")
		for k, cell := range row {
			if k == 0 {
				fmt.Fprintf(&b, `<th scope="row" align="left">%s</th>`, html.EscapeString(cell))
			} else {
				fmt.Fprintf(&b, `<td align="right">%s</td>`, html.EscapeString(cell))
			}
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>")
	for _, note := range g.notes {
		fmt.Fprintf(&b, "\n<p>⚠ %s</p>", html.EscapeString(note))
	}
	return b.String()
}

func align(column int) string {
	if column == 0 {
		return "left"
	}
	return "right"
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`)

func (g grid) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n\n|", markdownEscapes.Replace(g.caption))
	for _, name := range g.head {
		fmt.Fprintf(&b, " %s |", markdownEscapes.Replace(name))
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --: |", len(g.head)-1) + "\n")
	for _, row := range g.rows {
		b.WriteString("|")
		for _, cell := range row {
			fmt.Fprintf(&b, " %s |", markdownEscapes.Replace(cell))
		}
		b.WriteString("\n")
	}
	for _, note := range g.notes {
		fmt.Fprintf(&b, "\n⚠ %s\n", markdownEscapes.Replace(note))
	}
	return b.String()
}

func (g grid) text() string {
	widths := make([]int, len(g.head))
	lines := append([][]string{g.head}, g.rows...)
	for _, line := range lines {
		for k, cell := range line {
			widths[k] = max(widths[k], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	b.WriteString(g.caption + "\n")
	for _, line := range lines {
		for k, cell := range line {
			space := strings.Repeat(" ", widths[k]-utf8.RuneCountInString(cell))
			if k == 0 {
				b.WriteString(cell + space)
			} else {
				b.WriteString("  " + space + cell)
			}
		}
		b.WriteString("\n")
	}
	for _, note := range g.notes {
		b.WriteString("! " + note + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
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

// oneLine keeps a model's name from breaking a table.
func oneLine(name string) string {
	quoted := strconv.Quote(name)
	if !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) && utf8.ValidString(name) {
		return name
	}
	return quoted[1 : len(quoted)-1]
}
