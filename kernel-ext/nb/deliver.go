package nb

import (
	"fmt"
	"os"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// output is where displays go, shared by all goroutines of the cell. Its lock is
// held until a display has been taken over: that is what keeps the order.
var output struct {
	sync.Mutex
	started bool
	pipe    *pipe // nil: plain text on standard output
}

// deliver hands the bundle over and returns when it cannot be lost any more.
func deliver(b bundle) {
	output.Lock()
	defer output.Unlock()
	if !output.started {
		output.started = true
		output.pipe = connect()
	}
	if output.pipe != nil {
		err := output.pipe.send(b.message())
		if err == nil {
			return
		}
		output.pipe = nil
		fmt.Fprintf(os.Stderr, "nb: the notebook's display channel broke, showing plain text instead: %v\n", err)
	}
	fmt.Println(b.text)
}

// inNotebook reports whether a kernel runs this program.
func inNotebook() bool {
	return os.Getenv(protocol.GONB_PIPE_ENV) != ""
}

// connect opens the kernel's pipe, or returns nil where there is none.
func connect() *pipe {
	if !inNotebook() {
		return nil
	}
	p, err := openPipe(os.Getenv(protocol.GONB_PIPE_ENV), os.Getenv(protocol.GONB_PIPE_BACK_ENV))
	if err != nil {
		fmt.Fprintf(os.Stderr, "nb: the notebook's display channel does not open, showing plain text instead: %v\n", err)
		return nil
	}
	return p
}

// fail ends the cell with one message. It waits for a display that another
// goroutine is about to hand over: a request left half answered would take the
// kernel down with the cell.
func fail(err error) {
	output.Lock()
	fmt.Fprintln(os.Stderr, cut(visible(err.Error())))
	os.Exit(1)
}
