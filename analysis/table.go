package analysis

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Table is rows at hand: the result of a terminal call. It shows itself as
// HTML, Markdown and text, with column types and visible nulls, and texts as package
// visible writes them. Its columns are read-only.
type Table struct {
	title    string
	batch    *column.Batch
	rows     int64 // of the frame, when the table holds only the first
	warnings []string
}

// manyNames is how many names of columns an error lists.
const manyNames = 100

// Titled returns t with another title, shown above it.
func (t Table) Titled(format string, args ...any) Table {
	t.title = fmt.Sprintf(format, args...)
	return t
}

// Len returns the number of rows the table holds.
func (t Table) Len() int {
	if t.batch == nil {
		return 0
	}
	return t.batch.Len
}

// Columns returns the names of the columns, in order.
func (t Table) Columns() []string {
	if t.batch == nil {
		return nil
	}
	names := make([]string, len(t.batch.Columns))
	for i, c := range t.batch.Columns {
		names[i] = c.Name
	}
	return names
}

// Warnings returns what has to be known beside the values, such as a source file
// that changed since it was last read. They are shown under the table.
func (t Table) Warnings() []string { return t.warnings }

func (t Table) find(name string) (*column.Column, error) {
	if t.batch != nil {
		if c := t.batch.Column(name); c != nil {
			return c, nil
		}
	}
	have, rest := t.Columns(), ""
	if more := len(have) - manyNames; more > 0 {
		have, rest = have[:manyNames], fmt.Sprintf(" and %d more", more)
	}
	return nil, fmt.Errorf("analysis: the table has no column %q; it has %q%s", name, have, rest)
}

// Floats returns a numeric or bool column, one item a row; a null is an error,
// because no float64 stands for it.
func (t Table) Floats(name string) ([]float64, error) {
	c, err := t.find(name)
	if err != nil {
		return nil, err
	}
	if !c.Type.Numeric() && c.Type != column.Bool {
		return nil, fmt.Errorf("analysis: column %q is %s, not a number", name, c.Type)
	}
	if c.Nulls > 0 {
		return nil, fmt.Errorf("analysis: column %q has %d nulls; drop or fill them first", name, c.Nulls)
	}
	values := make([]float64, c.Len)
	err = reading(func() {
		for i := range values {
			values[i] = c.Float(i)
		}
	})
	return values, err
}

// Texts returns a column as text, one item a row: strings as they are, other
// values as they are shown, "" for a null.
func (t Table) Texts(name string) ([]string, error) {
	c, err := t.find(name)
	if err != nil {
		return nil, err
	}
	values := make([]string, c.Len)
	err = reading(func() {
		if c.Len > ownRows { // in one piece, rather than text by text
			c = c.Copy()
		}
		for i := range values {
			switch {
			case c.IsNull(i):
			case c.Type == column.String:
				values[i] = c.Text(i)
			default:
				values[i] = formatCell(c, i)
			}
		}
	})
	return values, err
}

// Value returns one value: nil (null), int32, int64, float64, bool or string.
func (t Table) Value(row int, name string) (any, error) {
	c, err := t.find(name)
	if err != nil {
		return nil, err
	}
	if row < 0 || row >= c.Len {
		return nil, fmt.Errorf("analysis: row %d of a table of %d rows", row, c.Len)
	}
	var value any
	err = reading(func() {
		if value = c.Value(row); c.Type == column.String && !c.IsNull(row) {
			value = strings.Clone(c.Text(row))
		}
	})
	return value, err
}

func partitionTable(parts []plan.Partition) Table {
	var files []string
	var index, start, end, rows []int64
	for i, p := range parts {
		files = append(files, filepath.Base(p.Path))
		index = append(index, int64(i))
		start, end, rows = append(start, p.Start), append(end, p.End), append(rows, p.Rows)
	}
	return tableOf("partitions",
		column.FromInt64s("partition", index, nil), column.FromStrings("file", files, nil),
		column.FromInt64s("from byte", start, nil), column.FromInt64s("to byte", end, nil), column.FromInt64s("rows", rows, nil))
}

func problemTable(notes plan.Notes) Table {
	var files, fields, texts, reasons []string
	var lines, columns, counts []int64
	for _, r := range notes.Reads {
		for _, p := range r.Problems {
			files, fields = append(files, filepath.Base(p.Path)), append(fields, p.Field)
			texts, reasons = append(texts, p.Text), append(reasons, p.Reason)
			lines, columns = append(lines, int64(p.Line)), append(columns, int64(p.Column))
			counts = append(counts, r.Bad[p.Field])
		}
	}
	t := tableOf("values that became null",
		column.FromStrings("file", files, nil), column.FromInt64s("line", lines, nil), column.FromInt64s("byte", columns, nil),
		column.FromStrings("column", fields, nil), column.FromStrings("text", texts, nil), column.FromStrings("reason", reasons, nil),
		column.FromInt64s("of this column", counts, nil))
	t.warnings = notes.Warnings
	return t
}

func tableOf(title string, columns ...*column.Column) Table {
	b := &column.Batch{Columns: columns, Len: columns[0].Len}
	return Table{title: title, batch: b, rows: int64(b.Len)}
}

// NewTable returns a table of the given columns, which must have equal lengths,
// under a title.
func NewTable(title string, columns ...Values) (Table, error) {
	b := &column.Batch{}
	for i, v := range columns {
		c := v.of()
		if i == 0 {
			b.Len = c.Len
		}
		if c.Len != b.Len {
			return Table{}, fmt.Errorf("analysis: column %q has %d rows, the first has %d", c.Name, c.Len, b.Len)
		}
		b.Columns = append(b.Columns, c)
	}
	return Table{title: title, batch: b, rows: int64(b.Len)}, nil
}
