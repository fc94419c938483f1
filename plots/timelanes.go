package plots

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// drawLanes draws each kind in its own lane, the first on top, as high as its
// greatest bin, which is written at the right.
func (f Timeline) drawLanes(s *scene.Scene, t timetable, per string) {
	const tall = 0.8 // of a lane
	s.Y = scene.Axis{Min: -0.5, Max: float64(len(t.lanes)) - 0.5, Names: true, Flip: true}
	width := max(t.bin, leastBin*t.bin*float64(t.bins)/(0.7*float64(s.Width)))
	var peaks scene.Texts
	for k, l := range t.lanes {
		base := float64(k) + tall/2
		role := scene.Role(scene.Attack)
		if !l.otherwise {
			role = scene.Normal
		}
		if f.Kinds == nil {
			role = scene.Series(0)
		}
		name := fmt.Sprintf("n = %s", count(l.rows))
		if f.Kinds != nil {
			name = fmt.Sprintf("%s (%s)", visible.Text(l.name), name)
		}
		s.Y.Ticks = append(s.Y.Ticks, scene.Tick{At: float64(k), Label: name})
		floor := scene.Line{Role: scene.Neutral, Thin: true, Segments: [][]scene.Point{{
			{X: s.X.Min, Y: base}, {X: s.X.Max, Y: base}}}}
		s.Marks = append(s.Marks, floor)
		if l.peak == 0 {
			continue
		}
		heights := make([]float64, len(l.counts))
		for i, n := range l.counts {
			heights[i] = n / l.peak * tall
		}
		steps := t.steps(heights, width, func(h float64) float64 { return base - h })
		s.Marks = append(s.Marks, scene.Area{Role: role, Polygons: steps})
		peaks.Texts = append(peaks.Texts, scene.Text{Point: scene.Point{X: s.X.Max, Y: float64(k)}, Side: scene.Right, String: "max " + count(l.peak)})
	}
	s.Marks = append(s.Marks, peaks)
	t.notes[0] += "; lanes of different scale, at the right the most " + per
}

// drawStack draws the kinds on top of each other, the first at the bottom.
func (f Timeline) drawStack(s *scene.Scene, t timetable, per string) error {
	names := make([]string, len(t.lanes))
	sums := make([]float64, t.bins)
	for k, l := range t.lanes {
		names[k] = l.name
		for i, n := range l.counts {
			sums[i] += n
		}
	}
	_, hi := extent(sums)
	room, err := span{0, hi}.widen(0)
	if err != nil {
		return err
	}
	s.Y = linearAxis(per, span{0, room.hi * 1.05}, 6, false)
	look := roles(names)
	if f.Kinds != nil && len(names) == 2 && look[0] == scene.Normal {
		look[1] = scene.Attack
	}
	for k := len(t.lanes) - 1; k >= 0; k-- { // the sums from the top down, so that no seam is seen
		steps := t.steps(sums, t.bin, func(h float64) float64 { return h })
		s.Marks = append(s.Marks, scene.Area{Role: look[k], Polygons: steps})
		for i, n := range t.lanes[k].counts {
			sums[i] = max(0, sums[i]-n)
		}
	}
	if f.Kinds != nil {
		for k, l := range t.lanes {
			name := fmt.Sprintf("%s (n = %s)", visible.Text(l.name), count(l.rows))
			s.Legend = append(s.Legend, scene.Entry{Name: name, Role: look[k], Key: scene.KeyBox})
		}
	}
	return nil
}

// steps are the outlines of the runs of bins that are not empty. A run is at least
// width long, so that it is seen.
func (t timetable) steps(heights []float64, width float64, y func(height float64) float64) [][]scene.Point {
	var outlines [][]scene.Point
	for i := 0; i < len(heights); i++ {
		if heights[i] <= 0 {
			continue
		}
		begin := t.start + t.bin*float64(i)
		outline := []scene.Point{{X: begin, Y: y(0)}}
		for ; i < len(heights) && heights[i] > 0; i++ {
			left := t.start + t.bin*float64(i)
			outline = append(outline, scene.Point{X: left, Y: y(heights[i])}, scene.Point{X: left + t.bin, Y: y(heights[i])})
		}
		last := &outline[len(outline)-1]
		last.X = max(last.X, begin+width)
		outlines = append(outlines, append(outline, scene.Point{X: last.X, Y: y(0)}))
	}
	return outlines
}
