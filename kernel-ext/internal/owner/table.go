//go:build !windows

package owner

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// established is the state of a connection that both ends hold open, in the tables of /proc/net.
const established = "01"

// find looks in the text of /proc/net/tcp or tcp6 for the socket that has the address local, is connected to remote, and
// belongs to a process. Of such a socket the table names the user.
//
// A socket that its process has closed stays in the table for a while, without inode and as if it were root's, also while
// what it sent is still to be read. It is not found, and neither is one whose process has closed one direction: so nobody
// passes for root by connecting, sending and closing.
//
// Lines that are not of this form are passed over. An IPv4 address is the same as the IPv6 address that it is mapped to,
// which is how a program sees 127.0.0.1 through an IPv6 socket. The format is that of Linux,
// Documentation/networking/proc_net_tcp.rst.
func find(table string, local, remote netip.AddrPort) (uid int, found bool) {
	local, remote = plain(local), plain(remote)
	for line := range strings.Lines(table) {
		// sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode …
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[3] != established {
			continue
		}
		from, fromOK := parseAddress(fields[1])
		to, toOK := parseAddress(fields[2])
		inode, err := strconv.ParseUint(fields[9], 10, 64)
		if !fromOK || !toOK || from != local || to != remote || err != nil || inode == 0 {
			continue
		}
		if uid, err := strconv.ParseUint(fields[7], 10, 32); err == nil {
			return int(uid), true
		}
	}
	return 0, false
}

// parseAddress reads "0100007F:1F90": words of 32 bits in the byte order of the machine, and a port.
func parseAddress(text string) (netip.AddrPort, bool) {
	address, port, found := strings.Cut(text, ":")
	number, err := strconv.ParseUint(port, 16, 16)
	if !found || err != nil || len(port) != 4 {
		return netip.AddrPort{}, false
	}
	raw, err := hex.DecodeString(address)
	if err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	for word := raw; len(word) > 0; word = word[4:] {
		binary.NativeEndian.PutUint32(word, binary.BigEndian.Uint32(word))
	}
	ip, _ := netip.AddrFromSlice(raw)
	return plain(netip.AddrPortFrom(ip, uint16(number))), true
}

// plain is an address by its shortest name: IPv4 unmapped, without a zone.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
