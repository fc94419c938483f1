//go:build !windows

package owner

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Lines of /proc/net/tcp and tcp6, of Linux 6.1 on a machine with the low byte first: a listener; a connection of user
// 1000 from port 40000 to 127.0.0.1:8080 and its other end; what stays of closed ones; the same through IPv6 sockets.
const table4 = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1065 1 0000000000000000 100 0 0 10 0
   1: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 17793 2 0000000000000000 20 4 1 148 -1
   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 17794 1 0000000000000000 20 4 1 148 -1
   3: 0100007F:9C41 0100007F:1F90 05 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000
   4: 0100007F:9C42 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 20 4 1 148 -1
   5: 0100007F:9C43 0100007F:1F90 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000
   6: 0100007F:9C44 0100007F:1F90 04 00000000:00000000 00:00000000 00000000  1000        0 17795 2 0000000000000000 20 4 1 148 -1
   7: 0100007F:9C45 0100007F:1F91 01 00000000:00000000 00:00000000 00000000     0        0 17796 2 0000000000000000 20 4 1 148 -1
   8: 0200007F:9C46 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 17797 2 0000000000000000 20 4 1 148 -1
`

const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:9C4A 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 17800 2 0000000000000000 20 4 1 148 -1
   1: 00000000000000000000000001000000:9C4B 00000000000000000000000001000000:1F90 01 00000000:00000000 00:00000000 00000000  1003        0 17801 2 0000000000000000 20 4 1 148 -1
`

func TestFind(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the lines are of a machine with the low byte first")
	}
	const server, server6 = "127.0.0.1:8080", "[::1]:8080"
	for _, test := range []struct {
		name, table, from, to string
		uid                   int // -1 for none
	}{
		{"a connection", table4, "127.0.0.1:40000", server, 1000},
		{"our own end is not the other's", table4, server, "127.0.0.1:40000", 0},
		{"closed, half way", table4, "127.0.0.1:40001", server, -1},
		{"not yet anybody's", table4, "127.0.0.1:40002", server, -1},
		{"closed", table4, "127.0.0.1:40003", server, -1},
		{"closed in one direction", table4, "127.0.0.1:40004", server, -1},
		{"to another port", table4, "127.0.0.1:40005", server, -1},
		{"another address of the loopback", table4, "127.0.0.2:40006", server, 1001},
		{"the same port from elsewhere", table4, "127.0.0.1:40006", server, -1},
		{"the listener", table4, "0.0.0.0:0", server, -1},
		{"unknown", table4, "127.0.0.1:40099", server, -1},
		{"IPv4 through an IPv6 socket", table6, "127.0.0.1:40010", server, 1002},
		{"named the long way", table6, "[::ffff:127.0.0.1]:40010", "[::ffff:127.0.0.1]:8080", 1002},
		{"IPv6", table6, "[::1]:40011", server6, 1003},
		{"with a zone", table6, "[::1%lo]:40011", server6, 1003},
		{"IPv6 is not IPv4", table6, "127.0.0.1:40011", server, -1},
	} {
		uid, found := find(test.table, netip.MustParseAddrPort(test.from), netip.MustParseAddrPort(test.to))
		if !found {
			uid = -1
		}
		if uid != test.uid {
			t.Errorf("%s: user %d, want %d", test.name, uid, test.uid)
		}
	}
}

// FuzzFind feeds it tables: no line makes it fail, and none makes an address that is not there be found.
func FuzzFind(f *testing.F) {
	f.Add(table4)
	f.Add(table6)
	f.Add("0: 0100007F:9C40 0100007F:1F90 01 : : 0 -1 0 99999999999999999999")
	f.Add("0: 7F:9C40 00:1F90 01 a b c 0 d 1\n: :: : 01 : : : : : :")
	local, remote := netip.MustParseAddrPort("127.0.0.1:40000"), netip.MustParseAddrPort("127.0.0.1:8080")
	f.Fuzz(func(t *testing.T, table string) {
		uid, found := find(table, local, remote)
		if found && (uid < 0 || !strings.Contains(strings.ToUpper(table), "9C40") || !strings.Contains(strings.ToUpper(table), "1F90")) {
			t.Errorf("user %d was found", uid)
		}
	})
}

// connect makes a connection and returns both ends, the accepted one first.
func connect(t *testing.T, network, address string) (accepted, dialled net.Conn) {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("no %s here: %v", address, err)
	}
	defer listener.Close()
	dialled, err = net.Dial(network, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if accepted, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = accepted.Close(), dialled.Close() })
	return accepted, dialled
}

func TestPeer(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", filepath.Join(t.TempDir(), "s")} {
		t.Run(address, func(t *testing.T) {
			network := "tcp"
			if filepath.IsAbs(address) {
				network = "unix"
			}
			accepted, dialled := connect(t, network, address)
			for _, end := range []net.Conn{accepted, dialled} {
				uid, err := Peer(end)
				if errors.Is(err, ErrUnknown) {
					t.Skip(err)
				}
				if err != nil || uid != os.Getuid() {
					t.Errorf("user %d, %v; it is our own", uid, err)
				}
				if err := Admit(end); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Who sends and closes at once leaves a socket that looks like root's. What it sent must not be read.
func TestAClosedEndIsNobodys(t *testing.T) {
	if !KnowsTCP {
		t.Skip(ErrUnknown)
	}
	for name, end := range map[string]func(*net.TCPConn) error{"closed": (*net.TCPConn).Close, "closed in one direction": (*net.TCPConn).CloseWrite} {
		accepted, dialled := connect(t, "tcp", "127.0.0.1:0")
		if _, err := io.WriteString(dialled, "hello"); err != nil {
			t.Fatal(err)
		}
		if err := end(dialled.(*net.TCPConn)); err != nil {
			t.Fatal(err)
		}
		if err := Admit(accepted); err == nil {
			t.Errorf("%s: it is let in", name)
		}
	}
}

func TestUnknownConnections(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	if _, err := Peer(here); !errors.Is(err, ErrUnknown) {
		t.Errorf("a pipe: %v", err)
	}
}

// Which folders are trusted at all, package files tests.
func TestPrivate(t *testing.T) {
	base := t.TempDir()
	lay := func(path string, mode os.FileMode) string {
		path = filepath.Join(base, path)
		if err := errors.Join(os.MkdirAll(path, 0o700), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := filepath.Join(base, "link")
	if err := os.Symlink(lay("private", 0o700), link); err != nil {
		t.Fatal(err)
	}
	lay("all", 0o777)
	for path, want := range map[string]bool{
		lay("private", 0o700): true, lay("readable", 0o755): false, lay("writable", 0o770): false, lay("all/mine", 0o700): false,
		link: false, filepath.Join(base, "none"): false, "/dev/null": false,
	} {
		if got := Private(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func ExampleAdmit() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer listener.Close()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	defer client.Close()
	conn, err := listener.Accept()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	fmt.Println(Admit(conn))
	// Output: <nil>
}
