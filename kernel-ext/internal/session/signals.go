//go:build !windows

package session

import (
	"os/signal"
	"syscall"
)

// ignoreSignals has the guard outlive what ends a kernel.
func ignoreSignals() {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
}
