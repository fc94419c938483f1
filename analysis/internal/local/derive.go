package local

import (
	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// stretch is how many rows an expression is computed for at a time: a multiple of
// 64. What is computed on the way takes memory for so many rows only. (A test sets
// it to less.)
var stretch = 1 << 18

// derive is evaluate for a column of a frame: of numbers and Bools, the result lies
// in memory and is made stretch by stretch. Texts take Go's heap, all at once.
func derive(e plan.Expr, b *column.Batch, memory *arena.Arena) (*column.Column, error) {
	if c := soleText(e, b); c != nil {
		if out, err := overDictionary(e, c, memory); err == nil {
			return out, nil
		}
	}
	if _, bare := e.(plan.Ref); bare || b.Len <= stretch {
		return evaluate(e, b)
	}
	b = only(b, names{}.with(plan.Columns(e)...))
	out := column.Assemble(b.Len, memory)
	for lo := 0; lo < b.Len; lo += stretch {
		part, err := evaluate(e, b.Slice(lo, min(b.Len, lo+stretch)))
		if err != nil || !out.Add(part) {
			return evaluate(e, b) // a mistake is one of all rows
		}
	}
	return out.Column(), nil
}
