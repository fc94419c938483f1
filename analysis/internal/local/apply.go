package local

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// apply computes n from the values of its parents, with the wanted columns and
// perhaps more; of the parents it asks only for the columns that this needs.
func (r *run) apply(n *plan.Node, want names) (*column.Batch, error) {
	switch op := n.Op.(type) {
	case plan.ReadCSV:
		return r.readCSV(n, op)
	case plan.ReadFile:
		return r.readFile(n, op)
	case plan.FromColumns:
		for _, c := range op.Batch.Columns {
			r.doubtTimes(c, op.Batch)
		}
		return op.Batch, nil
	case plan.Select, plan.Drop:
		return r.eval(n.Parents[0], want)
	case plan.Rename:
		return r.rename(n, op, want)
	case plan.Filter, plan.DropNulls, plan.Sample, plan.Part, plan.TimePart:
		s, err := r.chosen(n, want)
		if err != nil {
			return nil, err
		}
		return s.gather(want, r.memory), nil
	case plan.WithColumn:
		return r.withColumn(n, op, want)
	case plan.FillNulls:
		return r.fillNulls(n, op, want)
	case plan.OrderBy:
		return r.orderBy(n, op, want, math.MaxInt)
	case plan.Limit:
		return r.limit(n, op, want)
	case plan.Union:
		return r.union(n, want)
	case plan.Join:
		return r.join(n, op, want)
	case plan.Undersample:
		return r.undersample(n, op, want)
	case plan.Map:
		return r.mapRows(n, op, want)
	case plan.NullCounts:
		return r.nullCounts(n)
	case plan.Describe:
		return r.describe(n, op)
	case plan.DescribeText:
		return r.describeText(n, op)
	case plan.DistinctCounts:
		return r.distinctCounts(n, op)
	case plan.Quantiles:
		return r.quantiles(n, op)
	case plan.TopValues:
		return r.topValues(n, op)
	case plan.GroupBy:
		return r.groupBy(n, op)
	case plan.NonConforming:
		return r.nonConforming(n, op)
	case plan.Correlation:
		return r.correlation(n, op)
	case plan.Histogram:
		return r.histogram(n, op)
	case plan.Recode:
		return r.recode(n, op, want)
	case plan.Index:
		return r.index(n, op, want)
	case plan.OneHot:
		return r.oneHot(n, op, want)
	case plan.Assemble:
		return r.assemble(n, op, want)
	case plan.Scale:
		return r.scale(n, op, want)
	case plan.Slots:
		return r.slots(n, op)
	case plan.Predict:
		return r.predict(n, op, want)
	case plan.Deferred:
		built, err := op.Build(r.ctx)
		if err != nil {
			return nil, err
		}
		return r.eval(built, want)
	}
	return nil, fmt.Errorf("the local engine cannot %s", n.Op.Describe())
}

// put returns b with c in the place of the column of its name, or at the end.
func put(b *column.Batch, c *column.Column) *column.Batch {
	out := &column.Batch{Len: b.Len, Rows: b.Rows, Columns: append([]*column.Column{}, b.Columns...)}
	for i := range out.Columns {
		if out.Columns[i].Name == c.Name {
			out.Columns[i] = c
			return out
		}
	}
	out.Columns = append(out.Columns, c)
	return out
}

// putAll is put for many columns.
func putAll(b *column.Batch, added []*column.Column) *column.Batch {
	out := &column.Batch{Len: b.Len, Rows: b.Rows, Columns: append([]*column.Column{}, b.Columns...)}
	at := make(map[string]int, len(out.Columns)+len(added))
	for i, c := range out.Columns {
		if _, twice := at[c.Name]; !twice {
			at[c.Name] = i
		}
	}
	for _, c := range added {
		i, there := at[c.Name]
		if !there {
			i = len(out.Columns)
			at[c.Name] = i
			out.Columns = append(out.Columns, c)
		}
		out.Columns[i] = c
	}
	return out
}

// named returns c under another name.
func named(c *column.Column, name string) *column.Column {
	out := *c
	out.Name = name
	return &out
}

// only returns b without the columns nobody wants, so that they are not gathered.
func only(b *column.Batch, want names) *column.Batch {
	out := &column.Batch{Len: b.Len, Rows: b.Rows}
	for _, c := range b.Columns {
		if want[c.Name] {
			out.Columns = append(out.Columns, c)
		}
	}
	return out
}
