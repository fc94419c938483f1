//go:build !windows

package front

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

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
	// maxDeath bounds what is held back of a dying program's last words.
	maxDeath = 256 << 10
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
	textLost, dataLost int64

	updates map[string]*update
	order   []string // the identifiers of updates that wait

	midLine bool   // stderr is inside a line
	dying   bool   // death holds what follows
	death   []byte // from the line on with which a Go program announces its death
	status  string // GoNB's line on how a process ended, in case that more follows
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

// exitLine is what GoNB prints after a process that failed.
var exitLine = regexp.MustCompile(`^(\^C\n)?(exit status \d+|signal: [a-z ]+( \(core dumped\))?)\n$`)

// text adds text of a stream.
func (o *output) text(stream, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return
	}
	at := 0
	if stream == "stderr" {
		at = 1
		if exitLine.MatchString(text) {
			text, o.status = o.status, text
		} else {
			text, o.status = o.status+text, ""
		}
		text = o.holdBack(text)
	}
	o.add(at, text)
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

// holdBack keeps standard error from the line on that begins as the last words of a Go program do.
func (o *output) holdBack(text string) string {
	if o.dying {
		o.death = append(o.death, text...)
		if len(o.death) <= maxDeath {
			return ""
		}
		text = string(o.death)
		o.death, o.dying = nil, false
		return text
	}
	for rest, at := text, 0; rest != ""; {
		if !o.midLine && (strings.HasPrefix(rest, "panic: ") || strings.HasPrefix(rest, "fatal error: ")) {
			o.dying = true
			o.death = append(o.death, rest...)
			return text[:at]
		}
		line := strings.IndexByte(rest, '\n') + 1
		if o.midLine = line == 0; o.midLine {
			break
		}
		rest, at = rest[line:], at+line
	}
	return text
}

// heldBack takes what was held back; it is then the caller's to show.
func (o *output) heldBack() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(o.death)
	o.death, o.dying, o.status = nil, false, ""
	return text
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

// display publishes a display, or keeps an update for a moment.
func (o *output) display(m *wire.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.finished {
		return
	}
	if m.Header.Type == "update_display_data" {
		var c struct {
			Transient struct {
				ID string `json:"display_id"`
			} `json:"transient"`
		}
		_ = json.Unmarshal(m.Content, &c)
		u := o.updates[c.Transient.ID]
		if u == nil {
			u = &update{}
			o.updates[c.Transient.ID] = u
		}
		if u.waiting == nil {
			o.order = append(o.order, c.Transient.ID)
		}
		u.waiting = m
		o.sendUpdates(false)
		if len(o.order) > 0 {
			o.arm(updatePause)
		}
		return
	}
	o.send(m)
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
	if size > o.dataLeft || size <= len("{}") {
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
	o.textLeft += len(o.death) + len(o.status)
	o.add(1, string(o.death)+o.status)
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
