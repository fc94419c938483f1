package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// PrecisionRecall shows which share of the alarms are attacks (precision) when a
// given share of the attacks is to be found (recall), for one or more models, beside
// the precision of a guess. Where attacks are rare it says more than a ROC curve.
// The zero value has no curve, which is an error of PNG.
type PrecisionRecall struct {
	Title  string // "" is "Precision and recall"
	Curves []PRCurve

	// Prevalence is the share of attacks among the rows, in (0, 1]: the precision of
	// a guess.
	Prevalence float64

	Caption       string // small print under the figure
	Alt           string // a sentence that states the finding
	Width, Height int    // display pixels; 0 is 480 by 500

	Fonts [][]byte // for characters that the figure's own font has not (package comment)
}

// A PRCurve is the precision-recall curve of one model.
type PRCurve struct {
	Name string

	// Recall[i] and Precision[i] are the rates at the i-th threshold, from 0 to 1. Recall
	// must not fall from one to the next, or must not rise. The curve is drawn in
	// steps: up to Recall[i] the precision is Precision[i], as in AveragePrecision.
	// A point without an alarm, whose recall is 0 and whose precision is NaN, is left out.
	Recall, Precision []float64

	// AveragePrecision is the area under the steps, for the name. 0 computes it: the sum
	// over the points, by rising recall, of the growth of recall times the precision.
	AveragePrecision float64

	// Marked are operating points, X the recall and Y the precision.
	Marked []Marked
}

// PNG draws the figure.
func (f PrecisionRecall) PNG() ([]byte, error) { return draw(f.lower()) }

// AltText returns Alt, or a sentence made from the data.
func (f PrecisionRecall) AltText() string { return altText(f.Alt, f.lower) }

// String returns the finding, the average precision of each curve, and its precision at
// a recall of a half, in one line.
func (f PrecisionRecall) String() string { return text(f.Alt, f.lower) }

func (f PrecisionRecall) lower() (scene.Scene, string, error) {
	fail := func(format string, args ...any) (scene.Scene, string, error) {
		return scene.Scene{}, "", fmt.Errorf("plots: precision-recall: "+format, args...)
	}
	if len(f.Curves) == 0 {
		return fail("no curves")
	}
	if !(f.Prevalence > 0 && f.Prevalence <= 1) {
		return fail("the prevalence is %g; the share of attacks lies in (0, 1]", f.Prevalence)
	}
	title := clean(f.Title)
	if title == "" {
		title = "Precision and recall"
	}
	s := scene.Scene{Title: title, Caption: caption(f.Caption, nil), Fonts: f.Fonts, Square: true}
	var err error
	if s.Width, s.Height, err = size("precision-recall", f.Width, f.Height, rateWide, rateHigh); err != nil {
		return s, "", err
	}
	s.X = rateAxis("recall: share of the attacks that are found")
	s.Y = rateAxis("precision: share of the alarms that are attacks")
	var parts []string
	var lines []rateLine
	for _, c := range f.Curves {
		points, average, err := c.steps()
		if err != nil {
			return fail("curve %q: %w", c.Name, err)
		}
		part := strings.TrimSpace(fmt.Sprintf("%s average precision %.3f", clean(c.Name), average))
		if at := slices.IndexFunc(points, func(p scene.Point) bool { return p.X >= 0.5 }); at >= 0 {
			part += fmt.Sprintf(", %s of the alarms right where half of the attacks are found", percent(points[at].Y))
		}
		for _, m := range c.Marked {
			if err := m.check(); err != nil {
				return fail("curve %q: %w", c.Name, err)
			}
			part += fmt.Sprintf(", at %s %s of the attacks found and %s of the alarms right", m.orPoint(), percent(m.X), percent(m.Y))
		}
		parts = append(parts, part)
		lines = append(lines, rateLine{name: c.Name, value: fmt.Sprintf("AP %.3f", average), points: thin(points, 1, 1), marked: c.Marked})
	}
	guess := rateLine{name: "a guess", value: percent(f.Prevalence),
		points: []scene.Point{{X: 0, Y: f.Prevalence}, {X: 1, Y: f.Prevalence}}}
	rateLines(&s, lines, guess, true)
	return s, fmt.Sprintf("%s: %s; a guess would have a precision of %s.",
		heading("Precision-recall curve", f.Title), strings.Join(parts, "; "), percent(f.Prevalence)), nil
}

// steps checks the curve and returns its outline, from the left, and the area under it.
func (c PRCurve) steps() (points []scene.Point, average float64, err error) {
	switch {
	case len(c.Recall) != len(c.Precision):
		return nil, 0, fmt.Errorf("%d values of recall, but %d of precision", len(c.Recall), len(c.Precision))
	case math.IsNaN(c.AveragePrecision) || c.AveragePrecision < 0 || c.AveragePrecision > 1:
		return nil, 0, fmt.Errorf("the average precision is %g; it lies in [0, 1]", c.AveragePrecision)
	}
	var given []scene.Point
	for i, recall := range c.Recall {
		precision := c.Precision[i]
		if recall == 0 && math.IsNaN(precision) {
			continue
		}
		if !(recall >= 0 && recall <= 1 && precision >= 0 && precision <= 1) {
			return nil, 0, fmt.Errorf("point %d is (%g, %g); rates lie in [0, 1], and are numbers where there are attacks", i, recall, precision)
		}
		given = append(given, scene.Point{X: recall, Y: precision})
	}
	if len(given) == 0 {
		return nil, 0, fmt.Errorf("no points")
	}
	if given[0].X > given[len(given)-1].X {
		slices.Reverse(given)
	}
	recall := 0.0
	for i, p := range given {
		if p.X < recall {
			return nil, 0, fmt.Errorf("the recall goes from %g to %g and elsewhere the other way; it must not turn", recall, p.X)
		}
		if p.X > recall || i == 0 {
			points = append(points, scene.Point{X: recall, Y: p.Y})
		}
		points = append(points, p)
		average += (p.X - recall) * p.Y
		recall = p.X
	}
	if c.AveragePrecision > 0 {
		average = c.AveragePrecision
	}
	return points, average, nil
}
