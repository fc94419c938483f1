package jupyter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/process"
)

// Options of a set-up. The zero value sets up what runs notebooks headless, silently.
type Options struct {
	// Lab adds JupyterLab and gopls, which double the time of a first set-up.
	Lab bool
	// Log receives the lines that tell the user what is going on; a step that has nothing to do says nothing.
	Log func(format string, args ...any)
}

// Setup brings the checkout to where it can run notebooks, or leaves it alone when it is there. It needs the network the
// first time, and after a change of the pins. Every error names its remedy.
func Setup(ctx context.Context, c Checkout, o Options) error {
	s := setup{Checkout: c, log: o.Log}
	if s.log == nil {
		s.log = func(string, ...any) {}
	}
	if err := os.MkdirAll(c.Path("stamps"), 0o755); err != nil {
		return notWritable(c.Root, err)
	}
	release, err := c.lock(ctx, s.log)
	if err != nil {
		return err
	}
	defer release()
	if s.goTool, err = inspectGo(ctx, c.Root); err != nil {
		return err
	}
	steps := []func(context.Context) error{s.venv, s.relocate, s.kernel, s.front, s.cellPackages, s.session, s.kernelspec}
	if o.Lab {
		steps = append(steps, s.jupyterLab, s.gopls)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// setup is one call of Setup.
type setup struct {
	Checkout
	log    func(format string, args ...any)
	goTool goTool
}

// ensure does a step unless its stamp says that it was done from the same things and what it made is still there.
func (s setup) ensure(step, from string, intact func() bool, says string, megabytes int64, do func() error) error {
	if s.stamped(step) == from && intact() {
		return nil
	}
	if err := NeedSpace(s.Path(), megabytes, "this step"); err != nil {
		return err
	}
	// Without its stamp a step that is interrupted from here on counts as not done.
	_ = os.Remove(s.Path("stamps", step))
	s.log("%s ...", says)
	start := time.Now()
	if err := do(); err != nil {
		return err
	}
	s.log("%s: done in %.1f s", says, time.Since(start).Seconds())
	return s.stamp(step, from)
}

// run runs a program of the set-up. Its error holds the last lines that the program printed.
func (s setup) run(ctx context.Context, c process.Command) error {
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	err := process.Run(ctx, c)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w\n%s", err, indent(lastLines(output.String(), 12)))
}

// exists says whether there is something at each of the paths.
func exists(paths ...string) bool {
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return false
		}
	}
	return true
}

// lastLines keeps the end of what a program printed, where the reason of a failure stands.
func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}

// indent sets quoted text off from our own.
func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}

// remedy adds to the failure of a step what the user can do, unless the user ended it.
func remedy(err error, says, todo string) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("jupyter: %s: %w\n%s", says, err, todo)
}
