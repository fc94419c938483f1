package plots

import (
	"fmt"
	"math"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// A Series is a named list of values. What the index of a value stands for is
// said by the figure that holds it.
type Series struct {
	Name   string
	Values []float64
}

// Sizes of a picture in display pixels: the default, and what is accepted.
const (
	defaultWidth  = 640
	defaultHeight = 400
	minSize       = 160
	maxSize       = 3000
)

// A lowering turns a figure into a scene and a summary of its data.
type lowering func() (scene.Scene, string, error)

func draw(s scene.Scene, _ string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return scene.Render(s)
}

// altText returns what the author wrote, or else what the data say.
func altText(alt string, lower lowering) string {
	if alt = sentence(alt); alt != "" {
		return alt
	}
	_, summary, err := lower()
	if err != nil {
		return "A figure that cannot be drawn: " + err.Error()
	}
	return summary
}

// text returns the author's finding, if any, and the summary of the data.
func text(alt string, lower lowering) string {
	_, summary, err := lower()
	if err != nil {
		summary = "A figure that cannot be drawn: " + err.Error()
	}
	if alt = sentence(alt); alt != "" {
		return alt + " " + summary
	}
	return summary
}

// size checks a display size; zero takes the default.
func size(kind string, width, height, autoWidth, autoHeight int) (w, h int, err error) {
	if w = width; w == 0 {
		w = autoWidth
	}
	if h = height; h == 0 {
		h = autoHeight
	}
	if w < minSize || h < minSize || w > maxSize || h > maxSize {
		return 0, 0, fmt.Errorf("plots: %s: size %d x %d px is outside %d to %d", kind, w, h, minSize, maxSize)
	}
	return w, h, nil
}

// clean makes a title or the name of an axis safe to draw on one line, with nothing
// in it unseen (package visible): such texts often quote logs, which attackers write.
// Without text there is none to draw.
func clean(s string) string {
	if s == "" {
		return ""
	}
	return visible.Text(s)
}

// sentence is clean for running text, in which white space only parts words.
func sentence(s string) string { return clean(strings.Join(strings.Fields(s), " ")) }

// heading starts a summary: the kind of figure and its title.
func heading(kind, title string) string {
	if title = clean(title); title != "" {
		return fmt.Sprintf("%s “%s”", kind, title)
	}
	return kind
}

// caption joins the author's caption and the notes on the data.
func caption(author string, notes []string) string {
	parts := make([]string, 0, len(notes)+1)
	if author = sentence(author); author != "" {
		parts = append(parts, strings.TrimRight(author, ".")+".")
	}
	for _, note := range notes {
		if !strings.HasPrefix(note, "n = ") {
			note = strings.ToUpper(note[:1]) + note[1:]
		}
		parts = append(parts, note+".")
	}
	return strings.Join(parts, " ")
}

// roles gives every series its look: the two classes keep theirs, the others
// take the palette in order.
func roles(names []string) []scene.Role {
	result := make([]scene.Role, len(names))
	next := 0
	for i, name := range names {
		switch strings.ToLower(name) {
		case "normal":
			result[i] = scene.Normal
		case "attack":
			result[i] = scene.Attack
		default:
			result[i] = scene.Series(next)
			next++
		}
	}
	return result
}

// finite reports whether v can be placed on an axis.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// extent returns the least and greatest of the finite values; lo > hi if none is.
func extent(values []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// plural writes a count with its noun: "1 row", "2 rows".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(float64(n)) + " " + noun + "s"
}
