package store

import (
	"slices"

	flatbuffers "github.com/google/flatbuffers/go"
)

// A table reads one table of a flatbuffer. Fields are numbered from 0 as in the
// .fbs file. Every access is bounds-checked by Go, so a damaged buffer makes it
// panic with a runtime error, which [parse] turns into an error.
type table struct{ flatbuffers.Table }

// root returns the table that a buffer starts with.
func root(b []byte) table {
	b = slices.Clip(b) // else a text could reach over its end, into what follows in the file
	return table{flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}}
}

// at returns where the field's value or offset lies, 0 if the field is absent.
func (t table) at(field int) flatbuffers.UOffsetT {
	if o := t.Offset(flatbuffers.VOffsetT(4 + 2*field)); o != 0 {
		return t.Pos + flatbuffers.UOffsetT(o)
	}
	return 0
}

func (t table) uint8(field int) uint8 {
	if at := t.at(field); at != 0 {
		return t.Bytes[at]
	}
	return 0
}

func (t table) int16(field int) int16 {
	if at := t.at(field); at != 0 {
		return flatbuffers.GetInt16(t.Bytes[at:])
	}
	return 0
}

func (t table) int32(field int) int32 {
	if at := t.at(field); at != 0 {
		return flatbuffers.GetInt32(t.Bytes[at:])
	}
	return 0
}

func (t table) int64(field int) int64 {
	if at := t.at(field); at != 0 {
		return flatbuffers.GetInt64(t.Bytes[at:])
	}
	return 0
}

// text returns a copy of a string.
func (t table) text(field int) string {
	if at := t.at(field); at != 0 {
		return string(t.ByteVector(at))
	}
	return ""
}

// table returns a table or the value of a union; ok is false if it is absent.
func (t table) table(field int) (child table, ok bool) {
	if at := t.at(field); at != 0 {
		return table{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}}, true
	}
	return table{}, false
}

// items returns the items of a vector, each of size bytes.
func (t table) items(field, size int) [][]byte {
	at := t.at(field)
	if at == 0 {
		return nil
	}
	at = t.Indirect(at)
	n := int(flatbuffers.GetUOffsetT(t.Bytes[at:]))
	rest := t.Bytes[at+4:]
	if n > len(rest)/size {
		n = len(rest)/size + 1 // let the slice below fail, not the memory
	}
	items := make([][]byte, n)
	for i := range items {
		items[i] = rest[i*size : (i+1)*size]
	}
	return items
}

// tables returns the items of a vector of tables.
func (t table) tables(field int) []table {
	at := t.at(field)
	if at == 0 {
		return nil
	}
	at = t.Indirect(at) + 4
	list := make([]table, len(t.items(field, 4)))
	for i := range list {
		list[i] = table{flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at + flatbuffers.UOffsetT(4*i))}}
	}
	return list
}

// metadata returns a vector of KeyValue tables.
func (t table) metadata(field int) map[string]string {
	pairs := map[string]string{}
	for _, pair := range t.tables(field) {
		pairs[pair.text(0)] = pair.text(1)
	}
	return pairs
}
