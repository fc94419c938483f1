package zmtp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Options of a server.
type Options struct {
	// Admit is asked about every connection before a byte of it is read and anything is sent; an error turns it away. Nil
	// lets everybody in.
	Admit func(net.Conn) error
	// Budget is what peers that have not proved themselves share, of this server and of others; nil is 16 MiB for this one.
	Budget *Budget
	// Log receives what the server did to protect itself; nil drops it. It may be called as often as others like.
	Log func(format string, args ...any)
}

// A Server is a listening socket. Its methods may be called from any goroutine.
type Server struct {
	kind     Kind
	listener net.Listener
	receive  func(*Peer, Message)
	o        Options
	opening  chan struct{} // a place for each handshake under way

	mu     sync.Mutex
	half   []*opening // the oldest first
	peers  map[*Peer]bool
	byName map[string]*Peer
	closed bool
}

// An opening is a connection whose handshake is under way.
type opening struct {
	conn net.Conn
	over chan struct{} // closed to end it
}

// Listen opens a ROUTER, PUB or REP socket on a network of package net. Every message goes to receive, from one
// goroutine for each peer. REP echoes: it sends each message back as it came, which is all that Jupyter's heartbeat
// asks; it and PUB take a nil receive.
func Listen(network, address string, kind Kind, receive func(*Peer, Message), o Options) (*Server, error) {
	listener, err := bind(network, address)
	if err != nil {
		return nil, fmt.Errorf("zmtp: %w", err)
	}
	if kind == Rep {
		receive = func(p *Peer, m Message) { _ = p.Send(m.Frames) }
	}
	if o.Admit == nil {
		o.Admit = func(net.Conn) error { return nil }
	}
	if o.Budget == nil {
		o.Budget = NewBudget(16 << 20)
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	s := &Server{
		kind: kind, listener: listener, receive: receive, o: o, opening: make(chan struct{}, maxHalfOpen),
		peers: map[*Peer]bool{}, byName: map[string]*Peer{},
	}
	go s.accept()
	return s, nil
}

// bind listens. The socket file that a killed process left makes room, and nobody else may connect to ours.
func bind(network, address string) (net.Listener, error) {
	listener, err := net.Listen(network, address)
	if network != "unix" {
		return listener, err
	}
	if errors.Is(err, syscall.EADDRINUSE) && abandoned(address) {
		if err := os.Remove(address); err != nil {
			return nil, err
		}
		listener, err = net.Listen(network, address)
	}
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(address, 0o600); err != nil {
		_ = listener.Close()
		return nil, err
	}
	return listener, nil
}

// abandoned says whether the path is a socket that nobody listens on any more.
func abandoned(path string) bool {
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of file descriptors, most likely: wait for some to come back.
			time.Sleep(100 * time.Millisecond)
			continue
		}
		at := s.enter(conn)
		s.opening <- struct{}{}
		go s.serve(at)
	}
}

// enter notes a connection whose handshake begins; where there are too many, the oldest of them ends.
func (s *Server) enter(conn net.Conn) *opening {
	at := &opening{conn, make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.half) == maxHalfOpen {
		s.half[0].end()
		s.half = s.half[1:]
		s.o.Log("too many connections to the %s socket are made and not used; ended the oldest", s.kind)
	}
	s.half = append(s.half, at)
	return at
}

func (o *opening) end() {
	close(o.over)
	_ = o.conn.Close()
}

// leave notes the end of a handshake.
func (s *Server) leave(at *opening) {
	s.mu.Lock()
	s.half = slices.DeleteFunc(s.half, func(o *opening) bool { return o == at })
	s.mu.Unlock()
	<-s.opening
}

// serve does the handshake apart from accept, so that a silent peer holds up nobody.
func (s *Server) serve(at *opening) {
	p := newPeer(at.conn, s.kind, s)
	err := s.o.Admit(at.conn)
	if err == nil {
		err = p.welcome(func(identity string) error { return s.add(p, identity, at.over) })
	}
	s.leave(at)
	if err == nil {
		p.run(s.receive)
	} else {
		_ = at.conn.Close()
		close(p.done)
		s.o.Log("turned away a connection to the %s socket: %v", s.kind, err)
	}
	s.remove(p)
}

// add registers a peer. One that gave no identity gets one. No peer takes the identity of a living one: replies and
// questions would go to it. It waits a moment for the other's end.
func (s *Server) add(p *Peer, identity string, over <-chan struct{}) error {
	if identity == "" || s.kind != Router {
		identity = "\x00" + rand.Text()
	}
	late := time.After(namesakeTimeout)
	for {
		s.mu.Lock()
		namesake := s.byName[identity]
		err := s.full()
		if err == nil && namesake == nil {
			p.identity = identity
			s.peers[p] = true
			s.byName[identity] = p
		}
		s.mu.Unlock()
		if err != nil || namesake == nil {
			return err
		}
		select {
		case <-namesake.done:
			s.remove(namesake)
		case <-over:
			return ErrClosed
		case <-late:
			return errors.New("zmtp: another connection has its identity")
		}
	}
}

// full is why there is no room for one more; the caller holds the lock.
func (s *Server) full() error {
	switch {
	case s.closed:
		return ErrClosed
	case len(s.peers) >= maxPeers:
		return fmt.Errorf("zmtp: there are %d connections already", maxPeers)
	}
	return nil
}

// remove forgets a peer.
func (s *Server) remove(p *Peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
	if s.byName[p.identity] == p {
		delete(s.byName, p.identity)
	}
}

// SendTo sends a message to the peer of that identity; no error tells that there is none, as with ZeroMQ's ROUTER.
func (s *Server) SendTo(identity string, frames [][]byte) {
	s.mu.Lock()
	p := s.byName[identity]
	s.mu.Unlock()
	if p != nil {
		_ = p.Send(frames)
	}
}

// Identity is the name under which SendTo reaches the peer.
func (p *Peer) Identity() string { return p.identity }

// Reply sends a message to the peer or, when it has gone and come back under its identity, to the new connection.
func (p *Peer) Reply(frames [][]byte) error {
	if err := p.Send(frames); err == nil || p.server == nil {
		return err
	}
	p.server.SendTo(p.identity, frames)
	return nil
}

// Publish sends a message to every subscriber of its first frame. It waits for none, see Peer.Send.
func (s *Server) Publish(frames [][]byte) {
	s.mu.Lock()
	peers := make([]*Peer, 0, len(s.peers))
	for p := range s.peers {
		peers = append(peers, p)
	}
	s.mu.Unlock()
	for _, p := range peers {
		if p.subscribed(frames[0]) {
			_ = p.Send(frames)
		}
	}
}

// Close stops listening, sends what is queued for at most the grace period, and ends all connections.
func (s *Server) Close(grace time.Duration) {
	_ = s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for _, at := range s.half {
		at.end()
	}
	s.half = nil
	peers := make([]*Peer, 0, len(s.peers))
	for p := range s.peers {
		peers = append(peers, p)
	}
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range peers {
		all.Go(func() { p.Close(grace) })
	}
	all.Wait()
}

// Dial connects a DEALER, SUB or REQ socket and serves it until the connection ends; a lost connection is not made
// again. A SUB socket subscribes to everything. The context bounds the connecting only.
func Dial(ctx context.Context, network, address string, kind Kind, identity string, receive func(*Peer, Message)) (*Peer, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("zmtp: %w", err)
	}
	p := newPeer(conn, kind, nil)
	if err := p.meet(identity); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("zmtp: connecting to %s: %w", address, err)
	}
	go p.run(receive)
	if kind == Sub {
		return p, p.Send([][]byte{{1}})
	}
	return p, nil
}
