package analysis

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/number"
)

// A Table is rows at hand: the result of a terminal call. It shows itself as
// HTML, Markdown and text, with visible nulls, and texts as package visible writes
// them. Its columns are read-only.
//
// Values of a column of data are shown as in the data, with one number of decimals for
// the whole column ([number.Unit.Format] says which), and so are aggregates of it, such
// as its sum. What is counted has separators, shares are in percent, points in time
// dates in UTC and durations have two digits: all that follows from the column's
// [Unit]. What is shown rounded has the exact value in the title of its HTML cell;
// Floats and Value return it.
type Table struct {
	title    string
	batch    *column.Batch
	rows     int64 // of the frame, when the table holds only the first
	warnings []string
	units    []number.Unit // one a column; nil: all plain
	rowUnits []number.Unit // of a description: one a row, for what has no unit of its own
	heads    []string      // the columns that name the rows
	types    bool          // shown below the names
}

// manyNames is how many names of columns an error lists.
const manyNames = 100

// Titled returns t with another title, shown above it.
func (t Table) Titled(format string, args ...any) Table {
	t.title = fmt.Sprintf(format, args...)
	return t
}

// WithTypes returns t with a row of column types below the names.
func (t Table) WithTypes() Table {
	t.types = true
	return t
}

// NamedBy returns t with these columns as the names of its rows: they are shown as the
// heads of rows. Names that t has not are ignored.
func (t Table) NamedBy(columns ...string) Table {
	t.heads = slices.Clone(columns)
	return t
}

// WithWarnings returns t with more to be known beside its values.
func (t Table) WithWarnings(texts ...string) Table {
	t.warnings = append(slices.Clone(t.warnings), texts...)
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
// that changed since it was last read. They are shown under the table, in one
// paragraph.
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

func partitionTable(title string, parts []plan.Partition) Table {
	var files []string
	var index, start, end, rows []int64
	for i, p := range parts {
		files = append(files, filepath.Base(p.Path))
		index = append(index, int64(i))
		start, end, rows = append(start, p.Start), append(end, p.End), append(rows, p.Rows)
	}
	return tableOf(title,
		Int64s("partition", index...), Strings("file", files...),
		Int64s("from byte", start...).In(Counts), Int64s("to byte", end...).In(Counts), Int64s("rows", rows...).In(Counts)).NamedBy("partition")
}

func problemTable(title string, notes plan.Notes) Table {
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
	t := tableOf(title,
		Strings("file", files...), Int64s("line", lines...), Int64s("byte", columns...),
		Strings("column", fields...), Strings("text", texts...), Strings("reason", reasons...),
		Int64s("of this column", counts...).In(Counts))
	t.warnings = notes.Warnings
	return t
}

// tableOf returns a table of columns of one length.
func tableOf(title string, columns ...Values) Table {
	b := &column.Batch{}
	t := Table{title: title, batch: b}
	for _, v := range columns {
		c := v.of()
		b.Columns, b.Len = append(b.Columns, c), c.Len
		t.units = append(t.units, plan.Field{Type: c.Type, Unit: v.unit}.Shown())
	}
	t.rows = int64(b.Len)
	return t
}

// NewTable returns a table of the given columns, which must have equal lengths,
// under a title. [Values.In] says what a column counts, [Table.NamedBy] which columns
// name the rows.
func NewTable(title string, columns ...Values) (Table, error) {
	for _, v := range columns {
		if c, first := v.of(), columns[0].of(); c.Len != first.Len {
			return Table{}, fmt.Errorf("analysis: column %q has %d rows, the first has %d", c.Name, c.Len, first.Len)
		}
	}
	return tableOf(title, columns...), nil
}
