package plots

import (
	"strings"
	"testing"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

func TestCrosses(t *testing.T) {
	box := scene.Box{X0: 1, Y0: 1, X1: 2, Y1: 2}
	for _, test := range []struct {
		a, b scene.Point
		want bool
	}{
		{scene.Point{X: 0, Y: 0}, scene.Point{X: 3, Y: 3}, true},
		{scene.Point{X: 1.5, Y: 1.5}, scene.Point{X: 1.6, Y: 1.6}, true}, // inside
		{scene.Point{X: 0, Y: 1.5}, scene.Point{X: 3, Y: 1.5}, true},     // level
		{scene.Point{X: 0, Y: 2.5}, scene.Point{X: 3, Y: 2.5}, false},    // level, above
		{scene.Point{X: 0, Y: 0}, scene.Point{X: 0.5, Y: 0.5}, false},    // ends before
		{scene.Point{X: 0, Y: 1.5}, scene.Point{X: 1.5, Y: 4}, false},    // past a corner
		{scene.Point{X: 1.5, Y: 3}, scene.Point{X: 1.5, Y: 0}, true},     // upright, downwards
	} {
		if got := crosses(test.a, test.b, box); got != test.want {
			t.Errorf("from %v to %v: %v", test.a, test.b, got)
		}
	}
}

// Names stand beside their curves where all fit, else in a legend below.
func TestDirectLabels(t *testing.T) {
	one := Curve{Name: "trees", FPR: []float64{0.1, 0.5}, TPR: []float64{0.5, 0.9}}
	two := Curve{Name: "stump", FPR: []float64{0.3, 0.5}, TPR: []float64{0.4, 0.6}}
	s := lowered(t, ROC{Curves: []Curve{one, two}, Direct: true}.lower)
	var names []string
	for _, mark := range s.Marks {
		if texts, ok := mark.(scene.Texts); ok {
			for _, text := range texts.Texts {
				names = append(names, text.String)
			}
		}
	}
	if got := strings.Join(names, "; "); got != "trees (AUC 0.7800); stump (AUC 0.5600); chance (AUC 0.5)" || s.Legend != nil {
		t.Errorf("names %q and a legend of %d", got, len(s.Legend))
	}
	s = lowered(t, ROC{Curves: []Curve{one, one, one}, Direct: true}.lower)
	if len(s.Legend) != 4 || s.LegendRight {
		t.Errorf("%d names in the legend of equal curves, want 4 below", len(s.Legend))
	}
	for _, mark := range s.Marks {
		if _, ok := mark.(scene.Texts); ok {
			t.Error("names beside curves as well as in a legend")
		}
	}
}
