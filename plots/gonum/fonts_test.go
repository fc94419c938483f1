package gonum

import (
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
)

// The letters that the theme's fonts are said to have, and some that they have not.
func TestLettersOfTheTheme(t *testing.T) {
	cache, err := fonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, bold := range []bool{false, true} {
		sty := style(cache, 10, bold, ink)
		if pieces := split(sty, "größe łódź Ελλάδα Привет שלום −…“”·€"); len(pieces) != 1 {
			t.Errorf("bold %v: %d pieces", bold, len(pieces))
		}
		var marks []string
		for _, p := range split(sty, "a日b🙂\ufe0fc␣👩\u200d💻") {
			if p.face.Face == nil {
				marks = append(marks, p.text)
			}
			if p.width <= 0 {
				t.Errorf("%q has no width", p.text)
			}
		}
		if !slices.Equal(marks, []string{"日", "🙂", "␣", "👩", "💻"}) {
			t.Errorf("bold %v: drawn without a font: %q", bold, marks)
		}
	}
}

// A line is as long as its pieces, and one that a single font draws as ever.
func TestWidthOfPieces(t *testing.T) {
	cache, err := fonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	sty := style(cache, 10, false, ink)
	face := cache.Lookup(sty.Font, sty.Font.Size)
	if got, want := width(sty, "AVATAR größe"), face.Width("AVATAR größe"); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := width(sty, "a日b"), face.Width("a")+face.Width("b")+boxWidth*vg.Length(10); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if width(sty, "") != 0 {
		t.Error("nothing has a width")
	}
}
