package notebook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"strings"
)

// A figure may differ from the committed one a little: other processors round the
// last bit of a coordinate otherwise, and with it the shade of an edge.
const (
	// PixelThreshold is the difference in any of red, green, blue and alpha, of 255,
	// up to which two pixels count as equal.
	PixelThreshold = 32
	// PixelShare is the share of differing pixels up to which two figures count as
	// equal: 0.2 %, in a figure of 1200 by 800 about one line of text.
	PixelShare = 0.002
)

// maxPixels bounds the memory that a damaged or hostile picture can claim.
const maxPixels = 64 << 20

// figureDifference compares two figures in base64 and says how they differ beyond
// the tolerance, "" if they do not.
func figureDifference(before, after string) string {
	if before == after {
		return ""
	}
	old, err := decodeFigure(before)
	if err != nil {
		return fmt.Sprintf("the committed one cannot be read: %v", err)
	}
	now, err := decodeFigure(after)
	if err != nil {
		return fmt.Sprintf("the new one cannot be read: %v", err)
	}
	a, b := old.Bounds(), now.Bounds()
	if a.Size() != b.Size() {
		return fmt.Sprintf("%d by %d pixels, was %d by %d", b.Dx(), b.Dy(), a.Dx(), a.Dy())
	}
	different := 0
	for y := range a.Dy() {
		for x := range a.Dx() {
			if pixelsDiffer(old, now, a.Min.Add(image.Pt(x, y)), b.Min.Add(image.Pt(x, y))) {
				different++
			}
		}
	}
	share := float64(different) / float64(a.Dx()*a.Dy())
	if share <= PixelShare {
		return ""
	}
	return fmt.Sprintf("%.2f %% of the pixels, the limit is %.2f %%", 100*share, 100*PixelShare)
}

func pixelsDiffer(old, now image.Image, p, q image.Point) bool {
	r1, g1, b1, a1 := old.At(p.X, p.Y).RGBA()
	r2, g2, b2, a2 := now.At(q.X, q.Y).RGBA()
	far := func(a, b uint32) bool { return max(a, b)-min(a, b) > PixelThreshold*0x101 }
	return far(r1, r2) || far(g1, g2) || far(b1, b2) || far(a1, a2)
}

func decodeFigure(text string) (image.Image, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
	if err != nil {
		return nil, err
	}
	size, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	if size.Width > maxPixels/max(1, size.Height) {
		return nil, fmt.Errorf("%d by %d pixels are too many", size.Width, size.Height)
	}
	return png.Decode(bytes.NewReader(raw))
}
