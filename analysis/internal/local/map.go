package local

import (
	"fmt"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

func (r *run) mapRows(n *plan.Node, op plan.Map, want names) (*column.Batch, error) {
	inner := want.without(op.Output.Name)
	if !want[op.Output.Name] {
		return r.eval(n.Parents[0], inner)
	}
	b, err := r.eval(n.Parents[0], inner.with(op.Inputs...))
	if err != nil {
		return nil, err
	}
	inputs := b.Named(op.Inputs)
	values := make([]any, b.Len)
	memo := map[string]any{} // the code is a function of its input, and texts repeat
	for i := range values {
		if len(inputs) == 1 && inputs[0].Type == column.String && !inputs[0].IsNull(i) {
			text := inputs[0].Text(i)
			if v, seen := memo[text]; seen {
				values[i] = v
				continue
			}
			if values[i], err = callMapper(op.Mapper, []any{text}, b.Row(i)); err != nil {
				return nil, err
			}
			memo[text] = values[i]
			continue
		}
		row := make([]any, len(inputs))
		for k, c := range inputs {
			row[k] = c.Value(i)
		}
		if values[i], err = callMapper(op.Mapper, row, b.Row(i)); err != nil {
			return nil, err
		}
	}
	c, err := fromValues(op.Output.Name, op.Output.Type, values)
	if err != nil {
		return nil, fmt.Errorf("map by %T: %w", op.Mapper, err)
	}
	r.doubtTimes(c, b)
	return put(b, c), nil
}

// callMapper calls code from a cell; its panic becomes an error.
func callMapper(m plan.Mapper, values []any, row uint64) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("map by %T: row %d, %v: panic: %v", m, row, shownAll(values), p)
		}
	}()
	if value, err = m.Map(values); err != nil {
		return nil, fmt.Errorf("map by %T: row %d, %v: %w", m, row, shownAll(values), err)
	}
	return value, nil
}

// shownAll returns values with nothing in the texts among them unseen.
func shownAll(values []any) []any {
	shown := slices.Clone(values)
	for i, v := range shown {
		if text, ok := v.(string); ok {
			shown[i] = visible.Text(text)
		}
	}
	return shown
}

// fromValues makes a column of values that are nil or of the Go type of t.
func fromValues(name string, t column.Type, values []any) (*column.Column, error) {
	switch t {
	case column.Float64:
		return typed(name, values, column.FromFloat64s)
	case column.Int64:
		return typed(name, values, column.FromInt64s)
	case column.Timestamp:
		return typed(name, values, column.FromTimestamps)
	case column.Int32:
		return typed(name, values, column.FromInt32s)
	case column.Bool:
		return typed(name, values, column.FromBools)
	}
	return typed(name, values, column.FromStrings)
}

func typed[T any](name string, values []any, build func(string, []T, []bool) *column.Column) (*column.Column, error) {
	out, valid := make([]T, len(values)), make([]bool, len(values))
	for i, v := range values {
		if v == nil {
			continue
		}
		if out[i], valid[i] = v.(T); !valid[i] {
			return nil, fmt.Errorf("row %d: the value %v is of type %T, the column of type %T", i, shownAll(values[i : i+1])[0], v, out[i])
		}
	}
	return build(name, out, valid), nil
}
