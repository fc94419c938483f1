//go:build !windows

package front

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// turns reads a pipe and knows when all that was in it has been taken: what a read gave counts as taken when the next one
// is asked for. So a display that came by another pipe can wait for the text before it.
type turns struct {
	raw  syscall.RawConn
	mu   sync.Mutex // held from a read that gave something to the next one
	held bool       // of the goroutine that reads
}

func newTurns(file *os.File) (*turns, error) {
	raw, err := file.SyscallConn()
	return &turns{raw: raw}, err
}

// Read is io.Reader's.
func (t *turns) Read(b []byte) (n int, err error) {
	if t.held {
		t.held = false
		t.mu.Unlock()
	}
	over := t.raw.Read(func(fd uintptr) bool {
		t.mu.Lock()
		for n, err = syscall.Read(int(fd), b); err == syscall.EINTR; n, err = syscall.Read(int(fd), b) {
		}
		t.held = n > 0
		if !t.held {
			t.mu.Unlock()
		}
		return err != syscall.EAGAIN
	})
	switch {
	case t.held:
		return n, nil
	case over != nil: // a deadline, or closed
		return 0, over
	case err != nil:
		return 0, os.NewSyscallError("read", err)
	}
	return 0, io.EOF
}

// mostWait bounds a wait for text where a program never stops printing.
const mostWait = 20 * time.Millisecond

// settle waits until all is taken that was in the pipe before the call. The pipe must not be closed meanwhile by anyone
// but its reader.
func (t *turns) settle() {
	for since := time.Now(); time.Since(since) < mostWait; time.Sleep(50 * time.Microsecond) {
		waiting := 0
		t.mu.Lock()
		err := t.raw.Control(func(fd uintptr) { waiting = unread(fd) })
		t.mu.Unlock()
		if err != nil || waiting == 0 {
			return
		}
	}
}
