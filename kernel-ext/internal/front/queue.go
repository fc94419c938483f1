//go:build !windows

package front

import "sync"

// A queue holds the cells that wait.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []*request
	closed  bool
}

func (q *queue) init() { q.changed = sync.NewCond(&q.mu) }

func (q *queue) add(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
	q.changed.Signal()
}

// next waits for a cell; it returns nil once the queue is closed.
func (q *queue) next() *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return nil
	}
	r := q.waiting[0]
	q.waiting = q.waiting[1:]
	return r
}

// drain takes all cells that wait.
func (q *queue) drain() []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting = nil
	return all
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Signal()
}
