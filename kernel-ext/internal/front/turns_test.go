//go:build !windows

package front

import (
	"io"
	"os"
	"testing"
)

// What a read gave counts as taken when the next one is asked for, and not before.
func TestTurns(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	turns, err := newTurns(read)
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
	if turns.mu.TryLock() {
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
	if !turns.mu.TryLock() {
		t.Error("the end is not taken")
	}
}
