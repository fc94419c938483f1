package column

import (
	"unsafe"
)

// PlainRows is how many texts a column must at least hold to be plain.
const PlainRows = 1 << 17

// MostlyDistinct reports whether that many texts, nulls not counted, are held in
// plain form where so many of them are different: a dictionary would then take
// more memory than the texts themselves, and sorting it more time than reading
// them. Columns that are built decide by it; one made of another keeps its form.
func MostlyDistinct(texts, distinct int) bool { return texts > PlainRows && distinct > texts/2 }

// Plain reports whether a String column holds its texts row by row, in Offsets and
// Bytes, without dictionary and codes.
func (c *Column) Plain() bool { return c.Offsets != nil }

// plainText returns row i of a plain column, also under a null. It lies in Bytes.
func (c *Column) plainText(i int) string {
	b := c.Bytes[c.Offsets[i]:c.Offsets[i+1]] // checked: offsets may come from a file
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// layOut makes c plain: its row i is text(i), which is "" under a null. Blocks of
// rows are laid out side by side.
func (c *Column) layOut(text func(i int) string) {
	c.Offsets = make([]int64, c.Len+1)
	EachBlock(c.Len, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			c.Offsets[i+1] = int64(len(text(i)))
		}
	})
	for i := range c.Len {
		c.Offsets[i+1] += c.Offsets[i]
	}
	c.Bytes = make([]byte, c.Offsets[c.Len])
	EachBlock(c.Len, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			copy(c.Bytes[c.Offsets[i]:], text(i))
		}
	})
}

// Coded returns c with a dictionary and codes: c itself unless it is plain. What
// orders, counts or groups texts works on codes, and makes them by this. The
// dictionary's texts lie in the Bytes of c. O(n log n) for a plain column, mostly
// by radix.
func (c *Column) Coded() *Column {
	if c.Type != String || !c.Plain() {
		return c
	}
	texts, rows := make([]string, 0, c.Len-c.Nulls), make([]uint32, 0, c.Len-c.Nulls)
	for i := range c.Len {
		if !c.IsNull(i) {
			texts, rows = append(texts, c.plainText(i)), append(rows, uint32(i))
		}
	}
	d := *c
	d.Offsets, d.Bytes, d.Dictionary = nil, nil, nil
	d.Codes = make([]uint32, c.Len)
	for _, k := range SortTexts(texts) {
		if n := len(d.Dictionary); n == 0 || d.Dictionary[n-1] != texts[k] {
			d.Dictionary = append(d.Dictionary, texts[k])
		}
		d.Codes[rows[k]] = uint32(len(d.Dictionary) - 1)
	}
	if d.Narrow() {
		d.Codes16 = make([]uint16, c.Len)
		for i, code := range d.Codes {
			d.Codes16[i] = uint16(code)
		}
		d.Codes = nil
	}
	return &d
}
