//go:build !windows

package session

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
)

// A Program is what Start starts.
type Program struct {
	Args []string
	// Env is added to the caller's environment and to the session's name.
	Env []string
	// Output receives what the program prints; nil drops it.
	Output *os.File
}

// A Child is a program of the session that leads a process group of its own.
type Child struct {
	PID int
	// Gone is closed when the program has ended; Err is set by then.
	Gone chan struct{}
	Err  error
}

// Start starts a program, in the current directory, with the session's folder for temporary files as TMPDIR. Where the
// system can (Linux), the program dies with this process.
func (s *Session) Start(p Program) (*Child, error) {
	cmd := exec.Command(p.Args[0], p.Args[1:]...)
	cmd.Env = append(append(os.Environ(), p.Env...), Mark+"="+s.Name, "TMPDIR="+s.Temp)
	if p.Output != nil {
		cmd.Stdout, cmd.Stderr = p.Output, p.Output
	}
	cmd.SysProcAttr = childAttributes()
	c := &Child{Gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The system ends a child with the thread that started it, so that thread must live as long.
		runtime.LockOSThread()
		err := cmd.Start()
		if err == nil {
			c.PID = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			c.Err = cmd.Wait()
			close(c.Gone)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("session: starting %s: %w", visible.Text(p.Args[0]), err)
	}
	s.mu.Lock()
	s.children = append(s.children, c)
	s.mu.Unlock()
	return c, nil
}

// Signal sends a signal to every process of the child's group.
func (c *Child) Signal(signal syscall.Signal) {
	select {
	case <-c.Gone:
	default:
		_ = syscall.Kill(-c.PID, signal)
	}
}

// Kill ends every process of the child's group, and waits for the child itself.
func (c *Child) Kill() {
	c.Signal(syscall.SIGKILL)
	<-c.Gone
}

// KillStrays kills the processes of the session that belong to no living child: what a child that was killed left.
func (s *Session) KillStrays() {
	s.mu.Lock()
	living := map[int]bool{}
	kept := s.children[:0]
	for _, c := range s.children {
		select {
		case <-c.Gone:
		default:
			living[c.PID] = true
			kept = append(kept, c)
		}
	}
	s.children = kept
	s.mu.Unlock()
	killMarked(s.Name, living)
}
