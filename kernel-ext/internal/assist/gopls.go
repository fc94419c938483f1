package assist

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A child is a running gopls: what is written to it is its input, what is read its output.
type child struct {
	io.Reader
	io.WriteCloser
	once  sync.Once
	cmd   *exec.Cmd
	ended chan struct{}
}

// startGopls starts gopls so that it ends with us. It reads from a pipe whose other end is ours alone, and ends when that
// closes, however we end; on Linux the system also kills it when we are killed.
//
// GO_TELEMETRY_CHILD=2 is how golang.org/x/telemetry marks programs below its own helper, which start no helper and count
// nothing: so gopls leaves no process of its own behind, whatever the user's settings are.
func startGopls(config Config) (io.ReadWriteCloser, error) {
	cmd := exec.Command(config.Gopls, "serve")
	cmd.Dir = config.Dir
	cmd.Env = append(append(os.Environ(), "GO_TELEMETRY_CHILD=2", "GOTOOLCHAIN=local"), config.Env...)
	// A group of its own: an interrupt meant for a cell must not reach it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("assist: %w", err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("assist: %w", err)
	}
	c := &child{Reader: output, WriteCloser: input, cmd: cmd, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The system kills the child when the thread that started it ends, so that thread waits for it.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_, _ = cmd.Process.Wait() // how it ended is of no use to anybody
		close(c.ended)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("assist: starting gopls: %w", err)
	}
	return c, nil
}

// Close ends gopls and what it started, and waits for it.
func (c *child) Close() error {
	c.once.Do(func() {
		_ = c.WriteCloser.Close()
		select {
		case <-c.ended:
		case <-time.After(500 * time.Millisecond):
		}
		// Its own children, the go command among them, are in its group.
		_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
		<-c.ended
		_ = c.Reader.(io.Closer).Close()
	})
	return nil
}
