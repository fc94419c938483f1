package local

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// limit returns the first rows. Those of an order are found without ordering all
// rows, unless all of them in their order are to be kept.
func (r *run) limit(n *plan.Node, op plan.Limit, want names) (*column.Batch, error) {
	p := n.Parents[0]
	for ; !p.Kept; p = p.Parents[0] {
		switch above := p.Op.(type) {
		case plan.Select, plan.Drop: // rows and their order stay
			continue
		case plan.OrderBy:
			return r.orderBy(p, above, want, op.Rows)
		}
		break
	}
	if p.Kept && p.Err == nil { // no more of it is read than these rows
		b, err := r.kept(p, want, max(1, op.Rows))
		if err != nil {
			return nil, located(p, err)
		}
		return only(b, want).Slice(0, min(op.Rows, b.Len)), nil
	}
	s, err := r.selected(n.Parents[0], want)
	if err != nil {
		return nil, err
	}
	if s.rows.All() {
		return s.batch.Slice(0, min(op.Rows, s.batch.Len)), nil
	}
	s.rows = s.rows.First(op.Rows)
	return s.gather(want, r.memory), nil
}
