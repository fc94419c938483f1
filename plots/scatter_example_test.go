package plots_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stophacking/kelpie/plots"
)

// sizes shows 900 rows of two classes that overlap.
func sizes() plots.Scatter {
	random := rand.New(rand.NewPCG(1, 2))
	var x, y, class []float64
	for i := range 900 {
		attack := float64(i % 3 / 2)
		x = append(x, math.Exp(8+1.2*random.NormFloat64()+1.5*attack))
		y = append(y, math.Abs(50+12*random.NormFloat64()-20*attack))
		class = append(class, attack)
	}
	y[5] = math.NaN()
	return plots.Scatter{
		Title:  "Attacks use more memory and less processor time",
		XLabel: "resident memory (kB)",
		YLabel: "processor time (%)",
		X:      x, Y: y, Class: class,
		LogX:  true,
		Total: 2000000,
		Alt:   "Attack rows lie to the lower right of the normal rows, with some overlap.",
	}
}

func ExampleScatter() {
	fmt.Println(sizes())
	// Output:
	// Attack rows lie to the lower right of the normal rows, with some overlap. Scatter plot “Attacks use more memory and less processor time”: n = 899 sampled from 2,000,000 (299 attack); resident memory (kB) from 88.27 to 349,800; processor time (%) from 2.011 to 95.43; medians of normal 3,305 and 50.5; medians of attack 11,750 and 30.38.
}
