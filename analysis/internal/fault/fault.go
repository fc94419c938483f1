// Package fault turns reads of memory that is gone into errors.
//
// A file that is mapped and then cut short by another program faults where it is
// read; without care that ends the process. In: a function that reads mapped
// memory. Out: its error, or an [*Error] that says at which address it faulted.
//
//	err := fault.Catch(func() error { return sum(mapped) })
//
// Faults are caught in the goroutine that meets them. One that starts others has
// them run under Catch too and passes on what they met, as [Each] does.
package fault

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// An Error is a read of memory that is not there any more.
type Error struct{ Addr uintptr }

// Error returns the message, with the address.
func (e *Error) Error() string {
	return fmt.Sprintf("fault: the memory at %#x is gone; was a mapped file cut short?", e.Addr)
}

// Catch runs do and returns its error, or an [*Error] if do read memory that is
// gone or panicked with an *Error. Any other panic goes on.
func Catch(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case *Error:
			err = reason
		case interface{ Addr() uintptr }: // what the runtime panics with
			err = &Error{reason.Addr()}
		default:
			panic(reason)
		}
	}()
	return do()
}

// Each calls do(0) to do(workers-1), each in a goroutine of its own, and waits
// for all. A fault in one of them goes on as a panic in the caller, where Catch
// finds it.
func Each(workers int, do func(worker int)) {
	var group sync.WaitGroup
	faults := make([]error, workers)
	for worker := range workers {
		group.Go(func() {
			faults[worker] = Catch(func() error {
				do(worker)
				return nil
			})
		})
	}
	group.Wait()
	for _, err := range faults {
		if err != nil {
			panic(err)
		}
	}
}
