package gonum

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// A page is a scene with a place for everything in it.
type page struct {
	scene.Scene
	canvas *draw.Canvas

	title, label, tick, small text.Style

	titleLines   []string
	captionLines []string
	xTicks       []string  // labels as they are written
	yTicks       []string  //
	yNotes       []string  // small print in the place of labels of Y
	tilt         float64   // angle of the labels of X, 0 or a slope
	xHeight      vg.Length // of the labels of X
	yWidth       vg.Length // of the labels of Y
	legend       legendBox

	data      draw.Canvas // where the marks go
	captionAt vg.Length   // top of the caption
	legendAt  vg.Point    // top left of the legend
	bar       vg.Rectangle
}

func newPage(canvas *draw.Canvas, s scene.Scene, cache *font.Cache) *page {
	return &page{
		Scene:  s,
		canvas: canvas,
		title:  style(cache, titleSize, true, ink),
		label:  style(cache, labelSize, false, ink),
		tick:   style(cache, smallSize, false, ink),
		small:  style(cache, smallSize, false, soft),
	}
}

// Distances between the parts of a page, in points.
const (
	gap       = vg.Length(6)
	barWidth  = vg.Length(11) // of the colour bar
	barLabels = vg.Length(26) // beside it
	minData   = vg.Length(40) // a data area smaller than this shows nothing
	slope     = math.Pi / 4   // of names that do not fit side by side
)

// layout finds a place for every part, from the outside inwards.
func (p *page) layout() error {
	inner := p.canvas.Rectangle
	inner.Min.X += margin
	inner.Max.X -= margin
	inner.Min.Y += margin
	inner.Max.Y -= margin
	across := inner.Max.X - inner.Min.X

	p.titleLines = wrap(p.title, p.Title, across, 2)
	if n := len(p.titleLines); n > 0 {
		inner.Max.Y -= vg.Length(n)*lineHeight(p.title) + gap
	}
	p.captionLines = wrap(p.small, p.Caption, across, 4)
	if note := p.missing(); note != "" {
		p.captionLines = append(p.captionLines, wrap(p.small, note, across, 2)...)
	}
	if n := len(p.captionLines); n > 0 {
		inner.Min.Y += vg.Length(n) * lineHeight(p.small)
		p.captionAt = inner.Min.Y
		inner.Min.Y += gap
	}

	// Left: the label of Y, turned, and the labels of its ticks.
	if p.Y.Label != "" {
		inner.Min.X += lineHeight(p.label) + gap/2
	}
	for _, t := range p.Y.Ticks {
		name := shorten(p.tick, tickText(p.Y, t), across*0.4)
		p.yTicks = append(p.yTicks, name)
		p.yNotes = append(p.yNotes, shorten(p.small, t.Note, across*0.2))
		p.yWidth = max(p.yWidth, width(p.tick, name), width(p.small, p.yNotes[len(p.yNotes)-1]))
	}
	inner.Min.X += p.yWidth + gap
	if !p.Y.Names {
		inner.Min.X += tickLength
	}

	if p.LegendRight {
		p.legend = p.column(across * 0.45)
		inner.Max.X -= p.legend.width + 2*gap
	} else if len(p.Legend) > 0 {
		p.legend = p.rows(inner.Max.X - inner.Min.X)
		inner.Min.Y += p.legend.height
		p.legendAt = inner.Min
		inner.Min.Y += gap
	}
	within := p.barWithin()
	if p.ColorBar > 0 && !within {
		inner.Max.X -= barWidth + barLabels + 2*gap
	}

	// Bottom: the label of X and the labels of its ticks, tilted when crowded.
	if p.X.Label != "" {
		inner.Min.Y += lineHeight(p.label) + gap/2
	}
	left, right := p.tiltNames(inner)
	inner.Min.X, inner.Max.X = inner.Min.X+left, inner.Max.X-right
	inner.Min.Y += p.xHeight + gap
	if !p.X.Names {
		inner.Min.Y += tickLength
	}
	inner.Max.Y -= capHeight(p.tick) / 2 // the topmost label of Y

	if inner.Max.X-inner.Min.X < minData || inner.Max.Y-inner.Min.Y < minData {
		return errors.New("plots: the picture is too small for its labels; give it a larger Width or Height")
	}
	p.makeRoom(&inner)
	if p.Square {
		p.square(&inner)
	}
	p.data = draw.Canvas{Canvas: p.canvas.Canvas, Rectangle: inner}
	beside := inner.Max.X + 2*gap
	if p.LegendRight {
		p.legendAt = vg.Point{X: beside, Y: inner.Max.Y}
	} else if len(p.Legend) > 0 {
		p.legendAt.X = max(p.legendAt.X, min(p.data.Min.X, p.canvas.Max.X-margin-p.legend.width))
	}
	p.bar = vg.Rectangle{Min: vg.Point{X: beside, Y: inner.Min.Y}, Max: vg.Point{X: beside + barWidth, Y: inner.Max.Y}}
	if within {
		p.bar.Max.X = inner.Max.X - barLabels - gap
		p.bar.Min.X = p.bar.Max.X - barWidth
		p.bar.Min.Y = inner.Max.Y - 0.45*(inner.Max.Y-inner.Min.Y)
	}
	return nil
}

// barWithin reports whether cells leave the colour bar room above them.
func (p *page) barWithin() bool {
	return slices.ContainsFunc(p.Marks, func(m scene.Mark) bool {
		cells, ok := m.(scene.Cells)
		return ok && cells.Lower && cells.Columns >= scene.RoomForBar
	})
}

// square shrinks r, keeping its top left corner, until both axes have one scale.
func (p *page) square(r *vg.Rectangle) {
	wide, high := r.Max.X-r.Min.X, r.Max.Y-r.Min.Y
	ratio := vg.Length((p.X.Max - p.X.Min) / (p.Y.Max - p.Y.Min))
	if wide > high*ratio {
		r.Max.X = r.Min.X + high*ratio
	} else {
		r.Min.Y = r.Max.Y - wide/ratio
	}
}

// tickText is how the label of a tick is written.
func tickText(a scene.Axis, t scene.Tick) string {
	if a.Names {
		return t.Label
	}
	return minus(t.Label)
}

// makeRoom moves the right side of r in until the numbers that stand to the right
// of their points are inside the picture.
func (p *page) makeRoom(r *vg.Rectangle) {
	limit := r.Max.X - r.Min.X
	wide := limit
	for _, mark := range p.Marks {
		texts, ok := mark.(scene.Texts)
		if !ok {
			continue
		}
		for _, t := range texts.Texts {
			at := vg.Length(p.X.Norm(t.X))
			if long := gap/2 + width(p.tick, t.String); t.Side == scene.Right && at > 0.1 && at*wide+long > limit {
				wide = (limit - long) / at
			}
		}
	}
	r.Max.X = r.Min.X + max(wide, limit/2)
}

// hasNotes reports whether there is small print under names.
func (p *page) hasNotes() bool {
	return slices.ContainsFunc(p.X.Ticks, func(t scene.Tick) bool { return t.Note != "" })
}

// tiltNames decides how the labels of X stand and returns the room they need
// beyond the left and right end of the data.
func (p *page) tiltNames(inner vg.Rectangle) (left, right vg.Length) {
	wide := inner.Max.X - inner.Min.X
	if p.Square {
		wide = min(wide, inner.Max.Y-inner.Min.Y)
	}
	end := math.Inf(-1)
	for _, t := range p.X.Ticks {
		name := shorten(p.tick, tickText(p.X, t), wide*0.4)
		p.xTicks = append(p.xTicks, name)
		if name == "" {
			continue
		}
		half := float64(max(width(p.tick, name), width(p.tick, t.Note))) / 2
		at := p.X.Norm(t.At) * float64(wide)
		if at-half < end+float64(gap)/2 {
			if !p.X.Names { // a number between others can go
				p.xTicks[len(p.xTicks)-1] = ""
				continue
			}
			p.tilt = slope
		}
		end = at + half
		left, right = max(left, vg.Length(half-at)), max(right, vg.Length(at+half)-wide)
	}
	left = max(0, left-p.yWidth) // the labels of Y leave room there already
	if p.tilt == 0 {
		p.xHeight = capHeight(p.tick)
		if p.hasNotes() {
			p.xHeight += lineHeight(p.tick)
		}
		return left, max(0, right)
	}
	left = 0
	for i, t := range p.X.Ticks {
		name := shorten(p.tick, p.xTicks[i], 110)
		if t.Note != "" {
			name = shorten(p.tick, p.xTicks[i], 110-width(p.tick, t.Note)) + ", " + t.Note
		}
		p.xTicks[i] = name
		slanted := width(p.tick, name) * vg.Length(math.Sin(slope))
		p.xHeight = max(p.xHeight, slanted+capHeight(p.tick)*0.7)
		left = max(left, slanted-vg.Length(p.X.Norm(t.At))*wide-p.yWidth)
	}
	return left, 0
}
