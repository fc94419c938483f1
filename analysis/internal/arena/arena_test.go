package arena_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/fault"
)

func TestMake(t *testing.T) {
	memory := new(arena.Arena)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			values := arena.Make[float64](memory, 1<<14)
			for i, v := range values {
				if v != 0 {
					t.Errorf("value %d is %v", i, v)
				}
				values[i] = 1
			}
		})
	}
	group.Wait()
	small := arena.Make[uint16](memory, 100)
	if got := arena.Held(); got != 8<<17 {
		t.Errorf("%d bytes outside of the heap", got)
	}
	memory.Release()
	small[99] = 1 // lies in the heap
	if arena.Held() != 0 {
		t.Error("not all was released")
	}
	memory.Release() // again, and of nothing
}

func TestNone(t *testing.T) {
	if got := arena.Make[int64](nil, 1<<20); len(got) != 1<<20 {
		t.Errorf("%d values", len(got))
	}
}

// What was released is gone at once, not some time later.
func TestRelease(t *testing.T) {
	memory := new(arena.Arena)
	values := arena.Make[int32](memory, 1<<20)
	values[7] = 7
	memory.Release()
	err := fault.Catch(func() error {
		if values[7] == 7 {
			return errors.New("it is still there")
		}
		return nil
	})
	var gone *fault.Error
	if !errors.As(err, &gone) {
		t.Error(err)
	}
}
