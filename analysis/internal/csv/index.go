package csv

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
)

// An index says where the fields of a block lie. Field c of record r is number
// i = r*columns + c; its text is text[bounds[i] : bounds[i+1]-gap], where gap is 1,
// or tail for the last field of a record.
type index struct {
	text    []byte
	columns int
	rows    int
	bounds  []uint32 // rows*columns + 1
	tail    uint32   // bytes from the end of a record's last field to the next record

	// A block with quotes, blank lines or mixed line ends is copied field by
	// field: text is then own, and origins[i] is where field i began in the block.
	copied  bool
	own     []byte
	origins []int
}

// gap returns how many bytes lie between a field of that column and the next.
func (x *index) gap(column int) uint32 {
	if column == x.columns-1 {
		return x.tail
	}
	return 1
}

// field returns the text of field i.
func (x *index) field(i int) []byte {
	return x.text[x.bounds[i] : x.bounds[i+1]-x.gap(i%x.columns)]
}

// origin returns the offset in the block at which field i begins.
func (x *index) origin(i int) int {
	if x.copied {
		return x.origins[i]
	}
	return int(x.bounds[i])
}

// split finds the fields of a block. At a flaw the index holds the whole records
// before it.
func (x *index) split(b *block) *flaw {
	if b.plain && x.splitPlain(b.text(), b.rows, &b.source.header) {
		return nil
	}
	return x.splitAny(b.text(), &b.source.header)
}

// splitPlain is split for a plain block where each record has the right number of
// fields and every line is ended in the same way. It returns false for any other,
// for a repeated header and for a block of more than [maxRecord].
func (x *index) splitPlain(text []byte, rows int, head *header) bool {
	columns := len(head.names)
	fields := rows * columns
	if len(text) > maxRecord {
		return false // it may hold a record that is too long
	}
	x.text, x.columns, x.rows, x.copied = text, columns, rows, false
	// Separators are stored 64 bytes of text at a time, so there is room for more.
	x.bounds = slices.Grow(x.bounds[:0], fields+1+64)[:fields+1+64]
	x.bounds[0] = 0
	n, at := 1, 0
	for ; at+64 <= len(text); at += 64 {
		if n > fields+1 {
			return false
		}
		found := separators((*[64]byte)(text[at:]))
		to := (*[64]uint32)(x.bounds[n:])
		n += bits.OnesCount64(found)
		for k := 0; found != 0; k += 4 {
			// Four at a time; what is written past the last is overwritten later.
			four := (*[4]uint32)(to[k:])
			four[0] = uint32(at + 1 + bits.TrailingZeros64(found))
			found &= found - 1
			four[1] = uint32(at + 1 + bits.TrailingZeros64(found))
			found &= found - 1
			four[2] = uint32(at + 1 + bits.TrailingZeros64(found))
			found &= found - 1
			four[3] = uint32(at + 1 + bits.TrailingZeros64(found))
			found &= found - 1
		}
	}
	for ; at < len(text); at++ {
		if c := text[at]; c == ',' || c == '\n' {
			if n > fields {
				return false
			}
			x.bounds[n] = uint32(at + 1)
			n++
		}
	}
	if n != fields+1 {
		return false
	}
	x.bounds = x.bounds[:n]
	return x.regular(head)
}

// regular reports whether each record of a plain block ends where a line ends, in
// the same way as the others, and none repeats the header. A plain block has as many
// line ends as records, so then none lies elsewhere.
func (x *index) regular(head *header) bool {
	returns := 0
	start := x.bounds[0]
	for i := x.columns; i < len(x.bounds); i += x.columns {
		end := x.bounds[i]
		if x.text[end-1] != '\n' {
			return false
		}
		if end-start > 1 && x.text[end-2] == '\r' {
			returns++
		}
		if head.mayRepeat(int(end - start)) {
			if line := bytes.TrimRight(x.text[start:end], "\r\n"); head.repeated(line, ',') {
				return false
			}
		}
		start = end
	}
	x.tail = 1
	if returns > 0 {
		x.tail = 2
	}
	return returns == 0 || returns == x.rows
}

// splitAny is split for any block.
func (x *index) splitAny(text []byte, head *header) *flaw {
	x.columns, x.rows, x.copied, x.tail = len(head.names), 0, true, 1
	x.own, x.origins, x.bounds = x.own[:0], x.origins[:0], append(x.bounds[:0], 0)
	for at := skipBlank(text, 0); at < len(text); at = skipBlank(text, at) {
		from := len(x.own)
		next, fields, bad := x.appendRecord(text, at, x.columns+1)
		x.text = x.own
		switch first := x.rows * x.columns; {
		case bad != nil:
			return bad
		case fields < x.columns:
			return &flaw{trimEnd(text, next), ragged(fields, x.columns)}
		case fields > x.columns:
			return &flaw{x.origins[first+x.columns], withReturns(text[at:next], ragged(fields, x.columns))}
		case head.mayRepeat(len(x.own)-from) && head.repeated(x.own[from:len(x.own)-1], between):
			return &flaw{at, ErrRepeatedHeader}
		}
		x.rows++
		at = next
	}
	x.text = x.own
	return nil
}

// trimEnd returns the offset of the line end before offset next.
func trimEnd(text []byte, next int) int {
	return len(bytes.TrimSuffix(bytes.TrimSuffix(text[:next], newline), []byte{'\r'}))
}

func ragged(fields, columns int) error {
	return fmt.Errorf("%w: %d, the header has %d", ErrRagged, fields, columns)
}

// withReturns adds to the error about a record that lone carriage returns may have
// been meant to end it.
func withReturns(record []byte, err error) error {
	record = bytes.TrimSuffix(bytes.TrimSuffix(record, newline), []byte{'\r'})
	if bytes.IndexByte(record, '\r') < 0 {
		return err
	}
	return fmt.Errorf("%w; it holds CR alone, which ends no line: convert CR to LF", err)
}

// separators returns a set of bits: bit i is set where block[i] is a comma or a
// line feed.
func separators(block *[64]byte) uint64 {
	return ^(others(binary.LittleEndian.Uint64(block[0:])) |
		others(binary.LittleEndian.Uint64(block[8:]))<<8 |
		others(binary.LittleEndian.Uint64(block[16:]))<<16 |
		others(binary.LittleEndian.Uint64(block[24:]))<<24 |
		others(binary.LittleEndian.Uint64(block[32:]))<<32 |
		others(binary.LittleEndian.Uint64(block[40:]))<<40 |
		others(binary.LittleEndian.Uint64(block[48:]))<<48 |
		others(binary.LittleEndian.Uint64(block[56:]))<<56)
}

const (
	ones = 0x0101010101010101 // a one in each byte
	lows = 0x7f * ones        // all bits but each byte's highest
	high = 0x80 * ones        // each byte's highest bit
)

// others returns bit i set where byte i of word is neither a comma nor a line feed.
func others(word uint64) uint64 {
	// A byte of low is 0 just where adding 0x7f leaves its highest bit unset; no byte
	// carries into the next. What has the highest bit set in word is neither.
	low := word & lows
	found := ((low^','*ones)+lows)&((low^'\n'*ones)+lows) | word
	// The highest bits, 8 apart, move next to each other at the top.
	return found & high * 0x0002040810204081 >> 56
}
