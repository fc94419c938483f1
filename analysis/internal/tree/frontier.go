package tree

import (
	"context"
	"math"
	"slices"
	"sync"
)

// A frontier holds the judged leaves of a growing tree that may be split, and
// hands them out.
//
// Where leaves are limited, the one that gains most is split first. Which ones are
// split in the end is known only one by one, but the next few that gain most
// nearly always are: workers split those ahead of their turn. A node joins the
// tree in its turn, so that the tree is the same whoever was ahead.
type frontier struct {
	lock   sync.Mutex
	change sync.Cond
	open   []*node // the best last
	byGain bool
	left   int // how many more leaves there may be
	joined int // nodes that joined the tree so far
	busy   int // workers that split a node
	err    error
}

func newFrontier(root *node, maxLeaves int) *frontier {
	f := &frontier{byGain: maxLeaves < math.MaxInt32, left: maxLeaves - 1}
	f.change.L = &f.lock
	f.add(root)
	return f
}

// add puts a judged node in its place: the one that gains most comes first, or,
// where the number of leaves has no limit and so order makes no difference, the
// youngest, which keeps few histograms in use.
func (f *frontier) add(n *node) {
	n.number = f.joined
	f.joined++
	if n.best.field == nil {
		return
	}
	at := len(f.open)
	if f.byGain {
		at, _ = slices.BinarySearchFunc(f.open, n, func(a, b *node) int {
			if a.best.gain < b.best.gain || a.best.gain == b.best.gain && a.number > b.number {
				return -1
			}
			return 1
		})
	}
	f.open = slices.Insert(f.open, at, n)
}

// join takes nodes whose turn it is, and that are split, into the tree.
func (f *frontier) join() {
	for i := len(f.open) - 1; i >= 0 && f.left > 0; i-- {
		n := f.open[i]
		if !n.divided {
			if f.byGain {
				return
			}
			continue
		}
		f.open = slices.Delete(f.open, i, i+1)
		f.left--
		f.add(n.left)
		f.add(n.right)
		i = len(f.open)
	}
}

// next returns the first node that is to be split and that no worker has, nil if
// there is none now, and whether its children are leaves for sure, as the nodes
// before it take up all that is left.
func (f *frontier) next() (n *node, leaves bool) {
	for i := range min(len(f.open), f.left) {
		if n := f.open[len(f.open)-1-i]; !n.taken {
			return n, i+1 == f.left
		}
	}
	return nil, false
}

// shared is how many rows of a node are worth the time of all workers. Smaller
// ones are split by one worker each.
const shared = 1 << 16

// drain splits nodes until no more is to be split.
func (g *grower) drain(ctx context.Context, f *frontier) error {
	for {
		n, leaves := f.next()
		switch {
		case n == nil || f.err != nil:
			return f.err
		case ctx.Err() != nil:
			return ctx.Err()
		case n.rows() >= shared:
			n.taken = true
			g.divide(n, leaves, g.hands)
			n.divided = true
			f.join()
		default:
			g.team.run(len(g.hands), 1, func(worker, _, _ int) { g.work(ctx, f, worker) })
		}
	}
}

// work has one worker split nodes until there is none left, or one for all.
func (g *grower) work(ctx context.Context, f *frontier, worker int) {
	for {
		n, leaves := f.take(ctx)
		if n == nil {
			return
		}
		g.divide(n, leaves, g.hands[worker:worker+1])
		f.put(n)
	}
}

// take waits for a node that one worker is to split, and returns nil if there will
// be none for now.
func (f *frontier) take(ctx context.Context) (n *node, leaves bool) {
	f.lock.Lock()
	defer f.lock.Unlock()
	n, leaves = f.next()
	for n == nil && f.busy > 0 {
		f.change.Wait()
		n, leaves = f.next()
	}
	if n == nil || n.rows() >= shared || f.err != nil {
		return nil, false
	}
	if f.err = ctx.Err(); f.err != nil {
		return nil, false
	}
	n.taken = true
	f.busy++
	return n, leaves
}

// put takes back a node that was split.
func (f *frontier) put(n *node) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.busy--
	n.divided = true
	f.join()
	f.change.Broadcast()
}
