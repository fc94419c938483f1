//go:build !windows

package front

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// errorsSize is how much standard error is handed on at once: less than GoNB takes in one read (32 KB), so that it never
// gets a part of a character.
const errorsSize = 16 << 10

// complaints takes the standard error of a step off its pipe: a shell's as it comes, a program's on to GoNB, which adds to
// stack traces what line of which cell each line is. cell.PipesVariable says how a program asks for that.
type complaints struct {
	dir   string
	out   *output
	ready *os.File // both ends of the pipe that tells the program to begin
	hold  func()   // closes our own writer of the pipe
	over  chan struct{}
}

// open makes the pipe that tells the program to begin.
func (c *complaints) open() (err error) {
	c.ready, err = openBack(filepath.Join(c.dir, "ready"))
	return err
}

// pass reads the pipe to its end.
func (c *complaints) pass(from io.Reader) {
	defer c.ready.Close()
	write := c.show
	buffer := make([]byte, errorsSize)
	for held, first := 0, true; ; first = false {
		n, err := from.Read(buffer[held:])
		if first && n > 0 && c.asked() {
			n = copy(buffer, buffer[1:n])
			if gonb, err := openEnd(filepath.Join(c.dir, "gonb_stderr"), syscall.O_WRONLY); err == nil {
				defer gonb.Close()
				write = func(b []byte) { c.handOn(gonb, b) }
			}
			c.hold() // the program's end is the end
			_, _ = c.ready.Write([]byte{1})
		}
		n += held
		if held = 0; err == nil {
			held = incomplete(buffer[:n])
		}
		if n > held {
			write(buffer[:n-held])
		}
		if err != nil {
			return
		}
		copy(buffer, buffer[n-held:n])
	}
}

// asked says whether a program wants its standard error handed on.
func (c *complaints) asked() bool {
	_, err := os.Lstat(filepath.Join(c.dir, "gonb_stderr"))
	return err == nil
}

// incomplete is how many bytes at the end of b wait for more: part of a character or, where there is more to come, of a
// line.
func incomplete(b []byte) int {
	if len(b) == errorsSize {
		if end := bytes.LastIndexByte(b, '\n'); end >= 0 {
			return len(b) - end - 1
		}
	}
	return unfinished(b)
}

func (c *complaints) show(b []byte) { c.out.text("stderr", readable(b)) }

// handOn writes into GoNB's pipe when GoNB has read what is there. It stops waiting when GoNB is lost.
func (c *complaints) handOn(gonb *os.File, b []byte) {
	raw, err := gonb.SyscallConn()
	for waiting := 1; err == nil && waiting > 0; {
		waiting = 0
		_ = raw.Control(func(fd uintptr) { waiting = unread(fd) })
		if waiting > 0 {
			select {
			case <-c.over:
				return
			case <-time.After(50 * time.Microsecond):
			}
		}
	}
	if _, err := gonb.Write(b); err != nil {
		c.out.k.o.Log("handing standard error on to GoNB: %v", err)
	}
}
