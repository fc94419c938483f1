package column_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestCopyIsEqual(t *testing.T) {
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		for _, c := range []*column.Column{c, c.Slice(c.Len/3, c.Len/2), c.Gather([]uint32{0, 0}[:min(2, c.Len)])} {
			d := c.Copy()
			check(t, d)
			if d.Name != c.Name || d.Type != c.Type || d.Len != c.Len || d.Plain() != c.Plain() || !reflect.DeepEqual(values(d), values(c)) {
				t.Errorf("%v copied to %v", values(c), values(d))
			}
		}
	})
}

// What is written to the memory of a column does not show in its copy.
func TestCopySharesNothing(t *testing.T) {
	memory := []byte("abcabc")
	word := func(at, n int) string { return unsafe.String(&memory[at], n) }
	for name, c := range map[string]*column.Column{
		"dictionary": {Name: "x", Type: column.String, Len: 2, Codes16: []uint16{1, 0}, Dictionary: []string{word(0, 2), word(1, 2)}},
		"few rows":   {Name: "x", Type: column.String, Len: 2, Codes16: []uint16{1, 0}, Dictionary: []string{word(0, 2), word(1, 2), word(2, 1)}},
		"plain":      {Name: "x", Type: column.String, Len: 2, Offsets: []int64{1, 3, 5}, Bytes: memory},
	} {
		b := (&column.Batch{Len: 2, Columns: []*column.Column{c}, Rows: []uint32{4, 5}}).Copy()
		want := strings.Clone(c.Text(0)) + strings.Clone(c.Text(1))
		for i := range memory {
			memory[i] ^= 1
		}
		if got := b.Columns[0].Text(0) + b.Columns[0].Text(1); got != want || b.Rows[1] != 5 {
			t.Errorf("%s: %q became %q", name, want, got)
		}
		for i := range memory {
			memory[i] ^= 1
		}
	}
}
