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
	"unicode/utf8"

	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// pipes are the named pipes from the processes of one step to the kernel, as cell.PipesVariable says them. They exist
// while the step runs; a process that comes too late, or whose output goes into a file of GoNB's, finds none.
type pipes struct {
	dir                     string
	stdout, stderr, display *pipe

	relay      *relay
	complaints *complaints
}

// pipesDir is where the pipes of a step are.
func (k *Kernel) pipesDir() string { return filepath.Join(k.o.Session.Dir, "pipes") }

// openPipes makes the pipes of a step whose output is that of x. Without pipes (nil) all comes GoNB's way.
func (k *Kernel) openPipes(x *execution, step cell.Step) *pipes {
	if step.Captured {
		return nil
	}
	p := &pipes{
		dir: k.pipesDir(), relay: &relay{dir: k.pipesDir(), limit: maxMessage, out: x.out},
		complaints: &complaints{dir: k.pipesDir(), out: x.out, over: make(chan struct{})},
	}
	_ = scratch.RemoveAll(p.dir, "") // of a step whose GoNB was killed
	err := os.Mkdir(p.dir, 0o700)
	if err == nil {
		err = p.relay.open()
	}
	if err == nil {
		p.display, err = p.openDisplay()
	}
	if err == nil {
		err = p.complaints.open()
	}
	if err == nil {
		p.stderr, err = openPipe(filepath.Join(p.dir, "stderr"), func(read, hold *os.File) {
			p.complaints.hold = func() { _ = hold.Close() }
			p.complaints.pass(read)
		})
	}
	if err == nil { // last: a process that finds it relies on the others
		p.stdout, err = openPipe(filepath.Join(p.dir, "stdout"), func(read, _ *os.File) {
			text, err := newTurns(read, new(sync.Mutex))
			if err != nil {
				k.o.Log("reading standard output: %v", err)
				return
			}
			p.relay.follow(text)
			x.out.read(text)
		})
	}
	if err != nil {
		k.o.Log("output comes GoNB's way: %v", err)
		p.finish(x, true)
		return nil
	}
	return p
}

// openDisplay makes the pipe for gonbui's displays. The program may wait until one has arrived.
func (p *pipes) openDisplay() (*pipe, error) {
	turn, err := openTurnFile(p.dir)
	if err != nil {
		return nil, err
	}
	return openPipe(filepath.Join(p.dir, "display"), func(read, _ *os.File) {
		defer turn.close()
		displays, err := newTurns(read, turn)
		if err != nil {
			p.relay.out.k.o.Log("reading displays: %v", err)
			return
		}
		p.relay.serve(displays)
	})
}

// finish takes what is left in the pipes, and returns when no process has them open any more, as GoNB waits for its own:
// what a cell leaves running belongs to the cell for as long as it may print. Of a cell that was ended, whose processes
// are being killed, and of a GoNB that is lost, it waits only a moment.
func (p *pipes) finish(x *execution, lost bool) {
	if p == nil {
		return
	}
	_ = scratch.RemoveAll(p.dir, "")
	p.relay.close()
	close(p.complaints.over)
	for _, pipe := range []*pipe{p.stdout, p.stderr, p.display} {
		if pipe == nil {
			continue
		}
		_ = pipe.hold.Close()
		if lost {
			_ = pipe.read.SetReadDeadline(time.Now().Add(lastMoment))
		}
	}
	for _, pipe := range []*pipe{p.stdout, p.stderr, p.display} {
		if pipe == nil {
			continue
		}
		select {
		case <-pipe.ended:
		case <-x.stopped:
			if !lost {
				_ = pipe.read.SetReadDeadline(time.Now().Add(killAfter + time.Second))
			}
			<-pipe.ended
		}
	}
}

// lastMoment is for how long a pipe is read on whose writers may live for ever.
const lastMoment = 50 * time.Millisecond

// A pipe is a named pipe that a goroutine of ours reads.
type pipe struct {
	read  *os.File
	hold  *os.File      // a writer of ours: while it is open, reading does not meet the end
	ended chan struct{} // closed when take has returned
}

// openPipe makes a named pipe and has take read it, which may close hold. A process that opens it for writing never waits.
// When take returns before the end, writers meet a broken pipe.
func openPipe(path string, take func(read, hold *os.File)) (*pipe, error) {
	if err := makePipe(path); err != nil {
		return nil, err
	}
	read, err := openEnd(path, syscall.O_RDONLY)
	if err != nil {
		return nil, err
	}
	hold, err := openEnd(path, syscall.O_WRONLY)
	if err != nil {
		_ = read.Close()
		return nil, err
	}
	p := &pipe{read: read, hold: hold, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		defer read.Close()
		take(read, hold)
	}()
	return p, nil
}

// openBack makes a named pipe to a program and opens it at both ends, so that neither side waits for the other to open it.
func openBack(path string) (*os.File, error) {
	if err := makePipe(path); err != nil {
		return nil, err
	}
	return openEnd(path, syscall.O_RDWR)
}

func makePipe(path string) error {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return fmt.Errorf("front: making %s: %w", path, err)
	}
	return nil
}

// openEnd opens an end of a named pipe without waiting for the other. Unlike os.OpenFile it makes the goroutine wait,
// and not a thread, on macOS too.
func openEnd(path string, flag int) (*os.File, error) {
	file, err := syscall.Open(path, flag|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("front: opening %s: %w", path, err)
	}
	return os.NewFile(uintptr(file), path), nil
}

// read takes standard output off a pipe. A character that a read ends in the middle of waits for the next one.
func (o *output) read(from io.Reader) {
	buffer := make([]byte, pieceSize)
	for held := 0; ; {
		n, err := from.Read(buffer[held:])
		n += held
		if held = 0; err == nil {
			held = unfinished(buffer[:n])
		}
		o.direct(readable(buffer[:n-held]))
		if err != nil {
			return
		}
		copy(buffer, buffer[n-held:n])
	}
}

// unfinished is how many bytes at the end of b begin a character that goes on.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if start := b[len(b)-n]; utf8.RuneStart(start) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// readable is text as JSON can carry it: each byte that is no UTF-8 becomes U+FFFD.
func readable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}
