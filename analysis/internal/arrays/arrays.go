// Package arrays lays columns out as data of Arrow v15's library, for the store's
// files and for the programs behind package exchange.
//
// In: a column. Out: Arrow data over the same memory; only the texts of a
// dictionary are written out, once each.
package arrays

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

var (
	narrowType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}
	wideType   = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint32, ValueType: arrow.BinaryTypes.String}
)

// Of returns c as Arrow data that shares its memory and must not be written to:
//
//	Int32, Int64, Float64, Bool   int32, int64, double, bool
//	Timestamp                     timestamp[s, UTC]
//	String, narrow or wide        dictionary<values=utf8, indices=uint16 or uint32>
//	String, plain                 large_utf8
//
// Null counts are exact. A Vector has no Arrow type, and a dictionary of more than
// 2 GiB does not fit in one: errors. Texts are not tried for UTF-8.
func Of(c *column.Column) (*array.Data, error) {
	buffers := make([]*memory.Buffer, 2, 3)
	if c.Nulls > 0 {
		buffers[0] = Buffer(c.Valid)
	}
	var kind arrow.DataType
	switch c.Type {
	case column.Int32:
		kind, buffers[1] = arrow.PrimitiveTypes.Int32, Buffer(c.Int32s)
	case column.Int64:
		kind, buffers[1] = arrow.PrimitiveTypes.Int64, Buffer(c.Int64s)
	case column.Timestamp:
		kind, buffers[1] = arrow.FixedWidthTypes.Timestamp_s, Buffer(c.Int64s)
	case column.Float64:
		kind, buffers[1] = arrow.PrimitiveTypes.Float64, Buffer(c.Float64s)
	case column.Bool:
		kind, buffers[1] = arrow.FixedWidthTypes.Boolean, Buffer(c.Bools)
	case column.String:
		return texts(c, buffers)
	default:
		return nil, fmt.Errorf("values of type %s have no Arrow type", c.Type)
	}
	return array.NewData(kind, c.Len, buffers, nil, c.Nulls, 0), nil
}

func texts(c *column.Column, buffers []*memory.Buffer) (*array.Data, error) {
	if c.Plain() {
		offsets, text := Plain(c)
		buffers[1], buffers = Buffer(offsets), append(buffers, Buffer(text))
		return array.NewData(arrow.BinaryTypes.LargeString, c.Len, buffers, nil, c.Nulls, 0), nil
	}
	dictionary, err := utf8(c.Dictionary)
	if err != nil {
		return nil, err
	}
	kind := wideType
	buffers[1] = Buffer(c.Codes)
	if c.Narrow() {
		kind, buffers[1] = narrowType, Buffer(c.Codes16)
	}
	return array.NewDataWithDictionary(kind, c.Len, buffers, c.Nulls, 0, dictionary), nil
}

// Plain returns the offsets and bytes of a plain column, of one that is a part of
// another as a column of its own would hold them: the library's writer takes it that
// offsets begin at 0 (https://github.com/apache/arrow/issues/41993).
func Plain(c *column.Column) (offsets []int64, text []byte) {
	offsets = c.Offsets
	first, last := offsets[0], offsets[c.Len]
	if first != 0 {
		offsets = make([]int64, len(c.Offsets))
		for i, offset := range c.Offsets {
			offsets[i] = offset - first
		}
	}
	return offsets, c.Bytes[first:last:last]
}

func utf8(values []string) (*array.Data, error) {
	size := 0
	for _, v := range values {
		size += len(v)
	}
	if size > math.MaxInt32 {
		return nil, fmt.Errorf("its %d different texts take more than 2 GiB", len(values))
	}
	offsets, all := make([]int32, 1, len(values)+1), make([]byte, 0, size)
	for _, v := range values {
		all = append(all, v...)
		offsets = append(offsets, int32(len(all)))
	}
	return array.NewData(arrow.BinaryTypes.String, len(values), []*memory.Buffer{nil, Buffer(offsets), Buffer(all)}, nil, 0, 0), nil
}

// Buffer returns the memory of values as a buffer.
func Buffer[T any](values []T) *memory.Buffer { return memory.NewBufferBytes(Bytes(values)) }

// Bytes returns the memory of values, which hold no pointers.
func Bytes[T any](values []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(one)))
}
