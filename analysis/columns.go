package analysis

import (
	"slices"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/number"
)

// A Values is a column made of values at hand, for [Session.FromColumns]. The
// values are copied.
type Values struct {
	column *column.Column
	unit   number.Unit
}

// In returns v with what its numbers count, as [Field] has it: Int64s("ts", …)
// .In(SecondsSince1970) is shown as dates.
func (v Values) In(u Unit) Values {
	v.unit = number.Unit(u)
	return v
}

// of returns the column; the zero Values is a column without name and rows.
func (v Values) of() *column.Column {
	if v.column == nil {
		return column.FromStrings("", nil, nil)
	}
	return v.column
}

// Int64s returns a column of integers.
func Int64s(name string, values ...int64) Values {
	return Values{column: column.FromInt64s(name, slices.Clone(values), nil)}
}

// Int32s returns a column of integers of 32 bits.
func Int32s(name string, values ...int32) Values {
	return Values{column: column.FromInt32s(name, slices.Clone(values), nil)}
}

// Timestamps returns a column of points in time, in whole seconds: what is finer
// is cut off, toward the past.
func Timestamps(name string, values ...time.Time) Values {
	seconds := make([]int64, len(values))
	for i, v := range values {
		seconds[i] = v.Unix()
	}
	return Values{column: column.FromTimestamps(name, seconds, nil)}
}

// Float64s returns a column of floats.
func Float64s(name string, values ...float64) Values {
	return Values{column: column.FromFloat64s(name, slices.Clone(values), nil)}
}

// Strings returns a column of texts.
func Strings(name string, values ...string) Values {
	return Values{column: column.FromStrings(name, values, nil)}
}

// Bools returns a column of truth values.
func Bools(name string, values ...bool) Values {
	return Values{column: column.FromBools(name, values, nil)}
}

// Nulls returns v with the values at the given rows made null. Rows outside the
// column are ignored.
func (v Values) Nulls(rows ...int) Values {
	c := v.of()
	valid := make([]bool, c.Len)
	for i := range valid {
		valid[i] = !c.IsNull(i)
	}
	for _, r := range rows {
		if r >= 0 && r < c.Len {
			valid[r] = false
		}
	}
	switch c.Type {
	case column.Int64:
		return Values{unit: v.unit, column: column.FromInt64s(c.Name, c.Int64s, valid)}
	case column.Timestamp:
		return Values{unit: v.unit, column: column.FromTimestamps(c.Name, c.Int64s, valid)}
	case column.Int32:
		return Values{unit: v.unit, column: column.FromInt32s(c.Name, c.Int32s, valid)}
	case column.Float64:
		return Values{unit: v.unit, column: column.FromFloat64s(c.Name, c.Float64s, valid)}
	case column.Bool:
		bits := make([]bool, c.Len)
		for i := range bits {
			bits[i] = c.Bool(i)
		}
		return Values{unit: v.unit, column: column.FromBools(c.Name, bits, valid)}
	}
	texts := make([]string, c.Len)
	for i := range texts {
		texts[i] = c.Text(i)
	}
	return Values{unit: v.unit, column: column.FromStrings(c.Name, texts, valid)}
}

// FromColumns returns a frame of the given columns, which must have equal
// lengths. Row i of the frame is item i of each.
func (s *Session) FromColumns(columns ...Values) Frame {
	b := &column.Batch{}
	var units []number.Unit
	for i, v := range columns {
		c := v.of()
		b.Columns, units = append(b.Columns, c), append(units, v.unit)
		if i == 0 {
			b.Len = c.Len
		}
	}
	op := plan.Held(b)
	op.Units = units
	return s.Frame(plan.New(op))
}
