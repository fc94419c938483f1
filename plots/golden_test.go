//go:build !nodrivers

package plots_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stophacking/kelpie/plots"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata")

// A figure is what every figure of the package can do.
type figure interface {
	PNG() ([]byte, error)
	AltText() string
	String() string
}

// goldens are the pictures of testdata. The Examples show the first of each kind.
var goldens = []struct {
	name   string
	figure figure
}{
	{"bars", commands()},
	{"bars-shares", states()},
	{"bars-shares-horizontal", statesAcross()},
	{"bars-horizontal-log", longNames()},
	{"bars-stacked", stacked()},
	{"bars-signed", signedBars()},
	{"bars-importance", importance()},
	{"bars-deviations", shuffled()},
	{"bars-deviations-upright", deviations()},
	{"bars-deviations-log", deviationsLog()},
	{"histogram-log", majorFaults()},
	{"histogram-linear", niceValues()},
	{"histogram-counts", givenCounts()},
	{"histogram-time", attackTimes()},
	{"scatter", sizes()},
	{"scatter-time", timeline()},
	{"scatter-one-class", oneClass()},
	{"heatmap", memory()},
	{"heatmap-weak", weakMatrix()},
	{"heatmap-large", largeMatrix()},
	{"roc", models()},
	{"roc-direct", operating()},
	{"roc-close", closeCurves()},
	{"thresholdcurves", thresholds()},
	{"reliability", corrected()},
	{"precisionrecall", alarms()},
	{"timeline-lanes", stagings()},
	{"timeline-stacked", stackedTimes()},
	{"confusionmatrix", verdicts()},
	{"line", rounds()},
	{"line-band", days()},
	{"line-series", sevenLines()},
	{"fonts-none", unknown()},
	{"fonts", known()},
}

// tolerated is the share of pixels that may differ visibly from the golden
// picture, which was drawn on amd64. Elsewhere fused multiplication moves edges
// by fractions of a pixel.
var tolerated = map[string]float64{"amd64": 0}

const toleratedElsewhere = 0.005

func TestGolden(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			got, err := g.figure.PNG()
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", g.name+".png")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) > 80<<10 {
				t.Errorf("%d bytes are too many for the repository", len(got))
			}
			limit, ok := tolerated[runtime.GOARCH]
			if !ok {
				limit = toleratedElsewhere
			}
			share, diff := differ(t, got, want)
			if share <= limit {
				return
			}
			base := filepath.Join("testdata", g.name)
			t.Errorf("%.3f%% of the pixels differ, over %.3f%%: see %s.got.png and the red pixels of %s.diff.got.png; -update accepts",
				share*100, limit*100, base, base)
			writeFile(t, base+".got.png", got)
			writeFile(t, base+".diff.got.png", diff)
		})
	}
}

// differ compares two pictures and returns the share of pixels that differ by
// more than antialiasing does, and a pale copy with those pixels in red.
func differ(t *testing.T, got, want []byte) (share float64, diff []byte) {
	t.Helper()
	a, b := decode(t, got), decode(t, want)
	if a.Bounds() != b.Bounds() {
		t.Errorf("size %v, want %v", a.Bounds(), b.Bounds())
		return 1, got
	}
	out := image.NewGray(a.Bounds())
	marked := image.NewRGBA(a.Bounds())
	bad := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			out.Set(x, y, a.At(x, y))
			pale := 128 + out.GrayAt(x, y).Y/2
			marked.Set(x, y, color.Gray{Y: pale})
			if distance(a.At(x, y), b.At(x, y)) > 32<<8 {
				bad++
				marked.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, marked); err != nil {
		t.Fatal(err)
	}
	return float64(bad) / float64(a.Bounds().Dx()*a.Bounds().Dy()), buffer.Bytes()
}

// distance is the greatest difference of two colours in a channel, of 65535.
func distance(p, q color.Color) int {
	r1, g1, b1, _ := p.RGBA()
	r2, g2, b2, _ := q.RGBA()
	return max(gap(r1, r2), gap(g1, g2), gap(b1, b2))
}

func gap(a, b uint32) int { return max(int(a)-int(b), int(b)-int(a)) }

func decode(t *testing.T, file []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Error(err)
	}
}

var _ = []figure{plots.Bars{}, plots.Histogram{}, plots.Scatter{}, plots.HeatMap{}, plots.ROC{}, plots.Line{}, plots.PrecisionRecall{}, plots.Timeline{},
	plots.ThresholdCurves{}, plots.Reliability{}, plots.ConfusionMatrix{}}
