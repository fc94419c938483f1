package owner

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// KnowsTCP says whether Peer can tell for connections over TCP: only root is told whose they are here.
const KnowsTCP = false

func tcpPeer(*net.TCPConn) (int, error) { return 0, ErrUnknown }

// unixPeer asks for the credentials of the process that connected.
func unixPeer(conn *net.UnixConn) (int, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("owner: %w", err)
	}
	var credentials *unix.Xucred
	var asked error
	err = raw.Control(func(fd uintptr) {
		credentials, asked = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	})
	if err == nil {
		err = asked
	}
	if err != nil {
		return 0, fmt.Errorf("owner: %w", err)
	}
	return int(credentials.Uid), nil
}
