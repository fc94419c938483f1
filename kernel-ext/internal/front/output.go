//go:build !windows

package front

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
)

const (
	// maxText and maxData are the bytes of text and of displays that one cell may put into a notebook.
	maxText = 10 << 20
	maxData = 50 << 20
	// Text waits this long for more of it; an update of a display for a newer one.
	textPause   = 20 * time.Millisecond
	updatePause = 100 * time.Millisecond
	// pieceSize is the size of a text message from which on it does not wait.
	pieceSize = 64 << 10
)

// An output is what one cell shows. Text is merged into few messages, in order with displays; within 20 ms standard
// output comes before standard error. Of a display that is updated often the newest is shown, ten times a second.
type output struct {
	k *Kernel
	x *execution

	mu       sync.Mutex
	texts    [2][]byte // of stdout and stderr, not yet published
	timer    *time.Timer
	armed    bool
	finished bool

	textLeft, dataLeft int
	textLost, dataLost int64 // bytes, displays

	updates map[string]*update
	order   []string // the identifiers of updates that wait

	// Of the step that runs:
	// Splitters take out what the program tells the kernel: of stdout as it comes by our pipe and by GoNB, and of stderr,
	// where it tells when stdout is broken.
	piped, frames, faults *frame.Splitter

	trace  *cell.Trace // holds back the program's last words
	status int
	fault  *frame.Fault
	lost   string // why a display of the step did not arrive
}

// update is the state of one display that is being updated.
type update struct {
	sent    time.Time
	waiting *wire.Message
}

var streamNames = [2]string{"stdout", "stderr"}

func newOutput(k *Kernel, x *execution) *output {
	return &output{k: k, x: x, textLeft: maxText, dataLeft: maxData, updates: map[string]*update{}}
}

// begin makes ready for a step.
func (o *output) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range []**frame.Splitter{&o.piped, &o.frames, &o.faults} {
		*s = frame.NewSplitter(o.k.token, maxData)
	}
	o.trace = &cell.Trace{}
	o.status, o.fault, o.lost = -1, nil, ""
}

// gonbSays is what GoNB prints after a process that failed.
var gonbSays = regexp.MustCompile(`(\^C\n)?(exit status \d+|signal: [^\n]+)\n$`)

// end returns what the step told: the exit status of a shell, -1 for none; an error; and its last words, unless they
// were shown, because they are a shell's, which are not explained, or no death followed them; and why a display is lost.
func (o *output) end(shell, ok bool) (status int, fault *frame.Fault, trace *cell.Trace, lost string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	rest, cut := o.frames.Flush()
	o.add(0, rest)
	rest, cutToo := o.piped.Flush()
	o.add(0, rest)
	rest, _ = o.faults.Flush()
	o.add(1, o.trace.Write(rest))
	if cut+cutToo > 0 {
		o.lost = "the program ended while another goroutine was displaying something, which is lost; wait for that goroutine"
	}
	switch {
	case o.x.ended() != nil:
	case shell:
		o.add(1, gonbSays.ReplaceAllString(o.trace.Rest(), ""))
	case ok:
		o.add(1, o.trace.Rest())
	}
	return o.status, o.fault, o.trace, o.lost
}

// text adds text of a stream, as GoNB passes it on.
func (o *output) text(stream, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.finished:
	case stream == "stderr" && o.trace != nil:
		for _, part := range o.faults.Write(text) {
			if part.Kind != 0 {
				o.part(part)
				continue
			}
			o.hear(part.Text)
			o.add(1, o.trace.Write(part.Text))
		}
	case stream == "stderr":
		o.add(1, text)
	case o.frames != nil:
		for _, part := range o.frames.Write(text) {
			o.part(part)
		}
	default:
		o.add(0, text)
	}
}

// direct adds text of standard output that came by our own pipe.
func (o *output) direct(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return
	}
	for _, part := range o.piped.Write(text) {
		o.part(part)
	}
}

// lose notes why a display of the step did not arrive; the first reason holds.
func (o *output) lose(reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lost == "" {
		o.lost = reason
	}
}

// displayFailed is how gonbui, in the program, and GoNB log that a display did not get through, and why.
var displayFailed = regexp.MustCompile(`(?m)^E\d{4} .*(?:gonbui\.go:\d+\] |Failed to display data.*?: )(.*)$`)

// hear looks for the loss of a display in what a program of gonbui, or GoNB, logs.
func (o *output) hear(text string) {
	if m := displayFailed.FindStringSubmatch(text); m != nil {
		o.lost = "a display cannot be encoded, and is lost: " + m[1]
	}
}

// complain takes what GoNB logged during the step.
func (o *output) complain(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hear(text)
}

// part takes a piece of the program's standard output.
func (o *output) part(part frame.Part) {
	switch {
	case part.Kind == 0:
		o.add(0, part.Text)
	case part.Dropped > 0:
		o.dataLost++
	case part.Kind == frame.Status:
		if status, err := strconv.Atoi(string(part.Payload)); err == nil {
			o.status = status
		}
	case part.Kind == frame.Failure:
		if fault, err := frame.DecodeFault(part.Payload); err == nil {
			o.fault = &fault
		}
	default:
		content, err := frame.DecodeContent(part.Payload)
		if err != nil {
			o.lost = "a display cannot be read: " + err.Error()
			return
		}
		o.show(part.Kind, content)
	}
}

// show publishes a display, in a form that a notebook can keep.
func (o *output) show(kind frame.Kind, content frame.Content) {
	makeStorable(content)
	switch kind {
	case frame.Result:
		o.send(wire.New("execute_result", o.k.id, nil, map[string]any{
			"execution_count": o.x.number, "data": content.Data, "metadata": content.Metadata,
		}))
	case frame.Update:
		o.update(content.Transient.DisplayID, wire.New("update_display_data", o.k.id, nil, content))
	default:
		o.send(wire.New("display_data", o.k.id, nil, content))
	}
}

func (o *output) add(at int, text string) {
	if len(text) > o.textLeft {
		o.textLost += int64(len(text) - o.textLeft)
		text = strings.ToValidUTF8(text[:o.textLeft], "")
		o.textLeft = 0
	} else {
		o.textLeft -= len(text)
	}
	if o.texts[at] = append(o.texts[at], text...); len(o.texts[at]) >= pieceSize {
		o.flush()
	}
	o.arm(textPause)
}

// arm has what waits sent after the pause.
func (o *output) arm(pause time.Duration) {
	if o.armed || o.finished {
		return
	}
	o.armed = true
	o.timer = time.AfterFunc(pause, o.tick)
}

func (o *output) tick() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = false
	if o.finished {
		return
	}
	o.flush()
	o.sendUpdates(false)
	if len(o.order) > 0 {
		o.arm(updatePause)
	}
}

// flush publishes the text that waits.
func (o *output) flush() {
	for at, text := range o.texts {
		if len(text) > 0 {
			o.k.publish(o.x.Raw, "stream", map[string]any{"name": streamNames[at], "text": string(text)})
			o.texts[at] = o.texts[at][:0]
		}
	}
}

// display shows what GoNB displays itself.
func (o *output) display(m *wire.Message) {
	kind := frame.Display
	if m.Header.Type == "update_display_data" {
		kind = frame.Update
	}
	content, err := frame.DecodeContent(m.Content)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.finished:
	case len(m.Content) <= len("{}"): // it was too long for us
		o.flush()
		o.dataLost++
	case err != nil:
		o.lost = "a display cannot be read: " + err.Error()
	default:
		o.show(kind, content)
	}
}

// update keeps an update for a moment, in case that a newer one comes.
func (o *output) update(id string, m *wire.Message) {
	u := o.updates[id]
	if u == nil {
		u = &update{}
		o.updates[id] = u
	}
	if u.waiting == nil {
		o.order = append(o.order, id)
	}
	u.waiting = m
	o.sendUpdates(false)
	if len(o.order) > 0 {
		o.arm(updatePause)
	}
}

// sendUpdates publishes the updates that have waited long enough, or all of them.
func (o *output) sendUpdates(all bool) {
	kept := o.order[:0]
	for _, id := range o.order {
		u := o.updates[id]
		if !all && time.Since(u.sent) < updatePause {
			kept = append(kept, id)
			continue
		}
		o.send(u.waiting)
		u.waiting, u.sent = nil, time.Now()
	}
	o.order = kept
}

// send publishes a display after the text before it, unless the cell has shown too much.
func (o *output) send(m *wire.Message) {
	o.flush()
	size := len(m.Content)
	if size > o.dataLeft {
		o.dataLost++
		return
	}
	o.dataLeft -= size
	o.republish(m)
}

// republish publishes GoNB's message under the front end's request.
func (o *output) republish(m *wire.Message) {
	o.k.publishMessage(&wire.Message{
		Header: m.Header, Raw: m.Raw, Parent: o.x.Raw, Metadata: m.Metadata, Content: m.Content, Buffers: m.Buffers,
	})
}

// other publishes a message of another kind in its place.
func (o *output) other(m *wire.Message) {
	o.k.comms.note(m)
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.finished {
		o.flush()
		o.republish(m)
	}
}

// finish publishes all that waits, and says what was left out.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil {
		o.timer.Stop()
	}
	o.flush()
	o.sendUpdates(true)
	if o.textLost > 0 {
		o.notice(fmt.Sprintf("kelpie: the cell printed %d MB more, which a notebook could not hold; print less, or write it to a file", o.textLost>>20+1))
	}
	if o.dataLost > 0 {
		o.notice(fmt.Sprintf("kelpie: %d displays of the cell are left out: together they are larger than the %d MB that a notebook can hold", o.dataLost, maxData>>20))
	}
	o.finished = true
}

// notice publishes a line of the kernel's own.
func (o *output) notice(line string) {
	o.k.publish(o.x.Raw, "stream", map[string]any{"name": "stderr", "text": line + "\n"})
}
