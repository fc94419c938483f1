package gonum

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// A tone is a colour of the picture and how many pixels have it.
type tone struct {
	pixel  [3]byte
	pixels int
}

// paletted returns a picture in at most 256 colours: a third of the bytes, and
// notebooks hold many pictures. Exact where there are no more; otherwise the
// colours that cover most pixels stay exact, and the mixtures at the edges of
// shapes become their nearest.
func paletted(full *image.RGBA) *image.Paletted {
	counts := map[[3]byte]int{}
	var last [3]byte
	run := 0
	for i := 0; i < len(full.Pix); i += 4 {
		if pixel := [3]byte(full.Pix[i : i+3]); pixel != last {
			counts[last] += run
			last, run = pixel, 0
		}
		run++
	}
	counts[last] += run
	tones := make([]tone, 0, len(counts))
	for pixel, pixels := range counts {
		tones = append(tones, tone{pixel, pixels})
	}
	slices.SortFunc(tones, func(a, b tone) int {
		return cmp.Or(cmp.Compare(b.pixels, a.pixels), slices.Compare(a.pixel[:], b.pixel[:]))
	})

	small := image.NewPaletted(full.Rect, nil)
	codes := make(map[[3]byte]byte, len(tones))
	var chosen [][3]byte
	for _, t := range choose(tones) {
		codes[t.pixel] = byte(len(chosen))
		chosen = append(chosen, t.pixel)
		small.Palette = append(small.Palette, color.RGBA{R: t.pixel[0], G: t.pixel[1], B: t.pixel[2], A: 0xff})
	}
	for _, t := range tones {
		if _, ok := codes[t.pixel]; !ok {
			codes[t.pixel] = nearest(chosen, t.pixel)
		}
	}
	for i := range small.Pix {
		small.Pix[i] = codes[[3]byte(full.Pix[4*i:4*i+3])]
	}
	return small
}

// choose returns up to 256 of the tones, which are sorted by the area they cover.
// When there are more, those that cover most are all in; the other places go to
// colours that differ from each other, the more clearly the more there are, so
// that the many shades of text do not crowd out a thin line.
func choose(tones []tone) []tone {
	const exact = 160
	if len(tones) <= 256 {
		return tones
	}
	for shift := 3; ; shift++ {
		coarse := func(t tone) [3]byte {
			return [3]byte{t.pixel[0] >> shift, t.pixel[1] >> shift, t.pixel[2] >> shift}
		}
		result := slices.Clone(tones[:exact])
		taken := map[[3]byte]bool{}
		for i, t := range tones {
			if i >= exact && !taken[coarse(t)] {
				result = append(result, t)
			}
			taken[coarse(t)] = true
		}
		if len(result) <= 256 {
			return result
		}
	}
}

// nearest returns the index of the colour closest to p.
func nearest(colors [][3]byte, p [3]byte) byte {
	best, at := 1<<30, 0
	for i, c := range colors {
		distance := 0
		for k := range p {
			d := int(c[k]) - int(p[k])
			distance += d * d
		}
		if distance < best {
			best, at = distance, i
		}
	}
	return byte(at)
}
