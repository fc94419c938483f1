//go:build !windows

package front

import (
	"encoding/json"
	"fmt"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/session"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

const (
	// A process of an interrupted cell is asked to end, then made to; then GoNB itself is.
	killAfter = 2500 * time.Millisecond
	giveUp    = 8 * time.Second
	// maxProcesses is how many processes a cell may have.
	maxProcesses = 500
	// A cell is looked at after this pause for the first time, so a quick one costs nothing.
	watchPause = 250 * time.Millisecond
	// Processes can double in less. How many there are on the system is quickly asked, and so asked more often.
	breedPause = watchPause / 5
)

// Interrupt ends the cell that runs; with it those that wait, as after any failure.
func (k *Kernel) Interrupt() {
	k.endCell(failure{name: "interrupted", value: "the cell was interrupted"})
}

// endCell ends the cell that runs, for the reason given.
func (k *Kernel) endCell(reason failure) {
	k.mu.Lock()
	x, e := k.current, k.engine
	k.mu.Unlock()
	if x == nil {
		return
	}
	if x.ended() == nil {
		x.end(reason)
		if e != nil {
			go stopProcesses(x, e)
		}
	}
}

// stopProcesses ends what GoNB runs for the cell: a build, the program, its children, the lines of a shell. Each is
// signalled once, and those too that start in its place.
func stopProcesses(x *execution, e *engine) {
	// A Go program answers SIGQUIT with the lines that it has reached.
	signal := syscall.SIGINT
	if x.ended().placed {
		signal = syscall.SIGQUIT
	}
	signalled := map[int]bool{}
	start := time.Now()
	for {
		var pids []int
		signals := []syscall.Signal{syscall.SIGSTOP, signal, syscall.SIGCONT}
		if time.Since(start) > killAfter {
			signals = []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL}
			clear(signalled)
		}
		for _, pid := range e.child.Descendants() {
			if !signalled[pid] {
				signalled[pid] = true
				pids = append(pids, pid)
			}
		}
		// All stand still until each has its signal: a command would go on with its input closed when its parent is gone,
		// and the parent would tell how its command ended.
		for _, signal := range signals {
			for _, pid := range pids {
				_ = syscall.Kill(pid, signal)
			}
		}
		if time.Since(start) > giveUp {
			e.child.Signal(syscall.SIGKILL)
		}
		select {
		case <-x.done:
			return
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// watch looks after a cell that takes longer: whether it breeds, whether it waits for input. The function that it
// returns ends the watch.
func (k *Kernel) watch(x *execution, e *engine) (end func()) {
	var waited int // looks in a row at which a process waited for input
	var timer *time.Timer
	looks, threads := 0, session.Threads()
	look := func() {
		select {
		case <-x.done:
			return
		case <-x.stopped:
			return
		default:
		}
		looks++
		full := looks%int(watchPause/breedPause) == 0
		if (full || session.Threads() > threads+maxProcesses/2) && e.child.Exceeds(maxProcesses) {
			x.end(failure{name: "too many processes", value: fmt.Sprintf("the cell started more than %d processes; all were ended, and GoNB with them", maxProcesses), placed: true})
			// The group as a whole: nothing in it can outrun that.
			e.child.Signal(syscall.SIGKILL)
			k.o.Session.KillStrays()
			return
		}
		if full {
			if readers := e.child.Readers(); len(readers) == 0 || x.isAsking() {
				waited = 0
			} else if waited++; waited == 2 {
				waited = 0
				k.askFor(x, readers[0], "", false)
			}
		}
		timer.Reset(breedPause)
	}
	ready := make(chan struct{})
	timer = time.AfterFunc(breedPause, func() { <-ready; look() })
	close(ready)
	return func() { timer.Stop() }
}

// gonbAsks stands for GoNB among the processes that wait for input.
const gonbAsks = -1

// ask passes on what GoNB asks of the user, for %with_inputs and gonbui.RequestInput.
func (k *Kernel) ask(m *wire.Message) {
	var c struct {
		Prompt   string `json:"prompt"`
		Password bool   `json:"password"`
	}
	_ = json.Unmarshal(m.Content, &c)
	k.mu.Lock()
	x := k.current
	k.mu.Unlock()
	if x != nil {
		k.askFor(x, gonbAsks, c.Prompt, c.Password)
	}
}

// askFor asks the user for a line, or ends the cell where nobody can be asked.
func (k *Kernel) askFor(x *execution, pid int, prompt string, password bool) {
	if !x.canAsk {
		k.endCell(failure{name: "no input", value: "the cell reads standard input, and this front end cannot ask for any", placed: true})
		return
	}
	x.mu.Lock()
	x.asking = pid
	x.mu.Unlock()
	x.out.mu.Lock()
	x.out.flush()
	x.out.mu.Unlock()
	m := wire.New("input_request", k.id, x.Raw, map[string]any{"prompt": prompt, "password": password})
	m.Identities = x.Identities
	k.stdin.SendTo(x.peer.Identity(), k.key.Encode(m))
}

func (x *execution) isAsking() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.asking != 0
}

// input hands the user's line to whoever asked for it.
func (k *Kernel) input(r *request) {
	var c struct {
		Value string `json:"value"`
	}
	if r.Header.Type != "input_reply" || json.Unmarshal(r.Content, &c) != nil {
		return
	}
	k.mu.Lock()
	x, e := k.current, k.engine
	k.mu.Unlock()
	if x == nil || e == nil {
		return
	}
	x.mu.Lock()
	asking := x.asking
	x.asking = 0
	x.mu.Unlock()
	switch asking {
	case 0:
	case gonbAsks:
		_ = e.stdin.Send(e.key.Encode(wire.New("input_reply", e.id, nil, map[string]any{"value": c.Value})))
	default:
		if err := session.Feed(asking, c.Value+"\n"); err != nil {
			k.o.Log("handing on an input: %v", err)
		}
	}
}
