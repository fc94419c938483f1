//go:build !windows

package front

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

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
	case malformed != nil:
		failed = &failure{"MalformedRequest", "the request is not one: " + malformed.Error(), nil}
	case r.BadText:
		failed = &failure{"InvalidText", "the cell is not UTF-8 text", nil}
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
	content := failed.content()
	k.publish(r.Raw, "error", content)
	content["execution_count"] = x.number
	content["user_expressions"] = map[string]any{}
	k.reply(r, content)
	k.state(r, "idle")
	for _, r := range rest {
		k.state(r, "busy")
		k.reply(r, map[string]any{"status": "aborted", "execution_count": x.number})
		k.state(r, "idle")
	}
}

// run prepares a cell, has GoNB run it, and explains how it ended.
func (k *Kernel) run(x *execution) *failure {
	p, err := k.o.Cells.Prepare(x.code, x.number)
	if err != nil {
		return asFailure(err)
	}
	if p.Local != "" {
		x.out.text("stdout", p.Local)
	}
	if p.Text == "" {
		k.o.Cells.Settle(p, true)
		return nil
	}
	var e *engine
	var ending Ending
	for range 2 {
		if e, err = k.ready(x); err != nil {
			k.o.Cells.Settle(p, false)
			return &failure{"KernelError", plain(err.Error()), nil}
		}
		endWatch := k.watch(x, e)
		ending, err = k.runOn(e, p, x)
		endWatch()
		if err != nil {
			e.end()
		}
		// A GoNB that had died before it heard of the cell costs the cell nothing.
		if err != errEngineDeaf {
			break
		}
	}
	if err == nil && ending.OK {
		k.replay.add(p)
	}
	failed, lastWords := x.ended(), x.out.heldBack()
	if failed == nil && err != nil {
		failed = &failure{"GoNBEnded", fmt.Sprintf("GoNB, which runs the cells, ended in this one (%v). It is started again with the next cell, with the declarations that it had.", endOf(e.child)), nil}
	}
	if failed == nil {
		ending.Stderr = lastWords
		failed = k.o.Cells.Explain(p, ending)
	}
	k.o.Cells.Settle(p, failed == nil)
	return failed
}

// asFailure is an error as the front end gets it.
func asFailure(err error) *failure {
	var f *Refusal
	if errors.As(err, &f) {
		return &f.Failure
	}
	return &failure{"Error", plain(err.Error()), nil}
}

// A Refusal is an error of Prepare that says how it wants to be shown.
type Refusal struct{ Failure }

func (r *Refusal) Error() string { return r.Value }

// runOn has one GoNB run a program under the number of its cell.
func (k *Kernel) runOn(e *engine, p Program, x *execution) (Ending, error) {
	last := p.Number
	if x.store {
		last--
	}
	if err := e.align(last); err != nil {
		return Ending{}, err
	}
	if x.ended() != nil {
		return Ending{}, nil
	}
	reply, err := e.run(map[string]any{
		"code": p.Text, "silent": true, "store_history": x.store, "user_expressions": map[string]any{},
		"allow_stdin": x.canAsk, "stop_on_error": false,
	}, x.sink)
	if err != nil {
		return Ending{}, err
	}
	if x.store {
		e.count++
	}
	return decodeEnding(reply), nil
}

func decodeEnding(reply json.RawMessage) Ending {
	var r struct {
		Status    string   `json:"status"`
		Name      string   `json:"ename"`
		Value     string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}
	if err := json.Unmarshal(reply, &r); err != nil {
		return Ending{Name: "KernelError", Value: err.Error()}
	}
	return Ending{OK: r.Status == "ok", Name: r.Name, Value: r.Value, Traceback: r.Traceback}
}

// align brings GoNB's number of cells to the given one, by empty cells: GoNB names cells by it in errors.
func (e *engine) align(number int) error {
	for e.count < number {
		nothing := map[string]any{"code": "", "silent": true, "store_history": true, "allow_stdin": false}
		if _, err := e.run(nothing, func(*wire.Message) {}); err != nil {
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
