package tree

import (
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// parallel calls do once for each block of up to size items of n, from several
// goroutines. worker tells them apart, from 0.
func parallel(workers, n, size int, do func(worker, from, to int)) {
	blocks := (n + size - 1) / size
	workers = min(workers, blocks)
	var next atomic.Int64
	run := func(worker int) {
		for {
			from := (int(next.Add(1)) - 1) * size
			if from >= n {
				return
			}
			do(worker, from, min(n, from+size))
		}
	}
	if workers <= 1 {
		run(0)
		return
	}
	fault.Each(workers, run) // features may lie in a mapped file
}
