package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// A span is the part of an axis that data need.
type span struct{ lo, hi float64 }

// widen makes room around a span: the given share of its length on each side,
// and some length when all values are equal.
func (s span) widen(share float64) (span, error) {
	if length := s.hi - s.lo; math.IsInf(length, 0) || math.Abs(s.lo) > 1e300 || math.Abs(s.hi) > 1e300 {
		return s, fmt.Errorf("plots: values from %g to %g are too far apart to draw", s.lo, s.hi)
	}
	size := max(math.Abs(s.lo), math.Abs(s.hi))
	switch length := s.hi - s.lo; {
	case size < 1e-300:
		return span{-1, 1}, nil
	case length <= 1e-9*size:
		return span{s.lo - size/2, s.hi + size/2}, nil
	default:
		return span{s.lo - share*length, s.hi + share*length}, nil
	}
}

// widenLog makes room around a span of a log axis, whose ends are positive: the
// given shares of its length in decades, below and above.
func (s span) widenLog(below, above float64) (span, error) {
	if s.lo < 1e-250 || s.hi > 1e250 {
		return s, fmt.Errorf("plots: values from %g to %g are too far apart to draw", s.lo, s.hi)
	}
	length := max(1, math.Log(s.hi)-math.Log(s.lo))
	return span{s.lo * math.Exp(-below*length), s.hi * math.Exp(above*length)}, nil
}

// linearStep returns the step of 1, 2 or 5 times a power of ten that divides a
// length into at most n parts.
func linearStep(length float64, n int) float64 {
	raw := length / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// linearAxis is an axis over s with at most n ticks or so, at round numbers; as
// percentages where share is set.
func linearAxis(label string, s span, n int, share bool) scene.Axis {
	step := linearStep(s.hi-s.lo, n)
	first, last := math.Ceil(s.lo/step-1e-9), math.Floor(s.hi/step+1e-9)
	axis := scene.Axis{Label: clean(label), Min: s.lo, Max: s.hi, Grid: true}
	for i := first; i <= last; i++ {
		at := i * step
		if at == 0 {
			at = 0 // not minus zero
		}
		text := tickLabel(at, step, s)
		if share {
			text = tickLabel(at*100, step*100, span{s.lo * 100, s.hi * 100}) + "%"
		}
		axis.Ticks = append(axis.Ticks, scene.Tick{At: at, Label: text})
	}
	return axis
}

// tickLabel writes a tick of a linear axis with the decimals its step needs, and
// in thousands, millions, … when the axis is long.
func tickLabel(at, step float64, s span) string {
	size := max(math.Abs(s.lo), math.Abs(s.hi))
	if size < 1e-4 || size >= 1e15 {
		return strconv.FormatFloat(at, 'g', 3, 64)
	}
	suffix := ""
	if size >= 1e6 && at != 0 {
		for _, u := range units {
			if size >= u.size {
				at, step, suffix = at/u.size, step/u.size, u.suffix
				break
			}
		}
	}
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	return group(strconv.FormatFloat(at, 'f', min(decimals, 12), 64)) + suffix
}

// logAxis is an axis over s, which is positive, with ticks at powers of ten.
func logAxis(label string, s span, share bool) scene.Axis {
	axis := scene.Axis{Label: clean(label), Min: s.lo, Max: s.hi, Log: true, Grid: true}
	first, last := int(math.Floor(math.Log10(s.lo)+1e-9)), int(math.Ceil(math.Log10(s.hi)-1e-9))
	decades := last - first
	every := 1 + (decades-1)/8 // at most 8 labels
	for d := first; d <= last; d++ {
		for m := 1; m <= 9; m++ {
			at := float64(m) * math.Pow(10, float64(d))
			if at < s.lo*(1-1e-9) || at > s.hi*(1+1e-9) {
				continue
			}
			labelled := m == 1 && d%every == 0 || decades <= 2 && (m == 2 || m == 5)
			switch {
			case labelled:
				axis.Ticks = append(axis.Ticks, scene.Tick{At: at, Label: logLabel(at, share)})
			case m == 1 || decades <= 7:
				axis.Ticks = append(axis.Ticks, scene.Tick{At: at})
			}
		}
	}
	return axis
}

// logLabel writes a tick of a log axis: 1e-5, 0.001, 10, 10k, 1M.
func logLabel(at float64, share bool) string {
	switch {
	case share:
		return strconv.FormatFloat(at*100, 'g', 3, 64) + "%"
	default:
		return strings.Replace(short(at), "e-0", "e-", 1)
	}
}

// logBase is the lower end of a log axis of counts or shares whose least
// positive value is lo: a bar of the least value still has some height.
func logBase(lo float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(lo)+1e-9))
	if lo < base*1.5 {
		base /= 2
	}
	return base
}
