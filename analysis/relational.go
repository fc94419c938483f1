package analysis

import (
	"fmt"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Select returns the named columns, in that order.
func (f Frame) Select(columns ...string) Frame {
	return f.with(plan.Select{Columns: slices.Clone(columns)})
}

// Drop returns all columns but the named ones.
func (f Frame) Drop(columns ...string) Frame {
	return f.with(plan.Drop{Columns: slices.Clone(columns)})
}

// Rename returns f with one column under a new name.
func (f Frame) Rename(from, to string) Frame { return f.with(plan.Rename{From: from, To: to}) }

// Filter returns the rows for which the condition is true; rows for which it is
// false or null are left out.
func (f Frame) Filter(condition Expression) Frame {
	return f.with(plan.Filter{Condition: toExpr(condition)})
}

// WithColumn returns f with a computed column, at the end, or in the place of
// the column of that name.
func (f Frame) WithColumn(name string, value Expression) Frame {
	return f.with(plan.WithColumn{Name: name, Value: toExpr(value)})
}

// Union returns the rows of f followed by the rows of other. Columns are matched
// by name and must have the same types. For random draws the rows of other are
// numbered after all of f's, and the draws above both count.
func (f Frame) Union(other Frame) Frame { return f.with(plan.Union{}, other) }

// Limit returns the first n rows.
func (f Frame) Limit(n int) Frame { return f.with(plan.Limit{Rows: n}) }

// Descending orders by a column from its greatest value down.
func Descending(name string) Order { return Order{plan.OrderKey{Column: name, Descending: true}} }

// Ascending orders by a column from its least value up.
func Ascending(name string) Order { return Order{plan.OrderKey{Column: name}} }

// An Order is a column and a direction, for [Frame.OrderBy].
type Order struct{ key plan.OrderKey }

// OrderBy returns the rows in order of the keys, the first one foremost; rows
// that are equal in all of them stay in their order. Texts are ordered by bytes,
// NaN after every number, nulls before every value (after, where descending).
// Limit behind it, with Select or Drop between, finds its rows without ordering
// all of them.
func (f Frame) OrderBy(keys ...Order) Frame {
	op := plan.OrderBy{}
	for _, k := range keys {
		op.Keys = append(op.Keys, k.key)
	}
	return f.with(op)
}

// DropNulls returns the rows without a null in the named columns, or in any
// column if none is named.
func (f Frame) DropNulls(columns ...string) Frame {
	return f.with(plan.DropNulls{Columns: slices.Clone(columns)})
}

// FillNulls returns f with nulls replaced by value, a Go number, bool or string,
// in the named columns; if none is named, in every column whose type it fits. A
// float fits float columns only.
func (f Frame) FillNulls(value any, columns ...string) Frame {
	literal, ok := toExpr(value).(plan.Literal)
	if !ok {
		literal = plan.Literal{Value: fmt.Errorf("the value is an expression; use a number, a bool or a string")}
	}
	return f.with(plan.FillNulls{Value: literal, Columns: slices.Clone(columns)})
}

// A Mapper is Go code that computes one value of a row from the values of some
// of its columns. A value is nil (null), int32, int64, float64, bool or string.
// Map must depend on its arguments and the mapper's exported fields alone, and
// may be called from several goroutines.
//
// A mapper with a method Version() string has an identity: its type, exported
// fields and version. Each program tries it on 64 rows of what was kept, where
// these still hold its inputs and output: other values are computed again, and
// that is said. Without a version, neither the result nor what follows from it
// can be kept, and every program computes it again.
type Mapper interface {
	Map(values []any) (any, error)
}

// Map returns f with a column computed by Go code from the input columns. The
// code's values must be of type t or nil.
func (f Frame) Map(name string, t Type, m Mapper, inputs ...string) Frame {
	return f.with(plan.Map{Output: plan.Field{Name: name, Type: column.Type(t)}, Inputs: slices.Clone(inputs), Mapper: m})
}
