package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is the type of a socket, by its name on the wire.
type Kind string

// The kinds that Jupyter uses. Req is the other end of Rep; it is spoken by front ends only.
const (
	Router Kind = "ROUTER"
	Dealer Kind = "DEALER"
	Pub    Kind = "PUB"
	Sub    Kind = "SUB"
	Rep    Kind = "REP"
	Req    Kind = "REQ"
)

// partners says which peers a socket of ours accepts.
var partners = map[Kind][]Kind{
	Router: {Dealer, Req, Router}, Dealer: {Router, Rep, Dealer},
	Pub: {Sub, "XSUB"}, Sub: {Pub, "XPUB"}, Rep: {Req, Dealer}, Req: {Rep, Router},
}

// stallTimeout is how long Send waits for a server that takes nothing.
const stallTimeout = 15 * time.Second

// Errors of a Send: to a peer that is gone, and to one that is let go because it does not read.
var (
	ErrClosed = errors.New("zmtp: the connection is closed")
	ErrSlow   = errors.New("zmtp: the peer does not read what it is sent")
)

// A Peer is one connection. Its methods may be called from any goroutine.
type Peer struct {
	kind     Kind
	identity string
	server   *Server // nil when dialled
	conn     net.Conn
	r        *bufio.Reader
	proven   atomic.Bool
	changes  int // of what a subscriber asked for; of the goroutine that reads

	mu      sync.Mutex
	changed *sync.Cond // queue, size, closing or closed changed
	queue   [][][]byte
	size    int // bytes in queue and in the message being written
	closing bool
	closed  bool
	topics  [][]byte // what a subscriber asked for
	done    chan struct{}
}

// Done is closed when the connection has ended.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Prove tells that the peer has shown that it knows what only those may know who are let in, by a signature. From then
// on its messages may be long, and more may wait for it.
func (p *Peer) Prove() { p.proven.Store(true) }

// Proven says whether Prove was called.
func (p *Peer) Proven() bool { return p.proven.Load() }

// run serves the connection until it ends; receive gets the messages, one after the other.
func (p *Peer) run(receive func(*Peer, Message)) {
	go p.write()
	for p.serveOne(receive) == nil {
	}
	p.drop()
	close(p.done)
}

// serveOne reads a message, or a command, and has it carried out.
func (p *Peer) serveOne(receive func(*Peer, Message)) error {
	trusted := p.server == nil || p.Proven()
	if !trusted {
		// It may keep us waiting for a message as long as it likes, but not in the middle of one.
		if _, err := p.r.Peek(1); err != nil {
			return err
		}
		if err := p.conn.SetReadDeadline(time.Now().Add(messageTimeout)); err != nil {
			return err
		}
	}
	room := p.allowance(trusted)
	defer room.end()
	m, err := p.read(room)
	if err == nil && !trusted {
		err = p.conn.SetReadDeadline(time.Time{})
	}
	if err == nil && m.Frames != nil {
		receive(p, m)
	}
	return err
}

// allowance is what the next message may hold.
func (p *Peer) allowance(trusted bool) *allowance {
	switch {
	case trusted:
		return &allowance{limit: Limit}
	case p.kind == Pub:
		return &allowance{limit: 1 + maxTopic}
	case p.kind == Rep:
		return &allowance{limit: beatLimit}
	}
	return &allowance{limit: UnprovenLimit, budget: p.server.o.Budget}
}

// read reads one message; a command is carried out and comes as a message without frames.
func (p *Peer) read(room *allowance) (Message, error) {
	var m Message
	for {
		flags, body, kept, err := readFrame(p.r, room.keep)
		if err != nil {
			return m, err
		}
		if flags&flagCommand != 0 {
			if len(m.Frames) > 0 || !kept {
				return m, errProtocol
			}
			return m, p.obey(body)
		}
		m.Cut = m.Cut || !kept
		if m.Frames = append(m.Frames, body); len(m.Frames) > maxFrames {
			return m, errProtocol
		}
		if flags&flagMore == 0 {
			break
		}
	}
	switch {
	case p.kind == Pub:
		// ZMTP 3.0 subscribes by messages: 1 and a prefix asks for it, 0 and a prefix takes it back.
		if first := m.Frames[0]; len(m.Frames) == 1 && len(first) > 0 && first[0] <= 1 {
			return Message{}, p.subscribe(first[0] == 1, first[1:])
		}
		return Message{}, errProtocol
	case p.kind == Rep && m.Cut:
		return Message{}, errProtocol
	}
	return m, nil
}

// obey carries out a command: a ping is answered; ZMTP 3.1 subscribes by commands.
func (p *Peer) obey(body []byte) error {
	name, data, err := parseCommand(body)
	if err != nil {
		return err
	}
	switch name {
	case "PING":
		if len(data) < 2 {
			return errProtocol
		}
		return p.enqueue([][]byte{nil, command("PONG", data[2:])})
	case "SUBSCRIBE":
		return p.subscribe(true, data)
	case "CANCEL":
		return p.subscribe(false, data)
	case "ERROR":
		return errProtocol
	}
	return nil
}

// subscribe notes what a subscriber wants; one that asks for more than anybody needs is let go.
func (p *Peer) subscribe(wants bool, topic []byte) error {
	if p.changes++; len(topic) > maxTopic || p.changes > maxChanges {
		return errProtocol
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if wants {
		if len(p.topics) == maxTopics {
			return errProtocol
		}
		p.topics = append(p.topics, topic)
		return nil
	}
	for i, have := range p.topics {
		if bytes.Equal(have, topic) {
			p.topics = append(p.topics[:i:i], p.topics[i+1:]...)
			break
		}
	}
	return nil
}

// subscribed says whether a subscriber wants messages of the topic.
func (p *Peer) subscribed(topic []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, prefix := range p.topics {
		if bytes.HasPrefix(topic, prefix) {
			return true
		}
	}
	return false
}

// Send queues a message. A peer of a server that has not taken what is queued for it, see the limits, is let go: nobody
// waits for it. To a server that we dialled, Send waits while 128 MiB are queued, for at most 15 s in which nothing is taken.
// The frames must not be changed afterwards.
func (p *Peer) Send(frames [][]byte) error {
	if len(frames) == 0 {
		return errors.New("zmtp: a message without frames")
	}
	return p.enqueue(append([][]byte{{}}, frames...))
}

// enqueue queues what write takes: a first entry that is nil marks a command.
func (p *Peer) enqueue(entry [][]byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil && p.size > p.mostQueued() && !p.closed {
		p.end()
		p.server.o.Log("let go of a connection to the %s socket: it does not read, and %d MB wait for it", p.kind, p.size>>20)
		return ErrSlow
	}
	for p.size > highWater && !p.closed {
		before := p.size
		timer := time.AfterFunc(stallTimeout, p.changed.Broadcast)
		start := time.Now()
		p.changed.Wait()
		timer.Stop()
		if p.size == before && time.Since(start) >= stallTimeout {
			p.end()
		}
	}
	if p.closed || p.closing {
		return ErrClosed
	}
	p.queue = append(p.queue, entry)
	p.size += cost(entry)
	p.changed.Broadcast()
	return nil
}

// mostQueued is how many bytes may wait for a peer of a server.
func (p *Peer) mostQueued() int {
	switch {
	case p.kind == Rep:
		return beatHighWater
	case p.kind == Pub || p.Proven():
		return highWater
	}
	return unprovenHighWater
}

// write sends what is queued, and flushes when there is nothing more.
func (p *Peer) write() {
	w := bufio.NewWriterSize(p.conn, 16<<10)
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for len(p.queue) == 0 && !p.closed && !p.closing {
			p.changed.Wait()
		}
		if p.closed || len(p.queue) == 0 {
			p.end()
			return
		}
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		var err error
		for i, entry := range batch {
			if entry[0] == nil {
				err = writeFrame(w, flagCommand, entry[1])
			} else {
				err = writeMessage(w, entry[1:])
			}
			if err != nil {
				break
			}
			p.sent(cost(entry))
			batch[i] = nil
		}
		if err == nil {
			err = w.Flush()
		}
		p.mu.Lock()
		p.closed = p.closed || err != nil
		p.changed.Broadcast()
	}
}

// sent notes that so many bytes wait no more.
func (p *Peer) sent(size int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.size -= size
	p.changed.Broadcast()
}

// cost is how many bytes an entry of the queue takes.
func cost(entry [][]byte) int {
	size := 0
	for _, frame := range entry {
		size += len(frame) + frameCost
	}
	return size
}

// drop ends the connection at once.
func (p *Peer) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

// end ends the connection; the caller holds the lock.
func (p *Peer) end() {
	p.closed = true
	p.queue = nil
	p.changed.Broadcast()
	_ = p.conn.Close()
}

// Close sends what is queued, for at most the grace period, and ends the connection. It does not wait for the function
// that receives messages, so that may call it.
func (p *Peer) Close(grace time.Duration) {
	timer := time.AfterFunc(grace, p.drop)
	defer timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
	p.changed.Broadcast()
	for !p.closed {
		p.changed.Wait()
	}
	_ = p.conn.Close()
}
