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
	case plan.Part:
		if op.By != plan.ByRow {
			need = []string{op.Column}
		}
	case plan.TimePart:
		need = []string{op.Column}
	}
	s, err := r.selected(n.Parents[0], want.with(need...))
	if err != nil {
		return s, err
	}
	switch op := n.Op.(type) {
	case plan.Sample:
		return s.drawn(newDrawer("sample", op.Seed, plan.Round(n)), between(0, op.Fraction, false)), nil
	case plan.Part:
		return r.part(s, n, op), nil
	case plan.TimePart:
		part, err := s.timed(op)
		if err == nil {
			r.warnOfEmpty(s, part, op)
		}
		return part, err
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
		case plan.Filter, plan.DropNulls, plan.Sample, plan.Part, plan.TimePart:
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

// drawn chooses the rows whose draw lies in the interval.
func (s selection) drawn(d drawer, in interval) selection {
	s.rows = s.rows.Where(func(rows []uint32, marks []bool) {
		for i, row := range rows {
			marks[i] = in.holds(d.bits(s.batch.Row(int(row))))
		}
	})
	return s
}

// An interval is draws from low to less than low+width, or, with rest, all others.
// Draws are whole multiples of 2^-53, and compared as such.
type interval struct {
	low, width uint64
	rest       bool
}

// between returns the interval from one share to another, both from 0 to 1.
func between(from, to float64, rest bool) interval {
	low := uint64(math.Ceil(from * 0x1p53))
	return interval{low, uint64(math.Ceil(to*0x1p53)) - low, rest}
}

// holds reports whether the draw of random bits lies in the interval.
func (v interval) holds(bits uint64) bool { return bits>>11-v.low < v.width != v.rest }

// complete chooses the rows without a null in any of the columns.
func (s selection) complete(columns []string) selection {
	for _, c := range s.batch.Named(columns) {
		if c.Nulls > 0 {
			s.rows = s.rows.And(c.Valid)
		}
	}
	return s
}
