package csv

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// each calls do(worker, item) once for every item of [0, items), in several
// goroutines that take the items in order. A failure keeps later items from being
// started, never earlier ones, so the failure of the lowest item, which is what
// each returns, does not depend on timing.
func each(ctx context.Context, workers, items int, do func(worker, item int) error) error {
	var (
		next   atomic.Int64
		limit  atomic.Int64 // the lowest item that failed
		mutex  sync.Mutex
		failed error
		group  sync.WaitGroup
	)
	limit.Store(int64(items))
	for worker := range min(workers, items) {
		group.Go(func() {
			for ctx.Err() == nil {
				item := next.Add(1) - 1
				if item >= limit.Load() {
					return
				}
				if err := do(worker, int(item)); err != nil {
					mutex.Lock()
					if item < limit.Load() {
						limit.Store(item)
						failed = err
					}
					mutex.Unlock()
				}
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return failed
}

// guard runs do, which reads the mapped file at path. A file that is cut short
// while it is mapped faults on access: that becomes [ErrChanged].
func guard(path string, do func() error) error {
	err := fault.Catch(do)
	if _, gone := err.(*fault.Error); gone {
		return &Error{Path: path, Err: ErrChanged}
	}
	return err
}
