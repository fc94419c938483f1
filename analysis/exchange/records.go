package exchange

import (
	"context"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// Records computes f and returns it as Arrow records: at present one, also for a
// frame without rows, so that the schema is never lost. Null counts are exact.
//
// Values are not copied: the arrays lie over the memory of the frame, which may
// be a file mapped read-only, and must not be written to. (The distinct texts of
// a String column are written out once, as Arrow lays them out.) That memory is
// the garbage collector's or stays mapped until the program ends: Release may be
// called, once as usual, and need not be.
//
// A column of features has no Arrow type, nor has a text that is no UTF-8: errors
// that name the column, as is a column whose distinct texts exceed 2 GiB.
func Records(f analysis.Frame) ([]arrow.Record, error) {
	engine, settings, err := f.Engine()
	if err != nil {
		return nil, err
	}
	for _, field := range f.Node().Fields {
		if field.Type == column.Vector {
			return nil, fmt.Errorf("exchange: column %q is a feature vector, which has no Arrow type; drop it", field.Name)
		}
	}
	b, _, err := engine.Collect(context.Background(), settings, f.Node())
	if err != nil {
		return nil, err
	}
	fields, arrays := make([]arrow.Field, len(b.Columns)), make([]arrow.Array, len(b.Columns))
	for i, c := range b.Columns {
		data, err := arrayOver(c)
		if err != nil {
			return nil, fmt.Errorf("exchange: column %q: %w", c.Name, err)
		}
		arrays[i] = array.MakeFromData(data)
		fields[i] = arrow.Field{Name: c.Name, Type: data.DataType(), Nullable: true}
	}
	return []arrow.Record{array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(b.Len))}, nil
}

// The type of a text column follows from how many different texts it has.
var (
	narrowType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}
	wideType   = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint32, ValueType: arrow.BinaryTypes.String}
)

// arrayOver returns a column as Arrow data that shares its memory.
func arrayOver(c *column.Column) (*array.Data, error) {
	buffers := make([]*memory.Buffer, 2)
	if c.Nulls > 0 {
		buffers[0] = over(c.Valid)
	}
	var kind arrow.DataType
	switch c.Type {
	case column.Int32:
		kind, buffers[1] = arrow.PrimitiveTypes.Int32, over(c.Int32s)
	case column.Int64:
		kind, buffers[1] = arrow.PrimitiveTypes.Int64, over(c.Int64s)
	case column.Timestamp:
		kind, buffers[1] = arrow.FixedWidthTypes.Timestamp_s, over(c.Int64s)
	case column.Float64:
		kind, buffers[1] = arrow.PrimitiveTypes.Float64, over(c.Float64s)
	case column.Bool:
		kind, buffers[1] = arrow.FixedWidthTypes.Boolean, over(c.Bools)
	case column.String:
		texts, err := texts(c.Dictionary)
		if err != nil {
			return nil, err
		}
		kind, buffers[1] = wideType, over(c.Codes)
		if c.Narrow() {
			kind, buffers[1] = narrowType, over(c.Codes16)
		}
		return array.NewDataWithDictionary(kind, c.Len, buffers, c.Nulls, 0, texts), nil
	default:
		return nil, fmt.Errorf("values of type %s have no Arrow type", c.Type)
	}
	return array.NewData(kind, c.Len, buffers, nil, c.Nulls, 0), nil
}

// texts lays values out as Arrow's utf8.
func texts(values []string) (*array.Data, error) {
	size := 0
	for _, v := range values {
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("the text %.80q is no UTF-8", v)
		}
		size += len(v)
	}
	if size > math.MaxInt32 {
		return nil, fmt.Errorf("its %d different texts exceed 2 GiB", len(values))
	}
	offsets, all := make([]int32, 1, len(values)+1), make([]byte, 0, size)
	for _, v := range values {
		all = append(all, v...)
		offsets = append(offsets, int32(len(all)))
	}
	return array.NewData(arrow.BinaryTypes.String, len(values), []*memory.Buffer{nil, over(offsets), over(all)}, nil, 0, 0), nil
}

// over returns the memory of values as a buffer.
func over[T byte | int32 | uint16 | uint32 | int64 | float64](values []T) *memory.Buffer {
	var one T
	return memory.NewBufferBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(one))))
}
