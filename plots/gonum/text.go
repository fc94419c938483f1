package gonum

import (
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// write puts one line of text at a point. x and y say which part of the text
// lies there: 0 is its left or bottom, 1 its right or top. Its height is that of
// capital letters, so that y = 0.5 centres digits by eye.
func write(c *draw.Canvas, sty text.Style, at vg.Point, x, y float64, s string) {
	if s == "" {
		return
	}
	c.SetColor(sty.Color)
	c.Push()
	c.Translate(at)
	if sty.Rotation != 0 {
		c.Rotate(sty.Rotation)
	}
	pieces := split(sty, s)
	start := vg.Point{X: -vg.Length(x) * total(pieces), Y: -vg.Length(y) * capHeight(sty)}
	for _, p := range pieces {
		p.draw(c, sty, start)
		start.X += p.width
	}
	c.Pop()
}

// capHeight is the height of capital letters and digits of Liberation Sans.
func capHeight(sty text.Style) vg.Length { return sty.Font.Size * 0.7 }

// lineHeight is the distance of two lines.
func lineHeight(sty text.Style) vg.Length { return sty.Font.Size * 1.3 }

// width returns the length of one line of text.
func width(sty text.Style, s string) vg.Length { return total(split(sty, s)) }

// shorten cuts text that is longer than limit and ends it with an ellipsis.
func shorten(sty text.Style, s string, limit vg.Length) string {
	if width(sty, s) <= limit {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, min(len(runes), 400) // the longest cut that fits, by bisection
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if width(sty, string(runes[:mid])+"…") <= limit {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return strings.TrimRight(string(runes[:lo]), " ") + "…"
}

// wrap breaks text at spaces into lines no longer than limit; what does not fit
// into the given number of lines is cut.
func wrap(sty text.Style, s string, limit vg.Length, lines int) []string {
	var result []string
	current := ""
	words := strings.Fields(s)
	for i, word := range words {
		longer := strings.TrimSpace(current + " " + word)
		if current == "" || width(sty, longer) <= limit {
			current = longer
			continue
		}
		if len(result) == lines-1 {
			return append(result, shorten(sty, current+" "+strings.Join(words[i:], " "), limit))
		}
		result = append(result, shorten(sty, current, limit))
		current = word
	}
	if current != "" {
		result = append(result, shorten(sty, current, limit))
	}
	return result
}
