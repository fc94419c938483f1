package plots_test

import (
	"fmt"
	"os"

	"github.com/stophacking/kelpie/plots"
)

// Names in a script that the figure's own font has not, drawn with a font file.
func ExampleBars_fonts() {
	font, err := os.ReadFile("testdata/strokes.ttf")
	if err != nil {
		fmt.Println(err)
		return
	}
	figure := plots.Bars{
		Title: "Rows of two hosts",
		Names: []string{"日田", "口目"}, Values: []float64{1200, 300},
		Fonts: [][]byte{font},
	}
	fmt.Println(figure)
	// Output: Bar chart “Rows of two hosts”: 2 names; from 日田 (1,200) to 口目 (300).
}
