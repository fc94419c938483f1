package store

import (
	"time"

	"golang.org/x/sys/unix"
)

// started returns when the machine started, the far future if it cannot tell.
func started() time.Time {
	boot, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Unix(1<<40, 0)
	}
	return time.Unix(boot.Unix())
}
