package gonum

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

func TestRefusedScenes(t *testing.T) {
	good := scene.Scene{Width: 300, Height: 200, X: scene.Axis{Max: 1}, Y: scene.Axis{Max: 1}}
	if _, err := render(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*scene.Scene){
		"no size":     func(s *scene.Scene) { s.Width = 0 },
		"empty axis":  func(s *scene.Scene) { s.X.Max = 0 },
		"NaN axis":    func(s *scene.Scene) { s.Y.Min = math.NaN() },
		"endless":     func(s *scene.Scene) { s.Y.Max = math.Inf(1) },
		"zero on log": func(s *scene.Scene) { s.X.Log = true },
		"no room":     func(s *scene.Scene) { s.Width, s.Height = 60, 60 },
	} {
		bad := good
		spoil(&bad)
		if _, err := render(bad); err == nil || !strings.HasPrefix(err.Error(), "plots: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestWrapAndShorten(t *testing.T) {
	cache, err := fonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	sty := style(cache, 9, false, ink)
	limit := width(sty, "one two three")
	if got := wrap(sty, "one two three four five six seven eight", limit, 2); len(got) != 2 || got[0] != "one two three" || !strings.HasSuffix(got[1], "…") {
		t.Errorf("wrapped to %q", got)
	}
	if got := wrap(sty, "", limit, 2); got != nil {
		t.Errorf("nothing wraps to %q", got)
	}
	for _, s := range []string{"one two three", "one two three four", strings.Repeat("日", 50), ""} {
		got := shorten(sty, s, limit)
		if width(sty, got) > limit || got != s && !strings.HasSuffix(got, "…") {
			t.Errorf("%q is shortened to %q", s, got)
		}
	}
}

// TestPaletted holds that common colours stay exact and others come near, even
// with thousands of colours spread evenly, which no figure has.
func TestPaletted(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	attack := color.RGBA{R: 0xd5, G: 0x5e, A: 0xff}
	for y := range 64 {
		for x := range 64 {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x * 4), G: uint8(y * 4), B: 128, A: 255})
			if y < 8 {
				img.SetRGBA(x, y, attack)
			}
		}
	}
	small := paletted(img)
	if len(small.Palette) > 256 || small.At(3, 3) != attack {
		t.Errorf("%d colours, attack is %v", len(small.Palette), small.At(3, 3))
	}
	for i := 0; i < len(img.Pix); i += 4 {
		r, g, b, _ := small.Palette[small.Pix[i/4]].RGBA()
		for k, v := range []uint32{r, g, b} {
			if d := int(v>>8) - int(img.Pix[i+k]); d > 32 || d < -32 {
				t.Fatalf("pixel %d is off by %d", i/4, d)
			}
		}
	}
}

// TestColorBar holds that no step of the colour bar jumps, however many shades a matrix
// of cells and its numbers have: each keeps its colour among the 256 of the picture.
func TestColorBar(t *testing.T) {
	const n = 22
	cells := scene.Cells{Columns: n, Numbers: true}
	for i := range n * n {
		cells.Values = append(cells.Values, 0.2*math.Sin(float64(i)))
	}
	axis := scene.Axis{Min: -0.5, Max: n - 0.5, Names: true}
	file, err := render(scene.Scene{Width: 900, Height: 800, X: axis, Y: axis, Square: true, ColorBar: 0.2, Marks: []scene.Mark{cells}})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.Color]bool{}
	for _, c := range img.ColorModel().(color.Palette) {
		seen[c] = true
	}
	missing := 0
	for i := range shades {
		c := divergingAt(-1 + 2*float64(i)/(shades-1))
		if !seen[color.RGBA{R: c.R, G: c.G, B: c.B, A: 0xff}] {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d colours of the bar are not in the picture", missing, shades)
	}
}

// TestConcurrent draws from several goroutines; run it with -race.
func TestConcurrent(t *testing.T) {
	s := scene.Scene{Title: "same", Width: 300, Height: 200, X: scene.Axis{Max: 1}, Y: scene.Axis{Max: 1},
		Marks: []scene.Mark{scene.Line{Segments: [][]scene.Point{{{X: 0, Y: 0}, {X: 1, Y: 1}}}}}}
	pictures := make([][]byte, 4)
	var group sync.WaitGroup
	for i := range pictures {
		group.Go(func() { pictures[i], _ = render(s) })
	}
	group.Wait()
	for _, p := range pictures {
		if len(p) == 0 || !slices.Equal(p, pictures[0]) {
			t.Error("pictures drawn at once differ")
		}
	}
}

// TestContrast holds the looks of data to the 3:1 that WCAG 2.1 (1.4.11) asks of
// graphics, where the palette can: orange and sky are only taken late.
func TestContrast(t *testing.T) {
	for name, c := range map[string]color.NRGBA{
		"normal": fixed[scene.Normal].color, "attack": fixed[scene.Attack].color, "chance": axisInk,
		"blue": series[0].color, "green": series[2].color,
	} {
		if ratio := 1.05 / (luminance(c) + 0.05); ratio < 3 {
			t.Errorf("%s has contrast %.2f on white", name, ratio)
		}
	}
}

// luminance is the relative luminance of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		if s := float64(v) / 255; s > 0.04045 {
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
