package plots_test

import (
	"fmt"

	"github.com/stophacking/kelpie/plots"
)

// alarms shows how right the alarms of two models are.
func alarms() plots.PrecisionRecall {
	var recall, precision []float64
	for i := range 500 {
		r := float64(i+1) / 500
		recall, precision = append(recall, r), append(precision, 0.15+0.75*(1-r)*(1-r)+0.02*float64(i%7)/7)
	}
	return plots.PrecisionRecall{
		Title: "Half of the attacks cost two false alarms in three",
		Curves: []plots.PRCurve{
			{Name: "boosted trees", Recall: recall, Precision: precision,
				Marked: []plots.Marked{{Name: "threshold 0.5", X: 0.5, Y: 0.3409}}},
			{Name: "decision tree", Recall: []float64{0.1, 0.3, 0.6, 1}, Precision: []float64{0.55, 0.4, 0.25, 0.15}},
		},
		Prevalence: 0.15,
		Caption:    "Synthetic scores; n = 20,000 rows, 3,000 of them attacks",
	}
}

func ExamplePrecisionRecall() {
	fmt.Println(alarms())
	// Output:
	// Precision-recall curve “Half of the attacks cost two false alarms in three”: boosted trees average precision 0.408, 34.9% of the alarms right where half of the attacks are found, at threshold 0.5 50.0% of the attacks found and 34.1% of the alarms right; decision tree average precision 0.270, 25.0% of the alarms right where half of the attacks are found; a guess would have a precision of 15.0%.
}
