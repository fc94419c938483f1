package csv

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mappedFrom is the size in bytes from which a buffer is mapped.
const mappedFrom = 1 << 20

// buffer returns n zero values.
//
// A large buffer lies in memory of its own, not in Go's heap: the collector, which
// lets the heap grow to twice of what is in use, does not see it. It stays mapped
// until the process ends, since nobody knows who holds a part of it: what is read
// serves the whole process, and a cell is one.
//
// Huge pages are not asked for: on a busy virtual machine reading took a tenth less
// processor time with them at best, and two thirds more at worst.
func buffer[T byte | int32 | int64 | uint16 | uint32 | float64](n int) []T {
	var item T
	size := n * int(unsafe.Sizeof(item))
	if size < mappedFrom {
		return make([]T, n)
	}
	data, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return make([]T, n)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), n)
}

// release gives back the memory of a buffer that nobody reads any more.
func release[T uint16 | uint32](items []T) {
	var item T
	data := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(items))), len(items)*int(unsafe.Sizeof(item)))
	_ = unix.Munmap(data) // refuses, and leaves to the collector, what was not mapped
}
