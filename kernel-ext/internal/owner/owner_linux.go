package owner

import (
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
)

// KnowsTCP says whether Peer can tell for connections over TCP.
const KnowsTCP = true

// looking lets one connection at a time look into the tables, which are long where there are many connections.
var looking sync.Mutex

// tcpPeer finds the other end among the sockets of this network namespace.
func tcpPeer(conn *net.TCPConn) (int, error) {
	ours, okOurs := conn.LocalAddr().(*net.TCPAddr)
	theirs, okTheirs := conn.RemoteAddr().(*net.TCPAddr)
	if !okOurs || !okTheirs {
		return 0, fmt.Errorf("owner: a TCP connection from %v to %v", conn.RemoteAddr(), conn.LocalAddr())
	}
	looking.Lock()
	defer looking.Unlock()
	for _, path := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		table, err := os.ReadFile(path)
		if os.IsNotExist(err) && path == "/proc/self/net/tcp6" {
			continue // a system without IPv6
		}
		if err != nil {
			return 0, fmt.Errorf("owner: %w", err)
		}
		if uid, found := find(string(table), theirs.AddrPort(), ours.AddrPort()); found {
			return uid, nil
		}
	}
	return 0, fmt.Errorf("owner: %v is no open socket of a process on this machine", theirs)
}

// unixPeer asks for the credentials of the process that connected.
func unixPeer(conn *net.UnixConn) (int, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("owner: %w", err)
	}
	var credentials *syscall.Ucred
	var asked error
	err = raw.Control(func(fd uintptr) {
		credentials, asked = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err == nil {
		err = asked
	}
	if err != nil {
		return 0, fmt.Errorf("owner: %w", err)
	}
	return int(credentials.Uid), nil
}
