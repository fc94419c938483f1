package local

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

func (r *run) index(n *plan.Node, op plan.Index, want names) (*column.Batch, error) {
	inner := want.with()
	for _, name := range op.Outputs {
		delete(inner, name)
	}
	for _, name := range op.Inputs {
		inner[name] = true
	}
	b, err := r.eval(n.Parents[0], inner)
	if err != nil {
		return nil, err
	}
	inputs := b.Named(op.Inputs)
	all := make([][]float64, len(op.Inputs)) // the indexes, one a row
	var skipped []bool                       // of each row, nil while there is none
	for k, name := range op.Inputs {
		in, levels := inputs[k], op.Levels[k]
		indexed, invalid := levelsOf(in, levels)
		all[k] = indexed
		if len(invalid) == 0 {
			continue
		}
		switch row := invalid[0]; op.Invalid {
		case plan.OnInvalidSkip:
			if len(invalid) == in.Len {
				r.warnOfStrangers(in, levels)
			}
			if skipped == nil {
				skipped = make([]bool, b.Len)
			}
			for _, i := range invalid {
				skipped[i] = true
			}
		case plan.OnInvalidKeep:
			if len(invalid) == in.Len {
				r.warnOfStrangers(in, levels)
			}
			for _, i := range invalid {
				indexed[i] = float64(len(levels))
			}
		default:
			if in.IsNull(row) {
				return nil, fmt.Errorf("string indexer: column %s is null in row %d, and %d rows in all are null or unseen; to take such rows, set HandleInvalid to skip or keep",
					visible.Text(name), b.Row(row), len(invalid))
			}
			return nil, fmt.Errorf("string indexer: column %s holds %q in row %d, which fitting did not see (%d such rows); to take them, set HandleInvalid to skip or keep",
				visible.Text(name), textOf(in, row), b.Row(row), len(invalid))
		}
	}
	if skipped != nil {
		keep := make([]uint32, 0, b.Len)
		for i := range b.Len {
			if !skipped[i] {
				keep = append(keep, uint32(i))
			}
		}
		b = b.Gather(keep)
		for _, indexed := range all {
			for i, row := range keep { // never behind
				indexed[i] = indexed[row]
			}
		}
	}
	added := make([]*column.Column, len(all))
	for k, indexed := range all {
		levels := op.Levels[k]
		if op.Invalid == plan.OnInvalidKeep {
			levels = append(slices.Clone(levels), "__unknown")
		}
		added[k] = column.FromFloat64s(op.Outputs[k], indexed[:b.Len], nil)
		added[k].Levels, added[k].Source = levels, op.Inputs[k]
	}
	return putAll(b, added), nil
}

// levelsOf returns the index of each row's text among levels, and -1, with the
// rows, for a null or a text that is not among them.
func levelsOf(c *column.Column, levels []string) (indexed []float64, invalid []int) {
	at := make(map[string]float64, len(levels))
	for k, level := range levels {
		at[level] = float64(k)
	}
	find := func(row int) float64 {
		text := textOf(c, row)
		if c.Type == column.Float64 {
			switch v := c.Float64s[row]; {
			case v != v: // NaN is no category, as null is none
				return -1
			case v == 0: // -0 is 0
				text = "0"
			}
		}
		if k, seen := at[text]; seen {
			return k
		}
		return -1
	}
	var ofCode []float64
	if c.Type == column.String && !c.Plain() {
		ofCode = make([]float64, len(c.Dictionary))
		for code, text := range c.Dictionary {
			ofCode[code] = -1
			if k, seen := at[text]; seen {
				ofCode[code] = k
			}
		}
	}
	indexed = make([]float64, c.Len)
	for i := range indexed {
		switch {
		case c.IsNull(i):
			indexed[i] = -1
		case ofCode != nil:
			indexed[i] = ofCode[c.Code(i)]
		default:
			indexed[i] = find(i)
		}
		if indexed[i] < 0 {
			invalid = append(invalid, i)
		}
	}
	return indexed, invalid
}

// warnOfStrangers warns of a column none of whose values is among the levels, as
// where it holds FALSE and fitting saw false; not of one without values.
func (r *run) warnOfStrangers(c *column.Column, levels []string) {
	if len(levels) == 0 {
		return
	}
	for i := range c.Len {
		if !c.IsNull(i) && !(c.Type == column.Float64 && math.IsNaN(c.Float64s[i])) {
			r.warn(plan.Strangers(c.Name, textOf(c, i), levels))
			return
		}
	}
}

func (r *run) recode(n *plan.Node, op plan.Recode, want names) (*column.Batch, error) {
	inner, wanted := want.with(), make([]bool, len(op.Outputs))
	for i, name := range op.Outputs {
		wanted[i] = want[name]
		delete(inner, name)
	}
	for i, name := range op.Inputs {
		if wanted[i] {
			inner[name] = true
		}
	}
	b, err := r.eval(n.Parents[0], inner)
	if err != nil {
		return nil, err
	}
	var added []*column.Column
	for i, in := range b.Named(op.Inputs) {
		if !wanted[i] {
			continue
		}
		if op.Known != nil && len(op.Known[i]) > 0 && !holdsOne(in, op.Known[i]) {
			r.warnOfStrangers(in, op.Known[i])
		}
		c, err := derive(op.Values[i], &column.Batch{Columns: []*column.Column{in}, Len: b.Len, Rows: b.Rows}, r.memory)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", visible.Text(op.Outputs[i]), err)
		}
		added = append(added, named(c, op.Outputs[i]))
	}
	return putAll(b, added), nil
}

// holdsOne reports whether a column holds one of the texts. It looks at rows
// until it finds one.
func holdsOne(c *column.Column, texts []string) bool {
	known := names{}.with(texts...)
	for i := range c.Len {
		if !c.IsNull(i) && known[textOf(c, i)] {
			return true
		}
	}
	return false
}
