package store

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// mapArrow maps the file and attaches its columns. The mapping is never undone:
// columns and texts lie in it.
func mapArrow(file *os.File, key string, trust func(crc uint32) bool) (batch *column.Batch, notes []byte, p *proof, crc uint32, err error) {
	data, err := mapFile(file)
	if err != nil {
		return nil, nil, nil, 0, err
	}
	err = fault.Catch(func() (err error) {
		batch, notes, p, crc, err = attach(data, key, trust)
		return err
	})
	if err != nil {
		_ = unix.Munmap(data)
		return nil, nil, nil, 0, faulted(err)
	}
	return batch, notes, p, crc, nil
}

// faulted says of a fault that the file was cut short while it was read.
func faulted(err error) error {
	if _, gone := err.(*fault.Error); gone {
		return damaged("it was cut short while it was read")
	}
	return err
}

func mapFile(file *os.File) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := int(info.Size())
	if size < len(magic)+trailer {
		return nil, damaged("%d bytes are no Arrow file", size)
	}
	data, err := unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, &os.PathError{Op: "mmap", Path: file.Name(), Err: err}
	}
	return data, nil
}

// attach returns the columns in an Arrow IPC file as [writeArrow] makes it,
// without copying: they are slices of data. It accepts nothing else.
//
// Structure is always checked: every offset and length lies in the file, every
// dictionary is sorted, and the checksum over all but the values is right. Those are
// checked by the proof, when they are first read. Unless trust says that content of
// this checksum is known good, all of it is checked at once: null counts, codes, and
// the checksums of values.
func attach(data []byte, key string, trust func(crc uint32) bool) (*column.Batch, []byte, *proof, uint32, error) {
	fail := func(err error) (*column.Batch, []byte, *proof, uint32, error) { return nil, nil, nil, 0, err }
	f, err := parse(data)
	if err != nil {
		return fail(err)
	}
	if f.meta[metaKey] != key {
		return fail(damaged("it holds the key %q", f.meta[metaKey]))
	}
	crc, err := strconv.ParseUint(f.meta[metaCRC], 16, 32)
	if err != nil {
		return fail(damaged("its checksum is %q", f.meta[metaCRC]))
	}
	batch, sums, err := f.columns()
	if err != nil {
		return fail(err)
	}
	notes := []byte(f.meta[metaNotes])
	if sum := sums.head(key, f.meta[metaMade], batch, notes); sum != uint32(crc) {
		return fail(damaged("its checksum is %x, its content's %x", crc, sum))
	}
	p, err := newProof(batch, sums)
	if err != nil {
		return fail(err)
	}
	if !trust(uint32(crc)) {
		if err := p.check(func(string) bool { return true }, math.MaxInt/64); err != nil {
			return fail(err)
		}
		if err := checkColumns(batch); err != nil {
			return fail(damaged("%v", err))
		}
	}
	return batch, notes, p, uint32(crc), nil
}

// columns makes the batch of slices into the file, and returns the checksums that its
// fields name.
func (f *file) columns() (b *column.Batch, sums checksums, err error) {
	want := 2 * len(f.fields)
	for _, field := range f.fields {
		if field.plain {
			want++
		}
	}
	if len(f.batch.nodes) != len(f.fields) || len(f.batch.buffers) != want {
		return nil, sums, damaged("%d columns of %d buffers for %d fields", len(f.batch.nodes), len(f.batch.buffers), len(f.fields))
	}
	b = &column.Batch{Len: f.batch.rows}
	buffers := f.batch.buffers
	for i, field := range f.fields {
		valid, values := buffers[0], buffers[1]
		buffers = buffers[2:]
		if field.kind == column.Invalid {
			rows, err := slice[uint32](values, b.Len)
			if err != nil {
				return nil, sums, fmt.Errorf("row numbers: %w", err)
			}
			sums.rows = field.sums
			if b.Rows = rows; rows == nil {
				b.Rows = []uint32{}
			}
			continue
		}
		c := &column.Column{Name: field.name, Type: field.kind, Len: b.Len, Nulls: f.batch.nodes[i].nulls, Levels: field.levels, Source: field.source}
		err := f.fill(c, field, valid, values)
		if field.plain && err == nil {
			c.Bytes, buffers = buffers[0], buffers[1:]
			err = checkEnd(c)
		}
		if err != nil {
			return nil, sums, fmt.Errorf("column %q: %w", field.name, err)
		}
		b.Columns, sums.columns = append(b.Columns, c), append(sums.columns, field.sums)
	}
	return b, sums, nil
}

func (f *file) fill(c *column.Column, field field, valid, values []byte) (err error) {
	if c.Nulls > 0 {
		if c.Valid, err = slice[byte](valid, bitmapSize(c.Len)); err != nil {
			return err
		}
	}
	switch c.Type {
	case column.Int32:
		c.Int32s, err = slice[int32](values, c.Len)
	case column.Int64, column.Timestamp:
		c.Int64s, err = slice[int64](values, c.Len)
	case column.Float64:
		c.Float64s, err = slice[float64](values, c.Len)
	case column.Bool:
		c.Bools, err = slice[byte](values, bitmapSize(c.Len))
	case column.String:
		if field.plain {
			if c.Offsets, err = slice[int64](values, c.Len+1); c.Len == 0 {
				c.Offsets, err = []int64{0}, nil // Arrow allows none of no text
			}
			return err
		}
		var ok bool
		if c.Dictionary, ok = f.dictionaries[field.dictionary]; !ok {
			return damaged("no dictionary")
		}
		switch {
		case field.narrow != c.Narrow():
			return damaged("codes of the wrong width for a dictionary of %d", len(c.Dictionary))
		case field.narrow:
			c.Codes16, err = slice[uint16](values, c.Len)
		default:
			c.Codes, err = slice[uint32](values, c.Len)
		}
	}
	return err
}

// checkEnd refuses texts that end beyond their bytes. The offsets before are values:
// what they point to is looked at when a text is.
func checkEnd(c *column.Column) error {
	if end := c.Offsets[c.Len]; end < 0 || end > int64(len(c.Bytes)) {
		return damaged("%d bytes of text end at %d", len(c.Bytes), end)
	}
	return nil
}

// slice returns the first n items of a buffer, in place. Message bodies start at
// multiples of 8 bytes, and so do buffers; it relies on no more.
func slice[T any](buffer []byte, n int) ([]T, error) {
	if n == 0 {
		return nil, nil
	}
	var one T
	size := int(unsafe.Sizeof(one))
	if n < 0 || n > len(buffer)/size {
		return nil, damaged("%d bytes for %d items of %d", len(buffer), n, size)
	}
	start := unsafe.Pointer(unsafe.SliceData(buffer))
	if uintptr(start)%uintptr(size) != 0 {
		return nil, damaged("a buffer that starts within an item")
	}
	return unsafe.Slice((*T)(start), n), nil
}
