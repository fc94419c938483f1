package gonum

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

const (
	keyHalf = vg.Length(4) // half the side of a square sample
	keyGap  = vg.Length(5) // between sample and name
)

// keyWidth is the length of an entry's sample: long enough to see the dashes of
// a line.
func keyWidth(e scene.Entry) vg.Length {
	if e.Key == scene.KeyLine || e.Key == scene.KeyLinePoint {
		return 26
	}
	return 2 * keyHalf
}

// A legendBox is a legend whose entries have a place, from its top left corner.
type legendBox struct {
	width, height vg.Length
	names         []string
	offsets       []vg.Point // middle of the left side of each entry
}

// column sets the entries below each other, for a legend beside the data.
func (p *page) column(limit vg.Length) legendBox {
	var box legendBox
	step := lineHeight(p.tick) * 1.2
	for _, e := range p.Legend {
		key := keyWidth(e) + keyGap
		name := shorten(p.tick, e.Name, limit-key)
		box.names = append(box.names, name)
		box.offsets = append(box.offsets, vg.Point{Y: -box.height - step/2})
		box.width = max(box.width, key+width(p.tick, name))
		box.height += step
	}
	return box
}

// rows sets the entries beside each other, in as many lines as they need, for a
// legend below the data.
func (p *page) rows(limit vg.Length) legendBox {
	var box legendBox
	step := lineHeight(p.tick) * 1.2
	x := vg.Length(0)
	box.height = step
	for _, e := range p.Legend {
		key := keyWidth(e) + keyGap
		name := shorten(p.tick, e.Name, limit-key)
		long := key + width(p.tick, name)
		if x > 0 && x+long > limit {
			x = 0
			box.height += step
		}
		box.names = append(box.names, name)
		box.offsets = append(box.offsets, vg.Point{X: x, Y: -box.height + step/2})
		box.width = max(box.width, x+long)
		x += long + 3*gap
	}
	return box
}

// drawLegend draws the legend, and the colour bar that stands in for one.
func (p *page) drawLegend() {
	if p.ColorBar > 0 {
		p.drawColorBar()
	}
	for i, e := range p.Legend {
		at := p.legendAt.Add(p.legend.offsets[i])
		p.drawKey(e, at)
		write(p.canvas, p.tick, vg.Point{X: at.X + keyWidth(e) + keyGap, Y: at.Y}, 0, 0.5, p.legend.names[i])
	}
}

// drawKey draws the sample of an entry, centred on the height of at.
func (p *page) drawKey(e scene.Entry, at vg.Point) {
	look := lookOf(e.Role)
	center := vg.Point{X: at.X + keyWidth(e)/2, Y: at.Y}
	box := vg.Rectangle{
		Min: vg.Point{X: at.X, Y: at.Y - keyHalf},
		Max: vg.Point{X: at.X + 2*keyHalf, Y: at.Y + keyHalf},
	}
	line := draw.LineStyle{Color: look.color, Width: curveWidth, Dashes: look.dashes}
	switch e.Key {
	case scene.KeyBox:
		p.canvas.SetColor(look.color)
		p.canvas.Fill(box.Path())
	case scene.KeyPaleBox:
		p.canvas.SetColor(over(look.color, paleOpacity))
		p.canvas.Fill(box.Path())
		line.Width, line.Dashes = outlineWidth, nil
		p.canvas.SetLineStyle(line)
		p.canvas.Stroke(box.Path())
	case scene.KeyPoint:
		p.canvas.SetColor(look.color)
		p.canvas.Fill(look.marker(center, 3.2))
	case scene.KeyLine, scene.KeyLinePoint:
		p.canvas.StrokeLine2(line, at.X, at.Y, at.X+keyWidth(e), at.Y)
		if e.Key == scene.KeyLinePoint {
			p.canvas.SetColor(look.color)
			p.canvas.Fill(look.marker(center, markerRadius))
		}
	}
}
