//go:build !windows

package owner

import (
	"errors"
	"fmt"
	"net"
	"os"
)

// ErrUnknown is the error of Peer where the system cannot say whose the other end of such a connection is.
var ErrUnknown = errors.New("this system does not say whose the other end of a connection is")

// Admit is nil when the other end of an accepted connection belongs to the user of this process or to root, whom nothing
// on the machine is kept from. It also is where the system cannot say at all: KnowsTCP tells. Where the system can say but
// does not say it of this connection, because the other end is closed or in another network namespace, it is an error:
// somebody else may have closed it for that reason.
func Admit(conn net.Conn) error {
	uid, err := Peer(conn)
	switch {
	case errors.Is(err, ErrUnknown):
		return nil
	case err != nil:
		return err
	case uid != 0 && uid != os.Geteuid():
		return fmt.Errorf("the other end belongs to user %d, not to user %d or root", uid, os.Geteuid())
	}
	return nil
}

// Peer is the user to whom the other end of an accepted connection belongs: one over a Unix socket, or over TCP on this
// machine.
func Peer(conn net.Conn) (uid int, err error) {
	switch c := conn.(type) {
	case *net.UnixConn:
		return unixPeer(c)
	case *net.TCPConn:
		return tcpPeer(c)
	}
	return 0, ErrUnknown
}
