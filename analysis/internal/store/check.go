package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"runtime"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/arrays"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// Checksums are those of the blocks of a batch: of its columns, as [piecesOf] cuts
// them, and of its row numbers.
type checksums struct {
	columns [][]uint32
	rows    []uint32
}

// inspect returns the checksums of what an entry holds, or where the batch is
// not what package column promises: lengths, null counts, and for texts a sorted
// dictionary and codes in it, or offsets in order. Columns are read side by side, at
// most twice each.
func inspect(b *column.Batch) (sums checksums, err error) {
	if b == nil {
		return sums, fmt.Errorf("there is no batch")
	}
	sums.columns = make([][]uint32, len(b.Columns))
	err = eachColumn(b, func(i int, c *column.Column) { sums.columns[i] = sumsOf(piecesOf(c, false)) })
	sums.rows = sumsOf(piecesOfRows(b.Rows))
	return sums, err
}

// checkColumns is inspect without the checksums.
func checkColumns(b *column.Batch) error { return eachColumn(b, func(int, *column.Column) {}) }

// eachColumn checks the columns side by side and calls do with each that is right.
func eachColumn(b *column.Batch, do func(i int, c *column.Column)) error {
	if b.Rows != nil && len(b.Rows) != b.Len {
		return fmt.Errorf("%d row numbers for %d rows", len(b.Rows), b.Len)
	}
	errs := make([]error, len(b.Columns))
	var next atomic.Int64
	fault.Each(min(len(b.Columns), runtime.GOMAXPROCS(0)), func(int) { // columns may lie in a mapped file
		for i := int(next.Add(1)) - 1; i < len(b.Columns); i = int(next.Add(1)) - 1 {
			if errs[i] = checkColumn(b.Columns[i], b.Len); errs[i] == nil {
				do(i, b.Columns[i])
			}
		}
	})
	for i, c := range b.Columns {
		if errs[i] != nil {
			return fmt.Errorf("column %q: %w", c.Name, errs[i])
		}
	}
	return nil
}

// head returns the checksum of a file: the CRC-32C over all that says what its values mean,
// and over the checksums of their blocks. It reads no values but those of dictionaries.
func (sums checksums) head(key, made string, b *column.Batch, notes []byte) uint32 {
	var all crc
	all.text(key)
	all.text(made)
	all.text(string(notes))
	all.number(b.Len)
	all.number(len(b.Columns))
	for i, c := range b.Columns {
		all.column(c)
		all.numbers(sums.columns[i])
	}
	all.number(b2i(b.Rows != nil))
	all.numbers(sums.rows)
	return uint32(all)
}

func checkColumn(c *column.Column, rows int) error {
	if c.Len != rows {
		return fmt.Errorf("%d of %d rows", c.Len, rows)
	}
	have, want := 0, rows
	switch c.Type {
	case column.Int32:
		have = len(c.Int32s)
	case column.Int64, column.Timestamp:
		have = len(c.Int64s)
	case column.Float64:
		have = len(c.Float64s)
	case column.Bool:
		have, want = len(c.Bools), bitmapSize(rows)
	case column.String:
		switch {
		case c.Plain():
			have, want = len(c.Offsets), rows+1
		case c.Narrow():
			have = len(c.Codes16)
		default:
			have = len(c.Codes)
		}
		if len(c.Codes) > 0 && len(c.Codes16) > 0 {
			return fmt.Errorf("%d narrow and %d wide codes", len(c.Codes16), len(c.Codes))
		}
	default:
		return fmt.Errorf("values of type %s cannot be kept", c.Type)
	}
	if have != want {
		return fmt.Errorf("%d items for %d rows", have, rows)
	}
	if err := checkNulls(c); err != nil {
		return err
	}
	if c.Type != column.String {
		return nil
	}
	if c.Plain() {
		return checkPlain(c)
	}
	if err := checkSorted(c.Dictionary); err != nil {
		return err
	}
	// Rows under a null have code 0, also where the dictionary is empty.
	if len(c.Dictionary) == 0 && c.Nulls < rows {
		return fmt.Errorf("%d texts and an empty dictionary", rows-c.Nulls)
	}
	if highest := max(largest(c.Codes), uint32(largest(c.Codes16))); uint64(highest) >= uint64(max(1, len(c.Dictionary))) {
		return fmt.Errorf("code %d in a dictionary of %d", highest, len(c.Dictionary))
	}
	return nil
}

// checkPlain reads the offsets once.
func checkPlain(c *column.Column) error {
	if len(c.Codes)+len(c.Codes16)+len(c.Dictionary) > 0 {
		return fmt.Errorf("plain texts and a dictionary")
	}
	before := int64(0)
	for i, offset := range c.Offsets {
		if offset < before || offset > int64(len(c.Bytes)) {
			return fmt.Errorf("text %d begins at byte %d, after %d, of %d", i, offset, before, len(c.Bytes))
		}
		before = offset
	}
	return nil
}

func checkNulls(c *column.Column) error {
	if c.Nulls == 0 {
		return nil
	}
	if len(c.Valid) != bitmapSize(c.Len) {
		return fmt.Errorf("a bitmap of %d bytes for %d rows", len(c.Valid), c.Len)
	}
	whole, last := splitBitmap(c.Valid, c.Len)
	valid := bits.OnesCount8(last)
	for len(whole) >= 8 {
		valid += bits.OnesCount64(binary.LittleEndian.Uint64(whole))
		whole = whole[8:]
	}
	for _, b := range whole {
		valid += bits.OnesCount8(b)
	}
	if c.Len-valid != c.Nulls {
		return fmt.Errorf("%d nulls where %d were counted", c.Len-valid, c.Nulls)
	}
	return nil
}

func checkSorted(dictionary []string) error {
	for i := 1; i < len(dictionary); i++ {
		if dictionary[i-1] >= dictionary[i] {
			return fmt.Errorf("dictionary values %d and %d are not in order", i-1, i)
		}
	}
	return nil
}

// largest returns the largest of codes, 0 if there are none. It keeps four
// maxima so that none waits for another.
func largest[C column.Code](codes []C) C {
	var a, b, c, d C
	for len(codes) >= 4 {
		a, b, c, d = max(a, codes[0]), max(b, codes[1]), max(c, codes[2]), max(d, codes[3])
		codes = codes[4:]
	}
	for _, code := range codes {
		a = max(a, code)
	}
	return max(a, b, c, d)
}

func bitmapSize(rows int) int { return rows/8 + (rows%8+7)/8 }

// splitBitmap returns the full bytes of a bitmap, and its last bits with what
// lies beyond the rows cleared.
func splitBitmap(bitmap []byte, rows int) (whole []byte, last byte) {
	whole = bitmap[:rows/8]
	if rows%8 > 0 {
		last = bitmap[rows/8] & (1<<(rows%8) - 1)
	}
	return whole, last
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

type crc uint32

// column adds all of a column but its values.
func (sum *crc) column(c *column.Column) {
	sum.text(c.Name)
	sum.text(c.Type.String())
	sum.number(c.Nulls)
	sum.number(b2i(c.Plain()))
	sum.texts(c.Dictionary)
	sum.number(b2i(c.Levels != nil))
	sum.texts(c.Levels)
	sum.texts([]string{c.Source})
}

func (sum *crc) bytes(b []byte) { *sum = crc(crc32.Update(uint32(*sum), castagnoli, b)) }

func (sum *crc) number(n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	sum.bytes(b[:])
}

func (sum *crc) text(s string) {
	sum.number(len(s))
	sum.bytes([]byte(s))
}

func (sum *crc) texts(list []string) {
	sum.number(len(list))
	for _, s := range list {
		sum.text(s)
	}
}

func (sum *crc) numbers(list []uint32) {
	sum.number(len(list))
	sum.bytes(arrays.Bytes(list))
}
