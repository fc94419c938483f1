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
	var added []plan.Rename
	for _, a := range op.Added(n.Parents[0].Fields, n.Parents[1].Fields) {
		if want[a.To] {
			needRight[a.From] = true
			added = append(added, a)
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
	var leftKeys, rightKeys []*column.Column
	for _, name := range op.On {
		leftKeys, rightKeys = append(leftKeys, left.Column(name)), append(rightKeys, right.Column(name))
	}
	leftRows, rightRows, err := column.Join(leftKeys, rightKeys, op.Kind == plan.LeftJoin)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	out := only(left, want)
	if !all(leftRows, left.Len) {
		out = out.Gather(leftRows)
	}
	for _, a := range added {
		out.Columns = append(out.Columns, named(right.Column(a.From).GatherOrNull(rightRows), a.To))
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
