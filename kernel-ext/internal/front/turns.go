//go:build !windows

package front

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/build"
)

// turns reads a pipe and lets others know when all that was in it has been taken: what a read gave counts as taken when
// the next one is asked for. So a display that came by another pipe can wait for the text before it, and a program that
// displays something, for its arrival.
type turns struct {
	raw  syscall.RawConn
	turn sync.Locker // held from a read that gave something to the next one
	held bool        // of the goroutine that reads
}

func newTurns(file *os.File, turn sync.Locker) (*turns, error) {
	raw, err := file.SyscallConn()
	return &turns{raw: raw, turn: turn}, err
}

// Read is io.Reader's.
func (t *turns) Read(b []byte) (n int, err error) {
	if t.held {
		t.held = false
		t.turn.Unlock()
	}
	over := t.raw.Read(func(fd uintptr) bool {
		t.turn.Lock()
		for n, err = syscall.Read(int(fd), b); err == syscall.EINTR; n, err = syscall.Read(int(fd), b) {
		}
		t.held = n > 0
		if !t.held {
			t.turn.Unlock()
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
		t.turn.Lock()
		err := t.raw.Control(func(fd uintptr) { waiting = unread(fd) })
		t.turn.Unlock()
		if err != nil || waiting == 0 {
			return
		}
	}
}

// A turnFile is a lock that programs see: of the file that build.TurnFile names.
type turnFile struct{ fd int }

// openTurnFile makes the file in a directory of pipes.
func openTurnFile(dir string) (turnFile, error) {
	path := filepath.Join(dir, build.TurnFile)
	fd, err := syscall.Open(path, syscall.O_CREAT|syscall.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return turnFile{}, fmt.Errorf("front: opening %s: %w", path, err)
	}
	return turnFile{fd}, nil
}

// Lock takes the lock, unless a program keeps it, which is none of gonbui's and does not stop the kernel.
func (f turnFile) Lock() {
	for since := time.Now(); syscall.Flock(f.fd, syscall.LOCK_EX|syscall.LOCK_NB) != nil && time.Since(since) < mostWait; {
		time.Sleep(20 * time.Microsecond)
	}
}

// Unlock gives it back.
func (f turnFile) Unlock() { _ = syscall.Flock(f.fd, syscall.LOCK_UN) }

func (f turnFile) close() { _ = syscall.Close(f.fd) }
