// Package zmtp speaks the part of ZeroMQ's wire protocol that Jupyter uses: ZMTP 3.0 with the NULL mechanism (RFC 23,
// https://rfc.zeromq.org/spec/23), between ROUTER, PUB and REP sockets on the kernel's side and DEALER and SUB sockets on
// the other.
//
// It is our own because a kernel reads from whoever connects to its socket before any signature can be checked. Here the
// system is asked first whose the connection is; a peer that stays silent shuts nobody out; what a peer may hold of memory
// before it has proved itself is little (limits.go); nobody takes the identity of a living peer; a peer that does not read
// is let go, and waited for by nobody; and closing sends what was queued first. The pure-Go library
// github.com/go-zeromq/zmq4 v0.17.0 gives none of these.
//
// A server listens and hands every message to a function; a peer is one connection, of a server or dialled.
//
//	router, err := zmtp.Listen("tcp", "127.0.0.1:0", zmtp.Router, echo, zmtp.Options{Admit: owner.Admit})
//	dealer, err := zmtp.Dial("tcp", router.Addr().String(), zmtp.Dealer, "me", func(_ *zmtp.Peer, m zmtp.Message) { … })
//	err = dealer.Send([][]byte{[]byte("hello")})
package zmtp
