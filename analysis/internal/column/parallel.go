package column

import (
	"runtime"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// forEach calls do(0) to do(n-1), each once, on as many goroutines as there are
// processors. Whoever calls it writes what do(i) finds to place i, so that no
// result depends on how the calls were shared out.
func forEach(n int, do func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	fault.Each(workers, func(int) { // columns may lie in a mapped file
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(i)
		}
	})
}

// blockRows is the length of the blocks of rows that are worked on side by side:
// a multiple of 8, so that no two share a byte of a bitmap.
const blockRows = 1 << 16

// Blocks returns how many blocks [EachBlock] divides n rows into.
func Blocks(n int) int { return (n + blockRows - 1) / blockRows }

// EachBlock calls do for every block of n rows, with the block's number and its
// rows lo to hi, hi not included, on as many goroutines as there are processors.
// Blocks depend on n alone, so what is found block by block does too.
func EachBlock(n int, do func(block, lo, hi int)) {
	forEach(Blocks(n), func(block int) { do(block, block*blockRows, min(n, (block+1)*blockRows)) })
}
