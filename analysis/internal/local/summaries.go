package local

import (
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func (r *run) distinctCounts(n *plan.Node, op plan.DistinctCounts) (*column.Batch, error) {
	columns, rows, err := r.columns(n, op.Columns)
	if err != nil {
		return nil, err
	}
	var types []string
	var distinct []int64
	for i, count := range column.DistinctAll(columns) {
		types, distinct = append(types, columns[i].Type.String()), append(distinct, int64(count))
	}
	return batchOf(column.FromStrings("column", op.Columns, nil), column.FromStrings("type", types, nil),
		column.FromInt64s("distinct", distinct, nil),
		column.FromInt64s("rows", slices.Repeat([]int64{int64(rows)}, len(columns)), nil)), nil
}

func (r *run) describeText(n *plan.Node, op plan.DescribeText) (*column.Batch, error) {
	columns, _, err := r.columns(n, op.Columns)
	if err != nil {
		return nil, err
	}
	var count, nulls, distinct, times []int64
	var texts [3][]string // top, min, max
	var valid []bool
	for i, d := range column.DescribeTexts(columns) {
		count, nulls = append(count, d.Count), append(nulls, d.Nulls)
		distinct, times = append(distinct, d.Distinct), append(times, d.Times)
		valid = append(valid, d.Count > 0)
		for k, row := range []int{d.Top, d.Min, d.Max} {
			text := ""
			if row >= 0 {
				text = columns[i].Text(row)
			}
			texts[k] = append(texts[k], text)
		}
	}
	return batchOf(column.FromStrings("column", op.Columns, nil),
		column.FromInt64s("count", count, nil), column.FromInt64s("nulls", nulls, nil), column.FromInt64s("distinct", distinct, nil),
		column.FromStrings("top", texts[0], valid), column.FromInt64s("times", times, nil),
		column.FromStrings("min", texts[1], valid), column.FromStrings("max", texts[2], valid)), nil
}

func (r *run) quantiles(n *plan.Node, op plan.Quantiles) (*column.Batch, error) {
	columns, _, err := r.columns(n, []string{op.Column})
	if err != nil {
		return nil, err
	}
	return batchOf(column.FromFloat64s("probability", op.Probabilities, nil),
		column.FromFloat64s("value", column.Quantiles(columns[0], op.Probabilities...), nil)), nil
}
