package column_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// border are numbers of distinct texts around the most that 16 bits can number.
var border = []int{65_535, 65_536, 65_537}

// numbered returns a column of the texts of numbers from to to-1, last first, and
// then a null.
func numbered(from, to int) *column.Column {
	texts := make([]string, 0, to-from+1)
	valid := slices.Repeat([]bool{true}, to-from+1)
	valid[to-from] = false
	for i := to - 1; i >= from; i-- {
		texts = append(texts, fmt.Sprintf("%06d", i))
	}
	return column.FromStrings("x", append(texts, "null"), valid)
}

// checkNumbered fails unless c holds what numbered(from, to) does.
func checkNumbered(t *testing.T, c *column.Column, from, to int) {
	t.Helper()
	check(t, c)
	if c.Len != to-from+1 || !c.IsNull(c.Len-1) || c.Nulls != 1 {
		t.Fatalf("%d rows, %d nulls", c.Len, c.Nulls)
	}
	for i := range to - from {
		if want := fmt.Sprintf("%06d", to-1-i); c.Text(i) != want || c.Value(i) != want {
			t.Fatalf("row %d is %q, want %q", i, c.Text(i), want)
		}
	}
}

func TestCodesAtTheBorderOfWidths(t *testing.T) {
	for _, n := range border {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			c := numbered(0, n)
			if c.Narrow() != (n <= 65_536) {
				t.Errorf("narrow: %v", c.Narrow())
			}
			checkNumbered(t, c, 0, n)
			unchanged := frozen(t, c)
			defer unchanged()

			checkNumbered(t, c.Slice(10, c.Len), 0, n-10)
			backwards := make([]uint32, c.Len)
			for i := range backwards {
				backwards[i] = uint32(c.Len - 1 - i)
			}
			checkNumbered(t, c.Gather(backwards).Gather(backwards), 0, n)

			withNull := c.GatherOrNull(append(backwards, column.NoRow))
			check(t, withNull)
			if withNull.Nulls != 2 || withNull.Text(1) != "000000" || !withNull.IsNull(c.Len) {
				t.Errorf("%d nulls, %q", withNull.Nulls, withNull.Text(1))
			}
			if d := column.DescribeTexts([]*column.Column{c})[0]; d.Distinct != int64(n) || c.Text(d.Min) != "000000" || d.Max != 0 {
				t.Errorf("%+v", d)
			}
			if order := column.Distinct(c); order != n {
				t.Errorf("%d distinct values", order)
			}
			left, right, err := column.Join([]*column.Column{c}, []*column.Column{numbered(n-5, n+5)}, false)
			if err != nil || !slices.Equal(left, []uint32{0, 1, 2, 3, 4}) || !slices.Equal(right, []uint32{5, 6, 7, 8, 9}) {
				t.Errorf("joined %v with %v, %v", left, right, err)
			}
		})
	}
}

// Parts of any width give a column of the width that its own dictionary asks for.
func TestConcatAtTheBorderOfWidths(t *testing.T) {
	for _, n := range border {
		for _, parts := range [][]*column.Column{
			{numbered(40_000, n), numbered(0, 40_000)}, // narrow ones
			{numbered(5, n), numbered(0, 5)},
			{numbered(0, n), numbered(0, n)}, // of one dictionary
			{numbered(n-1, n), numbered(0, n)},
		} {
			c, err := column.Concat(parts)
			if err != nil {
				t.Fatal(err)
			}
			check(t, c)
			if len(c.Dictionary) != n || c.Narrow() != (n <= 65_536) {
				t.Errorf("%d texts, narrow %v; want %d", len(c.Dictionary), c.Narrow(), n)
			}
			at := 0
			for _, p := range parts {
				for i := range p.Len {
					if c.Text(at) != p.Text(i) || c.IsNull(at) != p.IsNull(i) {
						t.Fatalf("row %d is %q, want %q", at, c.Text(at), p.Text(i))
					}
					at++
				}
			}
		}
	}
}
