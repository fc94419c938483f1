package column

import (
	"encoding/binary"
	"math/bits"
)

// BitmapLen returns the bytes that n bits take.
func BitmapLen(n int) int { return (n + 7) >> 3 }

// SetBit sets bit i. The bitmap must be the caller's own, not yet part of a
// column.
func SetBit(bitmap []byte, i int) { bitmap[i>>3] |= 1 << (i & 7) }

// BitSet reports whether bit i is set.
func BitSet(bitmap []byte, i int) bool { return bitmap[i>>3]&(1<<(i&7)) != 0 }

// CountBits returns how many of the first n bits are set; what lies behind them
// in the last byte is not looked at.
func CountBits(bitmap []byte, n int) int {
	whole, count := n>>3, 0
	i := 0
	for ; i+8 <= whole; i += 8 {
		count += bits.OnesCount64(binary.LittleEndian.Uint64(bitmap[i:]))
	}
	for ; i < whole; i++ {
		count += bits.OnesCount8(bitmap[i])
	}
	if rest := n & 7; rest != 0 {
		count += bits.OnesCount8(bitmap[whole] & (1<<rest - 1))
	}
	return count
}

// PackBools returns the bitmap that has bit i set where values[i] is true.
func PackBools(values []bool) []byte {
	packed := make([]byte, BitmapLen(len(values)))
	for i, v := range values {
		if v {
			SetBit(packed, i)
		}
	}
	return packed
}

// sliceBits returns bits lo to hi, sharing the bytes where lo falls on one.
func sliceBits(bitmap []byte, lo, hi int) []byte {
	if lo&7 == 0 {
		return bitmap[lo>>3 : BitmapLen(hi)]
	}
	packed := make([]byte, BitmapLen(hi-lo))
	appendBits(packed, 0, bitmap[lo>>3:], lo&7, hi-lo)
	return packed
}

// appendBits copies n bits of src from bit from to bit at of dst, whose bits
// there are zero.
func appendBits(dst []byte, at int, src []byte, from, n int) {
	if at&7 == 0 && from&7 == 0 {
		whole := n >> 3
		copy(dst[at>>3:], src[from>>3:from>>3+whole])
		at, from, n = at+whole<<3, from+whole<<3, n&7
	}
	for i := range n {
		dst[(at+i)>>3] |= src[(from+i)>>3] >> ((from + i) & 7) & 1 << ((at + i) & 7)
	}
}

// setBits sets n bits of dst from bit at on.
func setBits(dst []byte, at, n int) {
	for ; n > 0 && at&7 != 0; n-- {
		SetBit(dst, at)
		at++
	}
	for ; n >= 8; n -= 8 {
		dst[at>>3] = 0xff
		at += 8
	}
	for ; n > 0; n-- {
		SetBit(dst, at)
		at++
	}
}
