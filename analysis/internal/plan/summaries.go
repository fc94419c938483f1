package plan

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// DistinctCounts is one row a column: column, type, distinct (different values,
// null not counted as one), rows.
type DistinctCounts struct{ Columns []string }

func (d DistinctCounts) Describe() string {
	return "distinct counts of " + visible.Names(d.Columns)
}
func (d DistinctCounts) Fields(parents [][]Field) ([]Field, error) {
	if _, err := plainColumns(parents[0], d.Columns); err != nil {
		return nil, fmt.Errorf("distinct counts: %w", err)
	}
	return []Field{{Name: "column", Type: column.String}, {Name: "type", Type: column.String},
		counts("distinct"), counts("rows")}, nil
}

// DescribeText is one row a text column: column, count (of values), nulls,
// distinct, top (the most frequent value), times (how many rows hold it), min and
// max (by bytes).
type DescribeText struct{ Columns []string }

func (d DescribeText) Describe() string { return "describe text " + visible.Names(d.Columns) }
func (d DescribeText) Fields(parents [][]Field) ([]Field, error) {
	found, err := FindAll(parents[0], d.Columns)
	if err != nil {
		return nil, fmt.Errorf("describe text: %w", err)
	}
	for _, f := range found {
		if f.Type != column.String {
			return nil, fmt.Errorf("describe text: column %q is %s, not string", f.Name, f.Type)
		}
	}
	return []Field{{Name: "column", Type: column.String}, counts("count"), counts("nulls"),
		counts("distinct"), {Name: "top", Type: column.String}, counts("times"),
		{Name: "min", Type: column.String}, {Name: "max", Type: column.String}}, nil
}

// Quantiles is one row a probability: probability, value (linear interpolation,
// R's type 7). It is NaN where the column has no value, or holds a NaN.
type Quantiles struct {
	Column        string
	Probabilities []float64
}

func (q Quantiles) Describe() string { return fmt.Sprintf("quantiles of %s", visible.Text(q.Column)) }
func (q Quantiles) Fields(parents [][]Field) ([]Field, error) {
	if err := allNumeric("quantiles", parents[0], []string{q.Column}); err != nil {
		return nil, err
	}
	for _, p := range q.Probabilities {
		if !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("quantiles: the probability %v is outside [0, 1]", p)
		}
	}
	of, err := Find(parents[0], q.Column)
	return []Field{{Name: "probability", Type: column.Float64}, {Name: "value", Type: column.Float64, Unit: of.Shown()}}, err
}
