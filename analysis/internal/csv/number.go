package csv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"strconv"
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

// tens[k] is 10^k, which a float64 holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// lastBytes returns the n bytes of text before end, 1 to 8 of them, in the high
// bytes of a word, each minus '0'; the low bytes are 0. end is at least 8.
func lastBytes(text []byte, end, n uint32) uint64 {
	shift := 64 - 8*n
	return (binary.LittleEndian.Uint64(text[end-8:end]) ^ zeros) >> shift << shift
}

// digits reports whether each byte of word is at most 9.
func digits(word uint64) bool { return (word|(word+0x76*ones))&high == 0 }

// join returns the number with the eight digits of word, the lowest byte first:
// neighbours are joined to pairs, pairs to fours, fours to eight.
func join(word uint64) uint64 {
	word = word&0x00ff00ff00ff00ff*10 + word>>8&0x00ff00ff00ff00ff
	word = word&0x0000ffff0000ffff*100 + word>>16&0x0000ffff0000ffff
	return word&0xffffffff*10000 + word>>32
}

// plainInt reads text[start:end] if it is 1 to 16 digits that lie at least eight
// bytes from the start of text; otherwise ok is false and [parseInt] must decide.
func plainInt(text []byte, start, end uint32) (value uint64, ok bool) {
	n := end - start
	if n-1 < 8 && end >= 8 {
		word := lastBytes(text, end, n)
		return join(word), digits(word)
	}
	if n-1 < 16 && end >= 16 {
		low, top := lastBytes(text, end, 8), lastBytes(text, end-8, n-8)
		return join(top)*1e8 + join(low), digits(low) && digits(top)
	}
	return 0, false
}

// plainDecimal reads text[start:end] if it is 1 to 8 bytes, digits and at most one
// point, that lie at least eight bytes from the start of text; otherwise ok is
// false and [parseFloat] must decide.
func plainDecimal(text []byte, start, end uint32) (value float64, ok bool) {
	n := end - start
	if n-1 >= 8 || end < 8 {
		return 0, false
	}
	word := lastBytes(text, end, n)
	other := word ^ ('.'^'0')*ones
	points := ^(other&lows + lows | other) & high
	if points == 0 {
		return float64(join(word)), digits(word)
	}
	// The digits before the first point move up by one byte over it.
	point := uint(bits.TrailingZeros64(points)) &^ 7
	before := uint64(1)<<point - 1
	word = word&^(before<<8|0xff) | word&before<<8
	// A number below 10^7 by a power of ten is rounded once: the nearest float64.
	return float64(join(word)) / tens[7-point/8], n > 1 && digits(word)
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
