package local

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

func (r *run) rename(n *plan.Node, op plan.Rename, want names) (*column.Batch, error) {
	inner := want.without(op.To)
	if want[op.To] {
		inner = inner.with(op.From)
	}
	b, err := r.eval(n.Parents[0], inner)
	if err != nil || !want[op.To] {
		return b, err
	}
	out := &column.Batch{Len: b.Len, Rows: b.Rows}
	for _, c := range b.Columns {
		if c.Name == op.From {
			c = named(c, op.To)
		}
		out.Columns = append(out.Columns, c)
	}
	return out, nil
}

func (r *run) withColumn(n *plan.Node, op plan.WithColumn, want names) (*column.Batch, error) {
	inner := want.without(op.Name)
	if !want[op.Name] {
		return r.eval(n.Parents[0], inner)
	}
	b, err := r.eval(n.Parents[0], inner.with(plan.Columns(op.Value)...))
	if err != nil {
		return nil, err
	}
	c, err := derive(op.Value, b, r.memory)
	if err != nil {
		return nil, fmt.Errorf("column %s: %w", visible.Text(op.Name), err)
	}
	c = named(c, op.Name)
	r.doubtTimes(c, b)
	return put(b, c), nil
}

func (r *run) fillNulls(n *plan.Node, op plan.FillNulls, want names) (*column.Batch, error) {
	b, err := r.eval(n.Parents[0], want)
	if err != nil {
		return nil, err
	}
	fill := names{}.with(op.Columns...)
	out := &column.Batch{Len: b.Len, Rows: b.Rows, Columns: slices.Clone(b.Columns)}
	for i, c := range b.Columns {
		if c.Nulls == 0 || len(fill) > 0 && !fill[c.Name] || !op.Fits(c.Type) {
			continue
		}
		ref := plan.Ref{Name: c.Name}
		value := plan.When{
			Conditions: []plan.Expr{plan.Unary{Function: plan.IsNull, Of: ref}},
			Values:     []plan.Expr{plan.Cast{Of: op.Value, To: c.Type}}, Otherwise: ref,
		}
		filled, err := derive(value, &column.Batch{Len: b.Len, Rows: b.Rows, Columns: []*column.Column{c}}, r.memory)
		if err != nil {
			return nil, fmt.Errorf("fill nulls: %w", err)
		}
		out.Columns[i] = named(filled, c.Name)
	}
	return out, nil
}

// orderBy returns the first most rows of n, which orders its parent's rows.
func (r *run) orderBy(n *plan.Node, op plan.OrderBy, want names, most int) (*column.Batch, error) {
	var by []string
	var descending []bool
	for _, k := range op.Keys {
		by, descending = append(by, k.Column), append(descending, k.Descending)
	}
	b, err := r.eval(n.Parents[0], want.with(by...))
	if err != nil {
		return nil, err
	}
	keys := b.Named(by)
	if len(keys) == 0 {
		return b.Slice(0, min(most, b.Len)), nil
	}
	return only(b, want).Gather(column.TopRows(keys, descending, most)), nil
}

func (r *run) union(n *plan.Node, want names) (*column.Batch, error) {
	first, err := r.eval(n.Parents[0], want)
	if err != nil {
		return nil, err
	}
	second, err := r.eval(n.Parents[1], want)
	if err != nil {
		return nil, err
	}
	out := &column.Batch{Len: first.Len + second.Len}
	if uint64(out.Len) > math.MaxUint32 {
		return nil, fmt.Errorf("union: %d rows are more than %d", out.Len, uint32(math.MaxUint32))
	}
	var wanted []string
	for _, f := range n.Fields {
		if want[f.Name] {
			wanted = append(wanted, f.Name)
		}
	}
	one, two := first.Named(wanted), second.Named(wanted)
	for i, name := range wanted {
		c, err := column.Concat([]*column.Column{one[i], two[i]})
		if err != nil {
			return nil, fmt.Errorf("union: column %q: %w", name, err)
		}
		out.Columns = append(out.Columns, named(c, name))
	}
	return out, unionRows(out, first, second)
}

// unionRows numbers the rows: the first frame's keep their numbers, the second's
// follow after the greatest of them.
func unionRows(out, first, second *column.Batch) error {
	if first.Rows == nil && second.Rows == nil {
		return nil
	}
	var next uint64
	out.Rows = make([]uint32, 0, out.Len)
	for i := range first.Len {
		row := first.Row(i)
		next = max(next, row+1)
		out.Rows = append(out.Rows, uint32(row))
	}
	for i := range second.Len {
		row := next + second.Row(i)
		if row > math.MaxUint32 {
			return fmt.Errorf("union: row number %d is above %d", row, uint32(math.MaxUint32))
		}
		out.Rows = append(out.Rows, uint32(row))
	}
	return nil
}
