package local

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// limit returns the first rows. Those of an order are found without ordering all
// rows, unless all of them in their order are to be kept.
func (r *run) limit(n *plan.Node, op plan.Limit, want names) (*column.Batch, error) {
	for p := n.Parents[0]; !p.Kept; p = p.Parents[0] {
		switch above := p.Op.(type) {
		case plan.Select, plan.Drop: // rows and their order stay
			continue
		case plan.OrderBy:
			return r.orderBy(p, above, want, op.Rows)
		}
		break
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
