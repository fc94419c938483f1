package frame

import (
	"io"
	"strconv"
)

// Writer writes messages. It holds no lock: the caller writes one message at a time.
type Writer struct {
	out    io.Writer
	token  string
	stream string
	buffer []byte
}

// NewWriter makes a writer of messages on out, for the kernel that knows token.
// The stream, of letters and digits, must be the writer's alone: a process number.
func NewWriter(out io.Writer, token, stream string) *Writer {
	return &Writer{out: out, token: token, stream: stream}
}

// Write writes one message. The payload must be ASCII; it is cut into frames, each
// written by one call. The error is that of the underlying writer; what had been
// written before it is of no use to the reader.
func (w *Writer) Write(kind Kind, payload []byte) error {
	room := MaxFrame - len(w.token) - len(w.stream) - len("\x1e:k::4096;")
	for len(payload) > room {
		if err := w.frame(more, payload[:room]); err != nil {
			return err
		}
		payload = payload[room:]
	}
	return w.frame(kind, payload)
}

// frame writes one frame.
func (w *Writer) frame(kind Kind, payload []byte) error {
	b := append(w.buffer[:0], mark)
	b = append(b, w.token...)
	b = append(b, ':', byte(kind), ':')
	b = append(b, w.stream...)
	b = append(b, ':')
	b = strconv.AppendInt(b, int64(len(payload)), 10)
	b = append(b, ';')
	b = append(b, payload...)
	w.buffer = b
	_, err := w.out.Write(b)
	return err
}

// AppendString appends text as a JSON string of ASCII alone. Bytes that are not
// UTF-8 become U+FFFD.
func AppendString(b []byte, text string) []byte {
	const hex = "0123456789abcdef"
	unit := func(r rune) {
		b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
	}
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r >= ' ' && r < 0x7f:
			b = append(b, byte(r))
		case r < 0x10000:
			unit(r)
		default: // a surrogate pair
			unit(0xd800 + (r-0x10000)>>10)
			unit(0xdc00 + (r-0x10000)&0x3ff)
		}
	}
	return append(b, '"')
}
