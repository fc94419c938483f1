package analysis

import (
	"context"
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// table computes the frame of op over f and returns it under a title.
func (f Frame) table(title string, op plan.Op) (Table, error) {
	b, notes, err := f.with(op).collect()
	if err == nil {
		b, err = owned(b)
	}
	if err != nil {
		return Table{}, err
	}
	return Table{title: title, batch: b, rows: int64(b.Len), warnings: notes.Warnings}, nil
}

// Count returns the number of rows.
func (f Frame) Count() (int64, error) {
	b, _, err := f.with(plan.Select{}).collect()
	if err != nil {
		return 0, err
	}
	return int64(b.Len), nil
}

// Head returns the first n rows.
func (f Frame) Head(n int) (Table, error) {
	if n < 0 {
		return Table{}, fmt.Errorf("analysis: head: %d rows", n)
	}
	if f.node != nil && f.node.Kept {
		return f.headOfKept(n)
	}
	b, notes, err := f.collect()
	if err != nil {
		return Table{}, err
	}
	t := Table{batch: b, rows: int64(b.Len), warnings: notes.Warnings}
	err = reading(func() { t.batch = b.Slice(0, min(n, b.Len)).Copy() })
	return t, err
}

// headOfKept is Head of a frame that is kept, of which it reads no other rows.
func (f Frame) headOfKept(n int) (Table, error) {
	all, _, err := f.with(plan.Select{}).collect()
	if err != nil {
		return Table{}, err
	}
	b, notes, err := f.with(plan.Limit{Rows: n}).collect()
	if err != nil {
		return Table{}, err
	}
	t := Table{rows: int64(all.Len), warnings: notes.Warnings}
	err = reading(func() { t.batch = b.Copy() })
	return t, err
}

// Collect returns all rows. A table of more than 10,000 rows shares memory with what
// is cached.
func (f Frame) Collect() (Table, error) {
	b, notes, err := f.collect()
	if err == nil {
		b, err = owned(b)
	}
	if err != nil {
		return Table{}, err
	}
	return Table{batch: b, rows: int64(b.Len), warnings: notes.Warnings}, nil
}

// Partitions returns the pieces in which the files under f are read: file,
// first and last byte, rows. Every row of a file lies in just one of them.
func (f Frame) Partitions() (Table, error) {
	engine, settings, err := f.Engine()
	if err != nil {
		return Table{}, err
	}
	parts, err := engine.Partitions(context.Background(), settings, f.node)
	if err != nil {
		return Table{}, err
	}
	return partitionTable(parts), nil
}

// Problems returns the values of the files under f that did not follow the
// schema and became null: the first of each column with file, line, column (in
// bytes), the text and the reason. Without any the table has no rows.
func (f Frame) Problems() (Table, error) {
	_, notes, err := f.with(plan.Select{}).collect()
	if err != nil {
		return Table{}, err
	}
	return problemTable(notes), nil
}

// NullCounts returns a row for each column: its name, type, number of nulls and
// number of rows.
func (f Frame) NullCounts() (Table, error) { return f.table("nulls", plan.NullCounts{}) }

// Describe returns a row for each named numeric column, or for all of them if
// none is named: count of values, nulls, mean, stddev (n-1), min, the quartiles
// 25%, 50% and 75% (exact, interpolated linearly: R's type 7) and max. Where a
// column has no value they are NaN; a NaN among the values makes all but the
// counts NaN.
func (f Frame) Describe(columns ...string) (Table, error) {
	return f.table("describe", plan.Describe{Columns: f.orAll(columns, column.Type.Numeric)})
}

// TopValues returns the k most frequent values of each named column, or of all
// text columns if none is named: column, value, count and share of all rows.
// Most frequent first, equal counts by value. null is a value, of type null.
func (f Frame) TopValues(k int, columns ...string) (Table, error) {
	if k < 1 {
		return Table{}, fmt.Errorf("analysis: top values: k is %d", k)
	}
	title := fmt.Sprintf("top %d values", k)
	if len(columns) == 1 {
		title += " of " + columns[0]
	}
	return f.table(title, plan.TopValues{Columns: f.orAll(columns, isText), K: k})
}

// NonConforming tries text columns against the types that schema declares for
// them, a row each: how many values cannot be read as that type, how many
// distinct ones, and the most frequent as examples. A blank text reads as null,
// as in a file. Columns of schema that f has not are left out, as are fields
// declared String.
func (f Frame) NonConforming(schema Schema) (Table, error) {
	var op plan.NonConforming
	texts := map[string]bool{}
	for _, name := range f.columnsOf(isText) {
		texts[name] = true
	}
	for _, field := range planFields(schema.Fields) {
		if texts[field.Name] && field.Type != column.String {
			op.Declared = append(op.Declared, field)
		}
	}
	return f.table("values that do not follow the declared types", op)
}

// Correlation returns Pearson's correlation between the named columns, or all
// numeric ones if none is named, over the rows in which none of them is null: a
// row and a column for each. It is NaN where a column is constant.
func (f Frame) Correlation(columns ...string) (Table, error) {
	return f.table("correlation", plan.Correlation{Columns: f.orAll(columns, column.Type.Numeric)})
}

// Histogram counts the rows of a numeric column in the bins [edges[i],
// edges[i+1]), the last one closed: from, to, class, count. With by, the name of
// an integer column, every value of it is a class counted by itself; class is 0
// without. Values outside the edges, NaN and nulls are not counted.
func (f Frame) Histogram(name string, edges []float64, by string) (Table, error) {
	return f.table("histogram of "+name, plan.Histogram{Column: name, Edges: edges, By: by})
}
