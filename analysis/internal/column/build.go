package column

import (
	"fmt"
	"slices"
	"sort"
)

// FromFloat64s returns a Float64 column. Row i holds values[i] where valid[i] is
// true and is null elsewhere; valid nil means no nulls.
//
// The column keeps values itself when there is no null, so the caller must not
// write to it any more. This and the following builders panic when values and
// valid differ in length.
func FromFloat64s(name string, values []float64, valid []bool) *Column {
	c := build(name, Float64, len(values), valid)
	c.Float64s = zeroNulls(c, values)
	return c
}

// FromInt64s returns an Int64 column; see [FromFloat64s].
func FromInt64s(name string, values []int64, valid []bool) *Column {
	c := build(name, Int64, len(values), valid)
	c.Int64s = zeroNulls(c, values)
	return c
}

// FromTimestamps returns a Timestamp column of seconds since 1970-01-01 00:00:00
// UTC; see [FromFloat64s].
func FromTimestamps(name string, seconds []int64, valid []bool) *Column {
	c := FromInt64s(name, seconds, valid)
	c.Type = Timestamp
	return c
}

// FromInt32s returns an Int32 column; see [FromFloat64s].
func FromInt32s(name string, values []int32, valid []bool) *Column {
	c := build(name, Int32, len(values), valid)
	c.Int32s = zeroNulls(c, values)
	return c
}

// FromBools returns a Bool column; see [FromFloat64s]. values is copied.
func FromBools(name string, values []bool, valid []bool) *Column {
	c := build(name, Bool, len(values), valid)
	c.Bools = PackBools(zeroNulls(c, values))
	return c
}

// FromStrings returns a String column; see [FromFloat64s]. Its dictionary holds
// the texts of the valid rows, sorted; if they are [MostlyDistinct] it is plain.
// values is copied.
func FromStrings(name string, values []string, valid []bool) *Column {
	c := build(name, String, len(values), valid)
	met := make([]uint32, len(values)) // a code in the order in which the texts come
	codes := make(map[string]uint32)
	for i, v := range values {
		if c.IsNull(i) {
			continue
		}
		code, seen := codes[v]
		if !seen {
			code = uint32(len(c.Dictionary))
			codes[v] = code
			c.Dictionary = append(c.Dictionary, v)
		}
		met[i] = code
	}
	if MostlyDistinct(c.Len-c.Nulls, len(c.Dictionary)) {
		c.Dictionary = nil
		c.layOut(func(i int) string {
			if c.IsNull(i) {
				return ""
			}
			return values[i]
		})
		return c
	}
	sorted := slices.Clone(c.Dictionary)
	sort.Strings(sorted)
	ranks := make([]uint32, len(sorted))
	for rank, v := range sorted {
		ranks[codes[v]] = uint32(rank)
	}
	c.Dictionary = sorted
	if c.Narrow() {
		c.Codes16 = ranked[uint16](c, met, ranks)
	} else {
		c.Codes = ranked[uint32](c, met, ranks)
	}
	return c
}

// ranked returns the rank of each row's code, 0 under a null.
func ranked[C Code](c *Column, codes, ranks []uint32) []C {
	out := make([]C, len(codes))
	for i, code := range codes {
		if !c.IsNull(i) {
			out[i] = C(ranks[code])
		}
	}
	return out
}

// Constant returns a column of n rows that all hold value, an int32, int64, int
// (kept as int64), float64, bool or string. Any other value is an error, nil
// too, since it has no type.
func Constant(name string, value any, n int) (*Column, error) {
	if n < 0 {
		return nil, fmt.Errorf("column: constant %q of %d rows", name, n)
	}
	c := &Column{Name: name, Len: n}
	switch v := value.(type) {
	case int32:
		c.Type, c.Int32s = Int32, slices.Repeat([]int32{v}, n)
	case int64:
		c.Type, c.Int64s = Int64, slices.Repeat([]int64{v}, n)
	case int:
		c.Type, c.Int64s = Int64, slices.Repeat([]int64{int64(v)}, n)
	case float64:
		c.Type, c.Float64s = Float64, slices.Repeat([]float64{v}, n)
	case bool:
		c.Type, c.Bools = Bool, make([]byte, BitmapLen(n))
		if v {
			setBits(c.Bools, 0, n)
		}
	case string:
		c.Type, c.Codes16, c.Dictionary = String, make([]uint16, n), []string{v}
	default:
		return nil, fmt.Errorf("column: constant %q: no column type for a value of type %T", name, value)
	}
	return c, nil
}

// build returns a column with its nulls set and no values yet.
func build(name string, t Type, n int, valid []bool) *Column {
	c := &Column{Name: name, Type: t, Len: n}
	if valid == nil {
		return c
	}
	if len(valid) != n {
		panic(fmt.Sprintf("column: %q has %d values and %d validity flags", name, n, len(valid)))
	}
	c.setValid(PackBools(valid))
	return c
}

// setValid counts the nulls of a bitmap and keeps it only if there are any.
func (c *Column) setValid(valid []byte) {
	if c.Nulls = c.Len - CountBits(valid, c.Len); c.Nulls > 0 {
		c.Valid = valid
	}
}

// zeroNulls returns values with zeros under the nulls of c: values itself when
// there are none.
func zeroNulls[T any](c *Column, values []T) []T {
	if c.Nulls == 0 {
		return values
	}
	zeroed := make([]T, len(values))
	for i, v := range values {
		if !c.IsNull(i) {
			zeroed[i] = v
		}
	}
	return zeroed
}
