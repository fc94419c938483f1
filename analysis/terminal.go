package analysis

import (
	"context"
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/number"
)

// table computes the frame of op over f and returns it under a title that ends in what
// f is. The columns of that name, if there are any, name the rows.
func (f Frame) table(title string, op plan.Op, heads ...string) (Table, error) {
	of := f.with(op)
	t, err := of.whole()
	if err != nil {
		return Table{}, err
	}
	t.title, t.heads = f.about(title), heads
	return t, nil
}

// whole computes all rows of f.
func (f Frame) whole() (Table, error) {
	b, notes, err := f.collect()
	if err == nil {
		b, err = owned(b)
	}
	if err != nil {
		return Table{}, err
	}
	return f.tableOf(b, int64(b.Len), notes), nil
}

// tableOf returns rows of f, which has so many, as f is shown.
func (f Frame) tableOf(b *column.Batch, rows int64, notes plan.Notes) Table {
	t := Table{title: f.caption(), batch: b, rows: rows, warnings: notes.Warnings, types: f.types, heads: keysOf(f.Node())}
	for _, field := range f.Node().Fields {
		t.units = append(t.units, field.Shown())
	}
	return t
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
	t := f.headed(f.tableOf(b, int64(b.Len), notes), n)
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
	t := f.headed(f.tableOf(b, int64(all.Len), notes), n)
	err = reading(func() { t.batch = b.Copy() })
	return t, err
}

// headed says in t's title that it holds the first rows, unless there is another title.
func (f Frame) headed(t Table, n int) Table {
	if f.title == "" {
		t.title = f.about(fmt.Sprintf("first %s", plural(int64(n), "row")))
	}
	return t
}

// Collect returns all rows. A table of more than 10,000 rows shares memory with what
// is cached.
func (f Frame) Collect() (Table, error) { return f.whole() }

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
	return partitionTable(f.about("partitions"), parts), nil
}

// Problems returns the values of the files under f that did not follow the
// schema and became null: the first of each column with file, line, column (in
// bytes), the text and the reason. Without any the table has no rows.
func (f Frame) Problems() (Table, error) {
	_, notes, err := f.with(plan.Select{}).collect()
	if err != nil {
		return Table{}, err
	}
	return problemTable(f.about("values that became null"), notes), nil
}

// NullCounts returns a row for each column: its name, type, number of nulls and
// number of rows.
func (f Frame) NullCounts() (Table, error) { return f.table("nulls", plan.NullCounts{}, "column") }

// Describe returns a row for each named numeric column, or for all of them if
// none is named: count of values, nulls, mean, stddev (n-1), min, the quartiles
// 25%, 50% and 75% (exact, interpolated linearly: R's type 7) and max. Where a
// column has no value they are NaN; a NaN among the values makes all but the
// counts NaN. Each row is shown in the unit of its column: points in time as dates, and
// their stddev as a duration.
func (f Frame) Describe(columns ...string) (Table, error) {
	op := plan.Describe{Columns: f.orAll(columns, column.Type.Numeric)}
	t, err := f.table("describe", op, "column")
	if err != nil {
		return t, err
	}
	fields, err := plan.FindAll(f.Node().Fields, op.Columns)
	for _, field := range fields {
		t.rowUnits = append(t.rowUnits, field.Shown())
	}
	return t, err
}

// TopValues returns the k most frequent values of each named column, or of all
// text columns if none is named: column, value, count and share of all rows. Where one
// column is named the table has no "column", which would repeat its name.
// Most frequent first, equal counts by value. null is a value, of type null.
func (f Frame) TopValues(k int, columns ...string) (Table, error) {
	if k < 1 {
		return Table{}, fmt.Errorf("analysis: top values: k is %d", k)
	}
	title := fmt.Sprintf("top %s values", number.Count(k))
	op := plan.TopValues{Columns: f.orAll(columns, isText), K: k}
	if len(columns) != 1 {
		return f.table(title, op, "column", "value")
	}
	t, err := f.table(title+" of "+columns[0], op, "value")
	if err == nil {
		b := *t.batch
		b.Columns = b.Columns[1:]
		t.batch, t.units = &b, t.units[1:]
	}
	return t, err
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
	return f.table("values that do not follow the declared types", op, "column")
}

// Correlation returns Pearson's correlation between the named columns, or all
// numeric ones if none is named, over the rows in which none of them is null: a
// row and a column for each. It is NaN where a column is constant.
func (f Frame) Correlation(columns ...string) (Table, error) {
	return f.table("correlation", plan.Correlation{Columns: f.orAll(columns, column.Type.Numeric)}, "column")
}

// Histogram counts the rows of a numeric column in the bins [edges[i],
// edges[i+1]), the last one closed: from, to, class, count. With by, the name of
// an integer column, every value of it is a class counted by itself; class is 0
// without. Values outside the edges, NaN and nulls are not counted.
func (f Frame) Histogram(name string, edges []float64, by string) (Table, error) {
	return f.table("histogram of "+name, plan.Histogram{Column: name, Edges: edges, By: by})
}
