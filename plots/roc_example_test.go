package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/plots"
)

// models compares two models, one with smooth scores and one with three.
func models() plots.ROC {
	var fpr, tpr []float64
	for i := range 20001 {
		x := float64(i) / 20000
		fpr, tpr = append(fpr, x), append(tpr, math.Pow(x, 0.08))
	}
	return plots.ROC{
		Title: "Boosted trees find most attacks at once",
		Curves: []plots.Curve{
			{Name: "boosted trees", FPR: fpr, TPR: tpr},
			{Name: "decision tree", FPR: []float64{0.02, 0.11, 0.4}, TPR: []float64{0.55, 0.81, 0.93}},
		},
		Alt: "Both models are far above chance; boosted trees are above the decision tree nearly everywhere.",
	}
}

func ExampleROC() {
	fmt.Println(models())
	// Output:
	// Both models are far above chance; boosted trees are above the decision tree nearly everywhere. ROC curve “Boosted trees find most attacks at once”: boosted trees AUC 0.9259; decision tree AUC 0.8980.
}
