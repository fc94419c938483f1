package plots

import (
	"fmt"
	"strings"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// The display size of a square of two rates with names beside the curves.
const (
	rateWide = 480
	rateHigh = 500
)

// longestModel is how many letters of a curve's name the legend shows.
const longestModel = 28

// A rateLine is a curve of two rates, with what its name is followed by.
type rateLine struct {
	name, value string
	points      []scene.Point
	marked      []Marked
}

// rateLines adds the line of a guess, the curves over it, and their names: direct
// where that is asked for and all of them fit, else in a legend.
func rateLines(s *scene.Scene, lines []rateLine, chance rateLine, direct bool) {
	var names []string
	for _, l := range lines {
		names = append(names, l.name)
	}
	look := roles(names)
	s.Marks = append(s.Marks, scene.Line{Role: scene.Neutral, Thin: true, Segments: [][]scene.Point{chance.points}})
	var marked []Marked
	for k, l := range lines {
		s.Marks = append(s.Marks, scene.Line{Role: look[k], Segments: [][]scene.Point{l.points}})
		s.Legend = append(s.Legend, scene.Entry{Name: l.label(), Role: look[k], Key: scene.KeyLine})
		marked = append(marked, l.marked...)
	}
	s.Legend = append(s.Legend, scene.Entry{Name: chance.label(), Role: scene.Neutral, Key: scene.KeyLine})
	if len(marked) > 0 {
		s.Marks = append(s.Marks, dots(marked))
	}

	side := float64(min(s.Width-70, s.Height-90)) // of the square, about
	p := newPlacer(s, side, side, nil)
	for _, l := range lines {
		p.lines = append(p.lines, l.points)
	}
	for _, m := range marked {
		p.dot(scene.Point{X: m.X, Y: m.Y})
	}
	var texts []scene.Text
	for _, m := range marked {
		if m.Name == "" {
			continue
		}
		text, ok := p.beside(scene.Point{X: m.X, Y: m.Y}, m.nameOf(), -1, dotRadius)
		if !ok { // over lines rather than not at all
			at := scene.Point{X: m.X + dotRadius*p.perX, Y: m.Y}
			text = scene.Text{Point: at, Side: scene.Right, String: m.nameOf(), Backed: true}
		}
		texts = append(texts, text)
	}
	if direct {
		if labels, ok := p.all(append(lines, chance)); ok {
			texts, s.Legend = append(texts, labels...), nil
		}
	}
	if len(texts) > 0 {
		s.Marks = append(s.Marks, scene.Texts{Texts: texts})
	}
}

// all places the names of all curves, or reports that there is no room. The last
// of them is the line of a guess, which labels may cross.
func (p *placer) all(lines []rateLine) ([]scene.Text, bool) {
	var texts []scene.Text
	for k, l := range lines {
		prefer := 0.35
		if k == len(lines)-1 {
			p.lines = append(p.lines, l.points)
			prefer = 0.25
		}
		text, ok := p.label(l.label(), k, prefer)
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// label is the name, cut so that the value behind it is seen.
func (l rateLine) label() string {
	name := clean(l.name)
	if runes := []rune(name); len(runes) > longestModel {
		name = string(runes[:longestModel-1]) + "…"
	}
	return strings.TrimSpace(fmt.Sprintf("%s (%s)", name, l.value))
}

// rateAxis runs from 0 to 1, with a little room so that a curve along an edge is
// seen whole.
func rateAxis(label string) scene.Axis {
	axis := scene.Axis{Label: label, Min: -0.02, Max: 1.02, Grid: true}
	for i := range 6 {
		axis.Ticks = append(axis.Ticks, scene.Tick{At: float64(i) / 5, Label: fmt.Sprintf("%.1f", float64(i)/5)})
	}
	return axis
}
