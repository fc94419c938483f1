package nb

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Declared is a declaration of a notebook's session, as %vars lists it.
type Declared struct {
	Kind  string // import, const, type, var or func
	Name  string
	Type  string // from the source; of a var that of its value, where this is empty
	Cell  int    // the cell that declares it
	Value any    // of a var
}

// Keeper is a value that may be kept between cells: its size in bytes where that is
// known, else -1, and whether it is kept already. Asking must not compute it.
type Keeper interface {
	Kept() (bytes int64, kept bool)
}

// Declarations is a list of declarations, shown as a table.
type Declarations []Declared

// header names the columns.
var header = [5]string{"name", "kind", "type", "size", "cell"}

// rows returns the cells of the table, as text.
func (d Declarations) rows() [][5]string {
	rows := make([][5]string, len(d))
	for i, one := range d {
		typeName, size := one.Type, ""
		if one.Kind == "var" {
			if typeName == "" {
				typeName = fmt.Sprintf("%T", one.Value)
			}
			size = extent(one.Value)
		}
		if typeName != "" {
			typeName = visible.Text(short(typeName))
		}
		rows[i] = [5]string{visible.Text(one.Name), one.Kind, typeName, size, fmt.Sprint(one.Cell)}
	}
	return rows
}

// HTML returns the list as a table, all text escaped.
func (d Declarations) HTML() (string, error) {
	var b strings.Builder
	b.WriteString("<table>\n<thead><tr>")
	for _, name := range header {
		fmt.Fprintf(&b, "<th scope=\"col\">%s</th>", name)
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range d.rows() {
		fmt.Fprintf(&b, "<tr><th scope=\"row\">%s</th>", Escape(row[0]))
		for _, text := range row[1:] {
			fmt.Fprintf(&b, "<td>%s</td>", Escape(text))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>")
	return b.String(), nil
}

// String returns a line a declaration, columns aligned.
func (d Declarations) String() string {
	if len(d) == 0 {
		return "nothing is declared"
	}
	rows := append([][5]string{header}, d.rows()...)
	var width [5]int
	for _, row := range rows {
		for i, text := range row {
			width[i] = max(width[i], len([]rune(text)))
		}
	}
	lines := make([]string, len(rows))
	for l, row := range rows {
		for i, text := range row {
			lines[l] += text + strings.Repeat(" ", width[i]-len([]rune(text))+2)
		}
		lines[l] = strings.TrimRight(lines[l], " ")
	}
	return strings.Join(lines, "\n")
}

// extent is the size of a value, as far as it has one: what a Keeper says, else the
// length of text, slices, maps and channels.
func extent(value any) string {
	if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer && v.IsNil() {
		return ""
	}
	if keeper, ok := value.(Keeper); ok {
		bytes, kept := keeper.Kept()
		size := "size unknown"
		if bytes >= 0 {
			size = byteSize(bytes)
		}
		if kept {
			return size + ", kept"
		}
		return size + ", not kept"
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return byteSize(int64(v.Len()))
	case reflect.Array, reflect.Slice, reflect.Map, reflect.Chan:
		return number.Count(v.Len()) + " elements"
	}
	return ""
}

// byteSize writes a number of bytes in decimal units.
func byteSize(bytes int64) string {
	for _, unit := range []struct {
		name  string
		scale float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if float64(bytes) >= unit.scale {
			return fmt.Sprintf("%.3g %s", float64(bytes)/unit.scale, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// short cuts a type to what fits into a table.
func short(text string) string {
	const limit = 80
	if r := []rune(text); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return text
}
