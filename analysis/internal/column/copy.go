package column

import (
	"slices"
	"strings"
)

// Copy returns c in memory of its own: nothing of it, texts included, lies in a
// file that c may be mapped from. Of a dictionary longer than the column only the
// texts that rows use are kept. O(n).
func (c *Column) Copy() *Column {
	d := *c
	d.Valid = slices.Clone(c.Valid)
	d.Int32s, d.Int64s, d.Float64s, d.Bools = slices.Clone(c.Int32s), slices.Clone(c.Int64s), slices.Clone(c.Float64s), slices.Clone(c.Bools)
	switch {
	case c.Plain():
		d.layOut(c.plainText)
	case len(c.Dictionary) > c.Len:
		texts, valid := make([]string, c.Len), make([]bool, c.Len)
		for i := range texts {
			texts[i], valid[i] = c.Text(i), !c.IsNull(i)
		}
		coded := FromStrings(c.Name, texts, valid)
		d.Codes16, d.Codes, d.Dictionary = coded.Codes16, coded.Codes, cloned(coded.Dictionary)
	default:
		d.Codes16, d.Codes, d.Dictionary = slices.Clone(c.Codes16), slices.Clone(c.Codes), cloned(c.Dictionary)
	}
	d.Features = c.Features.each((*Column).Copy)
	return &d
}

// cloned returns copies of texts, all in one piece of memory.
func cloned(texts []string) []string {
	all, copies := strings.Join(texts, ""), slices.Clone(texts)
	for i, text := range texts {
		copies[i], all = all[:len(text)], all[len(text):]
	}
	return copies
}

// Copy returns the batch in memory of its own; see [Column.Copy].
func (b *Batch) Copy() *Batch {
	d := &Batch{Len: b.Len, Rows: slices.Clone(b.Rows), Columns: make([]*Column, len(b.Columns))}
	for i, c := range b.Columns {
		d.Columns[i] = c.Copy()
	}
	return d
}
