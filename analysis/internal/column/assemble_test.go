package column_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// A column cut in parts and assembled is the same column.
func TestAssemble(t *testing.T) {
	memory := new(arena.Arena)
	defer memory.Release()
	eachRandom(t, func(t *testing.T, rng *rand.Rand, c *column.Column) {
		if c.Len == 0 {
			return
		}
		a := column.Assemble(c.Len, memory)
		for lo := 0; lo < c.Len; {
			if c.Type != column.String && a.Column() != nil {
				t.Fatal("complete before the last part")
			}
			hi := lo + 1 + rng.IntN(c.Len-lo)
			if added := a.Add(c.Slice(lo, hi)); added != (c.Type != column.String) {
				t.Fatalf("a part of type %v: added %v", c.Type, added)
			}
			lo = hi
		}
		if c.Type == column.String {
			return
		}
		got := a.Column()
		check(t, got)
		if !reflect.DeepEqual(values(got), values(c)) || got.Nulls != c.Nulls || got.Name != c.Name {
			t.Errorf("assembled %v, want %v", values(got), values(c))
		}
		other := column.FromInt32s("x", []int32{1}, nil)
		if c.Type == column.Int32 {
			other = column.FromBools("x", []bool{true}, nil)
		}
		if a.Add(other) {
			t.Error("added a part of another type")
		}
	})
}
