package column

import (
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/arena"
)

// An Assembly is a column of numbers or Bools that is made part by part, each of
// which may be forgotten once it is added. Its zero value is no use.
type Assembly struct {
	memory *arena.Arena
	n, at  int
	c      *Column // nil before the first part
}

// Assemble begins a column of n rows, which lies in memory.
func Assemble(n int, memory *arena.Arena) *Assembly { return &Assembly{memory: memory, n: n} }

// Add copies a part behind those before, of which the first decides on name, type
// and levels. It reports false, and adds nothing, for one that differs from it or
// that is of texts or vectors.
func (a *Assembly) Add(part *Column) bool {
	if part.Type == String || part.Type == Vector {
		return false
	}
	if a.c == nil {
		a.c = &Column{Name: part.Name, Type: part.Type, Len: a.n, Levels: part.Levels, Source: part.Source}
		switch part.Type {
		case Int32:
			a.c.Int32s = arena.Make[int32](a.memory, a.n)
		case Int64, Timestamp:
			a.c.Int64s = arena.Make[int64](a.memory, a.n)
		case Float64:
			a.c.Float64s = arena.Make[float64](a.memory, a.n)
		case Bool:
			a.c.Bools = arena.Make[byte](a.memory, BitmapLen(a.n))
		}
	}
	c := a.c
	if part.Type != c.Type || part.Source != c.Source || !slices.Equal(part.Levels, c.Levels) {
		return false
	}
	if part.Nulls > 0 && c.Valid == nil {
		c.Valid = arena.Make[byte](a.memory, BitmapLen(a.n))
		setBits(c.Valid, 0, a.at)
	}
	switch {
	case part.Nulls > 0:
		appendBits(c.Valid, a.at, part.Valid, 0, part.Len)
	case c.Valid != nil:
		setBits(c.Valid, a.at, part.Len)
	}
	c.Nulls += part.Nulls
	copy(c.Int32s[min(a.at, len(c.Int32s)):], part.Int32s)
	copy(c.Int64s[min(a.at, len(c.Int64s)):], part.Int64s)
	copy(c.Float64s[min(a.at, len(c.Float64s)):], part.Float64s)
	if c.Type == Bool {
		appendBits(c.Bools, a.at, part.Bools, 0, part.Len)
	}
	a.at += part.Len
	return true
}

// Column returns the column, nil if parts are missing or there was none.
func (a *Assembly) Column() *Column {
	if a.at < a.n {
		return nil
	}
	return a.c
}
