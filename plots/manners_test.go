//go:build !nodrivers

package plots_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/plots"
)

// TestPictures holds every golden figure to the manners of package plots: equal
// bytes each time, twice the display size, 192 dpi, and data left as they were.
func TestPictures(t *testing.T) {
	for _, g := range goldens {
		before := deepCopy(reflect.ValueOf(g.figure)).Interface()
		first, err := g.figure.PNG()
		if err != nil {
			t.Fatal(err)
		}
		second, err := g.figure.PNG()
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: two drawings differ (%v)", g.name, err)
		}
		if fmt.Sprintf("%#v", before) != fmt.Sprintf("%#v", g.figure) { // in which NaN equals NaN
			t.Errorf("%s: drawing changed the data", g.name)
		}
		// 192 / 0.0254 m = 7559.06 pixels a metre, unit 1 = metre.
		want := append([]byte("pHYs"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 7559), 7559)...)
		if !bytes.Contains(first[:64], append(want, 1)) {
			t.Errorf("%s: no pHYs chunk of 192 dpi behind the header", g.name)
		}
	}
	picture, err := plots.Bars{Names: []string{"a"}, Values: []float64{1}}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if size := decode(t, picture).Bounds().Size(); size.X != 1280 || size.Y != 800 {
		t.Errorf("default picture has %v pixels, want 1280 x 800", size)
	}
}

// deepCopy copies structs and slices of a figure.
func deepCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(deepCopy(v.Field(i)))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(deepCopy(v.Index(i)))
			}
		}
	}
	return out
}

func TestTexts(t *testing.T) {
	f := plots.Bars{Title: "T", Names: []string{"a", "b"}, Values: []float64{3, 1}}
	if got, want := f.AltText(), "Bar chart “T”: 2 names; from a (3) to b (1)."; got != want {
		t.Errorf("AltText %q, want %q", got, want)
	}
	f.Alt = "Most are a."
	if f.AltText() != "Most are a." || f.String() != "Most are a. Bar chart “T”: 2 names; from a (3) to b (1)." {
		t.Errorf("AltText %q, String %q", f.AltText(), f.String())
	}
}

// TestImports holds that a cell that draws does not link a web server.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 20 {
		t.Fatalf("only %d packages listed", len(deps))
	}
	for _, dep := range deps {
		for _, banned := range []string{"net/http", "html/template", "github.com/apache/arrow", "k8s.io/klog"} {
			if strings.HasPrefix(dep, banned) {
				t.Errorf("plots links %s", dep)
			}
		}
	}
}

func BenchmarkScatter(b *testing.B) {
	random := rand.New(rand.NewPCG(7, 8))
	var f plots.Scatter
	for i := range 10000 {
		f.X, f.Y = append(f.X, random.NormFloat64()), append(f.Y, random.NormFloat64())
		f.Class = append(f.Class, float64(i%2))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
