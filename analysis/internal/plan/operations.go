package plan

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// ReadCSV is the rows of CSV files, in the order of Paths.
type ReadCSV struct {
	Paths    []string `key:"-"` // identified by what they hold, not by name
	Schema   []Field
	FailFast bool
	Name     string `key:"-"` // what the files are, for messages
	Remedy   string `key:"-"` // what to do when there are none
}

func (r ReadCSV) Describe() string {
	names := make([]string, len(r.Paths))
	for i, p := range r.Paths {
		names[i] = filepath.Base(p)
	}
	if len(names) == 0 {
		names = []string{"no file"}
	}
	return "read csv " + visible.Names(names)
}

func (r ReadCSV) Fields([][]Field) ([]Field, error) {
	if len(r.Schema) == 0 {
		return nil, fmt.Errorf("read csv: the schema has no columns")
	}
	return r.Schema, unique(r.Schema)
}

// FromColumns is a frame made of values at hand.
type FromColumns struct {
	Batch   *column.Batch `key:"-"`
	Content string        // SHA-256 of the columns
	Units   []number.Unit `key:"-"` // what the numbers of each column count; nil: plain
	Of      *Node         `key:"-"` // the recipe that the rows were computed from, for draws; nil for rows of their own
}

func (f FromColumns) Describe() string { return fmt.Sprintf("%d rows from columns", f.Batch.Len) }

func (f FromColumns) Fields([][]Field) ([]Field, error) {
	var fields []Field
	for i, c := range f.Batch.Columns {
		if c.Len != f.Batch.Len {
			return nil, fmt.Errorf("column %q has %d rows, the first has %d", c.Name, c.Len, f.Batch.Len)
		}
		field := Field{Name: c.Name, Type: c.Type}
		if f.Units != nil {
			field.Unit = f.Units[i]
		}
		fields = append(fields, field)
	}
	return fields, unique(fields)
}

func unique(fields []Field) error {
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.Name] {
			return fmt.Errorf("two columns are named %q", f.Name)
		}
		seen[f.Name] = true
	}
	return nil
}

// Select is the named columns, in that order.
type Select struct{ Columns []string }

func (s Select) Describe() string { return "select " + visible.Names(s.Columns) }

func (s Select) Fields(parents [][]Field) ([]Field, error) {
	fields, err := FindAll(parents[0], s.Columns)
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	return fields, unique(fields)
}

// Drop is all columns but the named ones.
type Drop struct{ Columns []string }

func (d Drop) Describe() string { return "drop " + visible.Names(d.Columns) }

func (d Drop) Fields(parents [][]Field) ([]Field, error) {
	if _, err := FindAll(parents[0], d.Columns); err != nil {
		return nil, fmt.Errorf("drop: %w", err)
	}
	gone := map[string]bool{}
	for _, name := range d.Columns {
		gone[name] = true
	}
	var fields []Field
	for _, f := range parents[0] {
		if !gone[f.Name] {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

// Rename is the same columns, one of them under a new name.
type Rename struct{ From, To string }

func (r Rename) Describe() string {
	return fmt.Sprintf("rename %s to %s", visible.Text(r.From), visible.Text(r.To))
}

func (r Rename) Fields(parents [][]Field) ([]Field, error) {
	if _, err := Find(parents[0], r.From); err != nil {
		return nil, fmt.Errorf("rename: %w", err)
	}
	fields := append([]Field{}, parents[0]...)
	for i, f := range fields {
		if f.Name == r.From {
			fields[i].Name = r.To
		}
	}
	return fields, unique(fields)
}

// Filter is the rows for which the condition is true (neither false nor null).
type Filter struct{ Condition Expr }

func (f Filter) Describe() string { return "filter " + f.Condition.String() }

func (f Filter) Fields(parents [][]Field) ([]Field, error) {
	t, err := f.Condition.Type(parents[0])
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	if t != column.Bool {
		return nil, fmt.Errorf("filter: %s is %s, not bool", f.Condition, t)
	}
	return parents[0], nil
}

// WithColumn adds a computed column, or replaces the one of that name in place.
type WithColumn struct {
	Name  string
	Value Expr
}

func (w WithColumn) Describe() string {
	return fmt.Sprintf("with %s = %s", visible.Text(w.Name), w.Value)
}

func (w WithColumn) Fields(parents [][]Field) ([]Field, error) {
	t, err := w.Value.Type(parents[0])
	if err != nil {
		return nil, fmt.Errorf("with column %s: %w", visible.Text(w.Name), err)
	}
	field := Field{Name: w.Name, Type: t}
	if r, ok := w.Value.(Ref); ok { // another name for a column
		of, _ := Find(parents[0], r.Name)
		field.Unit = of.Unit
	}
	return put(parents[0], field), nil
}

// put returns fields with f in the place of its name, or at the end.
func put(fields []Field, f Field) []Field {
	out := append([]Field{}, fields...)
	for i := range out {
		if out[i].Name == f.Name {
			out[i] = f
			return out
		}
	}
	return append(out, f)
}

// putAll is put for many fields.
func putAll(fields, added []Field) []Field {
	out := append([]Field{}, fields...)
	at := make(map[string]int, len(out)+len(added))
	for i, f := range out {
		if _, twice := at[f.Name]; !twice {
			at[f.Name] = i
		}
	}
	for _, f := range added {
		i, there := at[f.Name]
		if !there {
			i = len(out)
			at[f.Name] = i
			out = append(out, f)
		}
		out[i] = f
	}
	return out
}

// DropNulls is the rows without a null in any of the columns; none named: any column.
type DropNulls struct{ Columns []string }

func (d DropNulls) Describe() string { return "drop nulls " + visible.Names(d.Columns) }

func (d DropNulls) Fields(parents [][]Field) ([]Field, error) {
	if _, err := FindAll(parents[0], d.Columns); err != nil {
		return nil, fmt.Errorf("drop nulls: %w", err)
	}
	return parents[0], nil
}

// FillNulls puts a value in the place of nulls, in the columns it fits: a number
// in numeric ones, a text in string ones, a bool in bool ones.
type FillNulls struct {
	Value   Literal
	Columns []string // none: every column that it fits
}

func (f FillNulls) Describe() string {
	return strings.TrimRight(fmt.Sprintf("fill nulls with %s %s", f.Value, visible.Names(f.Columns)), " ")
}

// Fits reports whether the value can stand in a column of type t.
func (f FillNulls) Fits(t column.Type) bool {
	of, err := f.Value.Type(nil)
	return err == nil && (of == t || of.Numeric() && t.Numeric() && (t == column.Float64 || of != column.Float64))
}

func (f FillNulls) Fields(parents [][]Field) ([]Field, error) {
	if _, err := f.Value.Type(nil); err != nil {
		return nil, fmt.Errorf("fill nulls: %w", err)
	}
	fields, err := FindAll(parents[0], f.Columns)
	if err != nil {
		return nil, fmt.Errorf("fill nulls: %w", err)
	}
	for _, field := range fields {
		if !f.Fits(field.Type) {
			return nil, fmt.Errorf("fill nulls: %s does not fit column %q, which is %s", f.Value, field.Name, field.Type)
		}
	}
	return parents[0], nil
}

// OrderKey is a column to order by.
type OrderKey struct {
	Column     string
	Descending bool
}

// OrderBy is the rows in order of the keys, the first one foremost; equal rows
// stay in their order. Nulls come first, or last where Descending.
type OrderBy struct{ Keys []OrderKey }

func (o OrderBy) Describe() string {
	parts := make([]string, len(o.Keys))
	for i, k := range o.Keys {
		parts[i] = visible.Text(k.Column)
		if k.Descending {
			parts[i] += " descending"
		}
	}
	return "order by " + strings.Join(parts, ", ")
}

func (o OrderBy) Fields(parents [][]Field) ([]Field, error) {
	names := make([]string, len(o.Keys))
	for i, k := range o.Keys {
		names[i] = k.Column
	}
	if _, err := plainColumns(parents[0], names); err != nil {
		return nil, fmt.Errorf("order by: %w", err)
	}
	return parents[0], nil
}

// Limit is the first rows.
type Limit struct{ Rows int }

func (l Limit) Describe() string { return fmt.Sprintf("first %d rows", l.Rows) }

func (l Limit) Fields(parents [][]Field) ([]Field, error) {
	if l.Rows < 0 {
		return nil, fmt.Errorf("limit: %d rows", l.Rows)
	}
	return parents[0], nil
}

// Union is the rows of both parents, the first's before the second's. Columns
// are matched by name and must have the same types.
type Union struct{}

func (Union) Describe() string { return "union" }

func (Union) Fields(parents [][]Field) ([]Field, error) {
	if len(parents[0]) != len(parents[1]) {
		return nil, fmt.Errorf("union: %d columns and %d columns", len(parents[0]), len(parents[1]))
	}
	second, err := FindAll(parents[1], NamesOf(parents[0]))
	if err != nil {
		return nil, fmt.Errorf("union: the second frame: %w", err)
	}
	for i, f := range parents[0] {
		if g := second[i]; f.Type != g.Type {
			return nil, fmt.Errorf("union: column %q is %s and %s", f.Name, f.Type, g.Type)
		}
		if f.Type == column.Vector {
			return nil, fmt.Errorf("union: column %q is a feature vector", f.Name)
		}
	}
	fields := append([]Field{}, parents[0]...)
	for i := range fields {
		if fields[i].Unit != second[i].Unit { // what is true of some rows only is not said
			fields[i].Unit = number.Plain
		}
	}
	return fields, nil
}
