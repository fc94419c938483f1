package exchange

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
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

	typeTimestamp = 10
	typeUnion     = 14

	deepest = 64 // nesting of fields
)

// A footer is what stands at the end of an Arrow file, checked by itself.
type footer struct {
	at   int64 // where it lies in the file
	text []byte
}

// inspectFooter returns the footer of an Arrow IPC file whose lists lie in it.
func inspectFooter(r io.ReaderAt, size int64) (f footer, err error) {
	head, end := make([]byte, len(ipc.Magic)), make([]byte, trailer)
	if size < int64(len(ipc.Magic)+2+trailer) {
		return f, errors.New("it is too short for an Arrow file")
	}
	if _, err := r.ReadAt(head, 0); err != nil {
		return f, err
	}
	if _, err := r.ReadAt(end, size-trailer); err != nil {
		return f, err
	}
	switch {
	case !bytes.Equal(head, ipc.Magic) && bytes.HasPrefix(head, []byte{0xff, 0xff, 0xff, 0xff}):
		return f, errors.New("it is an Arrow stream, not a file; write it with a file writer, such as pyarrow.ipc.new_file")
	case !bytes.Equal(head, ipc.Magic):
		return f, errors.New("it is not an Arrow file")
	case !bytes.Equal(end[4:], ipc.Magic):
		return f, errors.New("damaged: it is an Arrow file without its end")
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length < 4 || length > size-trailer-int64(len(ipc.Magic)) {
		return f, fmt.Errorf("damaged: a footer of %d bytes", length)
	}
	f.at, f.text = size-trailer-length, make([]byte, length)
	if _, err := r.ReadAt(f.text, f.at); err != nil {
		return f, err
	}
	schema, ok := root(f.text).child(1)
	if !ok {
		return f, errors.New("damaged: no schema")
	}
	// No field is smaller than 4 bytes; more are the same ones again. The library copies
	// names and other texts, which writers share among fields, but not without end.
	claims := claims{fields: int(length) / 4, text: 16*int(length) + 1<<20}
	if err := schema.fields(1, deepest, &claims); err != nil {
		return f, err
	}
	if err := schema.pairs(2, &claims); err != nil {
		return f, err
	}
	for _, slot := range []int{footerDictionaries, footerBatches} {
		if err := root(f.text).room(slot, 24); err != nil {
			return f, err
		}
	}
	return f, nil
}

// The lists of the footer's table.
const (
	footerDictionaries = 2
	footerBatches      = 3
)

// schema returns the schema as the library reads it. It would read all dictionaries with
// it, so it sees a footer that has none.
func (f footer) schema(r io.ReaderAt, size int64) (*arrow.Schema, error) {
	bare := footer{f.at, bytes.Clone(f.text)}
	if t := root(bare.text); t.count(footerDictionaries) > 0 {
		binary.LittleEndian.PutUint32(bare.text[t.Vector(t.at(footerDictionaries))-4:], 0)
	}
	reader, err := ipc.NewFileReader(bare.over(r, size), ipc.WithAllocator(newLimited(size)))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return reader.Schema(), nil
}

// over is the file with this footer, so that the one that was checked is the one that is
// used.
func (f footer) over(r io.ReaderAt, size int64) ipc.ReadAtSeeker {
	return overlay{io.NewSectionReader(r, 0, size), f}
}

type overlay struct {
	*io.SectionReader
	footer footer
}

// ReadAt reads from the file, and where the footer lies from that.
func (o overlay) ReadAt(p []byte, off int64) (int, error) {
	n, err := o.SectionReader.ReadAt(p, off)
	from, to := max(off, o.footer.at), min(off+int64(n), o.footer.at+int64(len(o.footer.text)))
	if from < to {
		copy(p[from-off:to-off], o.footer.text[from-o.footer.at:])
	}
	return n, err
}

// A table is one of a flatbuffer. Its methods panic where an offset lies outside.
type table struct{ flatbuffers.Table }

func root(text []byte) table {
	text = slices.Clip(text) // else a text could reach over its end, into what follows in the file
	return table{flatbuffers.Table{Bytes: text, Pos: flatbuffers.GetUOffsetT(text)}}
}

// number returns an int64 that is no list.
func (t table) number(slot int) int64 {
	if o := t.at(slot); o != 0 {
		return t.GetInt64(o + t.Pos)
	}
	return 0
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

// claims are how much a schema may still claim: fields, and bytes of texts in them.
type claims struct{ fields, text int }

// fields looks at the fields in a list, and the fields in those.
func (t table) fields(slot, depth int, left *claims) error {
	if err := t.room(slot, 4); err != nil {
		return err
	}
	if left.fields -= t.count(slot); left.fields < 0 || depth == 0 {
		return errors.New("damaged: fields hold one another")
	}
	for _, field := range t.children(slot) {
		if err := field.words(left, 0); err != nil {
			return err
		}
		if err := field.pairs(6, left); err != nil {
			return err
		}
		switch kind, ok := field.child(3); {
		case !ok:
		case field.byte(2) == typeUnion:
			if err := kind.room(1, 4); err != nil {
				return err
			}
		case field.byte(2) == typeTimestamp:
			if err := kind.words(left, 1); err != nil {
				return err
			}
		}
		if err := field.fields(5, depth-1, left); err != nil {
			return err
		}
	}
	return nil
}

// pairs looks at a list of names with values.
func (t table) pairs(slot int, left *claims) error {
	if err := t.room(slot, 4); err != nil {
		return err
	}
	for _, pair := range t.children(slot) {
		if err := pair.words(left, 0, 1); err != nil {
			return err
		}
	}
	return nil
}

// words looks at the texts in some fields.
func (t table) words(left *claims, slots ...int) error {
	for _, slot := range slots {
		if err := t.room(slot, 1); err != nil {
			return err
		}
		if left.text -= t.count(slot); left.text < 0 {
			return errors.New("damaged: the same texts again and again")
		}
	}
	return nil
}

// children are the tables in a list whose room was looked at.
func (t table) children(slot int) []table {
	list := make([]table, t.count(slot))
	for i := range list {
		at := t.Vector(t.at(slot)) + flatbuffers.UOffsetT(4*i)
		list[i] = table{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}}
	}
	return list
}
