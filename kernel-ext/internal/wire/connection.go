//go:build !windows

package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/stophacking/kelpie/analysis/files"
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
}

// ReadConnection reads a connection file. It refuses one that would let others in: without a key, or with an address
// that is not of this machine alone.
func ReadConnection(path string) (Connection, error) {
	var c Connection
	text, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("wire: %w", err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", path, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("wire: connection file %s: %w", path, err)
	}
	return c, nil
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
		return fmt.Errorf("it asks to listen on %s; the kernel listens on this machine only (127.0.0.1)", c.IP)
	}
	return fmt.Errorf("its transport is %q; tcp and ipc are known", c.Transport)
}

// checkFolder looks at the folder of the sockets: who can lay one there could pass for the kernel.
func (c Connection) checkFolder() error {
	for _, port := range []int{c.Shell, c.IOPub, c.Stdin, c.Control, c.Heartbeat} {
		if path := c.Address(port); len(path) > owner.MaxSocketPath {
			return fmt.Errorf("the path of a socket has %d bytes, and %d are the most that the system takes: %s", len(path), owner.MaxSocketPath, path)
		}
	}
	err := files.Trusted(filepath.Dir(c.Address(c.Shell)))
	var why *files.Refusal
	switch {
	case errors.As(err, &why):
		return fmt.Errorf("the folder of its sockets is not safe: %s: %s", why.At, why.Reason)
	case err != nil:
		return fmt.Errorf("the folder of its sockets: %w", err)
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
