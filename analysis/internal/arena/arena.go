// Package arena gives memory for large results outside of Go's heap, to be given
// back all at once.
//
// A frame that is to be kept is computed, written to a file and then used from
// there: what was computed is garbage at a known moment. On the heap it would stay
// until the collector comes, and make the heap as large as the data.
//
//	memory := new(arena.Arena)
//	values := arena.Make[float64](memory, n)
//	...
//	memory.Release()
//
// What lies in an arena holds no pointers, and nobody may read it after Release.
// Texts, whose parts Go code could hold on to, do not belong in one.
package arena

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapped is from how many bytes on a piece lies outside of the heap.
const mapped = 1 << 16

// held counts the bytes of all pieces that are not released.
var held atomic.Int64

// An Arena is pieces of memory of one owner. Its zero value is empty; a nil one
// stands for Go's heap. It is safe for use by many goroutines.
type Arena struct {
	mu     sync.Mutex
	pieces [][]byte
}

// Make returns n zero values in a. Small pieces, and all that the system has no
// memory for, lie in the heap.
func Make[T byte | int32 | int64 | uint16 | uint32 | float64](a *Arena, n int) []T {
	var one T
	if a == nil || n < mapped/int(unsafe.Sizeof(one)) {
		return make([]T, n)
	}
	piece, err := unix.Mmap(-1, 0, n*int(unsafe.Sizeof(one)), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return make([]T, n)
	}
	held.Add(int64(len(piece)))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pieces = append(a.pieces, piece)
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(piece))), n)
}

// Release gives all pieces back. Whoever still reads one faults.
func (a *Arena) Release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, piece := range a.pieces {
		held.Add(-int64(len(piece)))
		_ = unix.Munmap(piece) // fails for no piece that Mmap gave
	}
	a.pieces = nil
}

// Held returns how many bytes all arenas of the process hold outside of the heap.
func Held() int64 { return held.Load() }
