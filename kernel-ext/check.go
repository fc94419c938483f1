//go:build !windows

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// assignmentSteps are the steps of the assignment that headings of a notebook have to carry.
var assignmentSteps = []string{
	"1.1", "1.2.1", "1.2.2", "1.3.1", "1.3.2", "1.3.3", "2.1.1", "2.1.2",
	"2.2.1", "2.2.2", "2.2.3", "2.3.1", "2.3.2", "2.3.3", "2.3.4", "2.3.5",
}

// answers are the questions that the first cell of a notebook answers, by numbers that lead to the cells that print them.
var answers = []string{"Usable?", "At which threshold?", "How many alarms?", "Why not `ts`?", "What is synthetic?"}

// check runs everything that has to hold.
func check(ctx context.Context, a app, args []string) error {
	set := a.flags("check", "[--update] [--long] [--oracles]", `Checks everything that has to hold before a change is shared: gofmt, go vet (also without the engine, and for macOS),
a build without cgo, all tests, the kernel under Jupyter's own test suite, nbclient, papermill and nbconvert, and both notebooks, run
at full size on the synthetic data with an empty store, whose outputs have to be those committed. A step that fails does not keep the others from running. The exit status is 0 only
if all of it holds. Of a notebook that fails, the partly executed copy and the kernel's log are kept in .kelpie/failed.
`)
	update := set.Bool("update", false, "write the new outputs to notebooks/ instead of comparing with them")
	long := set.Bool("long", false, "also use JupyterLab and look at the pages of both notebooks in a browser (axe-core by npm), try faults (full disk, killed\nprocesses, replaced files) at length, and fuzz every parser, with a hundred\nthousand inputs each and a million for CSV files")
	oracles := set.Bool("oracles", false, "also ask pyarrow, polars, DuckDB, LightGBM and scikit-learn, installed in .kelpie/oracles, for what the tests expect of them")
	limit := set.Duration("cell-timeout", 5*time.Minute, "how long one cell may run")
	if err := a.parse(set, args); err != nil {
		return err
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	c := checker{app: a, Checkout: checkout, update: *update, limit: *limit, start: time.Now()}
	c.step(ctx, "set-up", func() error { return jupyter.Setup(ctx, checkout, jupyter.Options{Log: a.say}) })
	if c.failed > 0 {
		// Nothing below can run.
		return c.verdict(ctx)
	}
	store, err := scratch.Temporary(checkout.Path(), "check-store-")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer store.Remove()
	c.env = []string{"KELPIE_CACHE=" + store.Path}
	c.step(ctx, "gofmt", func() error { return c.gofmt(ctx) })
	c.goStep(ctx, "go vet", nil, "vet", "./...")
	c.goStep(ctx, "go vet, no drivers", nil, "vet", "-tags=nodrivers", "./...")
	c.goStep(ctx, "go vet, macOS", []string{"GOOS=darwin"}, "vet", "./...")
	c.goStep(ctx, "go build", []string{"CGO_ENABLED=0"}, "build", "./...")
	c.goStep(ctx, "go build, no drivers", []string{"CGO_ENABLED=0"}, "build", "-tags=nodrivers", "./...")
	c.goStep(ctx, "go test", nil, "test", "./...")
	if *long {
		c.goStep(ctx, "faults at length", []string{"KELPIE_LONG=1"}, "test", "-run=^TestFault", "-count=1", "-timeout=1h", "./analysis/...", "./kernel-ext/kernel")
		c.fuzz(ctx)
	}
	if *oracles {
		c.oracles(ctx)
	}
	c.conformance(ctx, *long)
	if *long {
		c.inBrowser(ctx)
		c.pages(ctx)
	}
	c.notebooks(ctx)
	return c.verdict(ctx)
}

// checker is one call of check.
type checker struct {
	app
	jupyter.Checkout
	update        bool
	limit         time.Duration
	env           []string
	start         time.Time
	steps, failed int
}

// step does a step, and prints its line when it has ended.
func (c *checker) step(ctx context.Context, name string, do func() error) {
	if ctx.Err() != nil {
		return
	}
	c.say("      %s ...", name)
	start := time.Now()
	err := do()
	c.result(name, time.Since(start), err)
}

// result prints the line of a step that took a while, and counts it.
func (c *checker) result(name string, took time.Duration, err error) {
	c.steps++
	if err == nil {
		c.say("ok    %-22s %6.1f s", name, took.Seconds())
		return
	}
	c.failed++
	c.say("FAIL  %-22s %6.1f s\n%s", name, took.Seconds(), indent(err.Error(), 8))
}

// goStep runs the go command; what it prints is seen as it comes.
func (c *checker) goStep(ctx context.Context, name string, env []string, args ...string) {
	c.step(ctx, name, func() error {
		return process.Run(ctx, process.Command{
			Args: append([]string{"go"}, args...), Dir: c.Root, Env: append(env, c.env...), Stdout: c.stdout, Stderr: c.stdout,
		})
	})
}

// gofmt names the files that are not formatted.
func (c *checker) gofmt(ctx context.Context) error {
	var files bytes.Buffer
	err := process.Run(ctx, process.Command{Args: []string{"gofmt", "-l", "analysis", "kernel-ext", "plots"}, Dir: c.Root, Stdout: &files, Stderr: &files})
	if err == nil && files.Len() > 0 {
		err = errors.New("not formatted; run gofmt -w on")
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, strings.TrimSpace(files.String()))
	}
	return nil
}

// notebooks runs both and checks what came out.
func (c *checker) notebooks(ctx context.Context) {
	var dir string
	c.step(ctx, "data", func() (err error) {
		dir, err = c.ensureData(ctx, c.Checkout, 1, 1)
		return err
	})
	if !complete(dir, 1, 1) {
		return
	}
	for _, o := range c.runNotebooks(ctx, c.Checkout, c.Path("checked"), c.limit, append(c.env, "KELPIE_DATA="+dir)...) {
		if ctx.Err() != nil {
			return
		}
		err := o.err
		if err == nil {
			err = c.compare(o)
		}
		c.result("notebook "+o.name, time.Duration(o.seconds*float64(time.Second)), err)
		var failure *jupyter.Failure
		if errors.As(err, &failure) {
			c.explain(failure)
		}
	}
}

// compare checks an executed notebook by the rules and against the committed one, or makes it the committed one.
func (c *checker) compare(o outcome) error {
	executed, err := notebook.Load(o.executed)
	if err != nil {
		return err
	}
	path := filepath.Join(c.Root, "notebooks", o.name+".ipynb")
	committed, err := notebook.Load(path)
	if err != nil {
		return err
	}
	rules := notebook.Rules{Steps: assignmentSteps, Answers: answers, Captions: true, Private: notebook.PrivateStrings(c.Root)}
	against := committed
	if c.update {
		against = nil
	}
	if findings := notebook.Check(executed, against, rules); len(findings) > 0 {
		var lines []string
		for _, finding := range findings {
			lines = append(lines, finding.String())
		}
		kept := c.Path("failed", o.name+".ipynb")
		if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
			return fmt.Errorf("check: %w", err)
		}
		if err := executed.Save(kept); err != nil {
			return err
		}
		hint := ""
		if !c.update {
			hint = "\nwhen the outputs are meant to differ: go run ./kernel-ext check --update"
		}
		return fmt.Errorf("%s\nexecuted notebook: %s%s", strings.Join(lines, "\n"), kept, hint)
	}
	if !c.update || notebook.SameOutputs(executed, committed) {
		return nil
	}
	c.say("      new outputs in %s", path)
	executed.Normalise()
	return executed.Save(path)
}

// verdict is the last line.
func (c *checker) verdict(ctx context.Context) error {
	took := time.Since(c.start).Seconds()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if c.failed > 0 {
		return fmt.Errorf("check failed: %d of %d steps, in %.0f s", c.failed, c.steps, took)
	}
	c.say("all %d steps hold, in %.0f s", c.steps, took)
	return nil
}
