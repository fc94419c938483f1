package store

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// columns keeps a batch as an uncompressed Arrow IPC file of one record batch,
// https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format:
//
//	Int32, Int64, Float64, Bool   int32, int64, double, bool
//	String                        dictionary<values=utf8, indices=uint16 or uint32, see column.Narrow>
//	Timestamp                     timestamp[s, UTC]
//	Batch.Rows                    a last column of uint32 named by rowsName
//
// Levels and Source are metadata of the column's field; the key, the notes and the checksum
// are metadata of the schema.
var columns = format[*column.Batch]{kind: Columns, write: writeArrow, read: mapArrow}

// The names of metadata in the file.
const (
	metaKey    = "kelpie.key"
	metaNotes  = "kelpie.notes"
	metaMade   = "kelpie.made"   // RFC 3339
	metaCRC    = "kelpie.crc32c" // see checksum
	metaLevels = "kelpie.levels" // quoted strings separated by commas
	metaSource = "kelpie.source" // quoted string
	metaRows   = "kelpie.rows"   // present on the column of row numbers
	rowsName   = "kelpie.rows"
)

var (
	narrowType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}
	wideType   = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint32, ValueType: arrow.BinaryTypes.String}
)

func writeArrow(w io.Writer, key string, b *column.Batch, notes []byte) (crc uint32, err error) {
	if err := check(b); err != nil {
		return 0, err
	}
	crc = checksum(key, b, notes)
	meta := arrow.MetadataFrom(map[string]string{
		metaKey:   key,
		metaNotes: string(notes),
		metaMade:  time.Now().UTC().Format(time.RFC3339),
		metaCRC:   strconv.FormatUint(uint64(crc), 16),
	})
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, c := range b.Columns {
		field, data, err := toArrow(c)
		if err != nil {
			return 0, err
		}
		fields, arrays = append(fields, field), append(arrays, array.MakeFromData(data))
	}
	if b.Rows != nil {
		rows := arrow.Field{Name: rowsName, Type: arrow.PrimitiveTypes.Uint32, Metadata: arrow.NewMetadata([]string{metaRows}, []string{"1"})}
		data := array.NewData(rows.Type, b.Len, []*memory.Buffer{nil, buffer(b.Rows)}, nil, 0, 0)
		fields, arrays = append(fields, rows), append(arrays, array.MakeFromData(data))
	}
	schema := arrow.NewSchema(fields, &meta)
	file, err := ipc.NewFileWriter(&position{Writer: w}, ipc.WithSchema(schema))
	if err != nil {
		return 0, err
	}
	if err := file.Write(array.NewRecord(schema, arrays, int64(b.Len))); err != nil {
		return 0, err
	}
	return crc, file.Close()
}

// toArrow returns a column as Arrow data that shares its buffers.
func toArrow(c *column.Column) (arrow.Field, *array.Data, error) {
	field := arrow.Field{Name: c.Name, Nullable: true}
	metadata := map[string]string{}
	if c.Levels != nil {
		metadata[metaLevels] = quoteLevels(c.Levels)
	}
	if c.Source != "" {
		metadata[metaSource] = strconv.Quote(c.Source)
	}
	field.Metadata = arrow.MetadataFrom(metadata)
	buffers := make([]*memory.Buffer, 2)
	if c.Nulls > 0 {
		buffers[0] = buffer(c.Valid)
	}
	switch c.Type {
	case column.Int32:
		field.Type, buffers[1] = arrow.PrimitiveTypes.Int32, buffer(c.Int32s)
	case column.Int64:
		field.Type, buffers[1] = arrow.PrimitiveTypes.Int64, buffer(c.Int64s)
	case column.Timestamp:
		field.Type, buffers[1] = arrow.FixedWidthTypes.Timestamp_s, buffer(c.Int64s)
	case column.Float64:
		field.Type, buffers[1] = arrow.PrimitiveTypes.Float64, buffer(c.Float64s)
	case column.Bool:
		field.Type, buffers[1] = arrow.FixedWidthTypes.Boolean, buffer(c.Bools)
	case column.String:
		dictionary, err := dictionaryData(c.Dictionary)
		if err != nil {
			return field, nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		field.Type, buffers[1] = wideType, buffer(c.Codes)
		if c.Narrow() {
			field.Type, buffers[1] = narrowType, buffer(c.Codes16)
		}
		return field, array.NewDataWithDictionary(field.Type, c.Len, buffers, c.Nulls, 0, dictionary), nil
	default:
		return field, nil, fmt.Errorf("column %q: values of type %s cannot be kept", c.Name, c.Type)
	}
	return field, array.NewData(field.Type, c.Len, buffers, nil, c.Nulls, 0), nil
}

func dictionaryData(values []string) (*array.Data, error) {
	offsets := make([]int32, 1, len(values)+1)
	var text []byte
	for _, value := range values {
		if len(text)+len(value) > math.MaxInt32 {
			return nil, fmt.Errorf("its %d different texts take more than 2 GiB", len(values))
		}
		text = append(text, value...)
		offsets = append(offsets, int32(len(text)))
	}
	buffers := []*memory.Buffer{nil, buffer(offsets), memory.NewBufferBytes(text)}
	return array.NewData(arrow.BinaryTypes.String, len(values), buffers, nil, 0, 0), nil
}

// buffer wraps the bytes of values.
func buffer[T any](values []T) *memory.Buffer { return memory.NewBufferBytes(raw(values)) }

// raw returns the bytes of values, which hold no pointers.
func raw[T any](values []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(one)))
}

// position is the io.WriteSeeker that the file writer asks for: it only ever
// seeks to learn where it is.
type position struct {
	io.Writer
	at int64
}

func (p *position) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	p.at += int64(n)
	return n, err
}

func (p *position) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, fmt.Errorf("seek to %d from %d in a file that is written in order", offset, whence)
	}
	return p.at, nil
}

// quoteLevels writes levels as Go string literals, which hold any bytes in text.
func quoteLevels(levels []string) string {
	var text strings.Builder
	for i, level := range levels {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(strconv.Quote(level))
	}
	return text.String()
}

func unquoteLevels(text string) ([]string, error) {
	levels := []string{}
	for text != "" {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return nil, err
		}
		level, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, err
		}
		levels = append(levels, level)
		text = text[len(quoted):]
		if text != "" && text[0] == ',' {
			text = text[1:]
		}
	}
	return levels, nil
}
