package zmtp

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// newPeer makes the peer of a connection, before its handshake.
func newPeer(conn net.Conn, kind Kind, server *Server) *Peer {
	p := &Peer{kind: kind, server: server, conn: conn, r: bufio.NewReaderSize(conn, 16<<10), done: make(chan struct{})}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// ready is the READY command with which a socket presents itself.
func ready(kind Kind, identity string) []byte {
	return command("READY", append(property("Socket-Type", string(kind)), property("Identity", identity)...))
}

// meet presents us to the server that we dialled, and hears whom we have met.
func (p *Peer) meet(identity string) error {
	hello := ready(p.kind, identity)
	if len(hello) > 255 {
		return errors.New("zmtp: the identity is too long")
	}
	if err := p.conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return err
	}
	if _, err := p.conn.Write(append(append(greeting(), flagCommand, byte(len(hello))), hello...)); err != nil {
		return err
	}
	if _, err := p.hear(); err != nil {
		return err
	}
	return p.conn.SetDeadline(time.Time{})
}

// welcome hears who has come to the server, has it judged, and presents us last: a peer sends nothing before that, so
// one that is turned away loses nothing, and comes again.
func (p *Peer) welcome(judge func(identity string) error) error {
	if err := p.conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return err
	}
	if _, err := p.conn.Write(greeting()); err != nil {
		return err
	}
	identity, err := p.hear()
	if err == nil {
		err = judge(identity)
	}
	if err != nil {
		return err
	}
	hello := ready(p.kind, "")
	if _, err := p.conn.Write(append([]byte{flagCommand, byte(len(hello))}, hello...)); err != nil {
		return err
	}
	return p.conn.SetDeadline(time.Time{})
}

// hear reads the greeting and the READY command of the other side, and returns its identity, which is empty when it gave
// none.
func (p *Peer) hear() (identity string, err error) {
	theirs := make([]byte, 64)
	if _, err := io.ReadFull(p.r, theirs); err != nil {
		return "", unexpected(err)
	}
	if err := checkGreeting(theirs); err != nil {
		return "", err
	}
	flags, body, kept, err := readFrame(p.r, upTo(4096))
	if err != nil {
		return "", err
	}
	if !kept || flags&flagCommand == 0 {
		return "", errProtocol
	}
	name, data, err := parseCommand(body)
	if err != nil || name != "READY" {
		return "", errProtocol
	}
	properties, err := parseProperties(data)
	if err != nil {
		return "", err
	}
	suits := false
	for _, partner := range partners[p.kind] {
		suits = suits || partner == Kind(properties["socket-type"])
	}
	// A server names those who give no name itself, by names that begin with a zero byte.
	identity = properties["identity"]
	if !suits || len(identity) > 255 || p.server != nil && strings.HasPrefix(identity, "\x00") {
		return "", errProtocol
	}
	return identity, nil
}
