package local

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// evaluate computes an expression for every row of b. The column it returns has
// no name of its own.
//
// An expression that reads one text column only is computed once for each
// distinct text and then spread over the rows: 40,000 values that need repair
// may be 3,000 distinct ones.
func evaluate(e plan.Expr, b *column.Batch) (*column.Column, error) {
	if c := soleText(e, b); c != nil {
		if out, err := overDictionary(e, c, nil); err == nil {
			return out, nil
		}
		// Computed row by row, the mistake names its row and counts all of them.
	}
	return compute(e, b)
}

// compute is evaluate without the detour over distinct texts at its top.
func compute(e plan.Expr, b *column.Batch) (*column.Column, error) {
	switch e := e.(type) {
	case plan.Ref:
		if c := b.Column(e.Name); c != nil {
			return c, nil
		}
		return nil, fmt.Errorf("no column %q", e.Name)
	case plan.Literal:
		return column.Constant("", e.Value, b.Len)
	case plan.Null:
		return nulls(e.Of, b.Len), nil
	case plan.Binary:
		return binary(e, b)
	case plan.Unary:
		return unary(e, b)
	case plan.TextMatch:
		return textMatch(e, b)
	case plan.Cast:
		return cast(e, b)
	case plan.When:
		return when(e, b)
	case plan.In:
		return in(e, b)
	case plan.Lookup:
		return lookup(e, b)
	}
	return nil, fmt.Errorf("the local engine cannot compute %s", e)
}

// nulls returns a column of n nulls.
func nulls(t column.Type, n int) *column.Column {
	none := make([]bool, n)
	switch t {
	case column.Int32:
		return column.FromInt32s("", make([]int32, n), none)
	case column.Int64:
		return column.FromInt64s("", make([]int64, n), none)
	case column.Timestamp:
		return column.FromTimestamps("", make([]int64, n), none)
	case column.Bool:
		return column.FromBools("", make([]bool, n), none)
	case column.String:
		return column.FromStrings("", make([]string, n), none)
	}
	return column.FromFloat64s("", make([]float64, n), none)
}

func binary(e plan.Binary, b *column.Batch) (*column.Column, error) {
	switch e.Operator {
	case plan.And, plan.Or, plan.Plus, plan.Minus, plan.Times, plan.Divide:
	default:
		return compare(e, b)
	}
	left, err := evaluate(e.Left, b)
	if err != nil {
		return nil, err
	}
	right, err := evaluate(e.Right, b)
	if err != nil {
		return nil, err
	}
	if e.Operator == plan.And || e.Operator == plan.Or {
		return logic(e.Operator, left, right), nil
	}
	return arithmetic(e, left, right, b)
}

func unary(e plan.Unary, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	switch e.Function {
	case plan.IsNull:
		return flip(truths(of.Len, validBits(of), nil)), nil
	case plan.IsNotNull:
		return truths(of.Len, validBits(of), nil), nil
	case plan.Not:
		return flip(of), nil
	case plan.Trim, plan.Length:
		return textUnary(e, of), nil
	}
	return negate(e, of, b)
}

// when computes each value for its own rows only: a cast that would fail on
// other rows is no mistake.
func when(e plan.When, b *column.Batch) (*column.Column, error) {
	of, err := e.Type(fieldsOf(b))
	if err != nil {
		return nil, err
	}
	values := append(append([]plan.Expr{}, e.Values...), e.Otherwise)
	branch := make([]int32, b.Len) // the value each row takes
	for i := range branch {
		branch[i] = int32(len(e.Conditions))
	}
	for k := len(e.Conditions) - 1; k >= 0; k-- {
		condition, err := evaluate(e.Conditions[k], b)
		if err != nil {
			return nil, err
		}
		for _, i := range trueRows(condition) {
			branch[i] = int32(k)
		}
	}
	rows := make([][]uint32, len(values))
	for i, k := range branch {
		rows[k] = append(rows[k], uint32(i))
	}
	var parts []*column.Column
	place := make([]uint32, b.Len) // of a row among the parts' rows
	at := uint32(0)
	for k, value := range values {
		if len(rows[k]) == 0 {
			continue
		}
		part := only(b, names{}.with(plan.Columns(value)...))
		if len(rows[k]) < b.Len {
			part = part.Gather(rows[k])
		}
		c, err := evaluate(value, part)
		if err != nil {
			return nil, err
		}
		if c, err = castColumn(c, of); err != nil {
			return nil, err
		}
		c = named(c, "")
		c.Levels, c.Source = nil, "" // a value among others is no index any more
		parts = append(parts, c)
		for _, i := range rows[k] {
			place[i] = at
			at++
		}
	}
	switch len(parts) {
	case 0:
		return nulls(of, 0), nil
	case 1:
		return parts[0], nil
	}
	all, err := column.Concat(parts)
	if err != nil {
		return nil, err
	}
	return all.Gather(place), nil
}

func fieldsOf(b *column.Batch) []plan.Field {
	fields := make([]plan.Field, len(b.Columns))
	for i, c := range b.Columns {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type}
	}
	return fields
}
