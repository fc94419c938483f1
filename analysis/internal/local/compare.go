package local

import (
	"math"
	"math/bits"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// mirrored is the operator that says the same with its sides exchanged.
var mirrored = map[string]string{
	plan.Equal: plan.Equal, plan.NotEqual: plan.NotEqual,
	plan.Less: plan.Greater, plan.LessOrEqual: plan.GreaterOrEqual,
	plan.Greater: plan.Less, plan.GreaterOrEqual: plan.LessOrEqual,
}

// compare compares integers as int64, and as float64 where either side is one:
// through keys, unsigned integers that are ordered as the values are.
func compare(e plan.Binary, b *column.Batch) (*column.Column, error) {
	if _, constant := e.Left.(plan.Literal); constant {
		e = plan.Binary{Operator: mirrored[e.Operator], Left: e.Right, Right: e.Left}
	}
	left, err := evaluate(e.Left, b)
	if err != nil {
		return nil, err
	}
	if literal, constant := e.Right.(plan.Literal); constant && left.Type.Numeric() {
		return compareWith(left, e.Operator, literal.Value), nil
	}
	right, err := evaluate(e.Right, b)
	if err != nil {
		return nil, err
	}
	var order func(i int) int
	if left.Type == column.String {
		order = func(i int) int { return strings.Compare(left.Text(i), right.Text(i)) }
	} else {
		asFloat := left.Type == column.Float64 || right.Type == column.Float64
		l, r := keys(left, asFloat), keys(right, asFloat)
		order = func(i int) int {
			switch {
			case l[i] < r[i]:
				return -1
			case l[i] > r[i]:
				return 1
			}
			return 0
		}
	}
	wanted := map[string][3]bool{ // for less, equal, greater
		plan.Equal: {false, true, false}, plan.NotEqual: {true, false, true},
		plan.Less: {true, false, false}, plan.LessOrEqual: {true, true, false},
		plan.Greater: {false, false, true}, plan.GreaterOrEqual: {false, true, true},
	}[e.Operator]
	out := make([]bool, b.Len)
	for i := range out {
		out[i] = wanted[order(i)+1]
	}
	return truths(b.Len, column.PackBools(out), validBits(left, right)), nil
}

// compareWith compares numbers with a constant: a key within a range, or not.
func compareWith(c *column.Column, operator string, constant any) *column.Column {
	var bound uint64
	number, asFloat := constant.(float64)
	integer, _ := constant.(int64)
	if c.Type == column.Float64 && !asFloat {
		number, asFloat = float64(integer), true
	}
	if bound = integerKey(integer); asFloat {
		bound = floatKey(number)
	}
	low, high := bound, bound
	switch operator {
	case plan.LessOrEqual, plan.Greater:
		low = 0
	case plan.GreaterOrEqual, plan.Less:
		high = math.MaxUint64
	}
	var packed []byte
	switch {
	case !asFloat && c.Type == column.Int32:
		packed = within(c.Int32s, low^signBit, high-low)
	case !asFloat:
		packed = within(c.Int64s, low^signBit, high-low)
	default:
		packed = within(keys(c, true), low, high-low)
	}
	out := truths(c.Len, packed, validBits(c))
	switch operator {
	case plan.NotEqual, plan.Greater, plan.Less:
		return flip(out)
	}
	return out
}

const signBit = 1 << 63

func integerKey(v int64) uint64 { return uint64(v) ^ signBit }

// floatKey orders NaN after every number and equal to itself, and -0 as 0.
func floatKey(v float64) uint64 {
	if v != v {
		return math.MaxUint64
	}
	b := math.Float64bits(v + 0)
	return b ^ (uint64(int64(b)>>63) | signBit)
}

func keys(c *column.Column, asFloat bool) []uint64 {
	out := make([]uint64, c.Len)
	if asFloat || c.Type == column.Bool {
		for i, v := range floats(c) {
			out[i] = floatKey(v)
		}
		return out
	}
	for i, v := range integers(c) {
		out[i] = integerKey(v)
	}
	return out
}

// within returns the bitmap of the values from low to low+span, as unsigned
// integers that wrap around.
func within[T int32 | int64 | uint64](values []T, low, span uint64) []byte {
	packed := make([]byte, column.BitmapLen(len(values)))
	for at := range packed {
		var eight byte
		for k, v := range values[at*8 : min(at*8+8, len(values))] {
			bit := byte(0)
			if uint64(v)-low <= span {
				bit = 1
			}
			eight |= bit << k
		}
		packed[at] = eight
	}
	return packed
}

// validBits returns the bitmap of the rows in which all columns have a value.
func validBits(columns ...*column.Column) []byte {
	valid := make([]byte, column.BitmapLen(columns[0].Len))
	for i := range valid {
		valid[i] = 0xff
	}
	for _, c := range columns {
		if c.Nulls > 0 {
			for i := range valid {
				valid[i] &= c.Valid[i]
			}
		}
	}
	return valid
}

// truths returns a Bool column of n rows from two bitmaps: where it is true, and
// where it has a value (nil: everywhere). It keeps neither.
func truths(n int, set, valid []byte) *column.Column {
	c := &column.Column{Type: column.Bool, Len: n, Bools: append([]byte{}, set...)}
	if valid != nil {
		if c.Nulls = n - column.CountBits(valid, n); c.Nulls > 0 {
			c.Valid = append([]byte{}, valid...)
			for i := range c.Bools {
				c.Bools[i] &= valid[i]
			}
		}
	}
	if rest := n & 7; rest != 0 { // nothing is set behind the last row
		c.Bools[len(c.Bools)-1] &= 1<<rest - 1
	}
	return c
}

// flip is not: true for false, null for null.
func flip(c *column.Column) *column.Column {
	opposite := make([]byte, len(c.Bools))
	for i, b := range c.Bools {
		opposite[i] = ^b
	}
	return truths(c.Len, opposite, validBits(c))
}

// logic is and/or in three-valued logic: a value that decides wins over a null.
func logic(operator string, left, right *column.Column) *column.Column {
	leftValid, rightValid := validBits(left), validBits(right)
	set, valid := make([]byte, len(leftValid)), make([]byte, len(leftValid))
	for i := range set {
		leftTrue, rightTrue := left.Bools[i]&leftValid[i], right.Bools[i]&rightValid[i]
		leftFalse, rightFalse := ^left.Bools[i]&leftValid[i], ^right.Bools[i]&rightValid[i]
		if operator == plan.And {
			set[i] = leftTrue & rightTrue
			valid[i] = set[i] | leftFalse | rightFalse
		} else {
			set[i] = leftTrue | rightTrue
			valid[i] = set[i] | leftFalse&rightFalse
		}
	}
	return truths(left.Len, set, valid)
}

// trueBits returns the bitmap of the rows in which a Bool column is true.
func trueBits(c *column.Column) []byte { return truths(c.Len, c.Bools, validBits(c)).Bools }

// trueRows returns the rows in which a Bool column is true.
func trueRows(c *column.Column) []uint32 {
	set := trueBits(c)
	rows := make([]uint32, 0, column.CountBits(set, c.Len))
	for at, eight := range set {
		for ; eight != 0; eight &= eight - 1 {
			rows = append(rows, uint32(at*8+bits.TrailingZeros8(eight)))
		}
	}
	return rows
}
