package analysis_test

import (
	"fmt"
	"testing"

	"github.com/stophacking/kelpie/analysis"
)

func ExampleTable_Matrix() {
	t, err := analysis.NewTable("", analysis.Int64s("a", 1, 2), analysis.Float64s("b", 0.5, 0.25))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Matrix("b", "a"))
	// Output: [[0.5 1] [0.25 2]] <nil>
}

func TestMatrixMistakes(t *testing.T) {
	table, err := analysis.NewTable("", analysis.Int64s("a", 1, 2).Nulls(0), analysis.Strings("b", "x", "y"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c"} {
		if m, err := table.Matrix(name); err == nil {
			t.Errorf("%s: %v, want an error", name, m)
		}
	}
}
