package analysis

import (
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// DescribeText returns a row for each named text column, or for all of them if
// none is named: count of values, nulls, distinct values, top (the most frequent
// one; of equally frequent ones the least), how many times it stands there, min
// and max by bytes. "" is a value. Where a column has no value, top, min and max
// are null.
func (f Frame) DescribeText(columns ...string) (Table, error) {
	return f.table("describe text", plan.DescribeText{Columns: f.orAll(columns, isText)}, "column")
}

// DistinctCounts returns a row for each named column, or for all but feature
// vectors if none is named: its name, type, number of different values and number
// of rows. null is not counted as a value; all NaNs are one, and -0 is 0.
//
// The different rows of several columns are [Frame.GroupBy] of them.
func (f Frame) DistinctCounts(columns ...string) (Table, error) {
	return f.table("distinct values", plan.DistinctCounts{Columns: f.orAll(columns, func(t column.Type) bool { return t != column.Vector })}, "column")
}

// Quantiles returns one quantile of a numeric column for each probability in
// [0, 1], item i for probabilities[i]: exact, interpolated linearly (R's type 7,
// as [Frame.Describe]). Nulls are left out; all are NaN where the column has no
// value or holds a NaN. Integers beyond 2^53 are rounded. O(n).
func (f Frame) Quantiles(column string, probabilities ...float64) ([]float64, error) {
	t, err := f.table("quantiles of "+column, plan.Quantiles{Column: column, Probabilities: probabilities})
	if err != nil {
		return nil, err
	}
	return t.Floats("value")
}
