package exchange

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// join copies the values of chunks, one after another, into one column of that
// many rows.
func join(f plan.Field, rows int, chunks []arrow.Array) (*column.Column, error) {
	switch f.Type {
	case column.Int32:
		return joinValues(f.Name, rows, chunks, column.FromInt32s, func(a arrow.Array) ([]int32, error) {
			switch a := a.(type) {
			case *array.Int8:
				return widened[int32](a.Int8Values()), nil
			case *array.Int16:
				return widened[int32](a.Int16Values()), nil
			case *array.Uint8:
				return widened[int32](a.Uint8Values()), nil
			case *array.Uint16:
				return widened[int32](a.Uint16Values()), nil
			}
			return a.(*array.Int32).Int32Values(), nil
		})
	case column.Int64:
		return joinValues(f.Name, rows, chunks, column.FromInt64s, int64s)
	case column.Timestamp:
		return joinValues(f.Name, rows, chunks, column.FromTimestamps, seconds)
	case column.Float64:
		return joinValues(f.Name, rows, chunks, column.FromFloat64s, func(a arrow.Array) ([]float64, error) {
			if a, ok := a.(*array.Float32); ok {
				return widened[float64](a.Float32Values()), nil
			}
			return a.(*array.Float64).Float64Values(), nil
		})
	case column.Bool:
		return joinValues(f.Name, rows, chunks, column.FromBools, func(a arrow.Array) ([]bool, error) {
			bits := make([]bool, a.Len())
			for i := range bits {
				bits[i] = a.(*array.Boolean).Value(i)
			}
			return bits, nil
		})
	}
	return joinTexts(f.Name, rows, chunks)
}

// joinValues builds a column of the values that the function finds in each chunk.
func joinValues[T any](name string, rows int, chunks []arrow.Array, build func(string, []T, []bool) *column.Column, values func(arrow.Array) ([]T, error)) (*column.Column, error) {
	all := make([]T, 0, rows)
	for _, a := range chunks {
		v, err := values(a)
		if err != nil {
			return nil, inRow(err, len(all))
		}
		all = append(all, v...)
	}
	valid, err := validity(rows, chunks)
	if err != nil {
		return nil, err
	}
	return build(name, all, valid), nil
}

// validity tells the rows that are not null; nil if all are.
func validity(rows int, chunks []arrow.Array) ([]bool, error) {
	valid, nulls, at := make([]bool, rows), 0, 0
	for _, a := range chunks {
		before := nulls
		for i := range a.Len() {
			if valid[at] = a.IsValid(i); !valid[at] {
				nulls++
			}
			at++
		}
		if a.NullN() != nulls-before {
			return nil, fmt.Errorf("damaged: %d nulls where there should be %d", nulls-before, a.NullN())
		}
	}
	if nulls == 0 {
		return nil, nil
	}
	return valid, nil
}

// A misfit is a value that the column's type cannot hold.
type misfit struct {
	row  int
	text string
}

func (m misfit) Error() string { return fmt.Sprintf("row %d: %s", m.row, m.text) }

// inRow returns err with its row counted from the first of all rows.
func inRow(err error, before int) error {
	if m, ok := err.(misfit); ok {
		m.row += before
		return m
	}
	return err
}

func widened[To, From int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | float32 | float64](values []From) []To {
	out := make([]To, len(values))
	for i, v := range values {
		out[i] = To(v)
	}
	return out
}

func int64s(a arrow.Array) ([]int64, error) {
	switch a := a.(type) {
	case *array.Uint32:
		return widened[int64](a.Uint32Values()), nil
	case *array.Uint64:
		out := make([]int64, a.Len())
		for i, v := range a.Uint64Values() {
			if v > math.MaxInt64 && a.IsValid(i) {
				return nil, misfit{i, fmt.Sprintf("%d exceeds int64", v)}
			}
			out[i] = int64(v)
		}
		return out, nil
	}
	return a.(*array.Int64).Int64Values(), nil
}

// seconds returns points in time as seconds since 1970-01-01 00:00:00 UTC.
func seconds(a arrow.Array) ([]int64, error) {
	out := make([]int64, a.Len())
	if days, ok := a.(*array.Date32); ok {
		for i, day := range days.Date32Values() {
			out[i] = 86400 * int64(day)
		}
		return out, nil
	}
	unit := a.DataType().(*arrow.TimestampType).Unit
	parts := int64(1e9) / int64(unit.Multiplier()) // of a second
	for i, v := range a.(*array.Timestamp).TimestampValues() {
		if int64(v)%parts != 0 && a.IsValid(i) {
			return nil, misfit{i, fmt.Sprintf("%s is no whole second; cast the column to timestamp[s] or to int64 before", v.ToTime(unit).Format("2006-01-02 15:04:05.999999999"))}
		}
		out[i] = int64(v) / parts
	}
	return out, nil
}

// joinTexts builds a column of the texts that rows use.
func joinTexts(name string, rows int, chunks []arrow.Array) (*column.Column, error) {
	valid, err := validity(rows, chunks)
	if err != nil {
		return nil, err
	}
	if valid == nil {
		valid = slices.Repeat([]bool{true}, rows)
	}
	all := make([]string, 0, rows)
	for _, a := range chunks {
		text, err := reader(a)
		if err != nil {
			return nil, err
		}
		for i := range a.Len() {
			v, at := "", len(all)
			if valid[at] {
				if v, valid[at], err = text(i); err != nil {
					return nil, misfit{at, err.Error()}
				}
			}
			all = append(all, v)
		}
	}
	c := column.FromStrings(name, all, valid)
	for i, v := range c.Dictionary {
		c.Dictionary[i] = strings.Clone(v) // up to here it lies in the caller's memory
	}
	return c, nil
}

// reader returns what gives the text of a row that is not null: also of one
// whose text, in a dictionary, is.
func reader(a arrow.Array) (func(i int) (text string, ok bool, err error), error) {
	switch a := a.(type) {
	case *array.Dictionary:
		values := a.Dictionary()
		text, err := reader(values)
		if err != nil {
			return nil, err
		}
		return func(i int) (string, bool, error) {
			k := a.GetValueIndex(i)
			if k < 0 || k >= values.Len() {
				return "", false, fmt.Errorf("damaged: text %d of a dictionary of %d", k, values.Len())
			}
			if values.IsNull(k) {
				return "", false, nil
			}
			return text(k)
		}, nil
	case interface{ Value(int) string }:
		return func(i int) (string, bool, error) { return a.Value(i), true, nil }, nil
	}
	return nil, fmt.Errorf("damaged: texts of type %s", visible.Text(a.DataType().String()))
}
