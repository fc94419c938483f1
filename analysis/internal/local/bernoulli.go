package local

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// bernoulli draws for each row by itself: of class 1 with probability Keep, of
// class 0 with the one that makes Ratio times as many of them expected.
func (s selection) bernoulli(op plan.Undersample, round int) (selection, error) {
	positives, err := s.positives(op.Label)
	if err != nil {
		return s, err
	}
	positive := float64(column.CountBits(positives, s.batch.Len))
	negative := float64(s.rows.Len()) - positive
	chance := [2]float64{op.Ratio * op.Keep * positive / max(1, negative), op.Keep}
	d := newDrawer("undersample each row", op.Seed, round)
	s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			marks[i] = d.draw(s.batch.Row(int(row))) < chance[positives[row>>3]>>(row&7)&1]
		}
	})
	return s, nil
}
