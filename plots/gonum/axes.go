package gonum

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// at returns where data lie on the page.
func (p *page) at(x, y float64) vg.Point {
	return vg.Point{X: p.data.X(p.X.Norm(x)), Y: p.data.Y(p.Y.Norm(y))}
}

// drawHeadings writes the title above, the caption below everything.
func (p *page) drawHeadings() {
	x, y := p.canvas.Min.X+margin, p.canvas.Max.Y-margin
	for _, line := range p.titleLines {
		y -= lineHeight(p.title)
		write(p.canvas, p.title, vg.Point{X: x, Y: y + 0.3*p.title.Font.Size}, 0, 0, line)
	}
	y = p.captionAt
	for _, line := range p.captionLines {
		y -= lineHeight(p.small)
		write(p.canvas, p.small, vg.Point{X: x, Y: y + 0.3*p.small.Font.Size}, 0, 0, line)
	}
}

// drawGrid draws pale lines at the labelled ticks, under the data.
func (p *page) drawGrid() {
	pale := draw.LineStyle{Color: gridInk, Width: axisWidth}
	d := &p.data
	if p.X.Grid {
		for _, t := range p.X.Ticks {
			if x := d.X(p.X.Norm(t.At)); t.Label != "" && d.ContainsX(x) {
				d.StrokeLine2(pale, x, d.Min.Y, x, d.Max.Y)
			}
		}
	}
	if p.Y.Grid {
		for _, t := range p.Y.Ticks {
			if y := d.Y(p.Y.Norm(t.At)); t.Label != "" && d.ContainsY(y) {
				d.StrokeLine2(pale, d.Min.X, y, d.Max.X, y)
			}
		}
	}
}

// drawAxes draws both axes over the data, so that bars stand on a line.
func (p *page) drawAxes() {
	line := draw.LineStyle{Color: axisInk, Width: axisWidth}
	d := &p.data
	if p.ColorBar == 0 {
		d.StrokeLine2(line, d.Min.X, d.Min.Y, d.Max.X, d.Min.Y)
		d.StrokeLine2(line, d.Min.X, d.Min.Y, d.Min.X, d.Max.Y)
		p.drawZero(line)
	}

	y := d.Min.Y
	for i, t := range p.X.Ticks {
		x := d.X(p.X.Norm(t.At))
		if !d.ContainsX(x) {
			continue
		}
		length := tickLength
		switch {
		case p.X.Names:
			length = 0
		case t.Label == "":
			length /= 2
		}
		if length > 0 {
			d.StrokeLine2(line, x, y-length, x, y)
		}
		below := y - length - gap*0.75
		if p.tilt == 0 {
			write(p.canvas, p.tick, vg.Point{X: x, Y: below}, 0.5, 1, p.xTicks[i])
			write(p.canvas, p.small, vg.Point{X: x, Y: below - lineHeight(p.tick)}, 0.5, 1, t.Note)
			continue
		}
		slanted := p.tick
		slanted.Rotation = p.tilt
		// The end of the name, at the top right, points at its tick.
		write(p.canvas, slanted, vg.Point{X: x + capHeight(p.tick)*0.5, Y: below}, 1, 1, p.xTicks[i])
	}
	if p.X.Label != "" {
		below := y - p.xHeight - gap - lineHeight(p.label)
		if !p.X.Names {
			below -= tickLength
		}
		middle := d.Center().X
		limit := 2 * min(middle-p.canvas.Min.X, p.canvas.Max.X-middle)
		write(p.canvas, p.label, vg.Point{X: middle, Y: below + 0.25*p.label.Font.Size}, 0.5, 0, shorten(p.label, p.X.Label, limit-2*margin))
	}

	x := d.Min.X
	for i, t := range p.Y.Ticks {
		y := d.Y(p.Y.Norm(t.At))
		if !d.ContainsY(y) {
			continue
		}
		length := tickLength
		switch {
		case p.Y.Names || t.Note != "":
			length = 0
		case t.Label == "":
			length /= 2
		}
		if length > 0 {
			d.StrokeLine2(line, x-length, y, x, y)
		}
		write(p.canvas, p.tick, vg.Point{X: x - length - gap*0.5, Y: y}, 1, 0.5, p.yTicks[i])
		write(p.canvas, p.small, vg.Point{X: x - gap*0.5, Y: y}, 1, 0.5, p.yNotes[i])
	}
	if p.Y.Label != "" {
		turned := p.label
		turned.Rotation = math.Pi / 2
		left := x - p.yWidth - gap
		if !p.Y.Names {
			left -= tickLength
		}
		middle := d.Center().Y
		limit := 2 * min(middle-p.canvas.Min.Y, p.canvas.Max.Y-middle)
		write(p.canvas, turned, vg.Point{X: left - gap*0.25, Y: middle}, 0.5, 0, shorten(p.label, p.Y.Label, limit-2*margin))
	}
}

// drawZero marks the baseline of bars that go both ways.
func (p *page) drawZero(line draw.LineStyle) {
	d := &p.data
	if p.X.Names && !p.Y.Names && !p.Y.Log && p.Y.Min < 0 && p.Y.Max > 0 {
		y := d.Y(p.Y.Norm(0))
		d.StrokeLine2(line, d.Min.X, y, d.Max.X, y)
	}
	if p.Y.Names && !p.X.Names && !p.X.Log && p.X.Min < 0 && p.X.Max > 0 {
		x := d.X(p.X.Norm(0))
		d.StrokeLine2(line, x, d.Min.Y, x, d.Max.Y)
	}
}

// drawColorBar shows what the colours of cells mean, in the steps that cells have.
func (p *page) drawColorBar() {
	const pixel = 72.0 / dpi // points
	high := (p.bar.Max.Y - p.bar.Min.Y) / shades
	for i := range shades {
		r := p.bar // up to the top, and from whole pixels, so that no seam is seen
		r.Min.Y = vg.Length(math.Round(float64(r.Min.Y+vg.Length(i)*high)/pixel) * pixel)
		p.canvas.SetColor(divergingAt(-1 + 2*float64(i)/(shades-1)))
		p.canvas.Fill(r.Path())
	}
	axis := scene.Axis{Min: -1, Max: 1}
	for _, at := range []float64{-1, -0.5, 0, 0.5, 1} {
		y := p.bar.Min.Y + vg.Length(axis.Norm(at))*(p.bar.Max.Y-p.bar.Min.Y)
		right := p.bar.Max.X + tickLength
		p.canvas.StrokeLine2(draw.LineStyle{Color: axisInk, Width: axisWidth}, p.bar.Max.X, y, right, y)
		text := minus(strconv.FormatFloat(at*p.ColorBar, 'g', 3, 64))
		write(p.canvas, p.tick, vg.Point{X: right + gap/2, Y: y}, 0, 0.5, text)
	}
}
