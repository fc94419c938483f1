//go:build !windows

package front

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/wire"
	"github.com/stophacking/kelpie/kernel-ext/internal/zmtp"
)

// strangersBytes is what all connections together may have in memory before they have signed anything.
const strangersBytes = 16 << 20

// receive turns what a socket reads into requests. A message that is not signed with our key is dropped, and so is one
// that was here before: somebody has recorded it. A connection that begins with such a message ends.
func (k *Kernel) receive(handle func(*request)) func(*zmtp.Peer, zmtp.Message) {
	return func(p *zmtp.Peer, m zmtp.Message) {
		if m.Cut {
			k.tooLong(p, m.Frames)
			return
		}
		message, err := k.heard.Decode(k.key, m.Frames)
		if err == nil && isComm(message) && !k.comm.Note(m.Frames) {
			err = wire.ErrSeen
		}
		if err != nil {
			k.drop(p, err)
			return
		}
		p.Prove()
		handle(&request{Message: message, peer: p})
	}
}

// isComm says whether a message is a widget's. Of those we sign the same kind that we obey.
func isComm(m *wire.Message) bool { return strings.HasPrefix(m.Header.Type, "comm_") }

// drop drops a message, and the connection of somebody who has never signed one.
func (k *Kernel) drop(p *zmtp.Peer, reason error) {
	k.strangers.log("dropped a message: %v", reason)
	if !p.Proven() {
		p.Close(0)
	}
}

// tooLong answers a message of which not everything was kept. Its signature covers what is gone. So who has not signed
// anything yet gets an answer of his own, and nobody else hears of it.
func (k *Kernel) tooLong(p *zmtp.Peer, frames [][]byte) {
	r := &request{Message: headOf(frames), peer: p}
	if r.Message == nil {
		k.drop(p, fmt.Errorf("%w: it is too long, and does not begin like one", wire.ErrMalformed))
		return
	}
	why := failure{name: "message too long", value: fmt.Sprintf("the %s is longer than %d MB, which is the most that the kernel takes", r.Header.Type, zmtp.Limit>>20)}
	if !p.Proven() {
		why.value = fmt.Sprintf("the %s is longer than %d MB, which is the most that the kernel takes as the first message of a connection, or too many others send one; send a kernel_info_request first", r.Header.Type, zmtp.UnprovenLimit>>20)
	}
	k.strangers.log("refused a message: %s", why.value)
	asks := strings.HasSuffix(r.Header.Type, "_request")
	switch {
	case r.Header.Type == "input_reply":
		k.refuseInput(p, why)
	case asks && !p.Proven():
		k.reply(r, why.reply())
	case r.Header.Type == "execute_request":
		r.refused = &why
		k.queue.add(r) // what was sent before it comes first, and what waits behind it must not run
	case asks:
		k.answer(r, why.reply())
	case p.Proven():
		k.state(r, "busy")
		k.publish(r.Raw, "error", why.content())
		k.state(r, "idle")
	}
}

// headOf is a message of which only the head is known; nil when that is not there.
func headOf(frames [][]byte) *wire.Message {
	const most = 64 << 10
	for i, frame := range frames {
		if string(frame) != "<IDS|MSG>" || i+2 >= len(frames) || len(frames[i+2]) > most {
			continue
		}
		// Encoded and decoded, so that the head is what Decode would make of it.
		var key wire.Key
		m, err := key.Decode(key.Encode(&wire.Message{Raw: frames[i+2]}))
		if err != nil {
			return nil
		}
		m.Identities = frames[:i]
		return m
	}
	return nil
}

// refuseInput ends the cell that waits for an input which was too long, when it comes from the front end that was asked.
func (k *Kernel) refuseInput(p *zmtp.Peer, why failure) {
	k.mu.Lock()
	x := k.current
	k.mu.Unlock()
	if x != nil && x.isAsking() && x.peer.Identity() == p.Identity() {
		why.placed = true
		k.endCell(why)
	}
}

// A quietLog passes on so many lines a minute as a person may read; others can be the cause of any number.
type quietLog struct {
	to func(format string, args ...any)

	mu    sync.Mutex
	since time.Time
	lines int
}

const linesPerMinute = 20

func (l *quietLog) log(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.since) > time.Minute {
		l.since, l.lines = time.Now(), 0
	}
	switch l.lines++; {
	case l.lines <= linesPerMinute:
		l.to(format, args...)
	case l.lines == linesPerMinute+1:
		l.to("there is more of this, which is left out for a minute")
	}
}
