package gonum

import (
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// Sizes in points.
const (
	titleSize = 12
	labelSize = 10
	smallSize = 9

	curveWidth   = vg.Length(1.6)
	outlineWidth = vg.Length(1)
	axisWidth    = vg.Length(0.6)
	tickLength   = vg.Length(3.5)
	margin       = vg.Length(9)
)

// The greys of what is not data, from dark to pale.
var (
	ink     = color.NRGBA{R: 0x26, G: 0x26, B: 0x26, A: 0xff} // titles and labels
	soft    = color.NRGBA{R: 0x59, G: 0x59, B: 0x59, A: 0xff} // captions; 7:1 on white
	axisInk = color.NRGBA{R: 0x80, G: 0x80, B: 0x80, A: 0xff}
	gridInk = color.NRGBA{R: 0xe6, G: 0xe6, B: 0xe6, A: 0xff}
	noValue = color.NRGBA{R: 0xd9, G: 0xd9, B: 0xd9, A: 0xff}
)

// A look is how a role is told from the others: by colour, by dash and by marker.
type look struct {
	color  color.NRGBA
	dashes []vg.Length
	marker marker
	radius vg.Length // of a marker on a line; 0 is markerRadius
}

// fixed are the roles that look the same in every figure. The two classes differ in
// lightness before they differ in hue, so that they are told apart in greyscale and
// without red or green.
var fixed = map[scene.Role]look{
	scene.Normal:  {color: color.NRGBA{R: 0x7c, G: 0x93, B: 0xb0, A: 0xff}, marker: circle},
	scene.Attack:  {color: color.NRGBA{R: 0x70, G: 0x20, B: 0x00, A: 0xff}, marker: diamond},
	scene.Neutral: {color: axisInk, dashes: []vg.Length{2.5, 2.5}},
	scene.Spread:  {color: ink},
	scene.Chosen:  {color: ink, marker: circle, radius: 3.6},
	scene.Unsure:  {color: color.NRGBA{R: 0xbf, G: 0xbf, B: 0xbf, A: 0xff}, marker: circle},
}

// series are the looks of other series: the colours of M. Okabe and K. Ito,
// "Color Universal Design" (2008), in descending contrast to white at the front.
var series = []look{
	{color: color.NRGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}, marker: circle},                                        // blue
	{color: color.NRGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}, marker: diamond, dashes: []vg.Length{7, 2.5}},          // vermillion
	{color: color.NRGBA{R: 0x00, G: 0x9e, B: 0x73, A: 0xff}, marker: square, dashes: []vg.Length{4, 2}},             // green
	{color: color.NRGBA{R: 0xcc, G: 0x79, B: 0xa7, A: 0xff}, marker: triangle, dashes: []vg.Length{7, 2, 1.5, 2}},   // purple
	{color: color.NRGBA{R: 0xe6, G: 0x9f, B: 0x00, A: 0xff}, marker: circle, dashes: []vg.Length{10, 3}},            // orange
	{color: color.NRGBA{R: 0x56, G: 0xb4, B: 0xe9, A: 0xff}, marker: diamond, dashes: []vg.Length{2, 1.5}},          // sky
	{color: color.NRGBA{R: 0x00, G: 0x00, B: 0x00, A: 0xff}, marker: square, dashes: []vg.Length{4, 2, 1, 2, 1, 2}}, // black
}

// lookOf returns the look of a role. After seven series they repeat.
func lookOf(r scene.Role) look {
	if i, ok := r.SeriesIndex(); ok {
		return series[i%len(series)]
	}
	return fixed[r]
}

// over returns c mixed with white, as if it had the given opacity.
func over(c color.NRGBA, opacity float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(255 - (255-float64(v))*opacity + 0.5) }
	return color.NRGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xff}
}

// clear returns c with the given opacity, so that what lies under it is seen.
func clear(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(255*opacity + 0.5)
	return c
}

// diverging are the stops of ColorBrewer's RdBu scheme (C. Brewer, Pennsylvania
// State University) from -1, blue, over 0, nearly white, to 1, red.
var diverging = []color.NRGBA{
	{R: 0x05, G: 0x30, B: 0x61, A: 0xff}, {R: 0x21, G: 0x66, B: 0xac, A: 0xff}, {R: 0x43, G: 0x93, B: 0xc3, A: 0xff},
	{R: 0x92, G: 0xc5, B: 0xde, A: 0xff}, {R: 0xd1, G: 0xe5, B: 0xf0, A: 0xff}, {R: 0xf7, G: 0xf7, B: 0xf7, A: 0xff},
	{R: 0xfd, G: 0xdb, B: 0xc7, A: 0xff}, {R: 0xf4, G: 0xa5, B: 0x82, A: 0xff}, {R: 0xd6, G: 0x60, B: 0x4d, A: 0xff},
	{R: 0xb2, G: 0x18, B: 0x2b, A: 0xff}, {R: 0x67, G: 0x00, B: 0x1f, A: 0xff},
}

// shades is how many colours there are from -1 to 1: so few that all of them stay exact
// among the 256 of a picture, and so many that a step is hard to see.
const shades = 41

// divergingAt returns the shade of v in [-1, 1], between the nearest two stops.
func divergingAt(v float64) color.NRGBA {
	const half = (shades - 1) / 2
	at := (math.Round(v*half)/half + 1) / 2 * float64(len(diverging)-1)
	i := max(0, min(int(at), len(diverging)-2))
	a, b, t := diverging[i], diverging[i+1], at-float64(i)
	mix := func(p, q uint8) uint8 { return uint8(float64(p) + (float64(q)-float64(p))*t + 0.5) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xff}
}

// shareAt returns the colour of a share: white at 0, the blue of the first series at 1.
func shareAt(v float64) color.NRGBA { return over(series[0].color, max(0, min(1, v))) }

// readable returns the ink, dark or white, that stands out on c.
func readable(c color.NRGBA) color.NRGBA {
	if 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) < 140 {
		return color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	}
	return ink
}

// style is text of the theme's typeface in one size and colour, standing on its
// anchor point from the left.
func style(cache *font.Cache, size vg.Length, bold bool, ink color.Color) text.Style {
	face := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		face.Weight = xfont.WeightBold
	}
	return text.Style{Color: ink, Font: face, Handler: text.Plain{Fonts: cache}}
}
