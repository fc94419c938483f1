package local

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// floats returns the values of a numeric or Bool column as float64, 0 under
// nulls. They are not to be written to.
func floats(c *column.Column) []float64 {
	if c.Type == column.Float64 {
		return c.Float64s
	}
	out := make([]float64, c.Len)
	for i := range out {
		out[i] = c.Float(i)
	}
	return out
}

// integers returns the values of an integer or Timestamp column as int64, 0
// under nulls. They are not to be written to.
func integers(c *column.Column) []int64 {
	if c.Type != column.Int32 {
		return c.Int64s
	}
	out := make([]int64, c.Len)
	for i, v := range c.Int32s {
		out[i] = int64(v)
	}
	return out
}

// validity returns which rows have a value in all columns, or nil if all have.
func validity(columns ...*column.Column) []bool {
	var valid []bool
	for _, c := range columns {
		if c.Nulls == 0 {
			continue
		}
		if valid == nil {
			valid = allTrue(c.Len)
		}
		for i := range valid {
			valid[i] = valid[i] && !c.IsNull(i)
		}
	}
	return valid
}

func allTrue(n int) []bool {
	valid := make([]bool, n)
	for i := range valid {
		valid[i] = true
	}
	return valid
}

func arithmetic(e plan.Binary, left, right *column.Column, b *column.Batch) (*column.Column, error) {
	valid := validity(left, right)
	if e.Operator != plan.Divide && left.Type != column.Float64 && right.Type != column.Float64 {
		return integerArithmetic(e, integers(left), integers(right), valid, b)
	}
	l, r := floats(left), floats(right)
	out := make([]float64, b.Len)
	switch e.Operator {
	case plan.Plus:
		for i := range out {
			out[i] = l[i] + r[i]
		}
	case plan.Minus:
		for i := range out {
			out[i] = l[i] - r[i]
		}
	case plan.Times:
		for i := range out {
			out[i] = l[i] * r[i]
		}
	case plan.Divide:
		for i := range out {
			if r[i] == 0 { // no value, rather than an infinity or NaN
				if valid == nil {
					valid = allTrue(b.Len)
				}
				valid[i] = false
				continue
			}
			out[i] = l[i] / r[i]
		}
	}
	return column.FromFloat64s("", out, valid), nil
}

func integerArithmetic(e plan.Binary, l, r []int64, valid []bool, b *column.Batch) (*column.Column, error) {
	out := make([]int64, b.Len)
	for i := range out {
		v, ok := integerOperation(e.Operator, l[i], r[i])
		if !ok && (valid == nil || valid[i]) {
			return nil, fmt.Errorf("%s: row %d: %d %s %d is outside int64", e, b.Row(i), l[i], e.Operator, r[i])
		}
		out[i] = v
	}
	return column.FromInt64s("", out, valid), nil
}

// integerOperation reports false where the result does not fit.
func integerOperation(operator string, a, b int64) (int64, bool) {
	switch operator {
	case plan.Plus:
		c := a + b
		return c, (c > a) == (b > 0)
	case plan.Minus:
		c := a - b
		return c, (c < a) == (b > 0)
	}
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64)
}

func negate(e plan.Unary, of *column.Column, b *column.Batch) (*column.Column, error) {
	if of.Type == column.Float64 {
		out := make([]float64, of.Len)
		for i, v := range of.Float64s {
			out[i] = -v
		}
		return column.FromFloat64s("", out, validity(of)), nil
	}
	minus := plan.Binary{Operator: plan.Minus, Left: plan.Literal{Value: int64(0)}, Right: e.Of}
	return integerArithmetic(minus, make([]int64, of.Len), integers(of), validity(of), b)
}
