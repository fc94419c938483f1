package csv

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// keptProblems is how many problems of a column are kept.
const keptProblems = 5

// A target is where a field's values go: buffers with an item a row of all files,
// in which every block has its own stretch.
type target struct {
	field Field
	out   *column.Column
	flags []byte // Bool: a byte a row, packed at the end, since blocks share bytes of bits

	// String: codes of the decoding worker's own dictionary, for each block in
	// the narrow buffer or the wide one. Memory that is not written costs nothing.
	narrow []uint16
	wide   []uint32
}

// A finding is what one worker knows about one field besides its values.
type finding struct {
	nulls   []uint32 // rows, in no particular order
	bad     int64
	defects []defect // the worker's first in file order

	strange   int64  // Timestamp: values that are no seconds
	strangest defect // the worker's first of them in file order

	words   dictionary
	outgrew int // 1 + the row from which the worker's blocks are in the wide buffer, 0 while there is none
}

// A defect is a bad value where it was found.
type defect struct {
	block  *block
	offset int // in the file
	field  int
	text   string
	reason string
}

// A worker decodes blocks, one at a time, in ascending order.
type worker struct {
	targets  []target
	findings []finding // a target
	index    index
	first    *defect // of the current block
}

// decode reads a block into the targets. places gives each target's column in the
// block's file. With failFast the first bad value is an error.
func (w *worker) decode(b *block, places []int, failFast bool) error {
	w.first = nil
	flaw := w.index.split(b)
	if w.index.rows > b.rows || flaw == nil && w.index.rows < b.rows {
		return refuse(b.source.path, ErrChanged) // since its records were counted
	}
	for k, place := range places {
		switch w.targets[k].field.Type {
		case column.Int32:
			ints(w, b, k, place, w.targets[k].out.Int32s[b.base:], 32)
		case column.Int64:
			ints(w, b, k, place, w.targets[k].out.Int64s[b.base:], 64)
		case column.Timestamp:
			ints(w, b, k, place, w.targets[k].out.Int64s[b.base:], 64)
			w.doubt(b, k, place)
		case column.Float64:
			w.floats(b, k, place)
		case column.Bool:
			w.bools(b, k, place)
		case column.String:
			w.texts(b, k, place)
		}
	}
	if failFast && w.first != nil {
		d := w.first
		err := b.source.fault(d.offset, fmt.Errorf("%w: %q %s", ErrBadValue, d.text, d.reason))
		err.Field = w.targets[d.field].field.Name
		return err
	}
	if flaw != nil {
		return b.source.fault(b.start+flaw.at, flaw.err)
	}
	return nil
}

// ints decodes a column of integers of that many bits.
func ints[T int32 | int64](w *worker, b *block, k, place int, out []T, size int) {
	x := &w.index
	out = out[:x.rows]
	for r := 0; r < len(out); r++ {
		r += shortInts(x, place, r, out)
		if r == len(out) {
			return
		}
		if r += longInts(x, place, r, out); r == len(out) {
			return
		}
		i := r*x.columns + place
		value, verdict := parseInt(x.field(i), size)
		if verdict != valid {
			value = 0
			w.miss(b, k, r, i, verdict)
		}
		out[r] = T(value)
	}
}

// shortInts decodes from record r on as long as each field is 1 to 8 digits that
// lie at least eight bytes from the start of the text, and returns how many are.
// Here and below a loop without calls keeps what it needs in registers.
func shortInts[T int32 | int64](x *index, place, r int, out []T) int {
	text, bounds, gap, step := unsafe.SliceData(x.text), x.bounds[r*x.columns+place:], x.gap(place), x.columns
	out = out[r:]
	i := 0
	for r := range out {
		start, end := bounds[i], bounds[i+1]-gap
		n := end - start
		if n == 1 { // most of them, and then in half the time
			digit := *(*byte)(unsafe.Add(unsafe.Pointer(text), start)) - '0'
			if digit > 9 {
				return r
			}
			out[r] = T(digit)
			i += step
			continue
		}
		if n-1 >= 8 || end < 8 {
			return r
		}
		word := lastBytes(text, end, n)
		if !digits(word) {
			return r
		}
		out[r] = T(join(word))
		i += step
	}
	return len(out)
}

// longInts is shortInts for fields of 9 to 16 digits whose value is in T's range.
func longInts[T int32 | int64](x *index, place, r int, out []T) int {
	text, bounds, gap, step := unsafe.SliceData(x.text), x.bounds[r*x.columns+place:], x.gap(place), x.columns
	out = out[r:]
	i := 0
	for r := range out {
		start, end := bounds[i], bounds[i+1]-gap
		n := end - start
		if n-9 >= 8 || end < 16 {
			return r
		}
		low, top := lastBytes(text, end, 8), lastBytes(text, end-8, n-8)
		value := join(top)*1e8 + join(low)
		if !digits(low) || !digits(top) || uint64(T(value)) != value {
			return r
		}
		out[r] = T(value)
		i += step
	}
	return len(out)
}

func (w *worker) floats(b *block, k, place int) {
	x := &w.index
	out := w.targets[k].out.Float64s[b.base:][:x.rows]
	for r := 0; r < len(out); r++ {
		if r += shortDecimals(x, place, r, out); r == len(out) {
			return
		}
		i := r*x.columns + place
		value, verdict := parseFloat(x.field(i))
		if verdict != valid {
			value = 0
			w.miss(b, k, r, i, verdict)
		}
		out[r] = value
	}
}

// shortDecimals is shortInts for fields of 1 to 8 digits and at most one point.
func shortDecimals(x *index, place, r int, out []float64) int {
	text, bounds, gap, step := unsafe.SliceData(x.text), x.bounds[r*x.columns+place:], x.gap(place), x.columns
	out = out[r:]
	i := 0
	for r := range out {
		start, end := bounds[i], bounds[i+1]-gap
		n := end - start
		if n-1 >= 8 || end < 8 {
			return r
		}
		word := lastBytes(text, end, n)
		whole, places := unpoint(word)
		if !digits(whole) || word == lonePoint {
			return r
		}
		// A number below 10^8 by a power of ten is rounded once: the nearest float64.
		out[r] = float64(join(whole)) / tens[places]
		i += step
	}
	return len(out)
}

func (w *worker) bools(b *block, k, place int) {
	x := &w.index
	gap := x.gap(place)
	out := w.targets[k].flags[b.base:][:x.rows]
	i := place
	for r := range out {
		value, verdict := parseBool(x.text[x.bounds[i] : x.bounds[i+1]-gap])
		if value {
			out[r] = 1
		}
		if verdict != valid {
			w.miss(b, k, r, i, verdict)
		}
		i += x.columns
	}
}

// texts decodes a column of strings to the codes of the worker's own dictionary.
func (w *worker) texts(b *block, k, place int) {
	f, t := &w.findings[k], &w.targets[k]
	if f.outgrew == 0 && len(f.words.values)+w.index.rows > column.NarrowCodes {
		f.outgrew = 1 + b.base
	}
	if f.inNarrow(b) {
		encode(w, b, k, place, t.narrow[b.base:])
	} else {
		encode(w, b, k, place, t.wide[b.base:])
	}
}

// inNarrow reports whether the codes of a block that the finding's worker decoded
// are in the narrow buffer.
func (f *finding) inNarrow(b *block) bool { return f.outgrew == 0 || b.base < f.outgrew-1 }

// encode writes the codes of a column of strings to out.
func encode[C column.Code](w *worker, b *block, k, place int, out []C) {
	x, words := &w.index, &w.findings[k].words
	out = out[:x.rows]
	for r := 0; r < len(out); r++ {
		if words.broken == nil {
			if r += knownTexts(x, words, place, r, out); r == len(out) {
				return
			}
		}
		i := r*x.columns + place
		code := words.code(x.field(i))
		out[r] = C(code)
		if words.broken != nil && words.broken[code] {
			w.miss(b, k, r, i, mistyped)
		}
	}
}

// knownTexts is shortInts for texts of up to 16 bytes that the dictionary knows,
// at least 16 bytes from the end of the index's text.
func knownTexts[C column.Code](x *index, words *dictionary, place, r int, out []C) int {
	if len(words.slots) == 0 {
		return 0
	}
	text, bounds, gap, step := unsafe.SliceData(x.text), x.bounds[r*x.columns+place:], x.gap(place), x.columns
	slots, shift, last := words.slots, words.shift, uint64(len(words.slots)-1)
	safe := uint32(max(0, len(x.text)-16))
	out = out[r:]
	i := 0
	for r := range out {
		start, end := bounds[i], bounds[i+1]-gap
		n := end - start
		if n > 16 || start > safe {
			return r
		}
		two := (*[16]byte)(unsafe.Add(unsafe.Pointer(text), start))
		mask := &keep[n]
		low, high := binary.LittleEndian.Uint64(two[:8])&mask[0], binary.LittleEndian.Uint64(two[8:])&mask[1]
		at := hash(low, high) >> (shift & 63)
		s := &slots[at&last]
		for s.low != low || s.high != high || s.next == 0 {
			if s.next == 0 {
				return r
			}
			at++
			s = &slots[at&last]
		}
		out[r] = C(s.next - 1)
		i += step
	}
	return len(out)
}

// miss notes that record r of the block, whose field k is number i of the index,
// is null or bad.
func (w *worker) miss(b *block, k, r, i int, v verdict) {
	f, kind := &w.findings[k], w.targets[k].field.Type
	if kind != column.String {
		f.nulls = append(f.nulls, uint32(b.base+r))
	}
	if v == null {
		return
	}
	f.bad++
	offset := b.start + w.index.origin(i)
	if len(f.defects) >= keptProblems && (w.first != nil && w.first.offset <= offset) {
		return
	}
	d := defect{block: b, offset: offset, field: k, text: short(w.index.field(i), 80), reason: reason(kind, v)}
	if len(f.defects) < keptProblems {
		f.defects = append(f.defects, d)
	}
	if w.first == nil || offset < w.first.offset {
		w.first = &d
	}
}

// doubt notes the timestamps of the block's field k, a column of its file, that are
// no seconds.
func (w *worker) doubt(b *block, k, place int) {
	f, x := &w.findings[k], &w.index
	for r, value := range w.targets[k].out.Int64s[b.base:][:x.rows] {
		if column.InYears(value) {
			continue
		}
		if f.strange++; f.strange == 1 {
			i := r*x.columns + place
			f.strangest = defect{block: b, offset: b.start + x.origin(i), field: k, text: short(x.field(i), 80), reason: column.LikelyUnit(value)}
		}
	}
}

// reason says why a text is not a value of the type.
func reason(kind column.Type, v verdict) string {
	switch {
	case kind == column.String:
		return "is not UTF-8"
	case v == tooLarge:
		return "is beyond the range of " + kind.String()
	}
	article := "a "
	if kind == column.Int32 || kind == column.Int64 {
		article = "an "
	}
	text := "is not " + article + kind.String()
	if v == fractional {
		text += ": it has a fraction"
	}
	return text
}
