package store

import (
	"encoding/binary"
	"runtime"
	"strconv"
	"unsafe"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// The frame of the file: magic, padding, messages, footer, its length, magic.
// Tables and their fields are those of File.fbs, Message.fbs and Schema.fbs in
// https://github.com/apache/arrow/tree/main/format.
const (
	magic   = "ARROW1\x00\x00"
	trailer = 4 + 6

	messageDictionary = 2
	messageBatch      = 3

	typeInt       = 2
	typeFloat     = 3
	typeUtf8      = 5
	typeBool      = 6
	typeTimestamp = 10
	typeLargeUtf8 = 20
)

// A file is the structure of an Arrow file: what its footer says.
type file struct {
	meta         map[string]string
	fields       []field
	dictionaries map[int64][]string
	batch        body
}

// A field is one column of the schema.
type field struct {
	name       string
	kind       column.Type // Invalid for the row numbers
	dictionary int64
	narrow     bool // its codes are uint16, not uint32
	plain      bool // texts without a dictionary
	levels     []string
	source     string
	sums       []uint32
}

// A body is the nodes and buffers of one record batch.
type body struct {
	rows    int
	nodes   []node
	buffers [][]byte
}

type node struct{ rows, nulls int }

// parse reads the structure. Its texts are copies but for the dictionaries,
// which lie in data.
func parse(data []byte) (f file, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(runtime.Error); !ok {
				panic(r)
			}
			err = damaged("an offset lies outside") // see table
		}
	}()
	footer, messages, err := split(data)
	if err != nil {
		return f, err
	}
	schema, ok := footer.table(1)
	if !ok {
		return f, damaged("no schema")
	}
	if big := binary.NativeEndian.Uint16([]byte{0, 1}) == 1; (schema.int16(0) == 1) != big {
		return f, damaged("written on a machine of another byte order")
	}
	f.meta = schema.metadata(2)
	for _, t := range schema.tables(1) {
		field, err := parseField(t)
		if err != nil {
			return f, err
		}
		f.fields = append(f.fields, field)
	}
	f.dictionaries = map[int64][]string{}
	blocks := footer.items(2, 24)
	if len(blocks) > len(f.fields) {
		return f, damaged("%d dictionaries for %d columns", len(blocks), len(f.fields))
	}
	for _, block := range blocks {
		message, content, err := parseMessage(messages, block, messageDictionary)
		if err != nil {
			return f, err
		}
		record, ok := message.table(1)
		if !ok || message.uint8(2) != 0 {
			return f, damaged("a dictionary without values")
		}
		values, err := parseDictionary(record, content)
		if err != nil {
			return f, err
		}
		f.dictionaries[message.int64(0)] = values
	}
	blocks = footer.items(3, 24)
	if len(blocks) != 1 {
		return f, damaged("%d record batches", len(blocks))
	}
	message, content, err := parseMessage(messages, blocks[0], messageBatch)
	if err != nil {
		return f, err
	}
	f.batch, err = parseBody(message, content)
	return f, err
}

// split returns the footer and all that lies before it.
func split(data []byte) (footer table, messages []byte, err error) {
	if len(data) < len(magic)+trailer || string(data[:len(magic)]) != magic || string(data[len(data)-6:]) != magic[:6] {
		return footer, nil, damaged("not a complete Arrow file")
	}
	end := len(data) - trailer
	size := int(int32(binary.LittleEndian.Uint32(data[end:])))
	if size < 4 || size > end-len(magic) {
		return footer, nil, damaged("a footer of %d bytes", size)
	}
	return root(data[end-size : end]), data[:end-size], nil
}

func parseField(t table) (field, error) {
	f := field{name: t.text(0)}
	meta := t.metadata(6)
	sums, err := decodeSums(meta[metaBlocks])
	if err != nil {
		return f, err
	}
	f.sums = sums
	if text, ok := meta[metaLevels]; ok {
		levels, err := unquoteLevels(text)
		if err != nil {
			return f, damaged("column %q: levels: %v", f.name, err)
		}
		f.levels = levels
	}
	if text, ok := meta[metaSource]; ok {
		source, err := strconv.Unquote(text)
		if err != nil {
			return f, damaged("column %q: source: %v", f.name, err)
		}
		f.source = source
	}
	parameters, ok := t.table(3)
	if !ok || len(t.tables(5)) > 0 {
		return f, damaged("column %q has no type", f.name)
	}
	encoding, coded := t.table(4)
	_, rows := meta[metaRows]
	switch kind := t.uint8(2); {
	case coded:
		index, ok := encoding.table(1)
		if kind != typeUtf8 || !ok || index.int32(0) != 16 && index.int32(0) != 32 || index.uint8(1) != 0 {
			return f, damaged("column %q has an unknown dictionary", f.name)
		}
		f.kind, f.dictionary, f.narrow = column.String, encoding.int64(0), index.int32(0) == 16
	case kind == typeInt && rows && parameters.int32(0) == 32 && parameters.uint8(1) == 0:
		f.kind = column.Invalid
	case kind == typeInt && parameters.int32(0) == 32 && parameters.uint8(1) == 1:
		f.kind = column.Int32
	case kind == typeInt && parameters.int32(0) == 64 && parameters.uint8(1) == 1:
		f.kind = column.Int64
	case kind == typeFloat && parameters.int16(0) == 2:
		f.kind = column.Float64
	case kind == typeLargeUtf8:
		f.kind, f.plain = column.String, true
	case kind == typeBool:
		f.kind = column.Bool
	case kind == typeTimestamp && parameters.int16(0) == 0:
		f.kind = column.Timestamp
	default:
		return f, damaged("column %q has an unknown type", f.name)
	}
	return f, nil
}

// parseMessage returns the header of the message in a block, which must be of
// the given type, and the message's body.
func parseMessage(messages, block []byte, kind uint8) (header table, content []byte, err error) {
	offset := int64(binary.LittleEndian.Uint64(block))
	head := int64(int32(binary.LittleEndian.Uint32(block[8:])))
	size := int64(binary.LittleEndian.Uint64(block[16:]))
	all := int64(len(messages))
	if offset < int64(len(magic)) || offset > all || head < 12 || head > all-offset || size < 0 || size > all-offset-head {
		return header, nil, damaged("a message lies outside")
	}
	message := messages[offset : offset+head]
	if binary.LittleEndian.Uint32(message) != 0xFFFFFFFF {
		return header, nil, damaged("a message without its mark")
	}
	t := root(message[8:])
	header, ok := t.table(2)
	if !ok || t.uint8(1) != kind {
		return header, nil, damaged("a message of type %d, not %d", t.uint8(1), kind)
	}
	return header, messages[offset+head : offset+head+size], nil
}

func parseBody(record table, content []byte) (b body, err error) {
	if _, compressed := record.table(3); compressed {
		return b, damaged("it is compressed")
	}
	b.rows = int(record.int64(0))
	if b.rows < 0 {
		return b, damaged("%d rows", b.rows)
	}
	for _, item := range record.items(1, 16) {
		n := node{int(binary.LittleEndian.Uint64(item)), int(binary.LittleEndian.Uint64(item[8:]))}
		if n.rows != b.rows || n.nulls < 0 || n.nulls > n.rows {
			return b, damaged("a column of %d rows, %d nulls in %d rows", n.rows, n.nulls, b.rows)
		}
		b.nodes = append(b.nodes, n)
	}
	for _, item := range record.items(2, 16) {
		offset, size := int64(binary.LittleEndian.Uint64(item)), int64(binary.LittleEndian.Uint64(item[8:]))
		if offset < 0 || size < 0 || offset > int64(len(content)) || size > int64(len(content))-offset {
			return b, damaged("a buffer lies outside")
		}
		b.buffers = append(b.buffers, content[offset:offset+size:offset+size])
	}
	return b, nil
}

func parseDictionary(record table, content []byte) ([]string, error) {
	b, err := parseBody(record, content)
	if err != nil {
		return nil, err
	}
	if len(b.nodes) != 1 || len(b.buffers) != 3 || b.nodes[0].nulls != 0 {
		return nil, damaged("a dictionary that is not a list of texts")
	}
	if b.rows == 0 {
		return nil, nil
	}
	offsets, err := slice[int32](b.buffers[1], b.rows+1)
	if err != nil {
		return nil, err
	}
	text := b.buffers[2]
	values := make([]string, b.rows)
	for i := range values {
		from, to := offsets[i], offsets[i+1]
		if from < 0 || to < from || int(to) > len(text) {
			return nil, damaged("dictionary value %d lies outside", i)
		}
		values[i] = unsafe.String(unsafe.SliceData(text[from:to]), to-from)
	}
	if err := checkSorted(values); err != nil {
		return nil, damaged("%v", err)
	}
	return values, nil
}
