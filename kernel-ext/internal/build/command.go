//go:build !windows

package build

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

// command is one call of go.
type command struct {
	args    []string
	goTool  string // the real go
	plans   folder
	signals chan os.Signal
}

// Main is the go command: args are os.Args. It returns the exit status, unless the real go takes its place.
func Main(args []string) int {
	goTool, err := realGo()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	c := command{args: args, goTool: goTool, plans: folder(os.Getenv(Variable)), signals: make(chan os.Signal, 1)}
	switch {
	case c.plans == "":
	case len(args) == 2 && args[1] == "get":
		if p, err := readProgram(goTool); err == nil {
			if plan, err := c.plans.find(p); err == nil && plan.check() == nil {
				return 0
			}
		}
	case len(args) == 4 && args[1] == "build" && args[2] == "-o":
		if p, err := readProgram(goTool); err == nil && p.target() == args[3] {
			return c.build(p)
		}
	}
	return c.handOver()
}

// endings are the signals that are to end a build.
var endings = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// errInterrupted is the end of a build by a signal.
var errInterrupted = errors.New("build: interrupted")

// interrupted is the exit status of a build that a signal ended, as a shell would have it of SIGINT.
const interrupted = 128 + int(syscall.SIGINT)

// build builds the program by its plan, or by the real go.
func (c command) build(p program) int {
	// A signal has to find us before the temporary files: what is caught is cleaned up.
	signal.Notify(c.signals, endings...)
	err := c.accompanied(p)
	// From here on a signal ends us; one that came before must not be lost.
	signal.Stop(c.signals)
	switch {
	case len(c.signals) > 0 || errors.Is(err, errInterrupted):
		return interrupted
	case err != nil:
		return c.handOver()
	}
	return 0
}

// accompanied builds the program by its plan, or makes one, with the companion it may need beside it.
func (c command) accompanied(p program) error {
	if slices.Contains(p.files, companion) {
		defer os.Remove(filepath.Join(p.dir, companion))
		if err := os.WriteFile(filepath.Join(p.dir, companion), []byte(companionText), 0o600); err != nil {
			return err
		}
	}
	plan, err := c.plans.find(p)
	if err == nil {
		err = plan.check()
	}
	if err != nil {
		return c.learn(p)
	}
	return c.follow(plan, p)
}

// handOver puts the real go in this process's place.
func (c command) handOver() int {
	err := syscall.Exec(c.goTool, c.args, os.Environ())
	fmt.Fprintf(os.Stderr, "build: %s: %v\n", c.goTool, err)
	return 126
}
