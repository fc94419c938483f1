package nb

// pngPicture is a picture given as the bytes of a PNG file.
type pngPicture struct {
	file []byte
	alt  string
}

// AltText returns what the picture shows.
func (p pngPicture) AltText() string { return p.alt }

// PNG shows a picture given as the bytes of a PNG file, pixel for pixel, with alt, a
// sentence that states what it shows. Bytes that are no PNG fail the cell.
func PNG(file []byte, alt string) {
	Show(pngPicture{file, alt})
}
