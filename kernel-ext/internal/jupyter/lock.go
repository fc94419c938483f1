package jupyter

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
)

// lock keeps two set-ups of one checkout apart. It waits for the other one, saying so once, and returns what releases
// it. A process that ends, however it does, releases its lock.
func (c Checkout) lock(ctx context.Context, log func(string, ...any)) (release func(), err error) {
	file, err := os.OpenFile(c.Path("lock"), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o644)
	if err != nil {
		return nil, notWritable(c.Root, err)
	}
	for said := false; ; said = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = file.Close()
			return nil, fmt.Errorf("jupyter: locking %s: %w", visible.Text(file.Name()), err)
		}
		if !said {
			log("another set-up of this checkout is running; waiting for it")
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("jupyter: waiting for another set-up: %w", ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// notWritable says what to do about a checkout that nothing can be written to.
func notWritable(root string, err error) error {
	return fmt.Errorf("jupyter: cannot write to %s, where Kelpie keeps everything in .kelpie: clone into a folder of your own (%w)", visible.Text(root), visible.Error(err))
}
