package plots

import (
	"math"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// xyAxes are the two axes of points and lines.
type xyAxes struct {
	xLabel, yLabel string
	logX, logY     bool
	timeX          bool
}

// lower sets the axes of s to hold all points, which are finite, and positive on
// log axes. It returns the ranges of the points.
func (a xyAxes) lower(s *scene.Scene, points []scene.Point) (x, y span, err error) {
	x, y = span{math.Inf(1), math.Inf(-1)}, span{math.Inf(1), math.Inf(-1)}
	for _, p := range points {
		x = span{min(x.lo, p.X), max(x.hi, p.X)}
		y = span{min(y.lo, p.Y), max(y.hi, p.Y)}
	}
	if s.X, err = plainAxis(a.xLabel, x, 8, a.logX); err != nil {
		return x, y, err
	}
	if a.timeX {
		wide, _ := x.widen(0.03) // cannot fail: plainAxis took it
		if x.lo == x.hi {
			wide = span{x.lo - 30, x.hi + 30}
		}
		if s.X, err = timeAxis(a.xLabel, wide, timeTicks); err != nil {
			return x, y, err
		}
	}
	s.Y, err = plainAxis(a.yLabel, y, 6, a.logY)
	return x, y, err
}

// plainAxis is a linear or logarithmic axis with some room around s.
func plainAxis(label string, s span, ticks int, log bool) (scene.Axis, error) {
	const room = 0.03
	if log {
		wide, err := s.widenLog(room, room)
		if err != nil {
			return scene.Axis{}, err
		}
		return logAxis(label, wide, false), nil
	}
	wide, err := s.widen(room)
	if err != nil {
		return scene.Axis{}, err
	}
	if s.lo >= 0 && s.lo < 0.2*s.hi {
		wide.lo = -room * s.hi // data that start near 0 start at 0
	}
	return linearAxis(label, wide, ticks, false), nil
}
