package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A Message is the frames that came together.
type Message struct {
	Frames [][]byte
	// Cut is set when the message was longer than its sender may send (limits.go): the frames that did not fit are nil,
	// their bytes are gone.
	Cut bool
}

// Flags of a frame.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

var errProtocol = errors.New("zmtp: the peer does not speak ZMTP 3")

// readFrame reads one frame. It keeps its body when keep says that there is room for so many bytes, and says so by kept.
func readFrame(r *bufio.Reader, keep func(size int64) bool) (flags byte, body []byte, kept bool, err error) {
	if flags, err = r.ReadByte(); err != nil {
		return 0, nil, false, err
	}
	var size uint64
	if flags&flagLong == 0 {
		short, err := r.ReadByte()
		if err != nil {
			return 0, nil, false, unexpected(err)
		}
		size = uint64(short)
	} else {
		var long [8]byte
		if _, err := io.ReadFull(r, long[:]); err != nil {
			return 0, nil, false, unexpected(err)
		}
		size = binary.BigEndian.Uint64(long[:])
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || size > 1<<62 {
		return 0, nil, false, errProtocol
	}
	if !keep(int64(size)) {
		_, err = io.CopyN(io.Discard, r, int64(size))
		return flags, nil, false, unexpected(err)
	}
	body, err = readBody(r, int(size))
	return flags, body, true, unexpected(err)
}

// readBody reads a body. Memory beyond the first megabyte is taken as the bytes arrive, not as the peer promises them.
func readBody(r io.Reader, size int) ([]byte, error) {
	const promise = 1 << 20
	if size <= promise {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var body bytes.Buffer
	body.Grow(promise)
	_, err := io.CopyN(&body, r, int64(size))
	return body.Bytes(), err
}

// unexpected turns the end of the stream inside a frame into an error that is not the peer's good-bye.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// writeFrame writes one frame.
func writeFrame(w *bufio.Writer, flags byte, body []byte) error {
	header := make([]byte, 2, 9)
	if len(body) > 255 {
		header[0] = flags | flagLong
		header = binary.BigEndian.AppendUint64(header[:1], uint64(len(body)))
	} else {
		header[0], header[1] = flags, byte(len(body))
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}

// writeMessage writes the frames of one message.
func writeMessage(w *bufio.Writer, frames [][]byte) error {
	for i, body := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		if err := writeFrame(w, flags, body); err != nil {
			return err
		}
	}
	return nil
}

// upTo is a rule for readFrame: a frame of at most so many bytes is kept.
func upTo(most int64) func(int64) bool { return func(size int64) bool { return size <= most } }

// greeting is the first 64 bytes of each side: signature, version 3.0, mechanism NULL.
func greeting() []byte {
	g := make([]byte, 64)
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

// checkGreeting accepts every ZMTP 3 peer that offers the NULL mechanism.
func checkGreeting(g []byte) error {
	if g[0] != 0xff || g[9] != 0x7f || g[10] < 3 || !bytes.Equal(bytes.TrimRight(g[12:32], "\x00"), []byte("NULL")) {
		return errProtocol
	}
	return nil
}

// command is the body of a command frame: its name and its data.
func command(name string, data []byte) []byte {
	return append(append([]byte{byte(len(name))}, name...), data...)
}

// parseCommand is the inverse of command.
func parseCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || len(body) < 1+int(body[0]) {
		return "", nil, errProtocol
	}
	end := 1 + int(body[0])
	return string(body[1:end]), body[end:], nil
}

// property is one entry of the READY command.
func property(name, value string) []byte {
	p := append([]byte{byte(len(name))}, name...)
	p = binary.BigEndian.AppendUint32(p, uint32(len(value)))
	return append(p, value...)
}

// parseProperties reads the entries of a READY command; names come in any case.
func parseProperties(data []byte) (map[string]string, error) {
	properties := map[string]string{}
	for len(data) > 0 {
		n := 1 + int(data[0])
		if len(data) < n+4 {
			return nil, fmt.Errorf("%w: a property is cut short", errProtocol)
		}
		name, size := string(bytes.ToLower(data[1:n])), int64(binary.BigEndian.Uint32(data[n:]))
		if int64(len(data)-n-4) < size {
			return nil, fmt.Errorf("%w: a property is cut short", errProtocol)
		}
		properties[name] = string(data[n+4 : n+4+int(size)])
		data = data[n+4+int(size):]
	}
	return properties, nil
}
