package tree

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A team is the workers that grow a tree. A tree has hundreds of steps of less
// than a millisecond, and to be woken for each would take workers longer than the
// step; so they look out for the next one for a while before they go.
type team struct {
	job    atomic.Pointer[job]
	active []atomic.Bool // by worker; the first is who calls run
}

// patience is how long a worker looks out for a step.
const patience = 200 * time.Microsecond

// A job is one call of run.
type job struct {
	n, size    int
	do         func(worker, from, to int)
	next, done atomic.Int64
}

func newTeam(workers int) *team { return &team{active: make([]atomic.Bool, workers)} }

// run is parallel by the team. What it does must not read mapped files.
func (t *team) run(n, size int, do func(worker, from, to int)) {
	if len(t.active) == 1 || n <= size {
		parallel(1, n, size, do)
		return
	}
	j := &job{n: n, size: size, do: do}
	t.job.Store(j)
	for worker := 1; worker < len(t.active); worker++ {
		if t.active[worker].CompareAndSwap(false, true) {
			go t.help(worker)
		}
	}
	j.work(0)
	for blocks := int64((n + size - 1) / size); j.done.Load() < blocks; {
		runtime.Gosched()
	}
}

// work does blocks until all are taken.
func (j *job) work(worker int) {
	for {
		from := (int(j.next.Add(1)) - 1) * j.size
		if from >= j.n {
			return
		}
		j.do(worker, from, min(j.n, from+j.size))
		j.done.Add(1)
	}
}

// help works on each job until there has been none for a while. Nothing depends on
// it but time: who calls run does what nobody else does.
func (t *team) help(worker int) {
	var last *job
	for since := time.Now(); ; {
		j := t.job.Load()
		switch {
		case j != last:
			j.work(worker)
			last, since = j, time.Now()
		case time.Since(since) > patience:
			t.active[worker].Store(false)
			if t.job.Load() == last || !t.active[worker].CompareAndSwap(false, true) {
				return
			}
		default:
			runtime.Gosched()
		}
	}
}
