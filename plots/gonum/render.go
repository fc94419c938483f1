package gonum

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// dpi is twice the 96 of a display pixel.
const dpi = 192

func init() { scene.Register(render) }

// render draws s as a PNG image.
func render(s scene.Scene) (file []byte, err error) {
	defer guard(s.Fonts, &err)
	if err := check(s); err != nil {
		return nil, err
	}
	cache, err := fonts(s.Fonts)
	if err != nil {
		return nil, err
	}
	const pixel = vg.Inch / 96
	raster := vgimg.NewWith(vgimg.UseWH(vg.Length(s.Width)*pixel, vg.Length(s.Height)*pixel), vgimg.UseDPI(dpi))
	page := draw.New(raster)
	p := newPage(&page, s, cache)
	if err := p.layout(); err != nil {
		return nil, err
	}
	p.drawHeadings()
	p.drawGrid()
	for _, mark := range s.Marks {
		p.drawMark(mark)
	}
	p.drawAxes()
	p.drawLegend()
	return encode(raster.Image())
}

// check refuses what would make the arithmetic of a drawing fail.
func check(s scene.Scene) error {
	if s.Width <= 0 || s.Height <= 0 {
		return errors.New("plots: a picture without a size")
	}
	for _, a := range []scene.Axis{s.X, s.Y} {
		length := a.Max - a.Min
		if !(length > 0) || math.IsInf(length, 0) || a.Log && a.Min <= 0 {
			return fmt.Errorf("plots: an axis from %g to %g cannot be drawn", a.Min, a.Max)
		}
	}
	return nil
}
