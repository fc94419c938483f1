package csv

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// A dictionary gives each distinct text a code, in the order in which they come.
// Each worker has its own, so nothing is locked; [merge] joins them.
type dictionary struct {
	values []string // by code
	broken []bool   // by code: was not UTF-8; nil as long as none is

	slots []slot // texts of up to 16 bytes; open addressing, a power of two long
	used  int
	shift int               // 64 - log2(len(slots))
	long  map[string]uint32 // longer texts
}

// A slot holds a text of up to 16 bytes, filled up with zero bytes. No text has a
// zero byte of its own, so that is unambiguous.
type slot struct {
	low, high uint64
	next      uint32 // code + 1; 0 in an empty slot
}

// keep[n] masks the first n bytes of two words.
var keep = func() (masks [17][2]uint64) {
	for n := range masks {
		masks[n][0] = ^(^uint64(0) << (8 * min(n, 8)))
		masks[n][1] = ^(^uint64(0) << (8 * max(n-8, 0)))
	}
	return masks
}()

// code returns the code of a text, which is added if it is new.
func (d *dictionary) code(text []byte) uint32 {
	if len(text) > 16 {
		return d.longCode(text)
	}
	var padded [16]byte
	copy(padded[:], text)
	low, high := binary.LittleEndian.Uint64(padded[:]), binary.LittleEndian.Uint64(padded[8:])
	if 2*d.used >= len(d.slots) {
		d.grow()
	}
	s := d.find(low, high)
	if s.next == 0 {
		*s = slot{low, high, d.add(text) + 1}
		d.used++
	}
	return s.next - 1
}

// hash spreads a text over the highest bits.
func hash(low, high uint64) uint64 {
	return (low ^ bits.RotateLeft64(high, 29)) * 0x9e3779b97f4a7c15
}

// find returns the slot of the text, or the empty one where it belongs.
func (d *dictionary) find(low, high uint64) *slot {
	for i := hash(low, high) >> d.shift; ; i++ {
		s := &d.slots[i&uint64(len(d.slots)-1)]
		if s.next == 0 || s.low == low && s.high == high {
			return s
		}
	}
}

func (d *dictionary) grow() {
	old := d.slots
	d.slots = make([]slot, max(64, 2*len(old)))
	d.shift = 64 - bits.TrailingZeros(uint(len(d.slots)))
	for _, s := range old {
		if s.next != 0 {
			*d.find(s.low, s.high) = s
		}
	}
}

func (d *dictionary) longCode(text []byte) uint32 {
	if code, ok := d.long[string(text)]; ok {
		return code
	}
	if d.long == nil {
		d.long = map[string]uint32{}
	}
	code := d.add(text)
	d.long[string(text)] = code
	return code
}

// add appends a new text. Bytes that are not UTF-8 become U+FFFD.
func (d *dictionary) add(text []byte) uint32 {
	value, whole := string(text), utf8.Valid(text)
	if !whole && d.broken == nil {
		d.broken = make([]bool, len(d.values))
	}
	if d.broken != nil {
		d.broken = append(d.broken, !whole)
	}
	d.values = append(d.values, strings.ToValidUTF8(value, "\ufffd"))
	return uint32(len(d.values) - 1)
}

// merge returns the distinct texts of all dictionaries, sorted by bytes, and for
// each dictionary the number in it of each of its codes.
func merge(dictionaries []*dictionary) (values []string, codes [][]uint32) {
	var texts []string
	for _, d := range dictionaries {
		texts = append(texts, d.values...)
	}
	final := make([]uint32, len(texts))
	for _, k := range column.SortTexts(texts) {
		if n := len(values); n == 0 || values[n-1] != texts[k] {
			values = append(values, texts[k])
		}
		final[k] = uint32(len(values) - 1)
	}
	for _, d := range dictionaries {
		n := len(d.values)
		codes, final = append(codes, final[:n:n]), final[n:]
	}
	return values, codes
}
