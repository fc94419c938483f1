package csv

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// Every byte at every place of a block, among bytes that could carry into it, is
// found just when it is a comma or a line feed.
func TestSeparators(t *testing.T) {
	for _, other := range []byte{0, ',', '\n', '0', 0x7f, 0x80, ',' | 0x80, '\n' | 0x80, 0xff} {
		for c := range 256 {
			for place := range 64 {
				var block [64]byte
				for i := range block {
					block[i] = other
				}
				block[place] = byte(c)
				found := separators(&block)
				for i, b := range block {
					if found>>i&1 == 1 != (b == ',' || b == '\n') {
						t.Fatalf("byte %#x at %d among %#x: %#x at %d is wrong", c, place, other, b, i)
					}
				}
			}
		}
	}
}

// What the loops over short numbers take is what strconv reads, and what they leave
// is not 1 to 8, or 9 to 16, digits, with at most one point for decimals.
func TestShortNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const bytes = "0123456789012345678901234567890123456789....-+ eE/:\x80\xb0\xff"
	for range 300_000 {
		field := make([]byte, r.IntN(18))
		for i := range field {
			field[i] = bytes[r.IntN(len(bytes)>>(r.IntN(2)))]
		}
		x := &index{text: []byte("0123456789,98765," + string(field) + "\n"), columns: 3, rows: 1, tail: 1}
		x.bounds = []uint32{0, 11, 17, uint32(len(x.text))}

		digits, points := len(field) > 0, 0
		for _, c := range field {
			if c == '.' {
				points++
			} else if c < '0' || c > '9' {
				digits = false
			}
		}
		whole := digits && points == 0
		ints, longs, reals := []int64{-1}, []int32{-1}, []float64{-1}

		want, _ := strconv.ParseInt(string(field), 10, 64)
		if n := shortInts(x, 2, 0, ints); (n == 1) != (whole && len(field) <= 8) || n == 1 && ints[0] != want {
			t.Fatalf("%q: %d read, %d", field, n, ints[0])
		}
		if n := longInts(x, 2, 0, ints); (n == 1) != (whole && len(field) > 8 && len(field) <= 16) || n == 1 && ints[0] != want {
			t.Fatalf("%q: %d read, %d", field, n, ints[0])
		}
		if n := longInts(x, 2, 0, longs); (n == 1) != (whole && len(field) > 8 && len(field) <= 16 && want <= math.MaxInt32) || n == 1 && int64(longs[0]) != want {
			t.Fatalf("%q: %d read, %d", field, n, longs[0])
		}
		real, _ := strconv.ParseFloat(string(field), 64)
		plain := digits && points <= 1 && len(field) > points && len(field) <= 8
		if real == 0 && points == 1 && field[len(field)-1] == '.' {
			plain = false // looks like a point alone
		}
		if n := shortDecimals(x, 2, 0, reals); (n == 1) != plain || n == 1 && math.Float64bits(reals[0]) != math.Float64bits(real) {
			t.Fatalf("%q: %d read, %v", field, n, reals[0])
		}
	}
}
