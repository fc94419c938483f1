package column

import "math"

const signBit = 1 << 63

// keyBlock is how many rows the kernels turn into keys at a time: 16 KB, which
// stay in the first-level cache.
const keyBlock = 2048

// fillKeys sets dst[i] to the key of row lo+i. Keys order as values do: numbers
// by size, false before true, texts by bytes. All NaNs have one key, the
// greatest, and -0 has the key of 0. Under a null the key has no meaning. A
// vector has no order; all its keys are 0. Texts must be [Column.Coded].
func (c *Column) fillKeys(dst []uint64, lo int) {
	switch c.Type {
	case Int32:
		for i, v := range c.Int32s[lo : lo+len(dst)] {
			dst[i] = intKey(int64(v))
		}
	case Int64, Timestamp:
		for i, v := range c.Int64s[lo : lo+len(dst)] {
			dst[i] = intKey(v)
		}
	case Float64:
		for i, v := range c.Float64s[lo : lo+len(dst)] {
			dst[i] = floatKey(v)
		}
	case Bool:
		for i := range dst {
			dst[i] = uint64(c.Bools[(lo+i)>>3] >> ((lo + i) & 7) & 1)
		}
	case String:
		if c.Narrow() {
			codeKeys(dst, c.Codes16[lo:lo+len(dst)])
		} else {
			codeKeys(dst, c.Codes[lo:lo+len(dst)])
		}
	default:
		clear(dst)
	}
}

func codeKeys[C Code](dst []uint64, codes []C) {
	for i, code := range codes {
		dst[i] = uint64(code)
	}
}

func intKey(v int64) uint64 { return uint64(v) ^ signBit }

func floatKey(v float64) uint64 {
	if v != v {
		return math.MaxUint64
	}
	b := math.Float64bits(v + 0) // -0 + 0 is 0
	return b ^ (uint64(int64(b)>>63) | signBit)
}

// fillNumberKeys is fillKeys for a Float64 column that holds no NaN, without a test.
func (c *Column) fillNumberKeys(dst []uint64, lo int) {
	for i, v := range c.Float64s[lo : lo+len(dst)] {
		b := math.Float64bits(v + 0)
		dst[i] = b ^ (uint64(int64(b)>>63) | signBit)
	}
}

// keyFloat returns the value of a key of type t as Column.Float would.
func keyFloat(t Type, key uint64) float64 {
	switch t {
	case Int32, Int64, Timestamp:
		return float64(int64(key ^ signBit))
	case Float64:
		if key == math.MaxUint64 {
			return math.NaN()
		}
		if key >= signBit {
			return math.Float64frombits(key ^ signBit)
		}
		return math.Float64frombits(^key)
	}
	return float64(key)
}

// sortByKey sorts keys ascending, and rows with them, by a stable radix sort:
// O(n) a digit, for as many 11-bit digits as the keys' spread has.
func sortByKey(keys []uint64, rows []uint32) {
	const digit = 11
	low, high := keyRange(keys)
	fromKeys, fromRows := keys, rows
	toKeys, toRows := make([]uint64, len(keys)), make([]uint32, len(rows))
	for shift := 0; shift < 64 && (high-low)>>shift != 0; shift += digit {
		var starts [1 << digit]int
		for _, k := range fromKeys {
			starts[(k-low)>>shift&(1<<digit-1)]++
		}
		sum := 0
		for d, n := range starts {
			starts[d] = sum
			sum += n
		}
		for i, k := range fromKeys {
			at := &starts[(k-low)>>shift&(1<<digit-1)]
			toKeys[*at], toRows[*at] = k, fromRows[i]
			*at++
		}
		fromKeys, toKeys = toKeys, fromKeys
		fromRows, toRows = toRows, fromRows
	}
	copy(keys, fromKeys) // onto itself after an even number of digits
	copy(rows, fromRows)
}

// keyRange returns the smallest and the largest key, 0 and 0 if there is none.
func keyRange(keys []uint64) (low, high uint64) {
	if len(keys) == 0 {
		return 0, 0
	}
	low, high = keys[0], keys[0]
	for _, k := range keys {
		low, high = min(low, k), max(high, k)
	}
	return low, high
}
