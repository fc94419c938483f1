package local

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// bernoulli draws for each row by itself: of class 1 with probability Keep, of
// class 0 with the one that makes Ratio times as many of them expected.
func (r *run) bernoulli(n *plan.Node, op plan.Undersample, want names) (*column.Batch, error) {
	b, err := r.eval(n.Parents[0], want.with(op.Label))
	if err != nil {
		return nil, err
	}
	label := b.Column(op.Label)
	sizes, err := classSizes(b, label)
	if err != nil {
		return nil, err
	}
	chance := [2]float64{op.Ratio * op.Keep * sizes[1] / max(1, sizes[0]), op.Keep}
	d := newDrawer("undersample each row", op.Seed)
	rows := make([]uint32, 0, int(min(sizes[0], chance[0]*sizes[0])+chance[1]*sizes[1])+64)
	for i := range b.Len {
		if d.draw(b.Row(i)) < chance[int(label.Float(i))] {
			rows = append(rows, uint32(i))
		}
	}
	return only(b, want).Gather(rows), nil
}

// classSizes counts the rows of class 0 and of class 1; another label, or a null,
// is an error that names the first row of it.
func classSizes(b *column.Batch, label *column.Column) (sizes [2]float64, err error) {
	bad := -1
	for _, v := range column.ValueCounts(label) {
		switch f := label.Float(v.Row); {
		case v.Null || f != 0 && f != 1:
			if bad < 0 || v.Row < bad {
				bad = v.Row
			}
		default:
			sizes[int(f)] = float64(v.Count)
		}
	}
	if bad < 0 {
		return sizes, nil
	}
	return sizes, notALabel(b, label, bad)
}
