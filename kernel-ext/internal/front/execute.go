//go:build !windows

package front

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

// An execution is the run of one cell.
type execution struct {
	*request
	code               string
	number             int
	silent, store      bool
	canAsk, stopsQueue bool
	out                *output

	mu      sync.Mutex
	reason  *failure // why the kernel itself ended the cell
	asking  int      // the process that waits for an input_reply; -1 for GoNB, 0 for none
	stopped chan struct{}
	done    chan struct{}
}

// work executes cells, one after the other, until the kernel ends.
func (k *Kernel) work() {
	// The first GoNB starts before the first cell asks for it; if that fails, the cell will say so.
	if _, err := k.ready(nil); err != nil {
		k.o.Log("%v", err)
	}
	for r := k.queue.next(); r != nil; r = k.queue.next() {
		k.execute(r)
	}
}

// execute runs a cell from busy to idle.
func (k *Kernel) execute(r *request) {
	var c struct {
		Code       string `json:"code"`
		Silent     bool   `json:"silent"`
		Store      *bool  `json:"store_history"`
		AllowStdin bool   `json:"allow_stdin"`
		Stop       *bool  `json:"stop_on_error"`
	}
	malformed := json.Unmarshal(r.Content, &c)
	x := &execution{
		request: r, code: c.Code, silent: c.Silent, store: !c.Silent && (c.Store == nil || *c.Store),
		canAsk: c.AllowStdin, stopsQueue: c.Stop == nil || *c.Stop,
		stopped: make(chan struct{}), done: make(chan struct{}),
	}
	k.mu.Lock()
	if x.store {
		k.count++
	}
	x.number = k.count
	x.out = newOutput(k, x)
	k.current = x
	k.mu.Unlock()
	k.state(r, "busy")
	if !x.silent {
		k.publish(r.Raw, "execute_input", map[string]any{"code": x.code, "execution_count": x.number})
	}
	if x.store {
		k.history.add(x.number, x.code)
	}

	var failed *failure
	switch {
	case r.refused != nil:
		failed = r.refused
	case malformed != nil:
		failed = &failure{name: "malformed request", value: "the request is not one: " + malformed.Error()}
	case r.BadText:
		failed = &failure{name: "invalid text", value: "the cell is not UTF-8 text"}
	default:
		failed = k.run(x)
	}
	close(x.done)
	x.out.finish()
	k.mu.Lock()
	k.current = nil
	k.mu.Unlock()
	if failed == nil {
		k.reply(r, map[string]any{"status": "ok", "execution_count": x.number, "user_expressions": map[string]any{}, "payload": []any{}})
		k.state(r, "idle")
		return
	}
	// What waits now was sent before this cell failed; what comes after the reply was sent knowing of it.
	var rest []*request
	if x.stopsQueue {
		rest = k.queue.drain()
	}
	k.publish(r.Raw, "error", failed.content())
	reply := failed.reply()
	reply["execution_count"] = x.number
	reply["user_expressions"] = map[string]any{}
	k.reply(r, reply)
	k.state(r, "idle")
	for _, r := range rest {
		k.state(r, "busy")
		// Without a number: JupyterLab writes the one of the reply before the cell, and this cell has not run.
		k.reply(r, map[string]any{"status": "aborted"})
		k.state(r, "idle")
	}
}

// run prepares a cell, has GoNB carry out its steps, and explains how it ended.
func (k *Kernel) run(x *execution) *failure {
	p, err := cell.Prepare(x.code, &k.cells)
	if err != nil {
		return explained(cell.Refused(x.number, x.code, err))
	}
	p.Number = x.number
	for _, w := range p.Warnings {
		x.out.text("stderr", "kelpie: "+visible.Lines(w.String())+"\n")
	}
	defer k.learn()
	for i, step := range p.Steps {
		ending, err := k.step(x, p, step, i == 0)
		if retry, ok := p.Retry(ending.Value); err == nil && ok && i == len(p.Steps)-1 {
			ending, err = k.step(x, p, retry, false)
		}
		if failed := k.judge(x, p, step, ending, err); failed != nil {
			return failed
		}
	}
	k.cells.Accept(p)
	k.settings.add(x.code)
	return nil
}

// judge tells the session how a step ended, and explains it; nil when it went well.
func (k *Kernel) judge(x *execution, p cell.Program, step cell.Step, ending ending, err error) *failure {
	ended := x.ended()
	well := ended == nil && err == nil && ending.ok && (!step.Shell || ending.status == 0)
	if well && ending.lost == "" {
		return nil
	}
	k.cells.Ran(p)
	told := cell.Failure{
		Value: ending.Value, Traceback: ending.Traceback, Main: k.mainGo(), Stderr: ending.trace, Fault: ending.fault,
	}
	switch {
	case well:
		k.cells.Accept(p)
		return explained(p.Ended(&k.cells, step, "lost display", ending.lost, cell.Failure{}))
	case ended != nil && ended.placed:
		return explained(p.Ended(&k.cells, step, ended.name, ended.value, told))
	case ended != nil:
		return ended
	case err == errEngineGone || err == errEngineDeaf:
		return &failure{name: "GoNB ended", value: fmt.Sprintf("GoNB, which runs the cells, ended in this one (%v). It is started again with the next cell, with the declarations that it had.", k.howEnded())}
	case err != nil:
		return &failure{name: "kernel error", value: strings.TrimSpace(err.Error())}
	case step.Shell && ending.ok:
		return explained(p.ShellFailed(step, ending.status))
	}
	explanation := p.Explain(&k.cells, told)
	if explanation.Compiled {
		k.cells.Accept(p)
	}
	if len(explanation.Remove) > 0 {
		k.giveUp(explanation.Remove)
	}
	return explained(explanation)
}

// giveUp has GoNB forget declarations that would fail every later cell.
func (k *Kernel) giveUp(names []string) {
	k.cells.Forget(names...)
	k.mu.Lock()
	e := k.engine
	k.mu.Unlock()
	if _, err := e.run(toRun("%rm "+strings.Join(names, " "), false, false), func(*wire.Message) {}); err != nil {
		k.o.Log("giving up %v: %v", names, err)
	}
}

// mainGo is the program that GoNB made of the last cell.
func (k *Kernel) mainGo() string {
	k.mu.Lock()
	e := k.engine
	k.mu.Unlock()
	if e == nil { // GoNB has never started
		return ""
	}
	for _, name := range []string{"main.go", "main_test.go"} {
		if text, err := os.ReadFile(filepath.Join(e.dir, name)); err == nil {
			return string(text)
		}
	}
	return ""
}

// howEnded is how the last GoNB ended.
func (k *Kernel) howEnded() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return endOf(k.engine.child)
}

// An ending is how GoNB and the program of a step ended it.
type ending struct {
	ok        bool // GoNB's opinion; Value and Traceback are what it says otherwise
	Value     string
	Traceback []string
	status    int          // of a shell step; -1 when it told none
	fault     *frame.Fault // the error that the program told
	trace     *cell.Trace  // its last words, not yet shown
	lost      string       // why a display did not arrive; empty when all did
}

// step has GoNB run one step of a cell, the first one under the cell's number.
func (k *Kernel) step(x *execution, p cell.Program, step cell.Step, first bool) (ending, error) {
	for again := true; ; again = false {
		e, err := k.ready(x)
		if err != nil {
			return ending{}, err
		}
		x.out.begin()
		pipes := k.openPipes(x, step)
		endWatch := k.watch(x, e)
		end, err := k.runOn(e, x, p, step, x.store && first)
		pipes.finish(x, err != nil)
		endWatch()
		x.out.complain(e.complaints())
		end.status, end.fault, end.trace, end.lost = x.out.end(step.Shell, end.ok)
		if err == nil {
			return end, nil
		}
		e.end()
		// A GoNB that had died before it heard of the cell costs the cell nothing.
		if err != errEngineDeaf || !again {
			return end, err
		}
	}
}

// runOn has one GoNB run a step; counts says that GoNB is to count it.
func (k *Kernel) runOn(e *engine, x *execution, p cell.Program, step cell.Step, counts bool) (ending, error) {
	last := p.Number
	if counts {
		last--
	}
	if err := e.align(last); err != nil {
		return ending{}, err
	}
	if x.ended() != nil {
		return ending{}, nil
	}
	reply, err := e.run(toRun(step.Source, counts, x.canAsk), x.sink)
	if err != nil {
		return ending{}, err
	}
	if counts {
		e.count++
	}
	return decodeEnding(reply), nil
}

// toRun is the content of a request to GoNB. It is silent because the kernel says itself what is run.
func toRun(code string, counts, canAsk bool) map[string]any {
	return map[string]any{"code": code, "silent": true, "store_history": counts, "allow_stdin": canAsk, "user_expressions": map[string]any{}, "stop_on_error": false}
}

func decodeEnding(reply json.RawMessage) ending {
	var r struct {
		Status    string   `json:"status"`
		Value     string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}
	if err := json.Unmarshal(reply, &r); err != nil {
		return ending{Value: err.Error()}
	}
	return ending{ok: r.Status == "ok", Value: r.Value, Traceback: r.Traceback}
}

// align brings GoNB's number of cells to the given one, by empty cells: GoNB names cells by it in errors.
func (e *engine) align(number int) error {
	for e.count < number {
		if _, err := e.run(toRun("", true, false), func(*wire.Message) {}); err != nil {
			return err
		}
		e.count++
	}
	return nil
}

// sink gets what GoNB publishes for the cell.
func (x *execution) sink(m *wire.Message) {
	switch m.Header.Type {
	case "stream":
		var s struct {
			Name string `json:"name"`
			Text string `json:"text"`
		}
		if json.Unmarshal(m.Content, &s) == nil {
			x.out.text(s.Name, s.Text)
		}
	case "execute_input", "error":
		// The kernel says these itself, its own way.
	case "display_data", "update_display_data", "execute_result":
		x.out.display(m)
	default:
		x.out.other(m)
	}
}

// end has the kernel end the cell for a reason of its own; the first reason holds.
func (x *execution) end(reason failure) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.reason == nil {
		x.reason = &reason
		close(x.stopped)
	}
}

// ended is why the kernel ended the cell; nil when it did not.
func (x *execution) ended() *failure {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.reason
}

// passBack publishes what GoNB says outside of a cell: messages of widgets.
func (k *Kernel) passBack(m *wire.Message) {
	if m.Header.Type == "error" || m.Header.Type == "execute_input" {
		return
	}
	k.comms.note(m)
	k.publishMessage(&wire.Message{Header: m.Header, Raw: m.Raw, Parent: m.Parent, Metadata: m.Metadata, Content: m.Content, Buffers: m.Buffers})
}
