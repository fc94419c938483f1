//go:build !windows

package front

import (
	"io"
	"os"
	"sync"
	"syscall"
	"testing"
)

// What a read gave counts as taken when the next one is asked for, and not before.
func TestTurns(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	var turn sync.Mutex
	turns, err := newTurns(read, &turn)
	if err != nil {
		t.Fatal(err)
	}
	turns.settle() // of an empty pipe
	if _, err := write.WriteString("text"); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 8)
	if n, err := turns.Read(buffer); string(buffer[:n]) != "text" || err != nil {
		t.Fatalf("read %q, %v", buffer[:n], err)
	}
	if turn.TryLock() {
		t.Error("what was read counts as taken at once")
	}
	ended := make(chan error)
	go func() {
		_, err := turns.Read(buffer)
		ended <- err
	}()
	turns.settle()
	_ = write.Close()
	if err := <-ended; err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if !turn.TryLock() {
		t.Error("the end is not taken")
	}
}

// A program sees by the lock that what it wrote is being worked on, and cannot stop the kernel by it.
func TestTurnFile(t *testing.T) {
	dir := t.TempDir()
	kernel, err := openTurnFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer kernel.close()
	program, err := openTurnFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer program.close()
	free := func() bool { return syscall.Flock(program.fd, syscall.LOCK_SH|syscall.LOCK_NB) == nil }
	kernel.Lock()
	if free() {
		t.Error("the program does not see that the kernel is at work")
	}
	kernel.Unlock()
	if !free() {
		t.Error("the kernel stays at work")
	}
	kernel.Lock() // though the program keeps it
}
