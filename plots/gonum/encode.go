package gonum

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math"
)

// encode writes an opaque image as PNG with a palette and its resolution.
func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if full, ok := img.(*image.RGBA); ok {
		img = paletted(full)
	}
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("plots: png: %w", err)
	}
	return addResolution(b.Bytes()), nil
}

// addResolution puts a pHYs chunk behind the header of a PNG file. It says how
// many pixels a metre has, so that viewers show the picture at its display size
// (PNG specification, third edition, 11.3.4.3).
func addResolution(file []byte) []byte {
	const header = 8 + 4 + 4 + 13 + 4 // signature; length, type, data and sum of IHDR
	perMetre := uint32(math.Round(dpi / 0.0254))
	chunk := []byte("pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre

	out := append([]byte(nil), file[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-4))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, file[header:]...)
}
