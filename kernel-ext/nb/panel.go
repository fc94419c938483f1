package nb

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/number"
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
// Integers have a comma after every three digits, floats five significant digits, and a
// time.Duration two and the unit that suits it; what is an identifier, not a quantity, is
// passed as text. Other values are formatted as fmt prints them. All are shown as
// visible.Text writes them: blanks at their ends are seen, and so is an empty text. A name
// without a value, the last of an odd number, shows as "(no value)".
func KeyValues(title string, pairs ...any) Panel {
	var p Panel
	if title != "" {
		p.title = visible.Text(title)
	}
	for i := 0; i < len(pairs); i += 2 {
		row := [2]string{visible.Text(printed(pairs[i])), "(no value)"}
		if i+1 < len(pairs) {
			row[1] = visible.Text(written(pairs[i+1]))
		}
		p.rows = append(p.rows, row)
	}
	return p
}

// Seconds is a number of seconds as a duration, which panels show in two digits. What is
// longer than 292 years is cut to that, and NaN is 0.
func Seconds(s float64) time.Duration {
	switch d := s * float64(time.Second); {
	case math.IsNaN(s):
		return 0
	case d >= math.MaxInt64:
		return math.MaxInt64
	case d <= math.MinInt64:
		return math.MinInt64
	default:
		return time.Duration(d)
	}
}

// written is a value of a panel: numbers as people read them.
func written(value any) string {
	switch v := value.(type) {
	case time.Duration:
		return number.Duration(v)
	case fmt.Stringer, error:
		return printed(value)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return number.Count(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n := v.Uint(); n <= math.MaxInt64 {
			return number.Count(int64(n))
		}
	case reflect.Float32, reflect.Float64:
		return number.Short(v.Float())
	}
	return printed(value)
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
