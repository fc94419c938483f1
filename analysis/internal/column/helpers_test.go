package column_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// kinds are the column types that kernels treat alike, each with some nulls or
// none.
var kinds = []column.Type{column.Int32, column.Int64, column.Float64, column.Bool, column.String, column.Timestamp}

// random returns a column of n rows in which values repeat and every third row or
// so is null.
func random(rng *rand.Rand, t column.Type, n int, nulls bool) *column.Column {
	var valid []bool
	if nulls {
		valid = make([]bool, n)
		for i := range valid {
			valid[i] = rng.IntN(3) > 0
		}
	}
	spread := int64(1) << (1 + rng.IntN(40))
	switch t {
	case column.Int32:
		return column.FromInt32s("x", fill(n, func() int32 { return int32(rng.Int64N(min(spread, 1<<31)) - 5) }), valid)
	case column.Int64:
		return column.FromInt64s("x", fill(n, func() int64 { return rng.Int64N(spread) - 5 }), valid)
	case column.Timestamp:
		return column.FromTimestamps("x", fill(n, func() int64 { return 1_550_000_000 + rng.Int64N(spread) }), valid)
	case column.Float64:
		special := []float64{0, math.Copysign(0, -1), math.NaN(), -math.NaN(), math.Inf(1), math.Inf(-1), 0.1}
		return column.FromFloat64s("x", fill(n, func() float64 {
			if rng.IntN(4) == 0 {
				return special[rng.IntN(len(special))]
			}
			return math.Round(rng.NormFloat64() * float64(spread))
		}), valid)
	case column.Bool:
		return column.FromBools("x", fill(n, func() bool { return rng.IntN(2) == 0 }), valid)
	}
	return column.FromStrings("x", fill(n, func() string { return fmt.Sprint("v", rng.Int64N(spread)) }), valid)
}

func fill[T any](n int, draw func() T) []T {
	values := make([]T, n)
	for i := range values {
		values[i] = draw()
	}
	return values
}

// values returns every row as nil, bool, string, int64 or float64, with one NaN
// and one zero.
func values(c *column.Column) []any {
	all := make([]any, c.Len)
	for i := range all {
		all[i] = plain(c.Value(i))
	}
	return all
}

func plain(v any) any {
	switch v := v.(type) {
	case int32:
		return int64(v)
	case float64:
		if math.IsNaN(v) {
			return "NaN"
		}
		return v + 0
	}
	return v
}

// compare orders two values as the kernels document it: nulls first, NaN last.
func compare(a, b any) int {
	rank := func(v any) int {
		switch v {
		case nil:
			return 0
		case "NaN":
			return 2
		}
		return 1
	}
	switch {
	case a == b:
		return 0
	case rank(a) != rank(b):
		return rank(a) - rank(b)
	}
	less := false
	switch a := a.(type) {
	case int64:
		less = a < b.(int64)
	case float64:
		less = a < b.(float64)
	case bool:
		less = !a
	case string:
		less = a < b.(string)
	}
	if less {
		return -1
	}
	return 1
}

// check fails the test unless c keeps what a Column promises.
func check(t *testing.T, c *column.Column) {
	t.Helper()
	nulls := 0
	for i := range c.Len {
		if c.IsNull(i) {
			nulls++
		}
	}
	if nulls != c.Nulls || (c.Nulls == 0) != (c.Valid == nil) {
		t.Fatalf("%d null rows, Nulls %d, bitmap %v", nulls, c.Nulls, c.Valid != nil)
	}
	length := map[column.Type]int{
		column.Int32: len(c.Int32s), column.Int64: len(c.Int64s), column.Timestamp: len(c.Int64s), column.Float64: len(c.Float64s),
		column.String: max(len(c.Codes16), len(c.Codes)), column.Bool: c.Len, column.Vector: c.Len,
	}[c.Type]
	if c.Plain() {
		if length = len(c.Offsets) - 1; c.Type != column.String || c.Codes16 != nil || c.Codes != nil || c.Dictionary != nil || c.Narrow() {
			t.Fatal("a plain column with codes")
		}
		for i := range c.Len {
			if from, to := c.Offsets[i], c.Offsets[i+1]; from < 0 || to < from || int(to) > len(c.Bytes) || c.IsNull(i) && from != to {
				t.Fatalf("row %d is bytes %d to %d of %d", i, from, to, len(c.Bytes))
			}
		}
	} else if c.Type == column.String && c.Len > 0 && ((c.Codes16 != nil) != c.Narrow() || (c.Codes != nil) == c.Narrow()) {
		t.Fatalf("%d narrow and %d wide codes for a dictionary of %d", len(c.Codes16), len(c.Codes), len(c.Dictionary))
	}
	if length != c.Len {
		t.Fatalf("%v column of %d rows has %d values", c.Type, c.Len, length)
	}
	for k := 1; k < len(c.Dictionary); k++ {
		if c.Dictionary[k-1] >= c.Dictionary[k] {
			t.Fatalf("dictionary not sorted: %q, %q", c.Dictionary[k-1], c.Dictionary[k])
		}
	}
	for i := range c.Len {
		if !c.IsNull(i) {
			continue
		}
		if c.Type != column.String && c.Float(i) != 0 || c.Type == column.String && !c.Plain() && c.Code(i) != 0 {
			t.Fatalf("row %d is null over a value that is not zero", i)
		}
	}
}

// frozen returns a function that fails the test if c has changed since.
func frozen(t *testing.T, c *column.Column) func() {
	t.Helper()
	before := *c
	before.Valid, before.Bools = bytes.Clone(c.Valid), bytes.Clone(c.Bools)
	bits := make([]uint64, len(c.Float64s)) // NaN is not equal to itself
	for i, v := range c.Float64s {
		bits[i] = math.Float64bits(v)
	}
	before.Int32s, before.Int64s = append([]int32(nil), c.Int32s...), append([]int64(nil), c.Int64s...)
	before.Codes16, before.Codes = append([]uint16(nil), c.Codes16...), append([]uint32(nil), c.Codes...)
	before.Dictionary = append([]string(nil), c.Dictionary...)
	before.Offsets, before.Bytes = append([]int64(nil), c.Offsets...), bytes.Clone(c.Bytes)
	return func() {
		t.Helper()
		after := *c
		for i, v := range c.Float64s {
			if math.Float64bits(v) != bits[i] {
				t.Fatalf("the kernel wrote to row %d of its input", i)
			}
		}
		after.Float64s, before.Float64s = nil, nil
		if after.Len > 0 && !reflect.DeepEqual(before, after) {
			t.Fatal("the kernel changed its input")
		}
	}
}

// near reports whether a is within a relative error of b; NaN equals NaN.
func near(a, b, relative float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return a == b || math.Abs(a-b) <= relative*max(math.Abs(a), math.Abs(b))
}

// eachRandom runs do for columns of every type, texts in both their forms, with and
// without nulls, of lengths around the kernels' block borders.
func eachRandom(t *testing.T, do func(t *testing.T, rng *rand.Rand, c *column.Column)) {
	for _, kind := range kinds {
		for _, n := range []int{0, 1, 7, 9, 300, 2047, 2049, 9000} {
			for _, nulls := range []bool{false, true} {
				run := func(name string, form func(*column.Column) *column.Column) {
					t.Run(fmt.Sprintf("%s/%d/%v", name, n, nulls), func(t *testing.T) {
						rng := rand.New(rand.NewPCG(uint64(n), uint64(kind)))
						c := form(random(rng, kind, n, nulls))
						unchanged := frozen(t, c)
						do(t, rng, c)
						unchanged()
					})
				}
				run(kind.String(), func(c *column.Column) *column.Column { return c })
				if kind == column.String {
					run("plain string", column.PlainForm)
				}
			}
		}
	}
}
