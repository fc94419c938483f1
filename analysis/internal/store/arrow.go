package store

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis/internal/arrays"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// columns keeps a batch as an uncompressed Arrow IPC file of one record batch,
// https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format:
//
//	Int32, Int64, Float64, Bool   int32, int64, double, bool
//	String, narrow or wide        dictionary<values=utf8, indices=uint16 or uint32>
//	String, plain                 large_utf8
//	Timestamp                     timestamp[s, UTC]
//	Batch.Rows                    a last column of uint32 named by rowsName
//
// Levels, Source and the checksums of blocks are metadata of the column's field; the key, the
// notes and the checksum of these and all the rest are metadata of the schema.
var columns = format[*column.Batch]{kind: Columns, write: writeArrow, read: mapArrow}

// The names of metadata in the file.
const (
	metaKey    = "kelpie.key"
	metaNotes  = "kelpie.notes"
	metaMade   = "kelpie.made"   // RFC 3339
	metaCRC    = "kelpie.crc32c" // of the schema, see checksums.head
	metaBlocks = "kelpie.blocks" // of a column, see sumsOf
	metaLevels = "kelpie.levels" // quoted strings separated by commas
	metaSource = "kelpie.source" // quoted string
	metaRows   = "kelpie.rows"   // present on the column of row numbers
	rowsName   = "kelpie.rows"
)

func writeArrow(w io.Writer, key string, b *column.Batch, notes []byte) (crc uint32, err error) {
	sums, err := inspect(b)
	if err != nil {
		return 0, err
	}
	made := time.Now().UTC().Format(time.RFC3339)
	crc = sums.head(key, made, b, notes)
	meta := arrow.MetadataFrom(map[string]string{
		metaKey:   key,
		metaNotes: string(notes),
		metaMade:  made,
		metaCRC:   strconv.FormatUint(uint64(crc), 16),
	})
	var fields []arrow.Field
	var values []arrow.Array
	for i, c := range b.Columns {
		data, err := arrays.Of(c)
		if err != nil {
			return 0, fmt.Errorf("column %q: %w", c.Name, err)
		}
		fields = append(fields, arrow.Field{Name: c.Name, Type: data.DataType(), Nullable: true, Metadata: metadataOf(c, sums.columns[i])})
		values = append(values, array.MakeFromData(data))
	}
	if b.Rows != nil {
		rows := arrow.Field{Name: rowsName, Type: arrow.PrimitiveTypes.Uint32, Metadata: arrow.NewMetadata([]string{metaRows, metaBlocks}, []string{"1", encodeSums(sums.rows)})}
		data := array.NewData(rows.Type, b.Len, []*memory.Buffer{nil, arrays.Buffer(b.Rows)}, nil, 0, 0)
		fields, values = append(fields, rows), append(values, array.MakeFromData(data))
	}
	schema := arrow.NewSchema(fields, &meta)
	file, err := ipc.NewFileWriter(&position{Writer: w}, ipc.WithSchema(schema))
	if err != nil {
		return 0, err
	}
	if err := file.Write(array.NewRecord(schema, values, int64(b.Len))); err != nil {
		return 0, err
	}
	return crc, file.Close()
}

// metadataOf returns what a column has beside name, type and values, and their checksums.
func metadataOf(c *column.Column, sums []uint32) arrow.Metadata {
	metadata := map[string]string{metaBlocks: encodeSums(sums)}
	if c.Levels != nil {
		metadata[metaLevels] = quoteLevels(c.Levels)
	}
	if c.Source != "" {
		metadata[metaSource] = strconv.Quote(c.Source)
	}
	return arrow.MetadataFrom(metadata)
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
