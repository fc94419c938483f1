package gonum

import (
	"image/color"
	"math"
	"testing"

	"github.com/stophacking/kelpie/plots/internal/scene"
)

// sights turn linear red, green and blue to what an eye sees: one with all cones,
// one without those for red, and one without those for green. G. Machado,
// M. Oliveira, L. Fernandes, "A Physiologically-based Model for Simulation of Color
// Vision Deficiency" (2009), severity 1.0.
var sights = map[string][3][3]float64{
	"common": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {{0.152286, 1.052583, -0.204868},
		{0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968},
		{0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
}

// seen is the relative luminance of c to an eye.
func seen(c color.NRGBA, sight [3][3]float64) float64 {
	linear := [3]float64{}
	for i, v := range []uint8{c.R, c.G, c.B} {
		if s := float64(v) / 255; s > 0.04045 {
			linear[i] = math.Pow((s+0.055)/1.055, 2.4)
		} else {
			linear[i] = s / 12.92
		}
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := 0.0
		for k := range linear {
			v += sight[i][k] * linear[k]
		}
		sum += weight * max(0, min(1, v))
	}
	return sum
}

// contrast is the ratio of WCAG 2.1 of two luminances.
func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// TestPair holds that the two classes can be told apart from each other and from
// the paper, 3:1 each, by lightness alone: in greyscale, and to colour-blind readers.
func TestPair(t *testing.T) {
	normal, attack := fixed[scene.Normal].color, fixed[scene.Attack].color
	for name, sight := range sights {
		a, b := seen(normal, sight), seen(attack, sight)
		for what, ratio := range map[string]float64{
			"normal and attack": contrast(a, b), "normal and paper": contrast(a, 1), "attack and paper": contrast(b, 1),
		} {
			if ratio < 3 {
				t.Errorf("%s: %s have a contrast of %.2f", name, what, ratio)
			}
		}
	}
	// A grey-blue and an orange that are hard to tell apart in grey: the measure sees it.
	if ratio := contrast(luminance(color.NRGBA{R: 0x6f, G: 0x86, B: 0x9e, A: 0xff}), luminance(color.NRGBA{R: 0xd5, G: 0x5e, A: 0xff})); ratio > 1.1 {
		t.Errorf("two colours of one lightness have a contrast of %.2f, want 1.03", ratio)
	}
	if a, b := seen(normal, sights["common"]), luminance(normal); math.Abs(a-b) > 1e-12 {
		t.Errorf("luminance %g by one way, %g by the other", a, b)
	}
}
