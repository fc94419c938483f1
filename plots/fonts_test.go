//go:build !nodrivers

package plots_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/plots"
)

// A stroke is a filled rectangle in a square of 1,000 units.
type stroke struct{ x0, y0, x1, y1 int16 }

// strokes are the characters of testdata/strokes.ttf, all of rectangles: of the
// Japanese those that are boxes anyway, and an emoji.
var strokes = []struct {
	r       rune
	strokes []stroke
}{
	{'口', frame()},
	{'日', append(frame(), stroke{100, 330, 900, 410})},
	{'田', append(frame(), stroke{100, 330, 900, 410}, stroke{460, 0, 540, 740})},
	{'目', append(frame(), stroke{100, 220, 900, 300}, stroke{100, 450, 900, 530})},
	{'🙂', append(frame(), stroke{300, 450, 400, 600}, stroke{600, 450, 700, 600}, stroke{300, 200, 700, 280})},
}

func frame() []stroke {
	return []stroke{{100, 0, 180, 740}, {820, 0, 900, 740}, {180, 0, 820, 80}, {180, 660, 820, 740}}
}

// strokesFont writes a TrueType font (OpenType specification 1.9, the tables that are
// required): glyph 0 is empty, the others are strokes in order of their characters.
func strokesFont() []byte {
	be := binary.BigEndian
	words := func(values ...int) []byte {
		var b []byte
		for _, v := range values {
			b = be.AppendUint16(b, uint16(v))
		}
		return b
	}
	var glyf, cmap []byte
	loca, hmtx := be.AppendUint32(be.AppendUint32(nil, 0), 0), words(1000, 0)
	for i, s := range strokes {
		glyf = append(glyf, words(len(s.strokes), 100, 0, 900, 740)...)
		for c := range s.strokes {
			glyf = append(glyf, words(4*c+3)...) // the last point of each outline
		}
		glyf = append(glyf, words(0)...) // no instructions
		flags := bytes.Repeat([]byte{1}, 4*len(s.strokes))
		var xs, ys []byte
		x, y := int16(0), int16(0)
		for _, r := range s.strokes {
			for _, p := range [][2]int16{{r.x0, r.y0}, {r.x0, r.y1}, {r.x1, r.y1}, {r.x1, r.y0}} {
				xs, ys = append(xs, words(int(p[0]-x))...), append(ys, words(int(p[1]-y))...)
				x, y = p[0], p[1]
			}
		}
		glyf = append(append(append(glyf, flags...), xs...), ys...)
		for len(glyf)%4 > 0 {
			glyf = append(glyf, 0)
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		hmtx = append(hmtx, words(1000, 100)...)
		for _, v := range []uint32{uint32(s.r), uint32(s.r), uint32(i + 1)} {
			cmap = be.AppendUint32(cmap, v)
		}
	}
	n := len(strokes)
	// Format 12: groups of characters, one glyph each; for Windows, all of Unicode.
	head12 := append(words(0, 1, 3, 10), 0, 0, 0, 12)
	head12 = append(head12, words(12, 0)...)
	for _, v := range []uint32{uint32(16 + len(cmap)), 0, uint32(n)} {
		head12 = be.AppendUint32(head12, v)
	}
	cmap = append(head12, cmap...)
	head := append(words(1, 0, 1, 0), 0, 0, 0, 0, 0x5f, 0x0f, 0x3c, 0xf5)
	head = append(head, words(0, 1000)...)
	head = append(head, make([]byte, 16)...) // dates
	head = append(head, words(0, 0, 1000, 800, 0, 8, 2, 1, 0)...)
	maxp := append([]byte{0, 1, 0, 0}, words(n+1, 64, 16, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)...)
	hhea := append(words(1, 0, 800, -200, 0, 1000, 0, 0, 1000, 1, 0, 0), words(0, 0, 0, 0, 0, n+1)...)
	post := append([]byte{0, 3, 0, 0}, make([]byte, 28)...) // no names of glyphs

	tables := []struct {
		tag  string
		data []byte
	}{{"cmap", cmap}, {"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"post", post}}
	file := append([]byte{0, 1, 0, 0}, words(len(tables), 128, 3, len(tables)*16-128)...)
	at := len(file) + 16*len(tables)
	var body []byte
	for _, t := range tables {
		data := append(bytes.Clone(t.data), make([]byte, -len(t.data)&3)...)
		sum := uint32(0)
		for i := 0; i < len(data); i += 4 {
			sum += be.Uint32(data[i:])
		}
		file = append(file, t.tag...)
		for _, v := range []uint32{sum, uint32(at + len(body)), uint32(len(t.data))} {
			file = be.AppendUint32(file, v)
		}
		body = append(body, data...)
	}
	return append(file, body...)
}

// The font in testdata, which the Example reads, is the one that is written here.
func TestStrokesFont(t *testing.T) {
	path := filepath.Join("testdata", "strokes.ttf")
	if *update {
		writeFile(t, path, strokesFont())
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, strokesFont()) {
		t.Error("strokes.ttf is another font; -update accepts")
	}
}

// unknown has characters that the figure's font lacks, in every place that a text has.
func unknown() plots.Bars {
	return plots.Bars{
		Title: "日 and 🙂 in a title", NamesLabel: "口", ValuesLabel: "👩\u200d💻",
		Names: []string{"田 one", "目", "high ", "high", "", "日\u202e"}, Series: []plots.Series{{Name: "漢", Values: []float64{3, 1, 2, 2, 1, 1}}, {Name: "b", Values: []float64{1, 1, 2, 2, 1, 1}}},
		Caption: "The caption has 口.",
	}
}

// known is unknown with a font that has most of them.
func known() plots.Bars {
	f := unknown()
	f.Fonts = [][]byte{strokesFont()}
	return f
}

// A figure is another one when characters that it cannot draw change in number, or a
// font has them: none of them vanishes.
func TestNoGlyphVanishes(t *testing.T) {
	names := func(f plots.Bars, name string) []byte {
		f.Title, f.Names, f.Series, f.Values, f.NamesLabel, f.ValuesLabel, f.Caption = "", []string{name}, nil, []float64{1}, "", "", ""
		return picture(t, f)
	}
	seen := map[string]string{}
	for _, name := range []string{"", "a", "a ", "a␣␣", "日", "日日", "a日", "🙂", "口\u3000", "漢"} {
		for font, f := range map[string]plots.Bars{"": {}, " with a font": {Fonts: [][]byte{strokesFont()}}} {
			file := string(names(f, name))
			id := name + font
			if other, there := seen[file]; there && strings.TrimSuffix(other, " with a font") != name && !boxes(name, other) {
				t.Errorf("%q looks like %q", id, other)
			}
			seen[file] = id
		}
	}
	if bytes.Equal(names(plots.Bars{}, "日"), names(plots.Bars{Fonts: [][]byte{strokesFont()}}, "日")) {
		t.Error("the font is not asked")
	}
	if !bytes.Equal(names(plots.Bars{}, "漢"), names(plots.Bars{Fonts: [][]byte{strokesFont()}}, "漢")) {
		t.Error("a font without the character draws it")
	}
}

// boxes reports whether both names are drawn as the same box.
func boxes(a, b string) bool {
	box := func(s string) bool { return s == "日" || s == "🙂" || s == "漢" || s == "漢 with a font" }
	return box(a) && box(b)
}

func TestBadFonts(t *testing.T) {
	good := strokesFont()
	for name, font := range map[string][]byte{"nothing": nil, "no font": []byte("GIF89a and more of it"), "cut": good[:200]} {
		_, err := plots.Bars{Names: []string{"日"}, Values: []float64{1}, Fonts: [][]byte{good, font}}.PNG()
		if err == nil || !strings.HasPrefix(err.Error(), "plots: font 2 of 2 (") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Bytes that are damaged give an error or a picture.
	for at := range good {
		bad := bytes.Clone(good)
		bad[at] ^= 0xff
		if at%17 == 0 {
			_, _ = plots.Bars{Names: []string{"日"}, Values: []float64{1}, Width: 200, Height: 160, Fonts: [][]byte{bad}}.PNG()
		}
	}
}

func picture(t *testing.T, f figure) []byte {
	t.Helper()
	file, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return file
}
