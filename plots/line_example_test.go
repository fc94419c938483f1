package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/plots"
)

// rounds shows how the AUC grows with the rounds of boosting.
func rounds() plots.Line {
	return plots.Line{
		Title:  "Twenty rounds are enough",
		XLabel: "rounds",
		YLabel: "AUC",
		Lines: []plots.XY{
			{Name: "train", X: []float64{1, 5, 10, 20, 40, 80}, Y: []float64{0.91, 0.952, 0.974, 0.985, 0.991, 0.996}},
			{Name: "test", X: []float64{1, 5, 10, 20, 40, 80}, Y: []float64{0.909, 0.948, math.NaN(), 0.979, 0.98, 0.979}},
		},
		Alt: "The test AUC stays at 0.98 after 20 rounds while the training AUC still grows.",
	}
}

func ExampleLine() {
	fmt.Println(rounds())
	// Output:
	// The test AUC stays at 0.98 after 20 rounds while the training AUC still grows. Line chart “Twenty rounds are enough”: 2 lines, 11 points; x from 1 to 80, y from 0.909 to 0.996.
}
