package gonum

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	ximage "golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/plots/internal/scene"
)

// own are the theme's fonts, parsed at the first figure, not when a program starts.
var own = sync.OnceValues(func() (font.Collection, error) {
	regular, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := opentype.Parse(liberationsansbold.TTF)
	if err != nil {
		return nil, err
	}
	return font.Collection{
		{Font: font.Font{Typeface: "Liberation", Variant: "Sans"}, Face: regular},
		{Font: font.Font{Typeface: "Liberation", Variant: "Sans", Weight: xfont.WeightBold}, Face: bold},
	}, nil
})

// given is the typeface of the fonts that the program names; the variant is their
// index.
const given = "given"

// fonts are the theme's fonts and those that the program names. The fonts of the
// system are never looked for: a figure is the same everywhere.
func fonts(named [][]byte) (*font.Cache, error) {
	all, err := own()
	if err != nil {
		return nil, fmt.Errorf("plots: fonts: %w", err)
	}
	cache := font.NewCache(all)
	for i, file := range named {
		face, err := parse(file)
		if err != nil {
			return nil, fmt.Errorf("plots: font %d of %d (%d bytes) cannot be read: %w", i+1, len(named), len(file), err)
		}
		cache.Add(font.Collection{{Font: font.Font{Typeface: given, Variant: font.Variant(strconv.Itoa(i))}, Face: face}})
	}
	return cache, nil
}

// parse reads a font, the first of a collection.
func parse(file []byte) (*opentype.Font, error) {
	if len(file) == 0 {
		return nil, errors.New("no bytes")
	}
	collection, err := opentype.ParseCollection(file) // takes a single font too
	if err != nil {
		return nil, err
	}
	return collection.Font(0)
}

// guard turns a panic into an error where the program names fonts: the parser of
// fonts panics on some that are damaged.
func guard(named [][]byte, err *error) {
	if len(named) == 0 {
		return
	}
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("plots: one of %d fonts is damaged: %v", len(named), cause)
	}
}

// A piece is a part of a line that is drawn in one way.
type piece struct {
	text  string
	face  font.Face // nil Face: no font has it, and it is drawn as a mark
	width vg.Length
}

// Widths of what is drawn without a font, in units of the font's size.
const (
	boxWidth   = 0.66
	blankWidth = 0.5
)

// split cuts a line into pieces: each character comes from the first font that has
// it. The selectors and joiners of an emoji, which show nothing of themselves, are
// left out.
func split(sty text.Style, s string) []piece {
	cache := sty.Handler.Cache()
	faces := []font.Face{cache.Lookup(sty.Font, sty.Font.Size)}
	switch {
	case s == "":
		return nil
	case ascii(s): // the theme's font has them
		return []piece{{text: s, face: faces[0], width: faces[0].Width(s)}}
	}
	for i := 0; ; i++ {
		named := font.Font{Typeface: given, Variant: font.Variant(strconv.Itoa(i)), Size: sty.Font.Size}
		if !cache.Has(named) {
			break
		}
		faces = append(faces, cache.Lookup(named, sty.Font.Size))
	}
	var pieces []piece
	last := -1 // the face of the last piece
	for _, r := range s {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			continue
		}
		at := faceOf(faces, r)
		switch {
		case at >= 0 && at == last:
			pieces[len(pieces)-1].text += string(r)
		case at >= 0:
			pieces = append(pieces, piece{text: string(r), face: faces[at]})
		case r == visible.Blank:
			pieces = append(pieces, piece{text: string(r), width: blankWidth * sty.Font.Size})
		default:
			pieces = append(pieces, piece{text: string(r), width: boxWidth * sty.Font.Size})
		}
		last = at
	}
	for i, p := range pieces {
		if p.face.Face != nil {
			pieces[i].width = p.face.Width(p.text)
		}
	}
	return pieces
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

// faceOf returns the index of the first face that can draw r; -1 for none.
func faceOf(faces []font.Face, r rune) int {
	if r <= unicode.MaxASCII {
		return 0
	}
	for i, face := range faces {
		if hasGlyph(face.Face, r) {
			return i
		}
	}
	return -1
}

// hasGlyph reports whether a font has an outline of r. Coloured glyphs are pictures,
// which cannot be drawn here.
func hasGlyph(f *opentype.Font, r rune) bool {
	var b sfnt.Buffer
	index, err := f.GlyphIndex(&b, r)
	if err != nil || index == 0 {
		return false
	}
	outline, err := f.LoadGlyph(&b, index, ximage.I(int(f.UnitsPerEm())), nil)
	return err == nil && (len(outline) > 0 || unicode.IsSpace(r))
}

// total is the length of a line.
func total(pieces []piece) vg.Length {
	var sum vg.Length
	for _, p := range pieces {
		sum += p.width
	}
	return sum
}

// draw puts a piece with its left bottom at a point: in its font, a blank as an open
// box below the line, and anything else as a box of a capital letter's height.
func (p piece) draw(c *draw.Canvas, sty text.Style, at vg.Point) {
	if p.face.Face != nil {
		c.FillString(p.face, at, p.text)
		return
	}
	size := sty.Font.Size
	line := draw.LineStyle{Color: sty.Color, Width: size * 0.06}
	left, right := at.X+0.09*size, at.X+p.width-0.09*size
	if p.text == string(visible.Blank) {
		low, high := at.Y-0.12*size, at.Y+0.06*size
		c.StrokeLines(line, []vg.Point{{X: left, Y: high}, {X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}})
		return
	}
	low, high := at.Y+0.03*size, at.Y+capHeight(sty)
	c.StrokeLines(line, []vg.Point{{X: left, Y: low}, {X: left, Y: high}, {X: right, Y: high}, {X: right, Y: low}, {X: left, Y: low}})
}

// missing says how many characters of the figure's texts no font has; "" for none.
func (p *page) missing() string {
	count := 0
	look := func(s string) {
		for _, piece := range split(p.small, s) {
			if piece.face.Face == nil && piece.text != string(visible.Blank) {
				count++
			}
		}
	}
	for _, s := range []string{p.Title, p.Caption, p.X.Label, p.Y.Label} {
		look(s)
	}
	for _, t := range p.X.Ticks {
		look(t.Label)
	}
	for _, t := range p.Y.Ticks {
		look(t.Label)
	}
	for _, e := range p.Legend {
		look(e.Name)
	}
	for _, m := range p.Marks {
		if texts, ok := m.(scene.Texts); ok {
			for _, t := range texts.Texts {
				look(t.String)
			}
		}
	}
	switch count {
	case 0:
		return ""
	case 1:
		return "1 character is in none of the figure's fonts and drawn as a box; Fonts can name one that has it."
	}
	return fmt.Sprintf("%d characters are in none of the figure's fonts and drawn as boxes; Fonts can name one that has them.", count)
}
