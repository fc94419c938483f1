package local

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func cast(e plan.Cast, b *column.Batch) (*column.Column, error) {
	of, err := evaluate(e.Of, b)
	if err != nil {
		return nil, err
	}
	out, bad := convertTo(of, e.To)
	if len(bad) > 0 && !e.Try {
		i := bad[0]
		return nil, fmt.Errorf("%s: %s no %s, the first in row %d: %q; TryCast makes such values null",
			e, valuesAre(int64(len(bad))), e.To, b.Row(i), textOf(of, i))
	}
	return out, nil
}

// valuesAre begins a sentence about n values.
func valuesAre(n int64) string {
	if n == 1 {
		return "1 value is"
	}
	return fmt.Sprintf("%d values are", n)
}

// castColumn converts between numeric types where every value fits.
func castColumn(c *column.Column, to column.Type) (*column.Column, error) {
	out, bad := convertTo(c, to)
	if len(bad) > 0 {
		return nil, fmt.Errorf("column %q: %s does not fit %s", c.Name, textOf(c, bad[0]), to)
	}
	return out, nil
}

// convertTo returns c as another type, and the rows whose values have none: they
// are null. A blank text is null, as in a file, and not bad.
func convertTo(c *column.Column, to column.Type) (out *column.Column, bad []int) {
	if c.Type == to {
		return c, nil
	}
	switch to {
	case column.Int32:
		return convert(c, func(i int) (int32, bool) {
			v, ok := integerAt(c, i, 32)
			return int32(v), ok && int64(int32(v)) == v
		}, column.FromInt32s)
	case column.Int64:
		return convert(c, func(i int) (int64, bool) { return integerAt(c, i, 64) }, column.FromInt64s)
	case column.Timestamp:
		return convert(c, func(i int) (int64, bool) { return integerAt(c, i, 64) }, column.FromTimestamps)
	case column.Bool:
		return convert(c, func(i int) (bool, bool) {
			if c.Type == column.String {
				return csv.Bool(c.Text(i))
			}
			return c.Float(i) != 0, true
		}, column.FromBools)
	case column.String:
		return convert(c, func(i int) (string, bool) { return textOf(c, i), true }, column.FromStrings)
	}
	if c.Type != column.String && c.Nulls == 0 {
		return column.FromFloat64s("", floats(c), nil), nil
	}
	return convert(c, func(i int) (float64, bool) {
		if c.Type == column.String {
			return csv.Float(c.Text(i))
		}
		return c.Float(i), true
	}, column.FromFloat64s)
}

func convert[T any](c *column.Column, value func(i int) (T, bool), build func(string, []T, []bool) *column.Column) (*column.Column, []int) {
	out, valid := make([]T, c.Len), make([]bool, c.Len)
	var bad []int
	for i := range out {
		if c.IsNull(i) {
			continue
		}
		if out[i], valid[i] = value(i); !valid[i] && !(c.Type == column.String && trimmed(c.Text(i)) == "") {
			bad = append(bad, i)
		}
	}
	return build("", out, valid), bad
}

// integerAt returns row i as an integer; floats are cut towards zero.
func integerAt(c *column.Column, i, size int) (int64, bool) {
	switch c.Type {
	case column.String:
		return csv.Int(c.Text(i), size)
	case column.Int32:
		return int64(c.Int32s[i]), true
	case column.Int64, column.Timestamp:
		return c.Int64s[i], true
	}
	f := math.Trunc(c.Float(i))
	if !(f >= -0x1p63 && f < 0x1p63) {
		return 0, false
	}
	return int64(f), true
}

// textOf writes a value so that parsing gives it back.
func textOf(c *column.Column, i int) string {
	switch c.Type {
	case column.String:
		return c.Text(i)
	case column.Float64:
		return strconv.FormatFloat(c.Float64s[i], 'g', -1, 64)
	}
	return fmt.Sprint(c.Value(i))
}

// follows reports whether a text reads as a value of a type, or as a null, by
// the rules of a field of a CSV file.
func follows(text string, t column.Type) bool {
	one := column.FromStrings("", []string{text}, nil)
	_, bad := convertTo(one, t)
	return len(bad) == 0
}

// trimmed is a text without the blanks around it that do not count in a file.
func trimmed(text string) string { return strings.Trim(text, " \t") }
