// Package process runs other programs so that nothing of them stays behind.
//
// A notebook run is a tree of programs: nbconvert starts the kernel in a session of its own, the kernel starts the Go
// tool chain and the program of a cell, and a kernel that is killed leaves its children running. Run therefore starts a
// program in its own process group and marks it, by the environment variable KELPIE_RUN, with a name that every
// descendant inherits. When the program ends, or the context does, the group is ended and, on Linux, every process that
// carries the name.
//
//	err := process.Run(ctx, process.Command{Args: []string{"go", "vet", "./..."}, Dir: root, Stdout: os.Stdout})
package process

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
)

// Mark is the environment variable that names a run in each of its processes.
const Mark = "KELPIE_RUN"

// A Command is a program to run.
type Command struct {
	// Args is the program, looked up on PATH unless it holds a slash, and its arguments.
	Args []string
	// Dir is the working directory; the caller's when empty.
	Dir string
	// Env is added to the caller's environment, "NAME=value" each; the last one of a name holds.
	Env []string
	// Unset names variables of the caller's environment that the program must not see.
	Unset []string
	// Stdout and Stderr receive what the program prints; nil drops it. The program reads nothing: its stdin is empty.
	Stdout, Stderr io.Writer
	// Interrupt is what the end of the context sends to the process group; SIGINT when zero.
	Interrupt syscall.Signal
	// Grace is the time between that and the kill; 5 s when zero.
	Grace time.Duration
}

// Run runs the command and waits for it. When ctx ends first, the program is interrupted, killed after Grace, and the
// error wraps the context's. A program that ends with a non-zero status gives an *exec.ExitError. On return none of its
// processes is left: where the system lists the environment of processes (Linux) that includes those which left the
// process group.
func Run(ctx context.Context, c Command) error {
	if len(c.Args) == 0 {
		return errors.New("process: no program to run")
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("process: %s: %w", visible.Text(c.Args[0]), err)
	}
	name, err := newMark()
	if err != nil {
		return err
	}
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.Dir, c.Stdout, c.Stderr
	cmd.Env = append(environment(c.Unset), c.Env...)
	cmd.Env = append(cmd.Env, Mark+"="+name)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// A descendant that holds the output open must not keep us waiting once the program itself has ended.
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("process: %w", err)
	}
	group := -cmd.Process.Pid
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() {
		_ = syscall.Kill(group, syscall.SIGKILL)
		sweep(name)
	}()
	select {
	case err = <-ended:
	case <-ctx.Done():
		grace := c.Grace
		if grace == 0 {
			grace = 5 * time.Second
		}
		if c.Interrupt == 0 {
			c.Interrupt = syscall.SIGINT
		}
		_ = syscall.Kill(group, c.Interrupt)
		select {
		case <-ended:
		case <-time.After(grace):
			_ = syscall.Kill(group, syscall.SIGKILL)
			sweep(name)
			<-ended
		}
		return fmt.Errorf("process: %s: %w", visible.Text(c.Args[0]), ctx.Err())
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	return err
}

// newMark makes the name of a run: random, so that two runs never share one.
func newMark() (string, error) {
	var raw [12]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("process: naming the run: %w", err)
	}
	return hex.EncodeToString(raw[:]), nil
}

// environment is the caller's environment without the named variables.
func environment(unset []string) []string {
	var kept []string
next:
	for _, entry := range os.Environ() {
		for _, name := range unset {
			if strings.HasPrefix(entry, name+"=") {
				continue next
			}
		}
		kept = append(kept, entry)
	}
	return kept
}
