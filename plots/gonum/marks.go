package gonum

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

const (
	paleOpacity  = 0.35
	markerRadius = vg.Length(2.6) // on a line
)

func (p *page) drawMark(mark scene.Mark) {
	switch m := mark.(type) {
	case scene.Boxes:
		p.drawBoxes(m)
	case scene.Points:
		p.drawPoints(m)
	case scene.Line:
		p.drawLine(m)
	case scene.Area:
		p.drawArea(m)
	case scene.Texts:
		p.drawTexts(m)
	case scene.Cells:
		p.drawCells(m)
	}
}

func (p *page) drawBoxes(m scene.Boxes) {
	fill := lookOf(m.Role).color
	if m.Pale {
		fill = clear(fill, paleOpacity)
	}
	p.canvas.SetColor(fill)
	if m.Pale {
		// One path for all: neighbours that share a side would show a seam.
		var path vg.Path
		for _, b := range m.Boxes {
			if r, ok := p.inside(b); ok {
				path = append(path, r.Path()...)
			}
		}
		if path != nil {
			p.canvas.Fill(path)
		}
		return
	}
	for _, b := range m.Boxes {
		if r, ok := p.inside(b); ok {
			p.canvas.Fill(r.Path())
		}
	}
}

func (p *page) drawArea(m scene.Area) {
	fill := lookOf(m.Role).color
	if m.Pale {
		fill = clear(fill, paleOpacity)
	}
	p.canvas.SetColor(fill)
	for _, polygon := range m.Polygons {
		points := make([]vg.Point, len(polygon))
		for i, q := range polygon {
			points[i] = p.at(q.X, q.Y)
		}
		p.data.FillPolygon(fill, p.data.ClipPolygonXY(points))
	}
}

// inside returns the part of a box that lies within the data area.
func (p *page) inside(b scene.Box) (vg.Rectangle, bool) {
	a, z := p.at(b.X0, b.Y0), p.at(b.X1, b.Y1)
	d := p.data.Rectangle
	r := vg.Rectangle{
		Min: vg.Point{X: max(d.Min.X, min(a.X, z.X)), Y: max(d.Min.Y, min(a.Y, z.Y))},
		Max: vg.Point{X: min(d.Max.X, max(a.X, z.X)), Y: min(d.Max.Y, max(a.Y, z.Y))},
	}
	return r, r.Min.X < r.Max.X && r.Min.Y < r.Max.Y
}

func (p *page) drawLine(m scene.Line) {
	look := lookOf(m.Role)
	line := draw.LineStyle{Color: look.color, Width: curveWidth, Dashes: look.dashes}
	if m.Thin {
		line.Width = outlineWidth
		if m.Role != scene.Neutral {
			line.Dashes = nil
		}
	}
	for _, segment := range m.Segments {
		points := make([]vg.Point, len(segment))
		for i, q := range segment {
			points[i] = p.at(q.X, q.Y)
		}
		if len(points) > 1 {
			p.data.StrokeLines(line, p.data.ClipLinesXY(points)...)
		}
		if m.Markers || len(points) == 1 {
			p.canvas.SetColor(look.color)
			for _, point := range points {
				if look.marker != nil && p.data.Contains(point) {
					p.canvas.Fill(look.marker(point, max(look.radius, markerRadius)))
				}
			}
		}
	}
}

func (p *page) drawTexts(m scene.Texts) {
	const off = gap / 2
	for _, t := range m.Texts {
		at, x, y := p.at(t.X, t.Y), 0.5, 0.5
		switch t.Side {
		case scene.Above:
			at.Y, y = at.Y+off, 0
		case scene.Below:
			at.Y, y = at.Y-off, 1
		case scene.Right:
			at.X, x = at.X+off, 0
		case scene.Left:
			at.X, x = at.X-off, 1
		}
		if !t.Backed {
			write(p.canvas, p.tick, at, x, y, minus(t.String))
			continue
		}
		wide, high := width(p.tick, t.String), capHeight(p.tick)
		corner := vg.Point{X: at.X - vg.Length(x)*wide, Y: at.Y - vg.Length(y)*high}
		patch := vg.Rectangle{Min: vg.Point{X: corner.X - 1, Y: corner.Y - high/4}, Max: vg.Point{X: corner.X + wide + 1, Y: corner.Y + high*5/4}}
		p.canvas.SetColor(color.White)
		p.canvas.Fill(patch.Path())
		write(p.canvas, p.tick, at, x, y, t.String) // a name, in which a hyphen is no minus
	}
}

func (p *page) drawCells(m scene.Cells) {
	numbers := p.tick
	for i, v := range m.Values {
		x, y := float64(i%m.Columns), float64(i/m.Columns)
		r, ok := p.inside(scene.Box{X0: x - 0.5, X1: x + 0.5, Y0: y - 0.5, Y1: y + 0.5})
		if !ok || m.Lower && x > y {
			continue
		}
		side := r.Max.X - r.Min.X
		// A white line between cells; thinner where cells are small.
		seam := min(0.5, side*0.04)
		r.Min.X, r.Min.Y, r.Max.X, r.Max.Y = r.Min.X+seam, r.Min.Y+seam, r.Max.X-seam, r.Max.Y-seam
		fill := color.Color(noValue)
		number := "–"
		numbers.Color = ink
		if !math.IsNaN(v) {
			shade := shareAt(v)
			if !m.Shares {
				shade = divergingAt(max(-1, min(1, v/p.ColorBar)))
			}
			fill, numbers.Color = shade, readable(shade)
			number = signed(v)
		}
		p.canvas.SetColor(fill)
		p.canvas.Fill(r.Path())
		if m.Texts != nil {
			p.drawLines(numbers, r, m.Texts[i])
			continue
		}
		numbers.Font.Size = min(labelSize, side*0.36)
		if m.Numbers && numbers.Font.Size >= 5.5 {
			center := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
			write(p.canvas, numbers, center, 0.5, 0.5, number)
		}
	}
}

// drawLines writes lines into the middle of r, the first of them larger.
func (p *page) drawLines(sty text.Style, r vg.Rectangle, lines []string) {
	center := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
	step := lineHeight(p.tick) * 1.1
	center.Y += step * vg.Length(len(lines)-1) / 2
	for i, line := range lines {
		sty.Font.Size = smallSize
		if i == 0 {
			sty.Font.Size = titleSize
		}
		write(p.canvas, sty, center, 0.5, 0.5, shorten(sty, line, r.Max.X-r.Min.X-gap))
		center.Y -= step
	}
}

// signed writes a correlation with two decimals, without the zero before the point,
// and with a true minus sign.
func signed(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	if s == "-0.00" {
		s = "0.00"
	}
	return minus(strings.Replace(s, "0.", ".", 1))
}

// minus puts a true minus sign into a number.
func minus(number string) string { return strings.Replace(number, "-", "−", 1) }
