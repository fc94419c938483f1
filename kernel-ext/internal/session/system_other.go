//go:build !linux && !windows

package session

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// roomyTmpfs says no: only Linux has a tmpfs that everyone may write to.
func roomyTmpfs(string, uint64) bool { return false }

// childAttributes puts a child into a group of its own. That it ends with its parent is left to the guard.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// Marked lists the processes that carry the session's name, as ps shows the environment of the user's own processes.
func Marked(name string) []int {
	return list("-axEww", func(fields []string) bool {
		for _, field := range fields[2:] {
			if field == Mark+"="+name {
				return true
			}
		}
		return false
	})
}

// Descendants lists the processes below the child that are still in its group, without the child itself.
func (c *Child) Descendants() []int {
	group := strconv.Itoa(c.PID)
	return list("-ax", func(fields []string) bool { return fields[1] == group && fields[0] != group })
}

// Exceeds says whether more than that many processes are below the child.
func (c *Child) Exceeds(limit int) bool { return len(c.Descendants()) > limit }

// Threads is -1: this system does not say how many there are without being asked for a list.
func Threads() int { return -1 }

// list asks ps for process, group and command line, and keeps those that suit.
func list(selection string, suits func(fields []string) bool) []int {
	output, err := exec.Command("ps", selection, "-o", "pid=,pgid=,command=").Output()
	if err != nil {
		return nil
	}
	var pids []int
	for line := range strings.Lines(string(output)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || !suits(fields) {
			continue
		}
		if pid, err := strconv.Atoi(fields[0]); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Readers lists nothing: this system does not show what a process waits for.
func (c *Child) Readers() []int { return nil }

// Feed cannot write to another process's standard input here.
func Feed(int, string) error { return errors.ErrUnsupported }
