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
	// Both models are far above chance; boosted trees are above the decision tree nearly everywhere. ROC curve “Boosted trees find most attacks at once”: boosted trees AUC 0.9259, 83.2% of the attacks found at 10% false alarms; decision tree AUC 0.8980, 78.1% of the attacks found at 10% false alarms.
}

// operating marks where two models are run.
func operating() plots.ROC {
	f := models()
	f.Title = "Seven attacks in ten cost 1% false alarms"
	f.Direct, f.Alt = true, ""
	f.Caption = "Synthetic scores; n = 20,000 rows, 5,000 of them attacks"
	f.Curves[0].Marked = []plots.Marked{{Name: "1% false alarms", X: 0.01, Y: math.Pow(0.01, 0.08)}}
	f.Curves[1].Marked = []plots.Marked{{Name: "threshold 0.5", X: 0.11, Y: 0.81}}
	return f
}

func ExampleROC_operatingPoints() {
	fmt.Println(operating())
	// Output:
	// ROC curve “Seven attacks in ten cost 1% false alarms”: boosted trees AUC 0.9259, 83.2% of the attacks found at 10% false alarms, at 1% false alarms 69.2% of the attacks found and 1.0% of the normal rows false alarms; decision tree AUC 0.8980, 78.1% of the attacks found at 10% false alarms, at threshold 0.5 81.0% of the attacks found and 11.0% of the normal rows false alarms.
}
