package tree

import (
	"sync/atomic"
	"testing"
	"time"
)

// Every block is done once, by whichever worker, also after the team has gone to
// sleep and been called again.
func TestTeamDoesEachBlockOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 8} {
		team := newTeam(workers)
		for round := range 200 {
			if round%20 == 0 {
				time.Sleep(2 * patience)
			}
			n := 1 + round*7
			done := make([]atomic.Int32, n)
			team.run(n, 3, func(worker, from, to int) {
				if worker >= workers {
					t.Errorf("worker %d of %d", worker, workers)
				}
				for i := from; i < to; i++ {
					done[i].Add(1)
				}
			})
			for i := range done {
				if times := done[i].Load(); times != 1 {
					t.Fatalf("%d workers, %d items: number %d was done %d times", workers, n, i, times)
				}
			}
		}
	}
}

// A frontier hands out no more nodes than may still be split, in the order of
// their gains, and says whose children are leaves for sure.
func TestFrontierOrder(t *testing.T) {
	f := &field{}
	leaf := func(gain float64) *node { return &node{best: split{gain: gain, field: f}} }
	root, a, b := leaf(1), leaf(5), leaf(7)
	open := newFrontier(root, 3)
	if n, leaves := open.next(); n != root || leaves {
		t.Fatalf("the root comes first, and its children may be split")
	}
	root.taken, root.divided = true, true
	root.left, root.right = a, b
	open.join()
	if n, leaves := open.next(); n != b || !leaves {
		t.Fatalf("the child that gains most is the last that may be split")
	}
	b.taken = true
	if n, _ := open.next(); n != nil {
		t.Fatalf("a second node is handed out where one leaf is left")
	}
}
