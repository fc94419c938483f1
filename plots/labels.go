package plots

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// A placer finds places for labels beside the lines they name, where they cover no
// line and no other label. It knows the size of the data area and of letters about,
// which is why it leaves some room.
type placer struct {
	x, y  scene.Axis
	perX  float64 // units of an axis in a display pixel
	perY  float64
	lines [][]scene.Point
	taken []scene.Box
}

// newPlacer is for a data area of wide by high display pixels, with these lines.
func newPlacer(s *scene.Scene, wide, high float64, lines [][]scene.Point) *placer {
	return &placer{x: s.X, y: s.Y, perX: (s.X.Max - s.X.Min) / wide, perY: (s.Y.Max - s.Y.Min) / high, lines: lines}
}

// Distances in display pixels.
const (
	letter    = 6.2  // width of one among others in a name
	lineTall  = 13.0 // of a text
	ownGap    = 4.0  // from a label to its own line
	otherGap  = 5.5  // to another one
	dotRadius = 6.0
)

// dot keeps labels off a marked point.
func (p *placer) dot(at scene.Point) {
	p.taken = append(p.taken, scene.Box{X0: at.X - dotRadius*p.perX, X1: at.X + dotRadius*p.perX, Y0: at.Y - dotRadius*p.perY, Y1: at.Y + dotRadius*p.perY})
}

// label places a name beside line own, as near to the place prefer of the X axis as
// can be.
func (p *placer) label(name string, own int, prefer float64) (scene.Text, bool) {
	anchors := p.anchors(own)
	slices.SortStableFunc(anchors, func(a, b scene.Point) int {
		return cmp.Compare(math.Abs(a.X-prefer), math.Abs(b.X-prefer))
	})
	for _, at := range anchors {
		if text, ok := p.beside(at, name, own, ownGap); ok {
			return text, true
		}
	}
	return scene.Text{}, false
}

// anchors are places on a line, at even distances along the X axis and, where it is
// steep, along the Y axis.
func (p *placer) anchors(line int) []scene.Point {
	const step = 8 // display pixels
	var result []scene.Point
	points := p.lines[line]
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		long := max(math.Abs(b.X-a.X)/p.perX, math.Abs(b.Y-a.Y)/p.perY)
		n := max(1, math.Ceil(long/step))
		if last := len(result) - 1; n == 1 && last >= 0 &&
			math.Abs(a.X-result[last].X) < step*p.perX && math.Abs(a.Y-result[last].Y) < step*p.perY {
			continue
		}
		for k := range int(n) {
			t := float64(k) / n
			result = append(result, scene.Point{X: a.X + t*(b.X-a.X), Y: a.Y + t*(b.Y-a.Y)})
		}
	}
	return result
}

// beside places a text so that a corner, or the middle of a side, is off pixels
// from a point. own is the line it may be near to; -1 is any.
func (p *placer) beside(at scene.Point, text string, own int, off float64) (scene.Text, bool) {
	long := letter * float64(utf8.RuneCountInString(text))
	for _, place := range [][2]float64{ // of the box's lower left corner, in pixels from the point
		{off, -off - lineTall}, {-off - long, off}, // below to the right, above to the left
		{off, off}, {-off - long, -off - lineTall}, // above to the right, below to the left
		{off, -lineTall / 2}, {-off - long, -lineTall / 2}, // beside
		{-long / 2, off}, {-long / 2, -off - lineTall}, // above, below
	} {
		box := scene.Box{X0: at.X + place[0]*p.perX, Y0: at.Y + place[1]*p.perY}
		box.X1, box.Y1 = box.X0+long*p.perX, box.Y0+lineTall*p.perY
		if !p.free(box, own) {
			continue
		}
		p.taken = append(p.taken, box)
		// A driver leaves 3 points, which are 4 pixels, between a point and its text.
		start := scene.Point{X: box.X0 - 4*p.perX, Y: (box.Y0 + box.Y1) / 2}
		return scene.Text{Point: start, Side: scene.Right, String: text, Backed: true}, true
	}
	return scene.Text{}, false
}

// free reports whether a box lies in the data area and off everything.
func (p *placer) free(box scene.Box, own int) bool {
	if box.X0 < p.x.Min || box.X1 > p.x.Max || box.Y0 < p.y.Min || box.Y1 > p.y.Max {
		return false
	}
	for _, t := range p.taken {
		if box.X0 < t.X1 && t.X0 < box.X1 && box.Y0 < t.Y1 && t.Y0 < box.Y1 {
			return false
		}
	}
	for k, line := range p.lines {
		room := otherGap
		if k == own || own < 0 {
			room = ownGap / 2
		}
		wide := scene.Box{X0: box.X0 - room*p.perX, X1: box.X1 + room*p.perX, Y0: box.Y0 - room*p.perY, Y1: box.Y1 + room*p.perY}
		for i := 1; i < len(line); i++ {
			if crosses(line[i-1], line[i], wide) {
				return false
			}
		}
	}
	return true
}

// crosses reports whether a part of the line from a to b lies in a box (the method
// of Liang and Barsky).
func crosses(a, b scene.Point, box scene.Box) bool {
	from, to := 0.0, 1.0
	for _, side := range [][2]float64{
		{a.X - b.X, a.X - box.X0}, {b.X - a.X, box.X1 - a.X},
		{a.Y - b.Y, a.Y - box.Y0}, {b.Y - a.Y, box.Y1 - a.Y},
	} {
		p, q := side[0], side[1]
		switch {
		case p == 0 && q < 0:
			return false
		case p < 0:
			from = max(from, q/p)
		case p > 0:
			to = min(to, q/p)
		}
	}
	return from <= to
}
