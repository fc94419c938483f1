package exchange

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"
)

// The Arrow library makes room for as many items as the metadata of a file
// claims before it looks whether they are there. A claim of billions would end
// the program: no recover helps against that. So the claims are held against the
// metadata's own size before the library sees them.
//
// Tables and fields are those of File.fbs, Message.fbs and Schema.fbs in
// https://github.com/apache/arrow/tree/main/format.

const (
	trailer = 4 + 6 // size of the footer and magic, at the file's end

	messageDictionary = 2
	messageBatch      = 3

	typeUnion = 14

	deepest = 64 // nesting of fields
)

// inspect returns an error unless the file is an Arrow IPC file whose metadata
// holds what it claims to.
func inspect(r io.ReaderAt, size int64) error {
	head, end := make([]byte, len(ipc.Magic)), make([]byte, trailer)
	if size < int64(len(ipc.Magic)+2+trailer) {
		return errors.New("it is too short for an Arrow file")
	}
	if _, err := r.ReadAt(head, 0); err != nil {
		return err
	}
	if _, err := r.ReadAt(end, size-trailer); err != nil {
		return err
	}
	switch {
	case !bytes.Equal(head, ipc.Magic) && bytes.HasPrefix(head, []byte{0xff, 0xff, 0xff, 0xff}):
		return errors.New("it is an Arrow stream, not a file; write it with a file writer, such as pyarrow.ipc.new_file")
	case !bytes.Equal(head, ipc.Magic):
		return errors.New("it is not an Arrow file")
	case !bytes.Equal(end[4:], ipc.Magic):
		return errors.New("damaged: it is an Arrow file without its end")
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length < 4 || length > size-trailer-int64(len(ipc.Magic)) {
		return fmt.Errorf("damaged: a footer of %d bytes", length)
	}
	text := make([]byte, length)
	if _, err := r.ReadAt(text, size-trailer-length); err != nil {
		return err
	}
	footer := root(text)
	schema, ok := footer.child(1)
	if !ok {
		return errors.New("damaged: no schema")
	}
	most := int(length) / 4 // no field is smaller; more are the same ones again
	if err := schema.fields(1, deepest, &most); err != nil {
		return err
	}
	if err := schema.room(2, 4); err != nil {
		return err
	}
	for _, slot := range []int{2, 3} { // dictionaries, record batches
		if err := footer.room(slot, 24); err != nil {
			return err
		}
		for _, block := range footer.blocks(slot) {
			if err := inspectMessage(r, size, block); err != nil {
				return err
			}
		}
	}
	return nil
}

// inspectMessage looks at the message in a block: offset, metadata and body.
func inspectMessage(r io.ReaderAt, size int64, block []byte) error {
	offset := int64(binary.LittleEndian.Uint64(block))
	head := int64(int32(binary.LittleEndian.Uint32(block[8:])))
	body := int64(binary.LittleEndian.Uint64(block[16:]))
	if offset < 0 || offset > size || head < 8 || head > size-offset || body < 0 || body > size-offset-head {
		return errors.New("damaged: a message lies outside the file")
	}
	text := make([]byte, head)
	if _, err := r.ReadAt(text, offset); err != nil {
		return err
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
		return errors.New("damaged: a message without a header")
	}
	switch message.byte(1) {
	case messageDictionary:
		if header, ok = header.child(1); !ok {
			return errors.New("damaged: a dictionary without values")
		}
	case messageBatch:
	default:
		return fmt.Errorf("damaged: a message of type %d", message.byte(1))
	}
	if err := errors.Join(header.room(1, 16), header.room(2, 16), header.room(4, 8)); err != nil {
		return err
	}
	// Buffers of views: the library makes room for as many as are said to be there.
	buffers, claimed := header.count(2), int64(0)
	for i := range header.count(4) {
		n := header.int64(4, i)
		if claimed += n; n < 0 || n > int64(buffers) || claimed > int64(buffers) {
			return fmt.Errorf("damaged: views over %d of %d buffers", n, buffers)
		}
	}
	return nil
}

// A table is one of a flatbuffer. Its methods panic where an offset lies outside.
type table struct{ flatbuffers.Table }

func root(text []byte) table {
	return table{flatbuffers.Table{Bytes: text, Pos: flatbuffers.GetUOffsetT(text)}}
}

// at returns where the value of the table's field of that number lies, 0 if it
// is left out.
func (t table) at(slot int) flatbuffers.UOffsetT {
	return flatbuffers.UOffsetT(t.Offset(flatbuffers.VOffsetT(4 + 2*slot)))
}

func (t table) child(slot int) (table, bool) {
	o := t.at(slot)
	if o == 0 {
		return table{}, false
	}
	return table{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(o + t.Pos)}}, true
}

func (t table) byte(slot int) byte {
	if o := t.at(slot); o != 0 {
		return t.GetByte(o + t.Pos)
	}
	return 0
}

// count returns how many items the list in a field claims to have.
func (t table) count(slot int) int {
	if o := t.at(slot); o != 0 {
		return t.VectorLen(o)
	}
	return 0
}

// room returns an error if the list in a field ends outside.
func (t table) room(slot, itemSize int) error {
	n := t.count(slot)
	if n > 0 && int64(t.Vector(t.at(slot)))+int64(n)*int64(itemSize) > int64(len(t.Bytes)) {
		return fmt.Errorf("damaged: a list of %d items in %d bytes", n, len(t.Bytes))
	}
	return nil
}

func (t table) int64(slot, i int) int64 {
	return t.GetInt64(t.Vector(t.at(slot)) + flatbuffers.UOffsetT(8*i))
}

// blocks returns the items of a list of Block.
func (t table) blocks(slot int) [][]byte {
	var list [][]byte
	for i := range t.count(slot) {
		from := t.Vector(t.at(slot)) + flatbuffers.UOffsetT(24*i)
		list = append(list, t.Bytes[from:from+24])
	}
	return list
}

// fields looks at the fields in a list, and the fields in those, at most so many.
func (t table) fields(slot, depth int, most *int) error {
	if err := t.room(slot, 4); err != nil {
		return err
	}
	if *most -= t.count(slot); *most < 0 || depth == 0 {
		return errors.New("damaged: fields hold one another")
	}
	for i := range t.count(slot) {
		field := table{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Vector(t.at(slot)) + flatbuffers.UOffsetT(4*i))}}
		if err := field.room(6, 4); err != nil {
			return err
		}
		if kind, ok := field.child(3); ok && field.byte(2) == typeUnion {
			if err := kind.room(1, 4); err != nil {
				return err
			}
		}
		if err := field.fields(5, depth-1, most); err != nil {
			return err
		}
	}
	return nil
}

// limited hands out memory up to a size each time, and panics beyond it.
type limited struct {
	memory.Allocator
	most int
}

// newLimited returns the allocator for a file of that size: a buffer cannot be
// larger than Zstandard makes it, which needs 4 bytes to say 128 KiB, nor than 8
// GiB.
func newLimited(file int64) limited {
	return limited{memory.NewGoAllocator(), int(min(file, 1<<18)<<15) + 1<<12}
}

func (l limited) check(size int) {
	if size < 0 || size > l.most {
		panic(fmt.Sprintf("a buffer of %d bytes", size))
	}
}

func (l limited) Allocate(size int) []byte {
	l.check(size)
	return l.Allocator.Allocate(size)
}

func (l limited) Reallocate(size int, b []byte) []byte {
	l.check(size)
	return l.Allocator.Reallocate(size, b)
}
