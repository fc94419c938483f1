package nb

import (
	"encoding/base64"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// inBand is the way to Kelpie's kernel: displays travel inside standard output,
// between the texts that the program prints, and so keep their place among them.
type inBand struct{ frames *frame.Writer }

// inBandOn makes a way to the kernel, which gave this program its token.
func inBandOn(out io.Writer) *inBand {
	return &inBand{frame.NewWriter(out, os.Getenv(frame.Variable), strconv.Itoa(os.Getpid()))}
}

// send writes one display. What has been written is in the pipe to the kernel,
// where the end of this program does it no harm.
func (i *inBand) send(b bundle) error {
	kind := frame.Display
	switch {
	case b.result:
		kind = frame.Result
	case b.update:
		kind = frame.Update
	}
	return i.frames.Write(kind, b.content())
}

// fail writes the error that ends the cell, and the line of main.go that it is of.
func (i *inBand) fail(message string, line int, initialiser bool) error {
	b := frame.AppendString([]byte(`{"message":`), message)
	b = strconv.AppendInt(append(b, `,"line":`...), int64(line), 10)
	b = strconv.AppendBool(append(b, `,"initialiser":`...), initialiser)
	return i.frames.Write(frame.Failure, append(b, '}'))
}

// content puts the bundle into the Jupyter protocol's terms, as JSON of ASCII
// alone. The keys are in order, so equal bundles have equal contents.
func (b bundle) content() []byte {
	out := frame.AppendString([]byte(`{"data":{"text/plain":`), b.text)
	field := func(key string, value []byte) {
		out = append(frame.AppendString(append(out, ','), key), ':')
		out = append(out, value...)
	}
	if b.html != "" {
		field("text/html", frame.AppendString(nil, b.html))
	}
	if b.markdown != "" {
		field("text/markdown", frame.AppendString(nil, b.markdown))
	}
	if b.json != "" {
		field("application/json", []byte(b.json))
	}
	metadata := map[string][]byte{}
	for key, value := range b.metadata {
		metadata[visible.Lines(key)] = frame.AppendString(nil, visible.Lines(value))
	}
	if len(b.png) > 0 {
		field("image/png", frame.AppendString(nil, base64.StdEncoding.EncodeToString(b.png)))
		picture := strconv.AppendInt([]byte(`{"width":`), int64(b.width), 10)
		picture = strconv.AppendInt(append(picture, `,"height":`...), int64(b.height), 10)
		if b.alt != "" {
			metadata["alt"] = frame.AppendString(nil, b.alt)
			picture = append(append(picture, `,"alt":`...), metadata["alt"]...)
		}
		metadata["image/png"] = append(picture, '}')
		metadata["needs_background"] = []byte(`"light"`)
	}
	if b.volatile {
		metadata[volatileKey] = []byte("true")
	}
	out = append(out, `},"metadata":{`...)
	for i, key := range slices.Sorted(maps.Keys(metadata)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(frame.AppendString(out, key), ':')
		out = append(out, metadata[key]...)
	}
	out = append(out, `},"transient":{`...)
	if b.displayID != "" {
		out = frame.AppendString(append(out, `"display_id":`...), b.displayID)
	}
	return append(out, "}}"...)
}
