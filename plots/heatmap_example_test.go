package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/plots"
)

// memory is the correlation matrix of six columns, one of them constant.
func memory() plots.HeatMap {
	nan := math.NaN()
	return plots.HeatMap{
		Title: "Resident size follows virtual size",
		Names: []string{"MINFLT", "MAJFLT", "VSTEXT", "VSIZE", "RSIZE", "attack"},
		Values: [][]float64{
			{1, 0.34, nan, 0.12, 0.18, -0.05},
			{0.34, 1, nan, -0.27, -0.31, 0.44},
			{nan, nan, nan, nan, nan, nan},
			{0.12, -0.27, nan, 1, 0.93, -0.61},
			{0.18, -0.31, nan, 0.93, 1, -0.72},
			{-0.05, 0.44, nan, -0.61, -0.72, 1},
		},
		Alt: "VSIZE and RSIZE are nearly the same column (0.93); attack falls with both.",
	}
}

func ExampleHeatMap() {
	fmt.Println(memory())
	// Output:
	// VSIZE and RSIZE are nearly the same column (0.93); attack falls with both. Heat map “Resident size follows virtual size”: correlations of 5 columns; strongest VSIZE and RSIZE (0.93); 1 of 10 pairs below 0.1 in size; 1 column without correlations (constant or empty) left out: VSTEXT.
}
