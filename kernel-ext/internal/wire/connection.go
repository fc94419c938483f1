//go:build !windows

package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
)

// A Connection is what a connection file says.
type Connection struct {
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // for ipc the beginning of the sockets' paths
	Shell           int    `json:"shell_port"`
	IOPub           int    `json:"iopub_port"`
	Stdin           int    `json:"stdin_port"`
	Control         int    `json:"control_port"`
	Heartbeat       int    `json:"hb_port"`
	SignatureScheme string `json:"signature_scheme"`
	Key             string `json:"key"`
	KernelName      string `json:"kernel_name,omitempty"`

	// Exposed says how others could read the key, which is then no secret; "" where they cannot.
	Exposed string `json:"-"`
}

// ReadConnection reads a connection file. It refuses one that would let others in: without a key, or with an address
// that is not of this machine alone. It also refuses a file that somebody else has written, or could have: of another
// user, but for root, or writable for others. One that others can read is taken, as some front ends write such.
func ReadConnection(path string) (Connection, error) {
	var c Connection
	file, err := files.Open(path)
	if err != nil {
		return c, fmt.Errorf("wire: %w", visible.Error(err))
	}
	defer file.Close()
	text, mode, err := readOwn(file)
	if err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", visible.Text(path), err)
	}
	if mode&0o044 != 0 {
		c.Exposed = fmt.Sprintf("connection file %s: its mode %s lets others read the key; Jupyter writes such files with -rw-------", visible.Text(path), mode)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", visible.Text(path), err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", visible.Text(path), err)
	}
	return c, nil
}

// maxConnection is how many bytes of a connection file are read; one has about 300.
const maxConnection = 1 << 16

// readOwn reads a file that nobody else can have written, and returns its mode.
func readOwn(file *os.File) ([]byte, fs.FileMode, error) {
	err := files.TrustedFile(file)
	var why *files.Refusal
	if errors.As(err, &why) {
		return nil, 0, errors.New(why.Reason)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxConnection+1))
	if err == nil && len(text) > maxConnection {
		err = fmt.Errorf("it is longer than %d bytes", maxConnection)
	}
	return text, info.Mode(), err
}

func (c Connection) check() error {
	if c.Key == "" {
		return errors.New("it has no key: without signatures anyone on this machine could run code; let Jupyter make the file")
	}
	if c.SignatureScheme != "" && c.SignatureScheme != "hmac-sha256" {
		return fmt.Errorf("its signature scheme is %q; only hmac-sha256 is known", c.SignatureScheme)
	}
	switch c.Transport {
	case "ipc":
		return c.checkFolder()
	case "tcp":
		ip := net.ParseIP(c.IP)
		if c.IP == "localhost" || ip.IsLoopback() {
			return nil
		}
		return fmt.Errorf("it asks to listen on %s; the kernel listens on this machine only (127.0.0.1)", visible.Text(c.IP))
	}
	return fmt.Errorf("its transport is %q; tcp and ipc are known", c.Transport)
}

// checkFolder looks at the folder of the sockets: who can lay one there could pass for the kernel.
func (c Connection) checkFolder() error {
	for _, port := range []int{c.Shell, c.IOPub, c.Stdin, c.Control, c.Heartbeat} {
		if path := c.Address(port); len(path) > owner.MaxSocketPath {
			return fmt.Errorf("the path of a socket has %d bytes, and %d are the most that the system takes: %s", len(path), owner.MaxSocketPath, visible.Text(path))
		}
	}
	err := files.Trusted(filepath.Dir(c.Address(c.Shell)))
	var why *files.Refusal
	switch {
	case errors.As(err, &why):
		return fmt.Errorf("the folder of its sockets is not safe: %s: %s", visible.Text(why.At), why.Reason)
	case err != nil:
		return fmt.Errorf("the folder of its sockets: %w", visible.Error(err))
	}
	return nil
}

// Network is the network, in the words of package net.
func (c Connection) Network() string {
	if c.Transport == "ipc" {
		return "unix"
	}
	return "tcp"
}

// Address is where the socket of a port is.
func (c Connection) Address(port int) string {
	if c.Transport == "ipc" {
		return c.IP + "-" + strconv.Itoa(port)
	}
	return net.JoinHostPort(c.IP, strconv.Itoa(port))
}
