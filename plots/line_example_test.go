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
	// The test AUC stays at 0.98 after 20 rounds while the training AUC still grows. Line chart “Twenty rounds are enough”: 2 lines, 11 points; x from 1 to 80, y from 0.909 to 0.996; train from 0.91 to 0.996; test from 0.909 to 0.979, highest 0.98 at 40.
}

// days shows a score a day with its interval, wider where there are few attacks.
func days() plots.Line {
	f := plots.Line{
		Title: "The model is no worse after a week", XLabel: "day", YLabel: "AUC", XTime: true,
		Caption: "Bands are 95% intervals by bootstrap over hours; synthetic data",
	}
	for k, name := range []string{"boosted trees", "decision tree"} {
		xy := plots.XY{Name: name}
		for day := range 14 {
			y := 0.86 - 0.06*float64(k) + 0.01*math.Sin(float64(day*(k+1)))
			wide := 0.008 + 0.012*math.Abs(math.Cos(float64(day)/2))
			if day == 9 && k == 0 {
				wide = math.NaN()
			}
			xy.X, xy.Y = append(xy.X, 1556150400+86400*float64(day)), append(xy.Y, y)
			xy.Low, xy.High = append(xy.Low, y-wide), append(xy.High, y+wide)
		}
		f.Lines = append(f.Lines, xy)
	}
	return f
}

func ExampleLine_intervals() {
	fmt.Println(days())
	// Output:
	// Line chart “The model is no worse after a week”: 2 lines, 28 points; x from 2019-04-25 00:00:00 to 2019-05-08 00:00:00, y from 0.7909 to 0.8699; boosted trees from 0.86 to 0.8642 (0.8445 to 0.8839), highest 0.8699 at 2019-05-03 00:00:00; decision tree from 0.8 to 0.8076 (0.7879 to 0.8273), highest 0.8099 at 2019-05-02 00:00:00.
}
