package local

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// columns evaluates the parent of n and returns the named columns of it.
func (r *run) columns(n *plan.Node, wanted []string) ([]*column.Column, int, error) {
	b, err := r.eval(n.Parents[0], names{}.with(wanted...))
	if err != nil {
		return nil, 0, err
	}
	return b.Named(wanted), b.Len, nil
}

// batchOf returns a batch of columns that are all as long as the first.
func batchOf(columns ...*column.Column) *column.Batch {
	return &column.Batch{Columns: columns, Len: columns[0].Len}
}

func (r *run) nullCounts(n *plan.Node) (*column.Batch, error) {
	fields := n.Parents[0].Fields
	wanted := plan.NamesOf(fields)
	columns, rows, err := r.columns(n, wanted)
	if err != nil {
		return nil, err
	}
	var types []string
	var nulls []int64
	for i, c := range columns {
		types = append(types, fields[i].Type.String())
		nulls = append(nulls, int64(c.Nulls))
	}
	return batchOf(column.FromStrings("column", wanted, nil), column.FromStrings("type", types, nil),
		column.FromInt64s("nulls", nulls, nil),
		column.FromInt64s("rows", slices.Repeat([]int64{int64(rows)}, len(fields)), nil)), nil
}

func (r *run) describe(n *plan.Node, op plan.Describe) (*column.Batch, error) {
	columns, _, err := r.columns(n, op.Columns)
	if err != nil {
		return nil, err
	}
	var count, nulls []int64
	statistics := make([][]float64, 7)
	for _, d := range column.DescribeAll(columns) {
		count, nulls = append(count, d.Count), append(nulls, d.Nulls)
		for k, v := range []float64{d.Mean, d.StdDev, d.Min, d.Q1, d.Median, d.Q3, d.Max} {
			statistics[k] = append(statistics[k], v)
		}
	}
	out := []*column.Column{column.FromStrings("column", op.Columns, nil),
		column.FromInt64s("count", count, nil), column.FromInt64s("nulls", nulls, nil)}
	for k, f := range n.Fields[3:] {
		out = append(out, column.FromFloat64s(f.Name, statistics[k], nil))
	}
	return batchOf(out...), nil
}

func (r *run) topValues(n *plan.Node, op plan.TopValues) (*column.Batch, error) {
	columns, rows, err := r.columns(n, op.Columns)
	if err != nil {
		return nil, err
	}
	var of, values []string
	var valid []bool
	var counts []int64
	var shares []float64
	for _, c := range columns {
		top := column.ValueCounts(c)
		for _, v := range top[:min(op.K, len(top))] {
			of = append(of, c.Name)
			text := ""
			if !v.Null {
				text = textOf(c, v.Row)
			}
			values, valid = append(values, text), append(valid, !v.Null)
			counts, shares = append(counts, v.Count), append(shares, float64(v.Count)/float64(rows))
		}
	}
	return batchOf(column.FromStrings("column", of, nil), column.FromStrings("value", values, valid),
		column.FromInt64s("count", counts, nil), column.FromFloat64s("share", shares, nil)), nil
}

func (r *run) groupBy(n *plan.Node, op plan.GroupBy) (*column.Batch, error) {
	wanted := slices.Clone(op.Keys)
	for _, a := range op.Aggregates {
		if a.Function != plan.Count {
			wanted = append(wanted, a.Column)
		}
	}
	columns, _, err := r.columns(n, wanted)
	if err != nil {
		return nil, err
	}
	keys, values := columns[:len(op.Keys)], columns[len(op.Keys):]
	groups := column.GroupBy(keys)
	var out []*column.Column
	for _, key := range keys {
		out = append(out, key.Gather(groups.First))
	}
	for _, a := range op.Aggregates {
		if a.Function == plan.Count {
			out = append(out, named(groups.Count(nil), a.Name()))
			continue
		}
		c := values[0]
		values = values[1:]
		if c.Type == column.Timestamp { // it has a sum then
			seconds := *c
			seconds.Type, c = column.Int64, &seconds
		}
		function := map[string]func(*column.Column) (*column.Column, error){
			plan.Sum: groups.Sum, plan.Mean: groups.Mean, plan.Min: groups.Min,
			plan.Max: groups.Max, plan.StdDev: groups.StdDev,
		}[a.Function]
		if function == nil {
			return nil, fmt.Errorf("group by: no aggregate %q", a.Function)
		}
		v, err := function(c)
		if err == nil && v.Type == column.Int32 { // results are int64 and float64
			v, err = castColumn(v, column.Int64)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, named(v, a.Name()))
	}
	return batchOf(out...), nil
}

// examples is how many of the values that do not conform are shown.
const examples = 5

func (r *run) nonConforming(n *plan.Node, op plan.NonConforming) (*column.Batch, error) {
	wanted := plan.NamesOf(op.Declared)
	columns, _, err := r.columns(n, wanted)
	if err != nil {
		return nil, err
	}
	var types, shown []string
	var rows, distinct []int64
	for i, c := range columns {
		var count, different int64
		var first []string
		for _, v := range column.ValueCounts(c) {
			text := c.Text(v.Row)
			if v.Null || follows(text, op.Declared[i].Type) {
				continue
			}
			count += v.Count
			different++
			if len(first) < examples {
				first = append(first, fmt.Sprintf("%q", text))
			}
		}
		types = append(types, op.Declared[i].Type.String())
		rows, distinct = append(rows, count), append(distinct, different)
		shown = append(shown, strings.Join(first, ", "))
	}
	return batchOf(column.FromStrings("column", wanted, nil), column.FromStrings("declared", types, nil),
		column.FromInt64s("rows", rows, nil), column.FromInt64s("distinct", distinct, nil),
		column.FromStrings("examples", shown, nil)), nil
}

func (r *run) correlation(n *plan.Node, op plan.Correlation) (*column.Batch, error) {
	columns, _, err := r.columns(n, op.Columns)
	if err != nil {
		return nil, err
	}
	out := []*column.Column{column.FromStrings("column", op.Columns, nil)}
	for i, row := range column.Correlation(columns) { // symmetric: row i is column i
		out = append(out, column.FromFloat64s(op.Columns[i], row, nil))
	}
	return batchOf(out...), nil
}

func (r *run) histogram(n *plan.Node, op plan.Histogram) (*column.Batch, error) {
	wanted := []string{op.Column}
	if op.By != "" {
		wanted = append(wanted, op.By)
	}
	columns, _, err := r.columns(n, wanted)
	if err != nil {
		return nil, err
	}
	var classes *column.Column
	if op.By != "" {
		classes = columns[1]
	}
	bins, err := column.Histogram(columns[0], op.Edges, classes)
	if err != nil {
		return nil, err
	}
	var from, to []float64
	var class, count []int64
	for _, s := range bins.Series {
		of := int64(0)
		if classes != nil && classes.Len > 0 {
			if classes.IsNull(s.Row) {
				continue // rows without a class are not counted
			}
			of = int64(classes.Float(s.Row))
		}
		for k, c := range s.Counts {
			from, to = append(from, op.Edges[k]), append(to, op.Edges[k+1])
			class, count = append(class, of), append(count, c)
		}
	}
	return batchOf(column.FromFloat64s("from", from, nil), column.FromFloat64s("to", to, nil),
		column.FromInt64s("class", class, nil), column.FromInt64s("count", count, nil)), nil
}
