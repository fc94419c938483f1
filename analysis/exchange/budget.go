package exchange

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

// A file says how much memory its rows take before they are read, so a small one may ask
// for any amount. What all of it takes, unpacked, copied by the Arrow library and as
// columns, is held against a budget of bytes before anything is made.
//
// A file that is not compressed stays within it whatever it holds: a row takes at most
// 23 times what it takes there, which is that of a dictionary with codes of one byte.
const (
	budgetFloor  = 1 << 30
	budgetFactor = 64
)

// budgetOf returns the budget for a file of so many bytes; a variable for tests.
var budgetOf = func(size int64) int64 {
	if size > math.MaxInt64/budgetFactor/2 {
		return math.MaxInt64
	}
	return budgetFloor + budgetFactor*size
}

// A budget is what may still be taken.
type budget struct{ all, left int64 }

func newBudget(size int64) *budget {
	all := budgetOf(size)
	return &budget{all, all}
}

func (b *budget) take(n int64) error {
	if n < 0 || n > b.left {
		return fmt.Errorf("it takes more than %d MB of memory when it is unpacked, too much for a file of its size; if it is what it should be, write it without compression", b.all>>20)
	}
	b.left -= n
	return nil
}

// rows takes what so many rows of a column of that type do, while it is made.
func (b *budget) rows(t column.Type, rows int64) error {
	const valid = 1
	width := int64(8)
	switch t {
	case column.Int32:
		width = 4
	case column.Bool:
		width = 1
	case column.String:
		width = 20 // a Go string and a code
	}
	if rows < 0 || rows > math.MaxUint32 {
		return fmt.Errorf("damaged: %d rows", rows)
	}
	return b.take(rows * (width + valid))
}

// limited hands out memory up to a budget, and panics beyond it: the Arrow library takes
// no more than was counted.
type limited struct {
	memory.Allocator
	budget *budget
}

func newLimited(file int64) limited { return limited{memory.NewGoAllocator(), newBudget(file)} }

func (l limited) Allocate(size int) []byte {
	if err := l.budget.take(int64(size)); err != nil {
		panic(err)
	}
	return l.Allocator.Allocate(size)
}

func (l limited) Reallocate(size int, b []byte) []byte {
	if size > len(b) {
		if err := l.budget.take(int64(size)); err != nil {
			panic(err)
		}
	}
	return l.Allocator.Reallocate(size, b)
}
