package csv

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"strconv"
	"unsafe"
)

// A verdict says what became of a field's text.
type verdict uint8

const (
	valid      verdict = iota
	null               // no text, or only blanks
	mistyped           // not a value of the type
	fractional         // a number that is not whole, of an integer type
	tooLarge           // a number beyond the type's range
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

// parseInt reads an integer of that many bits, with blanks around it: any decimal
// number, as parseFloat takes it, whose value is whole, such as 42, 42.0 or 4.2e1.
// It is exact, since the digits are never taken for a float64.
func parseInt[T string | []byte](text T, size int) (int64, verdict) {
	text = trim(text)
	if len(text) == 0 {
		return 0, null
	}
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	d, ok := parseDecimal(text)
	switch {
	case !ok:
		return 0, mistyped
	case d.value == 0:
		return 0, valid
	case d.power < 0:
		return 0, fractional
	}
	limit := uint64(1)<<(size-1) - 1
	if negative {
		limit++
	}
	for ; d.power > 0 && d.value <= limit; d.power-- {
		if d.value > math.MaxUint64/10 {
			return 0, tooLarge
		}
		d.value *= 10
	}
	switch {
	case d.value > limit || d.long:
		return 0, tooLarge
	case negative:
		return -int64(d.value), valid // of the lowest int64 too, whose negative is itself
	}
	return int64(d.value), valid
}

// A decimal is value * 10^power; value ends in no zero, unless it is 0. long says that
// value is only the beginning of a number of more digits.
type decimal struct {
	value uint64
	power int64
	long  bool
}

// parseDecimal reads digits with at most one point among them, and an exponent.
func parseDecimal[T string | []byte](text T) (d decimal, ok bool) {
	digits, pointed, i := 0, false, 0
	zeros := int64(0) // behind the value
scan:
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '.' && !pointed:
			pointed = true
			continue
		case c == '0':
			if d.value > 0 {
				zeros++
			}
		case '1' <= c && c <= '9':
			for ; zeros >= 0 && !d.long; zeros-- {
				if d.long = d.value > (math.MaxUint64-9)/10; !d.long {
					d.value *= 10
				}
			}
			zeros = 0
			if !d.long {
				d.value += uint64(c - '0')
			}
		default:
			break scan
		}
		digits++
		if pointed {
			d.power--
		}
	}
	d.power += zeros
	if digits == 0 {
		return d, false
	}
	if i == len(text) {
		return d, true
	}
	exponent, ok := parseExponent(text[i:])
	d.power += exponent
	return d, ok
}

// parseExponent reads e or E, an optional sign, and digits. Of what is beyond 10^12,
// the size does not matter any more.
func parseExponent[T string | []byte](text T) (exponent int64, ok bool) {
	if text[0] != 'e' && text[0] != 'E' {
		return 0, false
	}
	text = text[1:]
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, false
		}
		exponent = min(10*exponent+int64(digit), 1e12)
	}
	if negative {
		exponent = -exponent
	}
	return exponent, len(text) > 0
}

// trim returns text without the blanks around it.
func trim[T string | []byte](text T) T {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t') {
		text = text[1:]
	}
	for n := len(text); n > 0 && (text[n-1] == ' ' || text[n-1] == '\t'); n-- {
		text = text[:n-1]
	}
	return text
}

// parseFloat reads any decimal number, with blanks around it.
func parseFloat[T string | []byte](text T) (float64, verdict) {
	text = trim(text)
	if len(text) == 0 {
		return 0, null
	}
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, mistyped // also what ParseFloat knows besides: inf, nan, 0x1p4
		}
	}
	value, err := strconv.ParseFloat(string(text), 64)
	return value, judge(err)
}

// parseBool reads a truth value, or a number that is 0 or 1, with blanks around it.
func parseBool[T string | []byte](text T) (bool, verdict) {
	text = trim(text)
	if len(text) == 0 {
		return false, null
	}
	value, err := strconv.ParseBool(string(text))
	if err == nil {
		return value, valid
	}
	if number, v := parseInt(text, 64); v == valid && (number == 0 || number == 1) {
		return number == 1, valid
	}
	return false, mistyped
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

// Int reads a text as a field of an integer column of that many bits is read. It is
// false for a blank text too, as are the two below.
func Int(text string, size int) (int64, bool) {
	value, v := parseInt(text, size)
	return value, v == valid
}

// Float reads a text as a field of a column of floats is read.
func Float(text string) (float64, bool) {
	value, v := parseFloat(text)
	return value, v == valid
}

// Bool reads a text as a field of a column of truth values is read.
func Bool(text string) (bool, bool) {
	value, v := parseBool(text)
	return value, v == valid
}
