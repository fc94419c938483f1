package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
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

const (
	handshakeTimeout = 10 * time.Second
	// highWater is how many bytes wait for a peer before Send waits for it.
	highWater = 32 << 20
)

// stallTimeout is how long Send waits for a peer that takes nothing; tests make it short.
var stallTimeout = 15 * time.Second

// ErrClosed is the error of a Send to a peer that is gone.
var ErrClosed = errors.New("zmtp: the connection is closed")

// A Peer is one connection. Its methods may be called from any goroutine.
type Peer struct {
	kind     Kind
	identity string
	server   *Server // nil when dialled
	conn     net.Conn
	r        *bufio.Reader

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

// handshake exchanges greetings and READY commands. It sets the peer's identity, which is empty when it gave none.
func handshake(conn net.Conn, kind Kind, identity string) (*Peer, error) {
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	p := &Peer{kind: kind, conn: conn, r: bufio.NewReaderSize(conn, 64<<10), done: make(chan struct{})}
	p.changed = sync.NewCond(&p.mu)
	ready := command("READY", append(property("Socket-Type", string(kind)), property("Identity", identity)...))
	if len(ready) > 255 {
		return nil, errors.New("zmtp: the identity is too long")
	}
	if _, err := conn.Write(append(append(greeting(), flagCommand, byte(len(ready))), ready...)); err != nil {
		return nil, err
	}
	theirs := make([]byte, 64)
	if _, err := io.ReadFull(p.r, theirs); err != nil {
		return nil, unexpected(err)
	}
	if err := checkGreeting(theirs); err != nil {
		return nil, err
	}
	flags, body, kept, err := readFrame(p.r, 4096)
	if err != nil {
		return nil, err
	}
	if !kept || flags&flagCommand == 0 {
		return nil, errProtocol
	}
	name, data, err := parseCommand(body)
	if err != nil || name != "READY" {
		return nil, errProtocol
	}
	properties, err := parseProperties(data)
	if err != nil {
		return nil, err
	}
	suits := false
	for _, partner := range partners[kind] {
		suits = suits || partner == Kind(properties["socket-type"])
	}
	if !suits {
		return nil, errProtocol
	}
	p.identity = properties["identity"]
	return p, conn.SetDeadline(time.Time{})
}

// run serves the connection until it ends; receive gets the messages, one after the other.
func (p *Peer) run(receive func(*Peer, Message)) {
	go p.write()
	for {
		m, err := p.read()
		if err != nil {
			break
		}
		if m.Frames != nil {
			receive(p, m)
		}
	}
	p.drop()
	close(p.done)
}

// read reads one message; a command is carried out and comes as a message without frames.
func (p *Peer) read() (Message, error) {
	var m Message
	room := int64(Limit)
	for {
		flags, body, kept, err := readFrame(p.r, room)
		if err != nil {
			return m, err
		}
		if flags&flagCommand != 0 {
			if len(m.Frames) > 0 || !kept {
				return m, errProtocol
			}
			return m, p.obey(body)
		}
		room -= int64(len(body))
		m.Cut = m.Cut || !kept
		if m.Frames = append(m.Frames, body); len(m.Frames) > maxFrames {
			return m, errProtocol
		}
		if flags&flagMore == 0 {
			break
		}
	}
	if p.kind == Pub {
		// ZMTP 3.0 subscribes by messages: 1 and a prefix asks for it, 0 and a prefix takes it back.
		if first := m.Frames[0]; len(m.Frames) == 1 && len(first) > 0 && first[0] <= 1 {
			p.subscribe(first[0] == 1, first[1:])
		}
		return Message{}, nil
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
		p.subscribe(true, data)
	case "CANCEL":
		p.subscribe(false, data)
	case "ERROR":
		return errProtocol
	}
	return nil
}

func (p *Peer) subscribe(wants bool, topic []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wants {
		if len(p.topics) < maxFrames {
			p.topics = append(p.topics, topic)
		}
		return
	}
	for i, have := range p.topics {
		if bytes.Equal(have, topic) {
			p.topics = append(p.topics[:i:i], p.topics[i+1:]...)
			return
		}
	}
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

// Send queues a message. It waits while more than 32 MiB are queued; a peer that takes nothing for 15 s is let go.
// The frames must not be changed afterwards.
func (p *Peer) Send(frames [][]byte) error {
	if len(frames) == 0 {
		return errors.New("zmtp: a message without frames")
	}
	return p.enqueue(append([][]byte{{}}, frames...))
}

// enqueue queues what write takes: a first entry that is nil marks a command.
func (p *Peer) enqueue(entry [][]byte) error {
	size := 0
	for _, frame := range entry {
		size += len(frame) + 9
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.size > highWater && !p.closed {
		before := p.size
		timer := time.AfterFunc(stallTimeout, p.changed.Broadcast)
		start := time.Now()
		p.changed.Wait()
		timer.Stop()
		if p.size == before && time.Since(start) >= stallTimeout {
			p.closed = true
			p.changed.Broadcast()
			_ = p.conn.Close()
		}
	}
	if p.closed || p.closing {
		return ErrClosed
	}
	p.queue = append(p.queue, entry)
	p.size += size
	p.changed.Broadcast()
	return nil
}

// write sends what is queued, and flushes when there is nothing more.
func (p *Peer) write() {
	w := bufio.NewWriterSize(p.conn, 64<<10)
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for len(p.queue) == 0 && !p.closed && !p.closing {
			p.changed.Wait()
		}
		if p.closed || len(p.queue) == 0 {
			p.closed = true
			p.changed.Broadcast()
			_ = p.conn.Close()
			return
		}
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		sent := 0
		var err error
		for _, entry := range batch {
			if entry[0] == nil {
				err = writeFrame(w, flagCommand, entry[1])
			} else {
				err = writeMessage(w, entry[1:])
			}
			for _, frame := range entry {
				sent += len(frame) + 9
			}
			if err != nil {
				break
			}
		}
		if err == nil {
			err = w.Flush()
		}
		p.mu.Lock()
		p.size -= sent
		p.closed = p.closed || err != nil
		p.changed.Broadcast()
	}
}

// drop ends the connection at once.
func (p *Peer) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
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
