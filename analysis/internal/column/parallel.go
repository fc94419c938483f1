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
