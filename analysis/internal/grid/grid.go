// Package grid renders small tables of text: as HTML, as Markdown and as lines.
// Everything in a grid is plain text, however hostile; the renderings escape it
// and make visible what would not be, as package visible says.
package grid

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/visible"
)

// maxCell is how many characters of a cell are shown.
const maxCell = 60

// A Grid is a table ready to be shown. Rows have one cell a column.
type Grid struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	Gap     int      // a line of … stands before Rows[Gap]: rows are left out there; 0 is none
	Footer  string   // small print, such as the number of rows
	Notes   []string // what a reader has to know: one paragraph, in which each is said once
}

// A Column is a column's head.
type Column struct {
	Name  string // "" is none where Head is set
	Type  string // shown below the name; "" in all columns leaves the line out
	Right bool   // numbers stand right
	Head  bool   // its cells are the heads of their rows
}

// A Cell is one value as text. Null is shown set off from the text "null".
type Cell struct {
	Text  string
	Exact string // the value where Text is rounded: the title of the HTML cell; "" is none
	Null  bool
}

// lines returns the rows with the gap among them.
func (g Grid) lines() [][]Cell {
	if g.Gap <= 0 || g.Gap >= len(g.Rows) {
		return g.Rows
	}
	gap := slices.Repeat([]Cell{{Text: "…"}}, len(g.Columns))
	return slices.Insert(slices.Clone(g.Rows), g.Gap, gap)
}

// typed reports whether there is a line of types.
func (g Grid) typed() bool {
	for _, c := range g.Columns {
		if c.Type != "" {
			return true
		}
	}
	return false
}

// HTML returns the grid as an HTML table. A cell that is cut has its whole text
// in a title attribute, and one that is rounded the exact value.
func (g Grid) HTML() string {
	var b strings.Builder
	b.WriteString(`<table border="1" class="dataframe">` + "\n")
	if g.Title != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>\n", escape(g.Title))
	}
	b.WriteString("<thead>\n<tr>")
	for _, c := range g.Columns {
		fmt.Fprintf(&b, `<th scope="col"%s>%s</th>`, align(c), html.EscapeString(c.name()))
	}
	if g.typed() {
		b.WriteString("</tr>\n<tr>")
		for _, c := range g.Columns {
			fmt.Fprintf(&b, `<td%s><small>%s</small></td>`, align(c), html.EscapeString(c.Type))
		}
	}
	b.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, row := range g.lines() {
		b.WriteString("<tr>")
		for k, cell := range row {
			tag, scope := "td", ""
			if g.Columns[k].Head {
				tag, scope = "th", ` scope="row"`
			}
			whole := visible.Text(cell.Text)
			b.WriteString("<" + tag + scope + align(g.Columns[k]))
			switch short := cut(whole); {
			case cell.Null:
				b.WriteString("><i>null</i>")
			case cell.Exact != "":
				fmt.Fprintf(&b, ` title="%s">%s`, html.EscapeString(visible.Text(cell.Exact)), html.EscapeString(short))
			case short != whole:
				fmt.Fprintf(&b, ` title="%s">%s`, html.EscapeString(whole), html.EscapeString(short))
			default:
				b.WriteString(">" + html.EscapeString(whole))
			}
			b.WriteString("</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>")
	if g.Footer != "" {
		fmt.Fprintf(&b, "\n<p><small>%s</small></p>", escape(g.Footer))
	}
	if notes := g.folded(); notes != "" {
		fmt.Fprintf(&b, "\n<p>⚠ %s</p>", html.EscapeString(notes))
	}
	return b.String()
}

// folded is the notes as one paragraph, repeated ones said once.
func (g Grid) folded() string {
	var notes []string
	for _, note := range g.Notes {
		if note = visible.Text(note); !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return strings.Join(notes, "; ")
}

func escape(s string) string { return html.EscapeString(visible.Text(s)) }

// name is a column's name as it is shown: a column of heads may have none.
func (c Column) name() string {
	if c.Name == "" && c.Head {
		return ""
	}
	return visible.Text(c.Name)
}

// align sets a cell right for GitHub, where left is the default and styles are
// dropped, or left for JupyterLab, whose own style sets cells right.
func align(c Column) string {
	if c.Right {
		return ` align="right"`
	}
	return ` style="text-align: left"`
}

// Markdown returns the grid in GitHub's notation.
func (g Grid) Markdown() string {
	var b strings.Builder
	if g.Title != "" {
		fmt.Fprintf(&b, "**%s**\n\n", plain(g.Title))
	}
	b.WriteString("|")
	rule := "|"
	for _, c := range g.Columns {
		fmt.Fprintf(&b, " %s |", markdownEscapes.Replace(c.name()))
		if c.Right {
			rule += " --: |"
		} else {
			rule += " --- |"
		}
	}
	b.WriteString("\n" + rule + "\n")
	if g.typed() {
		b.WriteString("|")
		for _, c := range g.Columns {
			fmt.Fprintf(&b, " *%s* |", markdownEscapes.Replace(c.Type))
		}
		b.WriteString("\n")
	}
	for _, row := range g.lines() {
		b.WriteString("|")
		for _, cell := range row {
			if cell.Null {
				b.WriteString(" *null* |")
			} else {
				fmt.Fprintf(&b, " %s |", markdownEscapes.Replace(cut(visible.Text(cell.Text))))
			}
		}
		b.WriteString("\n")
	}
	if g.Footer != "" {
		fmt.Fprintf(&b, "\n%s\n", plain(g.Footer))
	}
	if notes := g.folded(); notes != "" {
		fmt.Fprintf(&b, "\n⚠ %s\n", markdownEscapes.Replace(notes))
	}
	return b.String()
}

var markdownEscapes = strings.NewReplacer("&", "&amp;", `$`, `\$`, `~`, `\~`, `\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`)

func plain(s string) string { return markdownEscapes.Replace(visible.Text(s)) }

// String returns the grid as lines: title, names, types, rows, footer, notes.
func (g Grid) String() string {
	lines := make([][]string, 0, len(g.Rows)+2)
	names, types := make([]string, len(g.Columns)), make([]string, len(g.Columns))
	for k, c := range g.Columns {
		names[k], types[k] = c.name(), c.Type
	}
	lines = append(lines, names)
	if g.typed() {
		lines = append(lines, types)
	}
	for _, row := range g.lines() {
		line := make([]string, len(row))
		for k, cell := range row {
			line[k] = cut(visible.Text(cell.Text))
			if cell.Null {
				line[k] = "null"
			}
		}
		lines = append(lines, line)
	}
	width := make([]int, len(g.Columns))
	for _, line := range lines {
		for k, s := range line {
			width[k] = max(width[k], utf8.RuneCountInString(s))
		}
	}
	var out []string
	if g.Title != "" {
		out = append(out, visible.Text(g.Title))
	}
	for _, line := range lines {
		for k, s := range line {
			space := strings.Repeat(" ", width[k]-utf8.RuneCountInString(s))
			if g.Columns[k].Right {
				line[k] = space + s
			} else {
				line[k] = s + space
			}
		}
		out = append(out, strings.TrimRight(strings.Join(line, "  "), " "))
	}
	if g.Footer != "" {
		out = append(out, visible.Text(g.Footer))
	}
	if notes := g.folded(); notes != "" {
		out = append(out, "warning: "+notes)
	}
	return strings.Join(out, "\n")
}

// cut shortens text to maxCell characters, the last one an ellipsis.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}
