package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/plots"
)

// corrected compares probabilities of training on as many attacks as normal rows with
// the same ones corrected for the share of attacks there is, 15 %.
func corrected() plots.Reliability {
	f := plots.Reliability{Title: "Corrected for prevalence, probabilities mean what they say", Caption: "Synthetic scores"}
	var raw, right, labels []float64
	for i := range 4000 {
		p := math.Pow((float64(i)+0.5)/4000, 5.67) // 15 % on the mean
		label := 0.0
		if math.Mod(float64(i)*0.6180339887, 1) < p {
			label = 1
		}
		odds := p / (1 - p) * 0.85 / 0.15
		raw, right, labels = append(raw, odds/(1+odds)), append(right, p), append(labels, label)
	}
	for _, one := range []struct {
		name   string
		scores []float64
	}{{"as trained", raw}, {"corrected", right}} {
		sample, err := eval.Of(eval.Rows{Scores: one.scores, Labels: labels})
		if err != nil {
			panic(err)
		}
		table, err := sample.Calibration(10)
		if err != nil {
			panic(err)
		}
		series := plots.ReliabilitySeries{Name: one.name}
		for _, bin := range table.Bins {
			series.Bins = append(series.Bins, plots.ReliabilityBin(bin))
		}
		f.Series = append(f.Series, series)
	}
	return f
}

func ExampleReliability() {
	fmt.Println(corrected())
	// Output:
	// Reliability “Corrected for prevalence, probabilities mean what they say”: as trained n = 4,000, on the mean 29.1% predicted and 15.1% observed, furthest off where 75.1% are predicted and 34.1% observed (28.0% to 40.9%, n = 205); corrected n = 4,000, on the mean 15.0% predicted and 15.0% observed, furthest off where 74.9% are predicted and 76.7% observed (66.9% to 84.2%, n = 90).
}
