package column_test

import (
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestDescribeTexts(t *testing.T) {
	all := column.FromStrings("s", []string{"c", "b", "", "a", "", "d", "b"}, []bool{true, true, true, true, false, true, true})
	columns := []*column.Column{
		all,
		all.Slice(1, 4), // its dictionary holds more than its rows
		column.FromStrings("s", []string{"", ""}, []bool{false, false}),
		column.FromStrings("s", nil, nil),
		column.FromStrings("s", []string{"z", "y", "z", "y"}, nil), // of equal counts the least is on top
	}
	want := []column.TextDescription{
		{Count: 6, Nulls: 1, Distinct: 5, Top: 1, Times: 2, Min: 2, Max: 5},
		{Count: 3, Distinct: 3, Top: 1, Times: 1, Min: 1, Max: 0},
		{Nulls: 2, Top: -1, Min: -1, Max: -1},
		{Top: -1, Min: -1, Max: -1},
		{Count: 4, Distinct: 2, Top: 1, Times: 2, Min: 1, Max: 0},
	}
	for i, got := range column.DescribeTexts(columns) {
		if got != want[i] {
			t.Errorf("column %d: %+v, want %+v", i, got, want[i])
		}
	}
	for i, got := range column.DistinctAll(columns) {
		if int64(got) != want[i].Distinct {
			t.Errorf("column %d has %d distinct values, want %d", i, got, want[i].Distinct)
		}
	}
}
