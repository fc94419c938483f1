package plots

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// A Marked point is one that a curve points at, such as the threshold chosen.
type Marked struct {
	Name string  // written beside the point, such as "threshold 0.5"
	X, Y float64 // in the units of the axes
}

// check refuses a point outside the unit square, in which rates lie.
func (m Marked) check() error {
	if !(m.X >= 0 && m.X <= 1 && m.Y >= 0 && m.Y <= 1) {
		return fmt.Errorf("the marked point %q is (%g, %g); rates lie in [0, 1]", m.Name, m.X, m.Y)
	}
	return nil
}

// dots are marked points as a mark.
func dots(marked []Marked) scene.Line {
	line := scene.Line{Role: scene.Chosen, Markers: true}
	for _, m := range marked {
		line.Segments = append(line.Segments, []scene.Point{{X: m.X, Y: m.Y}})
	}
	return line
}

// nameOf is what stands beside a marked point.
func (m Marked) nameOf() string {
	if m.Name == "" {
		return ""
	}
	return visible.Text(m.Name)
}

// orPoint is the name of a marked point in a sentence.
func (m Marked) orPoint() string {
	if m.Name == "" {
		return "the marked point"
	}
	return m.nameOf()
}
