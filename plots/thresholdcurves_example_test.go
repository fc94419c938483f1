package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/plots"
)

// thresholds shows the rates of a model at 200 thresholds. Nothing scores above 0.95.
func thresholds() plots.ThresholdCurves {
	f := plots.ThresholdCurves{
		Title: "A threshold of 0.62 finds half of the attacks at 4% false alarms",
		Chosen: []plots.ThresholdPoint{
			{Name: "4% false alarms", Threshold: 0.62, Recall: 0.5025, Precision: 0.6881, FPR: 0.0402},
		},
		Caption: "Synthetic scores; n = 20,000 rows, 3,000 of them attacks",
	}
	for i := range 200 {
		t := float64(i) / 200
		recall, fpr := 1-1/(1+math.Exp(-9*(t-0.6211))), 1/(1+math.Exp(9*(t-0.2676)))
		precision := 0.15 * recall / (0.15*recall + 0.85*fpr)
		if t > 0.95 {
			recall, fpr, precision = 0, 0, math.NaN()
		}
		f.Thresholds = append(f.Thresholds, t)
		f.Recall, f.Precision, f.FPR = append(f.Recall, recall), append(f.Precision, precision), append(f.FPR, fpr)
	}
	return f
}

func ExampleThresholdCurves() {
	fmt.Println(thresholds())
	// Output:
	// Threshold curves “A threshold of 0.62 finds half of the attacks at 4% false alarms”: 200 thresholds from 0 to 0.995; recall from 99.6% to 0.0%; precision from 16.1% to 80.2%; false-alarm rate from 91.7% to 0.0%; at 4% false alarms (0.62) recall 50.2%, precision 68.8%, false-alarm rate 4.0%.
}
