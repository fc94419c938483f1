package local

import (
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A selection is rows of a batch: the value of a filter or a draw before its columns
// are gathered. One from another is one of the same batch, so that however many
// follow one another, columns are gathered once, and only those that are wanted.
type selection struct {
	batch *column.Batch
	rows  []uint32 // nil stands for all
}

func (s selection) len() int {
	if s.rows == nil {
		return s.batch.Len
	}
	return len(s.rows)
}

// at returns which row of the batch is row i of the selection.
func (s selection) at(i int) uint32 {
	if s.rows == nil {
		return uint32(i)
	}
	return s.rows[i]
}

// where returns the rows of the batch that are those rows of the selection for
// which keep is true, in their order. keep is given the row's place in the
// selection and its number in the source files.
func (s selection) where(keep func(i int, number uint64) bool) []uint32 {
	parts := make([][]uint32, column.Blocks(s.len()))
	column.EachBlock(s.len(), func(block, lo, hi int) {
		rows := make([]uint32, hi-lo)
		n := 0
		for i := lo; i < hi; i++ {
			row := s.at(i)
			if rows[n] = row; keep(i, s.batch.Row(int(row))) {
				n++
			}
		}
		parts[block] = rows[:n]
	})
	n := 0
	for _, rows := range parts {
		n += len(rows)
	}
	all := make([]uint32, 0, n) // also of no row it is not nil
	for _, rows := range parts {
		all = append(all, rows...)
	}
	return all
}

// of returns the selection of those rows of s, which it may write to.
func (s selection) of(rows []uint32) selection {
	if s.rows != nil {
		for i, row := range rows {
			rows[i] = s.rows[row]
		}
	}
	return selection{s.batch, rows}
}

// gather returns the wanted columns of the selection as a batch.
func (s selection) gather(want names) *column.Batch {
	b := only(s.batch, want)
	if s.rows == nil {
		return b
	}
	return b.Gather(s.rows)
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
			for _, f := range n.Parents[0].Fields {
				need = append(need, f.Name)
			}
		}
	}
	s, err := r.selected(n.Parents[0], want.with(need...))
	if err != nil {
		return s, err
	}
	switch op := n.Op.(type) {
	case plan.Sample:
		return s.drawn(newDrawer("sample", op.Seed), 0, op.Fraction), nil
	case plan.Part:
		return s.drawn(newDrawer("split", op.Seed), op.From, op.To), nil
	case plan.Filter:
		// Of rows that were left out before, no value is a mistake.
		condition, err := evaluate(op.Condition, s.gather(names{}.with(need...)))
		if err != nil {
			return s, err
		}
		return s.of(trueRows(condition)), nil
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
	return selection{batch: b}, err
}

// drawn chooses the rows whose draw lies between from and to, less than to.
func (s selection) drawn(d drawer, from, to float64) selection {
	s.rows = s.where(func(_ int, number uint64) bool {
		x := d.draw(number)
		return x >= from && x < to
	})
	return s
}

// complete chooses the rows without a null in any of the columns.
func (s selection) complete(columns []string) selection {
	var nullable []*column.Column
	for _, name := range columns {
		if c := s.batch.Column(name); c.Nulls > 0 {
			nullable = append(nullable, c)
		}
	}
	rows := s.where(func(i int, _ uint64) bool {
		return !slices.ContainsFunc(nullable, func(c *column.Column) bool { return c.IsNull(int(s.at(i))) })
	})
	if len(rows) < s.len() {
		s.rows = rows
	}
	return s
}
