package local

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func (r *run) join(n *plan.Node, op plan.Join, want names) (*column.Batch, error) {
	needLeft, needRight := names{}.with(op.On...), names{}.with(op.On...)
	for _, f := range n.Parents[0].Fields {
		if want[f.Name] {
			needLeft[f.Name] = true
		}
	}
	var from, to []string // the columns that right adds, there and in the result
	for _, a := range op.Added(n.Parents[0].Fields, n.Parents[1].Fields) {
		if want[a.To] {
			needRight[a.From] = true
			from, to = append(from, a.From), append(to, a.To)
		}
	}
	left, err := r.eval(n.Parents[0], needLeft)
	if err != nil {
		return nil, err
	}
	right, err := r.eval(n.Parents[1], needRight)
	if err != nil {
		return nil, err
	}
	leftRows, rightRows, err := column.Join(left.Named(op.On), right.Named(op.On), op.Kind == plan.LeftJoin)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	out := only(left, want)
	if !all(leftRows, left.Len) {
		out = out.Gather(leftRows)
	}
	for i, c := range right.Named(from) {
		out.Columns = append(out.Columns, named(c.GatherOrNull(rightRows), to[i]))
	}
	return out, nil
}

// all reports whether rows are the rows of a frame of n, each once, in order.
func all(rows []uint32, n int) bool {
	for i, row := range rows {
		if row != uint32(i) {
			return false
		}
	}
	return len(rows) == n
}
