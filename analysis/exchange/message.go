package exchange

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/klauspost/compress/zstd"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

const (
	messageDictionary = 2
	messageBatch      = 3

	codecLZ4  = 0
	codecZstd = 1
)

// A layout is what a record batch of certain columns consists of: a node each, and buffers,
// those of a column of views beyond two as the batch counts them.
type layout struct{ nodes, buffers, views int }

func (l *layout) add(t arrow.DataType) {
	l.nodes++
	switch t.ID() {
	case arrow.STRING, arrow.LARGE_STRING:
		l.buffers += 3
	case arrow.STRING_VIEW:
		l.buffers += 2
		l.views++
	default:
		l.buffers += 2
	}
}

// inspectMessages returns an error unless each message of the file is what columns of this
// schema, whose fields frames have, consist of, and all together stay within the budget.
func (f footer) inspectMessages(r io.ReaderAt, size int64, schema *arrow.Schema, fields []plan.Field, left *budget) error {
	var rows layout
	texts := map[int64]layout{} // of dictionaries, by their numbers
	described, _ := root(f.text).child(1)
	for i, described := range described.children(1) {
		kind := schema.Field(i).Type
		rows.add(kind)
		if encoding, ok := described.child(4); ok {
			if d, ok := kind.(*arrow.DictionaryType); ok {
				var one layout
				one.add(d.ValueType)
				texts[encoding.number(0)] = one
			}
		}
	}
	m := messages{ReaderAt: r, size: size, left: left}
	for _, block := range root(f.text).blocks(footerDictionaries) {
		header, err := m.open(block, messageDictionary)
		if err != nil {
			return err
		}
		want, ok := texts[header.number(0)]
		values, has := header.child(1)
		if !ok || !has {
			return errors.New("damaged: a dictionary of no column, or without values")
		}
		if err := m.inspect(values, want); err != nil {
			return err
		}
	}
	for _, block := range root(f.text).blocks(footerBatches) {
		batch, err := m.open(block, messageBatch)
		if err != nil {
			return err
		}
		if err := m.inspect(batch, rows); err != nil {
			return err
		}
		for _, field := range fields {
			if err := left.rows(field.Type, batch.number(0)); err != nil {
				return err
			}
		}
	}
	return nil
}

// messages reads messages of a file, one after another.
type messages struct {
	io.ReaderAt
	size       int64
	left       *budget
	body, ends int64 // of the one that is open
	window     int64 // the largest that was taken: one buffer leaves it to the next
}

// open returns the header of the message in a block, which must be of that kind.
func (m *messages) open(block []byte, kind byte) (header table, err error) {
	offset := int64(binary.LittleEndian.Uint64(block))
	head := int64(int32(binary.LittleEndian.Uint32(block[8:])))
	body := int64(binary.LittleEndian.Uint64(block[16:]))
	if offset < 0 || offset > m.size || head < 8 || head > m.size-offset || body < 0 || body > m.size-offset-head {
		return header, errors.New("damaged: a message lies outside the file")
	}
	m.body, m.ends = offset+head, offset+head+body
	if err := m.left.take(2*head + body); err != nil { // the library's and this one
		return header, err
	}
	text := make([]byte, head)
	if _, err := m.ReadAt(text, offset); err != nil {
		return header, err
	}
	switch binary.LittleEndian.Uint32(text) {
	case 0:
	case 0xffffffff:
		text = text[8:]
	default: // before version 0.15 of the format
		text = text[4:]
	}
	message := root(text)
	header, ok := message.child(2)
	if !ok {
		return header, errors.New("damaged: a message without a header")
	}
	if message.byte(1) != kind {
		return header, fmt.Errorf("damaged: a message of type %d, not %d", message.byte(1), kind)
	}
	return header, nil
}

// inspect looks at the rows of a message, which must be laid out as wanted.
func (m *messages) inspect(batch table, want layout) error {
	const nodes, buffers, compression, variadic = 1, 2, 3, 4
	if err := errors.Join(batch.room(nodes, 16), batch.room(buffers, 16), batch.room(variadic, 8)); err != nil {
		return err
	}
	if batch.count(nodes) != want.nodes || batch.count(variadic) != want.views {
		return fmt.Errorf("damaged: %d columns, %d of them views, where the schema has %d and %d", batch.count(nodes), batch.count(variadic), want.nodes, want.views)
	}
	// The library makes room for as many buffers of views as are said to be there.
	for i := range batch.count(variadic) {
		n := batch.int64(variadic, i)
		if n < 0 || n > int64(batch.count(buffers)-want.buffers) {
			return fmt.Errorf("damaged: views over %d of %d buffers", n, batch.count(buffers))
		}
		want.buffers += int(n)
	}
	if batch.count(buffers) != want.buffers {
		return fmt.Errorf("damaged: %d buffers, not %d", batch.count(buffers), want.buffers)
	}
	for i := range want.nodes {
		rows, nulls := batch.int64(nodes, 2*i), batch.int64(nodes, 2*i+1)
		if rows != batch.number(0) || nulls < 0 || nulls > rows {
			return fmt.Errorf("damaged: a column of %d rows, %d of them nulls, in %d rows", rows, nulls, batch.number(0))
		}
	}
	packed, compressed := batch.child(compression)
	if compressed && packed.byte(0) != codecLZ4 && packed.byte(0) != codecZstd {
		return fmt.Errorf("its compression %d is none that is known", packed.byte(0))
	}
	window := int64(0)
	for i := range want.buffers {
		offset, length := batch.int64(buffers, 2*i), batch.int64(buffers, 2*i+1)
		if offset < 0 || length < 0 || offset > m.ends-m.body || length > m.ends-m.body-offset {
			return errors.New("damaged: a buffer lies outside its message")
		}
		if length > 0 && compressed {
			needs, err := m.unpacked(m.body+offset, length, packed.byte(0), &length)
			if err != nil {
				return err
			}
			window = max(window, needs)
		}
		if err := m.left.take(length); err != nil {
			return err
		}
	}
	if window <= m.window {
		return nil
	}
	more := 2 * (window - m.window)
	m.window = window
	return m.left.take(more)
}

// unpacked looks at a compressed buffer, replaces its length by that of what is in it, and
// returns how much the decompressor keeps of that.
func (m *messages) unpacked(at, length int64, codec byte, into *int64) (window int64, err error) {
	if length < 8 {
		return 0, errors.New("damaged: a compressed buffer without its length")
	}
	prefix := make([]byte, 8)
	if _, err := m.ReadAt(prefix, at); err != nil {
		return 0, err
	}
	// https://arrow.apache.org/docs/format/Columnar.html#compression
	*into = int64(binary.LittleEndian.Uint64(prefix))
	if *into == -1 {
		*into = length - 8
		return 0, nil
	}
	// At best Zstandard says 128 KiB in 4 bytes, and LZ4 255 bytes in one.
	if *into < 0 || *into>>15 > length {
		return 0, fmt.Errorf("damaged: a buffer of %d bytes that unpacks to %d", length, *into)
	}
	if codec != codecZstd {
		return 4 << 20, nil // its largest block
	}
	return zstdWindow(io.NewSectionReader(m, at+8, length-8), *into)
}

// mostWindow is the largest window of a Zstandard frame that decoders take without being
// told to, https://github.com/facebook/zstd/blob/dev/lib/zstd.h, ZSTD_WINDOWLOG_LIMIT_DEFAULT.
const mostWindow = 1 << 27

// zstdWindow returns the largest window of the frames in a buffer that is to unpack to
// size bytes. A frame asks for its window before anything of it is unpacked,
// https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.
func zstdWindow(r *io.SectionReader, size int64) (window int64, err error) {
	head := make([]byte, zstd.HeaderMaxSize)
	for at, first := int64(0), true; at < r.Size(); first = false {
		n, err := r.ReadAt(head, at)
		if err != nil && err != io.EOF {
			return 0, err
		}
		var frame zstd.Header
		if err := frame.Decode(head[:n]); err != nil {
			if first {
				return 0, fmt.Errorf("damaged: Zstandard: %w", err)
			}
			return window, nil // what comes after frames
		}
		if at += int64(frame.HeaderSize); frame.Skippable {
			at += int64(frame.SkippableSize)
			continue
		}
		needs := frame.WindowSize
		if frame.SingleSegment {
			needs = frame.FrameContentSize
		}
		if needs > uint64(size) && (frame.SingleSegment || needs > mostWindow) || frame.HasFCS && frame.FrameContentSize > uint64(size) {
			return 0, fmt.Errorf("damaged: a Zstandard frame over %d bytes in a buffer of %d", max(needs, frame.FrameContentSize), size)
		}
		window = max(window, int64(needs))
		for last := false; !last; {
			var block [4]byte
			if n, err := r.ReadAt(block[:3], at); n < 3 {
				return 0, fmt.Errorf("damaged: Zstandard: %w", err)
			}
			bits := binary.LittleEndian.Uint32(block[:])
			last = bits&1 != 0
			length := int64(bits >> 3)
			if bits>>1&3 == 1 { // one byte, repeated
				length = 1
			}
			at += 3 + length
		}
		if frame.HasCheckSum {
			at += 4
		}
	}
	return window, nil
}
