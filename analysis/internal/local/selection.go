package local

import (
	"math"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A selection is rows of a batch: the value of a filter or a draw before its columns
// are gathered. One from another is one of the same batch, so that however many
// follow one another, columns are gathered once, and only those that are wanted.
type selection struct {
	batch *column.Batch
	rows  column.Choice
}

// wholeOf returns the selection of all rows of b.
func wholeOf(b *column.Batch) selection { return selection{b, column.AllOf(b.Len)} }

// gather returns the wanted columns of the selection as a batch, in memory.
func (s selection) gather(want names, memory *arena.Arena) *column.Batch {
	b := only(s.batch, want)
	if s.rows.All() {
		return b
	}
	return b.GatherIn(memory, s.rows.Rows())
}

// chosen returns the value of n, which chooses some of its parent's rows, with the
// wanted columns and perhaps more.
func (r *run) chosen(n *plan.Node, want names) (selection, error) {
	var need []string // to choose by
	switch op := n.Op.(type) {
	case plan.Filter:
		need = plan.Columns(op.Condition)
	case plan.DropNulls:
		if need = op.Columns; len(need) == 0 {
			need = plan.NamesOf(n.Parents[0].Fields)
		}
	}
	s, err := r.selected(n.Parents[0], want.with(need...))
	if err != nil {
		return s, err
	}
	switch op := n.Op.(type) {
	case plan.Sample:
		return s.drawn(newDrawer("sample", op.Seed, plan.Round(n)), 0, op.Fraction), nil
	case plan.Part:
		return s.drawn(newDrawer("split", op.Seed, plan.Round(n)), op.From, op.To), nil
	case plan.Filter:
		return s.filtered(op.Condition)
	}
	return s.complete(need), nil
}

// selected returns the value of n as rows of a batch with the wanted columns, and
// perhaps more: all rows, unless n only chooses some of others.
func (r *run) selected(n *plan.Node, want names) (selection, error) {
	if !n.Kept && n.Err == nil {
		switch n.Op.(type) {
		case plan.Select, plan.Drop:
			return r.selected(n.Parents[0], want)
		case plan.Filter, plan.DropNulls, plan.Sample, plan.Part:
			s, err := r.chosen(n, want)
			return s, located(n, err)
		}
	}
	b, err := r.eval(n, want)
	if err != nil {
		return selection{}, err
	}
	return wholeOf(b), nil
}

// filtered chooses the rows for which the condition is true. It works on a stretch
// of rows at a time. Of rows that were left out before, no value is a mistake.
func (s selection) filtered(condition plan.Expr) (selection, error) {
	need := names{}.with(plan.Columns(condition)...)
	b := only(s.batch, need)
	parts := make([]column.Choice, 0, b.Len/stretch+1)
	for lo := 0; lo < b.Len; lo += stretch {
		part := selection{b, s.rows}
		if b.Len > stretch {
			hi := min(b.Len, lo+stretch)
			part = selection{b.Slice(lo, hi), s.rows.Slice(lo, hi)}
		}
		holds, err := evaluate(condition, part.gather(need, nil))
		if err != nil && b.Len > stretch { // of all rows, the mistake counts all of them
			_, err = evaluate(condition, selection{b, s.rows}.gather(need, nil))
		}
		if err != nil {
			return s, err
		}
		parts = append(parts, part.rows.Of(trueBits(holds)))
	}
	s.rows = column.JoinChoices(parts)
	return s, nil
}

// drawn chooses the rows whose draw lies between from and to, less than to; both
// from 0 to 1. Draws are whole multiples of 2^-53, and compared as such.
func (s selection) drawn(d drawer, from, to float64) selection {
	low, high := uint64(math.Ceil(from*0x1p53)), uint64(math.Ceil(to*0x1p53))
	s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			marks[i] = d.bits(s.batch.Row(int(row)))>>11-low < high-low
		}
	})
	return s
}

// complete chooses the rows without a null in any of the columns.
func (s selection) complete(columns []string) selection {
	for _, c := range s.batch.Named(columns) {
		if c.Nulls > 0 {
			s.rows = s.rows.And(c.Valid)
		}
	}
	return s
}
