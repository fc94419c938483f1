package csv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"strconv"
	"unsafe"
)

// A verdict says what became of a field's text.
type verdict uint8

const (
	valid    verdict = iota
	null             // no text, or only blanks
	mistyped         // not a value of the type
	tooLarge         // a number beyond the type's range
)

const zeros = '0' * ones

// tens[k] is 10^k, which a float64 holds exactly; the last is for numbers without
// a point.
var tens = [16]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 15: 1}

// lonePoint is a point with nothing before it, or zeros, as lastBytes returns it.
const lonePoint = ('.' ^ '0') << 56

// upper[n] masks the last n bytes of a word.
var upper = func() (masks [16]uint64) {
	for n := range masks {
		masks[n] = ^(^uint64(0) >> (8 * min(n, 8)))
	}
	return masks
}()

// lastBytes returns the n bytes of text before end, 1 to 8 of them, in the high
// bytes of a word, each minus '0'; the low bytes are 0. end is at least 8 and
// within text, which is not checked: a quarter of the time of a short number.
func lastBytes(text *byte, end, n uint32) uint64 {
	word := (*[8]byte)(unsafe.Add(unsafe.Pointer(text), uintptr(end)-8))
	return (binary.LittleEndian.Uint64(word[:]) ^ zeros) & upper[n&15]
}

// digits reports whether each byte of word is at most 9.
func digits(word uint64) bool { return (word|(word+0x76*ones))&high == 0 }

// join returns the number with the eight digits of word, the lowest byte first:
// neighbours are joined to pairs, pairs to fours, fours to eight. Each product adds
// the word to ten, a hundred or ten thousand times of itself one place further up.
func join(word uint64) uint64 {
	word = word * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	word = word * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return word * (10000<<32 + 1) >> 32
}

// unpoint takes the first point, if any, out of a word of bytes less '0': the
// bytes before it move up by one over it. tens[places] is what the number that is
// left must be divided by. There are no branches, since numbers with and without a
// point mix.
func unpoint(word uint64) (rest uint64, places uint) {
	other := word ^ ('.'^'0')*ones
	points := ^(other&lows + lows | other) & high
	first := points & -points >> 7 // the lowest bit of the point's byte, or 0
	before := first - 1
	before &^= uint64(int64(before) >> 63) // 0 without a point
	rest = word&^(before|0xff*first) | word&before<<8
	return rest, (7 - uint(bits.TrailingZeros64(first))/8) % 16
}

// parseInt reads any integer, with blanks around it.
func parseInt(text []byte, size int) (int64, verdict) {
	text = bytes.Trim(text, " \t")
	if len(text) == 0 {
		return 0, null
	}
	value, err := strconv.ParseInt(string(text), 10, size)
	return value, judge(err)
}

// parseFloat reads any decimal number, with blanks around it.
func parseFloat(text []byte) (float64, verdict) {
	text = bytes.Trim(text, " \t")
	if len(text) == 0 {
		return 0, null
	}
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, mistyped // also what ParseFloat knows besides: inf, nan, 0x1p4
		}
	}
	value, err := strconv.ParseFloat(string(text), 64)
	return value, judge(err)
}

// parseBool reads a truth value, with blanks around it.
func parseBool(text []byte) (bool, verdict) {
	text = bytes.Trim(text, " \t")
	if len(text) == 0 {
		return false, null
	}
	value, err := strconv.ParseBool(string(text))
	return value, judge(err)
}

func judge(err error) verdict {
	switch {
	case err == nil:
		return valid
	case errors.Is(err, strconv.ErrRange):
		return tooLarge
	}
	return mistyped
}
