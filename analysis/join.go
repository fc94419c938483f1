package analysis

import (
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// InnerJoin returns each row of f beside each row of other that equals it in the
// columns on, which both frames have: the columns of f, then those of other but
// on. A column of other whose name f has too is named with "_right" at the end.
//
// Rows come in the order of f and, beside one row of f, in that of other; a row
// of f with several partners is repeated. A null equals nothing, as in SQL, not
// even a null; NaN equals NaN, and -0 is 0. The columns on must have equal types,
// but int32 and int64 compare by value.
//
// For random draws a row keeps the number it has in f. So a split before the join
// and one after it agree, unless other was drawn by the same kind and seed, and all
// rows made of one row of f go the same way.
//
// Keys of index columns with different levels, and 2^32 rows or more, are errors
// found by terminal calls. Cost: the rows of both, hashed once, and the result.
func (f Frame) InnerJoin(other Frame, on ...string) Frame {
	return f.with(plan.Join{On: slices.Clone(on), Kind: plan.InnerJoin}, other)
}

// LeftJoin is [Frame.InnerJoin], but a row of f without a partner stays, with
// nulls in the columns of other.
func (f Frame) LeftJoin(other Frame, on ...string) Frame {
	return f.with(plan.Join{On: slices.Clone(on), Kind: plan.LeftJoin}, other)
}
