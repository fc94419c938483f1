package zmtp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// A Server is a listening socket. Its methods may be called from any goroutine.
type Server struct {
	kind     Kind
	listener net.Listener
	receive  func(*Peer, Message)

	mu     sync.Mutex
	peers  map[*Peer]bool
	byName map[string]*Peer
	closed bool
}

// Listen opens a ROUTER, PUB or REP socket on a network of package net. Every message goes to receive, from one
// goroutine for each peer. REP echoes: it sends each message back as it came, which is all that Jupyter's heartbeat
// asks; it and PUB take a nil receive.
func Listen(network, address string, kind Kind, receive func(*Peer, Message)) (*Server, error) {
	listener, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("zmtp: %w", err)
	}
	if kind == Rep {
		receive = func(p *Peer, m Message) { _ = p.Send(m.Frames) }
	}
	s := &Server{kind: kind, listener: listener, receive: receive, peers: map[*Peer]bool{}, byName: map[string]*Peer{}}
	go s.accept()
	return s, nil
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
		go s.serve(conn)
	}
}

// serve does the handshake apart from accept, so that a silent peer holds up nobody.
func (s *Server) serve(conn net.Conn) {
	p, err := handshake(conn, s.kind, "")
	if err != nil || !s.add(p) {
		_ = conn.Close()
		return
	}
	p.run(s.receive)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
	if s.byName[p.identity] == p {
		delete(s.byName, p.identity)
	}
}

// add registers a peer. One that gave no identity gets one; one that comes back under its old identity takes its place.
func (s *Server) add(p *Peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if p.identity == "" {
		p.identity = "\x00" + rand.Text()
	}
	p.server = s
	s.peers[p] = true
	s.byName[p.identity] = p
	return true
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

// Publish sends a message to every subscriber of its first frame. It waits for slow ones, see Peer.Send.
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
	p, err := handshake(conn, kind, identity)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("zmtp: connecting to %s: %w", address, err)
	}
	go p.run(receive)
	if kind == Sub {
		return p, p.Send([][]byte{{1}})
	}
	return p, nil
}
