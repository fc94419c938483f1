//go:build !linux && !darwin && !windows

package owner

import "net"

// KnowsTCP says whether Peer can tell for connections over TCP.
const KnowsTCP = false

func tcpPeer(*net.TCPConn) (int, error) { return 0, ErrUnknown }

// unixPeer leaves it to the folder that the socket lies in.
func unixPeer(*net.UnixConn) (int, error) { return 0, ErrUnknown }
