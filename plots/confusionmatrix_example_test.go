package plots_test

import (
	"fmt"

	"github.com/stophacking/kelpie/plots"
)

// verdicts counts what a model says of 384,691 rows.
func verdicts() plots.ConfusionMatrix {
	return plots.ConfusionMatrix{
		Title:   "Half of the attacks are found",
		Counts:  [][]float64{{287296, 39404}, {29691, 28300}},
		Caption: "Synthetic data",
	}
}

func ExampleConfusionMatrix() {
	fmt.Println(verdicts())
	// Output:
	// Confusion matrix “Half of the attacks are found”: n = 384,691; of 326,700 normal rows 287,296 (87.9%) are predicted normal; of 57,991 attack rows 28,300 (48.8%) are predicted attack.
}
