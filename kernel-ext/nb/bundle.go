package nb

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"reflect"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/stophacking/kelpie/analysis/visible"
)

// volatileKey marks an output that may differ from run to run.
const volatileKey = "kelpie.volatile"

// maxText caps each text form of one output, in bytes: browsers and reviewers
// choke on more, and a notebook keeps every byte for good.
const maxText = 1 << 20

// maxPicture caps the picture of one output, in bytes.
const maxPicture = 16 << 20

// bundle is one output in all its forms; empty forms are absent. The fields have
// fixed types, so a bundle can always be encoded: a metadata value that the
// stream cannot carry would break it for the rest of the cell.
type bundle struct {
	html, markdown, text string
	png                  []byte
	pngSize              int // of the whole picture: png may be its beginning
	alt                  string
	width, height        int // of the picture, in display pixels
	metadata             map[string]string
	volatile             bool
	json                 string // application/json, ready and of ASCII alone
	displayID            string // set: later bundles of the same ID replace this one
	update               bool   // replaces an earlier bundle of the same ID
	result               bool   // is the value of the cell's last expression
}

// marked is a value whose output is to be marked volatile.
type marked struct{ value any }

// render asks value for its forms. Errors are the value's own.
func render(value any) (bundle, error) {
	if wrapped, ok := value.(marked); ok {
		b, err := render(wrapped.value)
		b.volatile = true
		return b, err
	}
	// A nil pointer has a type but nothing to ask.
	if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer && v.IsNil() {
		return bundle{text: fmt.Sprintf("<nil %T>", value)}, nil
	}
	var b bundle
	var err error
	if v, ok := value.(Displayer); ok {
		if value, err = v.Display(); err != nil {
			return bundle{}, err
		}
	}
	if v, ok := value.(HTMLer); ok {
		if b.html, err = v.HTML(); err != nil {
			return bundle{}, err
		}
	}
	if v, ok := value.(Markdowner); ok {
		if b.markdown, err = v.Markdown(); err != nil {
			return bundle{}, err
		}
	}
	if v, ok := value.(AltTexter); ok {
		b.alt = v.AltText()
	}
	if err = b.addPicture(value); err != nil {
		return bundle{}, err
	}
	if v, ok := value.(Volatiler); ok {
		b.volatile = v.Volatile()
	}
	if v, ok := value.(Metadataer); ok {
		b.metadata = v.Metadata()
	}
	if v, ok := value.(Texter); ok {
		if b.text, err = v.Text(); err != nil {
			return bundle{}, err
		}
		return b.cleaned(), nil
	}
	b.text = textOf(value, b)
	return b.cleaned(), nil
}

// addPicture sets the PNG form and its display size. A PNGer draws at twice the
// display size; a plain image.Image is shown pixel for pixel.
func (b *bundle) addPicture(value any) error {
	var err error
	scale := 2
	switch v := value.(type) {
	case PNGer:
		if b.png, err = v.PNG(); err != nil {
			return err
		}
	case pngPicture:
		b.png, scale = v.file, 1
		if len(b.png) == 0 {
			return errors.New("nb: picture without bytes")
		}
	case image.Image:
		if err = checkSize(v.Bounds()); err != nil {
			return fmt.Errorf("nb: image: %w", err)
		}
		var file beginning
		if err = png.Encode(&file, v); err != nil {
			return fmt.Errorf("nb: image of %v: %w", v.Bounds(), err)
		}
		b.png, b.pngSize, scale = file.bytes, file.size, 1
	}
	if len(b.png) == 0 {
		return nil
	}
	b.pngSize = max(b.pngSize, len(b.png))
	size, err := png.DecodeConfig(bytes.NewReader(b.png))
	if err == nil {
		err = checkSize(image.Rect(0, 0, size.Width, size.Height))
	}
	if err != nil {
		return fmt.Errorf("nb: picture of %T: %w", value, err)
	}
	b.width, b.height = (size.Width+scale-1)/scale, (size.Height+scale-1)/scale
	return nil
}

// A beginning holds what can be shown of a file that is written to it, and counts the
// rest.
type beginning struct {
	bytes []byte
	size  int
}

func (f *beginning) Write(p []byte) (int, error) {
	f.size += len(p)
	f.bytes = append(f.bytes, p[:min(len(p), maxPicture-len(f.bytes))]...)
	return len(p), nil
}

// textOf chooses the plain text of value, whose other forms are in b.
func textOf(value any, b bundle) string {
	if len(b.png) > 0 && b.alt != "" {
		return b.alt
	}
	if v, ok := value.(fmt.Stringer); ok {
		return v.String()
	}
	switch {
	case b.markdown != "":
		return b.markdown
	case b.html != "":
		return stripTags(b.html)
	case len(b.png) > 0:
		return fmt.Sprintf("picture, %d by %d pixels", b.width, b.height)
	}
	switch reflect.ValueOf(value).Kind() {
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		// Of these fmt knows an address, which differs from run to run.
		return fmt.Sprintf("%T", value)
	}
	return printed(value)
}

// cleaned makes the text forms safe to store: valid UTF-8 with nothing invisible,
// and below the cap. Cut HTML would be broken HTML, so it is left out whole.
func (b bundle) cleaned() bundle {
	b.text = bounded(strings.TrimSuffix(b.text, "\n"))
	b.markdown = bounded(b.markdown)
	b.alt = bounded(strings.Join(strings.Fields(b.alt), " "))
	if len(b.html) <= maxText {
		b.html = visible.Lines(b.html)
	}
	if len(b.html) > maxText {
		b.text += fmt.Sprintf("\n[HTML of %d bytes left out, the limit is %d]", len(b.html), maxText)
		b.html = ""
	}
	if len(b.json) > maxText {
		b.text += fmt.Sprintf("\n[JSON of %d bytes left out, the limit is %d]", len(b.json), maxText)
		b.json = ""
	}
	if b.pngSize > maxPicture {
		b.text += fmt.Sprintf("\n[picture of %d bytes left out, the limit is %d]", b.pngSize, maxPicture)
		b.png = nil
	}
	return b
}

// message puts the bundle into GoNB's terms. Its stream knows no JSON: such values
// are shown as text there.
func (b bundle) message() *protocol.DisplayData {
	data := map[protocol.MIMEType]any{protocol.MIMETextPlain: b.text}
	if b.html != "" {
		data[protocol.MIMETextHTML] = b.html
	}
	if b.markdown != "" {
		data[protocol.MIMETextMarkdown] = b.markdown
	}
	metadata := map[string]any{}
	for key, value := range b.metadata {
		metadata[visible.Lines(key)] = visible.Lines(value)
	}
	if len(b.png) > 0 {
		data[protocol.MIMEImagePNG] = b.png
		// JupyterLab takes sizes only as numbers, below the picture's own key.
		picture := map[string]any{"width": b.width, "height": b.height}
		if b.alt != "" {
			picture["alt"] = b.alt
			metadata["alt"] = b.alt
		}
		metadata[string(protocol.MIMEImagePNG)] = picture
		metadata["needs_background"] = "light"
	}
	if b.volatile {
		metadata[volatileKey] = true
	}
	return &protocol.DisplayData{Data: data, Metadata: metadata, DisplayID: b.displayID}
}
