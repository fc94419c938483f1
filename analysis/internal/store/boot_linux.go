package store

import (
	"time"

	"golang.org/x/sys/unix"
)

// started returns when the machine started, the far future if it cannot tell.
func started() time.Time {
	var up unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return time.Unix(1<<40, 0)
	}
	return time.Now().Add(-time.Duration(up.Nano()))
}
