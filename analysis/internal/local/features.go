package local

import (
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

func (r *run) oneHot(n *plan.Node, op plan.OneHot, want names) (*column.Batch, error) {
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
	added := make([]*column.Column, len(op.Inputs))
	for k, in := range b.Named(op.Inputs) {
		part, err := oneHotOf(in, b, op, op.Sizes[k])
		if err != nil {
			return nil, err
		}
		added[k] = vector(op.Outputs[k], b.Len, part)
	}
	return putAll(b, added), nil
}

// oneHotOf returns the slots of in, a column of b that holds indexes of size categories.
func oneHotOf(in *column.Column, b *column.Batch, op plan.OneHot, size int) (column.Part, error) {
	var kept []float64 // the indices with those of no category as size, nil while there is none
	for i := range in.Len {
		v, outside := in.Float(i), in.IsNull(i)
		outside = outside || !(v >= 0 && v < float64(size))
		switch {
		case !outside && v == math.Trunc(v):
		case !outside || op.Invalid != plan.OnInvalidKeep:
			return column.Part{}, fmt.Errorf("one-hot encoder: column %s holds %v in row %d; it must hold indices from 0 to %d", visible.Text(in.Name), shown(in, i), b.Row(i), size-1)
		default:
			if kept == nil {
				kept = slices.Clone(floats(in))
			}
			kept[i] = float64(size)
		}
	}
	if kept != nil {
		levels, source := in.Levels, in.Source
		in = column.FromFloat64s(in.Name, kept, nil)
		in.Levels, in.Source = levels, source
	}
	if op.Invalid == plan.OnInvalidKeep {
		size++
	}
	levels := make([]string, size)
	for k := range levels {
		levels[k] = fmt.Sprint(k)
		if k < len(in.Levels) {
			levels[k] = in.Levels[k]
		}
	}
	if op.DropLast && size > 0 {
		levels = levels[:size-1]
	}
	return column.Part{Name: sourceName(in), Values: in, Levels: levels, OneHot: true}, nil
}

// sourceName is what a feature made of c is called: the column in the data.
func sourceName(c *column.Column) string {
	if c.Source != "" {
		return c.Source
	}
	return c.Name
}

func vector(name string, rows int, parts ...column.Part) *column.Column {
	return &column.Column{Name: name, Type: column.Vector, Len: rows, Features: &column.Features{Parts: parts}}
}

func (r *run) assemble(n *plan.Node, op plan.Assemble, want names) (*column.Batch, error) {
	b, err := r.eval(n.Parents[0], want.without(op.Output).with(op.Inputs...))
	if err != nil {
		return nil, err
	}
	var missing []bool // of each row, nil while there is none
	inputs := b.Named(op.Inputs)
	for k, name := range op.Inputs {
		c := inputs[k]
		if c.Type == column.Vector {
			continue
		}
		for i := range c.Len {
			if !c.IsNull(i) && !(c.Type == column.Float64 && math.IsNaN(c.Float64s[i])) {
				continue
			}
			if op.Invalid != plan.OnInvalidSkip && op.Invalid != plan.OnInvalidKeep {
				return nil, fmt.Errorf("vector assembler: column %s is null or NaN in row %d; drop or fill such rows, or set HandleInvalid to skip, or to keep and AllowMissing in the classifier", visible.Text(name), b.Row(i))
			}
			if missing == nil {
				missing = make([]bool, b.Len)
			}
			missing[i] = true
		}
	}
	if missing != nil && op.Invalid == plan.OnInvalidSkip {
		keep := make([]uint32, 0, b.Len)
		for i := range b.Len {
			if !missing[i] {
				keep = append(keep, uint32(i))
			}
		}
		b = b.Gather(keep)
	}
	var parts []column.Part
	for _, c := range b.Named(op.Inputs) {
		if c.Type == column.Vector {
			parts = append(parts, c.Features.Parts...)
			continue
		}
		parts = append(parts, column.Part{Name: sourceName(c), Values: nullsAsNaN(c), Levels: c.Levels})
	}
	return put(b, vector(op.Output, b.Len, parts...)), nil
}

// nullsAsNaN returns c with NaN in the place of nulls.
func nullsAsNaN(c *column.Column) *column.Column {
	if c.Nulls == 0 {
		return c
	}
	values := make([]float64, c.Len)
	for i := range values {
		values[i] = math.NaN()
		if !c.IsNull(i) {
			values[i] = c.Float(i)
		}
	}
	out := column.FromFloat64s(c.Name, values, nil)
	out.Levels, out.Source = c.Levels, c.Source
	return out
}

func (r *run) scale(n *plan.Node, op plan.Scale, want names) (*column.Batch, error) {
	b, err := r.eval(n.Parents[0], want.without(op.Output).with(op.Input))
	if err != nil {
		return nil, err
	}
	in := b.Column(op.Input).Features
	size := in.Size()
	for _, list := range [][]float64{op.Shift, op.Scale, op.Offset} {
		if list != nil && len(list) != size {
			return nil, fmt.Errorf("scaler: column %s has %d features, fitting saw %d", visible.Text(op.Input), size, len(list))
		}
	}
	var parts []column.Part
	at := 0
	for _, p := range in.Parts {
		slots := p.Slots()
		p = scaled(p, cut(op.Shift, at, slots), cut(op.Scale, at, slots), cut(op.Offset, at, slots))
		// A scaled index is a number like others: its categories are gone.
		if !p.OneHot {
			p.Levels = nil
		}
		at += slots
		parts = append(parts, p)
	}
	return put(b, vector(op.Output, b.Len, parts...)), nil
}

// cut returns the n items from at on, nil of nil.
func cut(list []float64, at, n int) []float64 {
	if list == nil {
		return nil
	}
	return list[at : at+n]
}

// scaled returns p with its slots scaled, after what scaling they have already:
// ((v-s)c + o - shift)scale + offset = (v-s)(c scale) + (o-shift)scale + offset.
func scaled(p column.Part, shift, scale, offset []float64) column.Part {
	if !p.IsScaled() {
		p.Shift, p.Scale, p.Offset = shift, scale, offset
		return p
	}
	then := column.Part{Shift: shift, Scale: scale, Offset: offset}
	was := p
	p.Scale, p.Offset = make([]float64, p.Slots()), make([]float64, p.Slots())
	for k := range p.Scale {
		p.Scale[k] = 1
		if was.Scale != nil {
			p.Scale[k] = was.Scale[k]
		}
		if scale != nil {
			p.Scale[k] *= scale[k]
		}
		if was.Offset != nil {
			p.Offset[k] = was.Offset[k]
		}
		p.Offset[k] = then.Scaled(k, p.Offset[k])
	}
	return p
}

func (r *run) slots(n *plan.Node, op plan.Slots) (*column.Batch, error) {
	columns, rows, err := r.columns(n, []string{op.Column})
	if err != nil {
		return nil, err
	}
	features := columns[0].Features
	var of []string
	statistics := make([][]float64, 4)
	for _, p := range features.Parts {
		for _, s := range slotStatistics(p, rows) {
			of = append(of, p.Name)
			for k, v := range s {
				statistics[k] = append(statistics[k], v)
			}
		}
	}
	return batchOf(column.FromStrings("name", features.Names(), nil), column.FromStrings("column", of, nil),
		column.FromFloat64s("mean", statistics[0], nil), column.FromFloat64s("stddev", statistics[1], nil),
		column.FromFloat64s("min", statistics[2], nil), column.FromFloat64s("max", statistics[3], nil)), nil
}

// slotStatistics returns mean, stddev (n-1), min and max of each slot of a part.
// A NaN makes mean and stddev NaN; min and max pass over it.
func slotStatistics(p column.Part, rows int) [][4]float64 {
	out := plainStatistics(p, rows)
	for k := range out {
		s := &out[k]
		low, high := p.Scaled(k, s[2]), p.Scaled(k, s[3])
		s[0], s[2], s[3] = p.Scaled(k, s[0]), min(low, high), max(low, high)
		if p.Scale != nil {
			s[1] *= math.Abs(p.Scale[k])
		}
	}
	return out
}

// span returns the least and the greatest value that is not NaN, or NaN.
func span(c *column.Column) (low, high float64) {
	low, high = math.NaN(), math.NaN()
	for i := range c.Len {
		if v := c.Float(i); v == v && !c.IsNull(i) {
			if !(low <= v) {
				low = v
			}
			if !(high >= v) {
				high = v
			}
		}
	}
	return low, high
}

// plainStatistics is slotStatistics before shift and scale.
func plainStatistics(p column.Part, rows int) [][4]float64 {
	if !p.OneHot {
		d := column.Describe(p.Values)
		if d.Count == 1 {
			d.StdDev = 0
		}
		if d.Min != d.Min || d.Max != d.Max {
			d.Min, d.Max = span(p.Values)
		}
		return [][4]float64{{d.Mean, d.StdDev, d.Min, d.Max}}
	}
	counts := make([]float64, len(p.Levels))
	for i := range rows {
		if k := int(p.Values.Float(i)); k < len(counts) {
			counts[k]++
		}
	}
	out := make([][4]float64, len(counts))
	total := float64(rows)
	for k, count := range counts {
		mean := count / total
		deviation := 0.0
		if rows > 1 {
			deviation = math.Sqrt(mean * (1 - mean) * total / (total - 1))
		}
		low, high := math.Floor(mean), math.Ceil(mean) // 0 and 1, or NaN of no row
		out[k] = [4]float64{mean, deviation, low, high}
	}
	return out
}
