package nb

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

// output is where displays go, shared by all goroutines of the cell. Its lock is
// held until a display has been taken over: that is what keeps the order.
var output struct {
	sync.Mutex
	started bool
	inBand  *inBand // Kelpie's kernel
	pipe    *pipe   // plain GoNB; without both: plain text on standard output
}

// stdout is the program's own standard output, also when os.Stdout is set to
// something else meanwhile.
var stdout = os.Stdout

// deliver hands the bundle over and returns when it cannot be lost any more.
func deliver(b bundle) {
	output.Lock()
	defer output.Unlock()
	start()
	var err error
	switch {
	case output.inBand != nil:
		if err = output.inBand.send(b); err == nil {
			return
		}
		end(fmt.Sprintf("nb: a display is lost, because the cell's standard output broke: %v", err))
	case output.pipe != nil:
		if err = output.pipe.send(b.message()); err == nil {
			return
		}
	}
	if err != nil {
		output.inBand, output.pipe = nil, nil
		fmt.Fprintf(os.Stderr, "nb: the notebook's display channel broke, showing plain text instead: %v\n", err)
	}
	fmt.Println(b.text)
}

// inNotebook reports whether a kernel runs this program.
func inNotebook() bool {
	return os.Getenv(frame.Variable) != "" || os.Getenv(protocol.GONB_PIPE_ENV) != ""
}

// start finds out, once, who takes the displays. The lock is held.
func start() {
	if output.started {
		return
	}
	output.started = true
	if os.Getenv(frame.Variable) != "" {
		output.inBand = inBandOn(stdout)
		return
	}
	if os.Getenv(protocol.GONB_PIPE_ENV) == "" {
		return
	}
	p, err := openPipe(os.Getenv(protocol.GONB_PIPE_ENV), os.Getenv(protocol.GONB_PIPE_BACK_ENV))
	if err != nil {
		fmt.Fprintf(os.Stderr, "nb: the notebook's display channel does not open, showing plain text instead: %v\n", err)
		return
	}
	output.pipe = p
}

// fail ends the cell with one message. It waits for a display that another
// goroutine is about to hand over: a request left half answered would take the
// kernel down with the cell.
func fail(err error) {
	output.Lock()
	start()
	end(bounded(err.Error()))
}

// end tells the error that ends the cell, to Kelpie's kernel with its line and on
// standard error if standard output is broken, and ends the program. The lock is held.
func end(message string) {
	line, initialiser := caller()
	if output.inBand == nil || output.inBand.fail(message, line, initialiser) != nil && inBandOn(os.Stderr).fail(message, line, initialiser) != nil {
		fmt.Fprintln(os.Stderr, message)
	}
	os.Exit(1)
}

// caller returns the line of main.go that the cell has reached, 0 where it is not
// known, and whether the cell's top-level variables are being made there.
func caller() (line int, initialiser bool) {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	for {
		f, more := frames.Next()
		if line == 0 && strings.HasPrefix(f.Function, "main.") {
			line = f.Line
		}
		if f.Function == "main.init" || strings.HasPrefix(f.Function, "main.init.") || f.Function == "runtime.doInit1" {
			return line, true
		}
		if !more {
			return line, false
		}
	}
}
