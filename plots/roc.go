package plots

import (
	"fmt"
	"math"
	"strings"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// ROC shows how many attacks are found (true positive rate) at what cost in false
// alarms (false positive rate), for one or more models, beside the line of a
// guess. The zero value has no curve, which is an error of PNG.
type ROC struct {
	Title  string // "" is "ROC curve"
	Curves []Curve

	// Direct writes the names beside the curves where all of them fit, instead of a
	// legend, and makes the picture as wide as the curves need.
	Direct bool

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 640 by 420, or 480 by 500 with Direct

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// A Curve is the ROC curve of one model.
type Curve struct {
	Name string

	// FPR[i] and TPR[i] are the rates at the i-th threshold, from 0 to 1, neither
	// of them falling. Points are joined by straight lines: a slanted one is what
	// equal scores mean. The corners (0, 0) and (1, 1) are added where absent.
	// Curves of millions of points are thinned to what a picture can show.
	FPR, TPR []float64

	// AUC is the area under the curve, for the legend. 0 computes it from the
	// points by trapezoids.
	AUC float64

	// Marked are operating points, X the false and Y the true positive rate.
	Marked []Marked
}

// PNG draws the figure.
func (r ROC) PNG() ([]byte, error) { return draw(r.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (r ROC) AltText() string { return altText(r.Alt, r.lower) }

// String returns the finding, the area under each curve, and its true positive rate at
// a false positive rate of 10 %, in one line.
func (r ROC) String() string { return text(r.Alt, r.lower) }

func (r ROC) lower() (scene.Scene, string, error) {
	if len(r.Curves) == 0 {
		return scene.Scene{}, "", fmt.Errorf("plots: roc: no curves")
	}
	title := clean(r.Title)
	if title == "" {
		title = "ROC curve"
	}
	s := scene.Scene{Title: title, Caption: caption(r.Caption, nil), Fonts: r.Fonts, Square: true, LegendRight: !r.Direct}
	wide, high := defaultWidth, 420
	if r.Direct {
		wide, high = rateWide, rateHigh
	}
	var err error
	if s.Width, s.Height, err = size("roc", r.Width, r.Height, wide, high); err != nil {
		return s, "", err
	}
	s.X = rateAxis("false positive rate")
	s.Y = rateAxis("true positive rate")
	var parts []string
	var lines []rateLine
	for _, c := range r.Curves {
		points, err := c.points()
		if err != nil {
			return s, "", err
		}
		auc := c.AUC
		if auc == 0 {
			auc = area(points)
		}
		part := strings.TrimSpace(fmt.Sprintf("%s AUC %.4f", clean(c.Name), auc))
		part += fmt.Sprintf(", %s of the attacks found at %.0f%% false alarms", percent(height(points, toldRate)), 100*toldRate)
		for _, m := range c.Marked {
			if err := m.check(); err != nil {
				return s, "", fmt.Errorf("plots: roc: curve %q: %w", c.Name, err)
			}
			part += fmt.Sprintf(", at %s %s of the attacks found and %s of the normal rows false alarms",
				m.orPoint(), percent(m.Y), percent(m.X))
		}
		parts = append(parts, part)
		lines = append(lines, rateLine{name: c.Name, value: fmt.Sprintf("AUC %.4f", auc), points: thin(points, 1, 1), marked: c.Marked})
	}
	chance := rateLine{name: "chance", value: "AUC 0.5", points: []scene.Point{{X: 0, Y: 0}, {X: 1, Y: 1}}}
	rateLines(&s, lines, chance, r.Direct)
	return s, heading("ROC curve", r.Title) + ": " + strings.Join(parts, "; ") + ".", nil
}

// points checks the curve and adds the corners.
func (c Curve) points() ([]scene.Point, error) {
	fail := func(format string, args ...any) ([]scene.Point, error) {
		return nil, fmt.Errorf("plots: roc: curve %q: "+format, append([]any{c.Name}, args...)...)
	}
	switch {
	case len(c.FPR) != len(c.TPR):
		return fail("%d false positive rates, but %d true positive rates", len(c.FPR), len(c.TPR))
	case len(c.FPR) == 0:
		return fail("no points")
	case math.IsNaN(c.AUC) || c.AUC < 0 || c.AUC > 1:
		return fail("AUC is %g; an area lies in [0, 1]", c.AUC)
	}
	points := []scene.Point{{X: 0, Y: 0}}
	for i, x := range c.FPR {
		y, before := c.TPR[i], points[len(points)-1]
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return fail("point %d is not a number; are there rows of both classes?", i)
		case x < 0 || x > 1 || y < 0 || y > 1:
			return fail("point %d is (%g, %g); rates lie in [0, 1]", i, x, y)
		case x < before.X || y < before.Y:
			return fail("point %d is (%g, %g) after (%g, %g); rates must not fall", i, x, y, before.X, before.Y)
		}
		points = append(points, scene.Point{X: x, Y: y})
	}
	return append(points, scene.Point{X: 1, Y: 1}), nil
}

// toldRate is the false positive rate at which the alt text says the recall.
const toldRate = 0.1

// height is the greatest Y of a curve at x, on the line between two points.
func height(points []scene.Point, x float64) float64 {
	y := 0.0
	for i, p := range points {
		switch {
		case p.X <= x:
			y = p.Y
		case i > 0:
			before := points[i-1]
			return before.Y + (p.Y-before.Y)*(x-before.X)/(p.X-before.X)
		}
	}
	return y
}

// area is the area under a curve, by trapezoids.
func area(points []scene.Point) float64 {
	sum := 0.0
	for i := 1; i < len(points); i++ {
		sum += (points[i].X - points[i-1].X) * (points[i].Y + points[i-1].Y) / 2
	}
	return sum
}

// thin leaves out points that lie within a thousandth of the picture's width and
// height from the one kept before them. It keeps both ends.
func thin(points []scene.Point, width, height float64) []scene.Point {
	const near = 0.001
	var kept []scene.Point
	for i, p := range points {
		if i > 0 && i < len(points)-1 {
			last := kept[len(kept)-1]
			if math.Abs(p.X-last.X) < near*width && math.Abs(p.Y-last.Y) < near*height {
				continue
			}
		}
		kept = append(kept, p)
	}
	return kept
}
