package gonum

import (
	"math"

	"gonum.org/v1/plot/vg"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// A marker returns the outline of a point's shape. Shapes of one radius have
// about the same area.
type marker func(at vg.Point, radius vg.Length) vg.Path

func circle(at vg.Point, r vg.Length) vg.Path {
	var p vg.Path
	p.Move(vg.Point{X: at.X + r, Y: at.Y})
	p.Arc(at, r, 0, 2*math.Pi)
	p.Close()
	return p
}

func diamond(at vg.Point, r vg.Length) vg.Path {
	r *= 1.25
	return polygon(at, vg.Point{X: r}, vg.Point{Y: r}, vg.Point{X: -r}, vg.Point{Y: -r})
}

func square(at vg.Point, r vg.Length) vg.Path {
	r *= 0.89
	return polygon(at, vg.Point{X: r, Y: r}, vg.Point{X: -r, Y: r}, vg.Point{X: -r, Y: -r}, vg.Point{X: r, Y: -r})
}

func triangle(at vg.Point, r vg.Length) vg.Path {
	r *= 1.4
	return polygon(at, vg.Point{Y: r}, vg.Point{X: -0.87 * r, Y: -0.5 * r}, vg.Point{X: 0.87 * r, Y: -0.5 * r})
}

func polygon(at vg.Point, corners ...vg.Point) vg.Path {
	var p vg.Path
	for i, corner := range corners {
		if i == 0 {
			p.Move(at.Add(corner))
		} else {
			p.Line(at.Add(corner))
		}
	}
	p.Close()
	return p
}

// drawPoints draws one marker a point, smaller and more transparent the more
// points the whole scene has, so that dense regions stay readable.
func (p *page) drawPoints(m scene.Points) {
	total := 0
	for _, mark := range p.Marks {
		if points, ok := mark.(scene.Points); ok {
			total += len(points.Points)
		}
	}
	radius, opacity := vg.Length(2.6), 0.8
	switch {
	case total > 20000:
		radius, opacity = 0.9, 0.35
	case total > 4000:
		radius, opacity = 1.2, 0.45
	case total > 500:
		radius, opacity = 1.8, 0.6
	}
	look := lookOf(m.Role)
	p.canvas.SetColor(clear(look.color, opacity))
	for _, q := range m.Points {
		if at := p.at(q.X, q.Y); p.data.Contains(at) {
			p.canvas.Fill(look.marker(at, radius))
		}
	}
}
