package local

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func cast(e plan.Cast, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	if of.Type == e.To {
		return of, nil
	}
	values := make([]any, of.Len)
	bad, first := 0, -1
	for i := range values {
		if of.IsNull(i) {
			continue
		}
		v, ok := convertValue(of, i, e.To)
		if !ok {
			if first < 0 {
				first = i
			}
			bad++
			continue
		}
		values[i] = v
	}
	if bad > 0 && !e.Try {
		return nil, fmt.Errorf("%s: %d values are no %s, the first in row %d: %q; TryCast makes them null",
			e, bad, e.To, b.Row(first), fmt.Sprint(of.Value(first)))
	}
	return fromValues("", e.To, values)
}

// castColumn converts between numeric types, which cannot fail to widen.
func castColumn(c *column.Column, to column.Type) (*column.Column, error) {
	if c.Type == to {
		return c, nil
	}
	b := &column.Batch{Columns: []*column.Column{named(c, "value")}, Len: c.Len}
	return cast(plan.Cast{Of: plan.Ref{Name: "value"}, To: to}, b)
}

// convertValue converts row i of c to type to; false if the value does not fit.
func convertValue(c *column.Column, i int, to column.Type) (any, bool) {
	if to == column.String {
		return textOf(c, i), true
	}
	if c.Type == column.String {
		return parseText(c.Text(i), to)
	}
	switch to {
	case column.Float64:
		return c.Float(i), true
	case column.Bool:
		return c.Float(i) != 0, true
	}
	var v int64
	switch c.Type {
	case column.Float64, column.Bool:
		f := math.Trunc(c.Float(i))
		if !(f >= -0x1p63 && f < 0x1p63) {
			return nil, false
		}
		v = int64(f)
	default:
		v = integers(c)(i)
	}
	if to == column.Int32 {
		return int32(v), v >= math.MinInt32 && v <= math.MaxInt32
	}
	return v, true
}

// textOf writes a value so that parsing gives it back.
func textOf(c *column.Column, i int) string {
	if c.Type == column.Float64 {
		return strconv.FormatFloat(c.Float64s[i], 'g', -1, 64)
	}
	return fmt.Sprint(c.Value(i))
}

// parseText reads a text as a value of a type, by the rules of a CSV field:
// white space around a number does not count, and there is no text for NaN or
// infinity.
func parseText(text string, to column.Type) (any, bool) {
	text = strings.TrimSpace(text)
	switch to {
	case column.Float64:
		f, err := strconv.ParseFloat(text, 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) && plainNumber(text)
	case column.Int32:
		v, err := strconv.ParseInt(text, 10, 32)
		return int32(v), err == nil
	case column.Int64, column.Timestamp:
		v, err := strconv.ParseInt(text, 10, 64)
		return v, err == nil
	case column.Bool:
		v, err := strconv.ParseBool(text)
		return v, err == nil
	}
	return nil, false
}

// plainNumber refuses what Go's parser takes beyond decimal numbers: hexadecimal
// floats and underscores.
func plainNumber(text string) bool { return !strings.ContainsAny(text, "xXpP_") }
