package plots_test

import (
	"fmt"
	"math"

	"github.com/stophacking/kelpie/plots"
)

// majorFaults counts page faults of the two classes on a log axis; many rows
// have none at all.
func majorFaults() plots.Histogram {
	normal, attack := make([]float64, 6000), make([]float64, 2500)
	for i := range normal {
		t := (float64(i) + 0.5) / 6000
		normal[i] = math.Floor(math.Exp(2 + 1.1*math.Log(t/(1-t))))
	}
	for i := range attack {
		t := (float64(i) + 0.5) / 2500
		attack[i] = math.Floor(math.Exp(5 + 0.9*math.Log(t/(1-t))))
	}
	return plots.Histogram{
		Title:   "Attacks fault more pages",
		XLabel:  "major page faults per interval",
		Samples: []plots.Series{{Name: "normal", Values: normal}, {Name: "attack", Values: attack}},
		LogX:    true,
		Alt:     "Attack rows have about 150 page faults, normal rows about 7, a seventh of them none.",
	}
}

func ExampleHistogram() {
	fmt.Println(majorFaults())
	// Output:
	// Attack rows have about 150 page faults, normal rows about 7, a seventh of them none. Histogram “Attacks fault more pages” of major page faults per interval: n = 8,500, bins from 0.5 to 316,600, 848 not above 0; normal n = 6,000, median from 6.5 to 9.5, fullest bin not above 0 with 14.0%; attack n = 2,500, median from 115.5 to 158.5, fullest bin from 115.5 to 158.5 with 8.7%.
}
