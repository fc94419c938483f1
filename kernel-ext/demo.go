//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// demo runs the main job from nothing to web pages.
func demo(ctx context.Context, a app, args []string) error {
	set := a.flags("demo", "[--data DIR] [--scale S] [--seed N]", `Sets up, makes the synthetic data unless it is there, runs both notebooks on it and writes them, executed and as web
pages, to .kelpie/reports. The notebooks in the checkout are not changed. The first time takes some minutes and needs
the network; after that it takes what the notebooks take.
`)
	dir := set.String("data", os.Getenv("KELPIE_DATA"), "use the CSV files in this folder (default $KELPIE_DATA) instead of synthetic data")
	scale := set.Float64("scale", 1, scaleHelp)
	seed := set.Uint64("seed", 1, "seed of the synthetic data")
	limit := set.Duration("cell-timeout", 5*time.Minute, "how long one cell may run")
	if err := a.parse(set, args); err != nil {
		return err
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	start := time.Now()
	if *dir != "" {
		if *dir, err = filepath.Abs(*dir); err == nil {
			err = givenData(*dir)
		}
		if err != nil {
			return err
		}
	}
	if err := jupyter.Setup(ctx, checkout, jupyter.Options{Log: a.say}); err != nil {
		return err
	}
	if *dir == "" {
		if *dir, err = a.ensureData(ctx, checkout, *seed, *scale); err != nil {
			return err
		}
	}
	a.say("running the notebooks on the data in %s ...", visible.Text(*dir))
	reports := checkout.Path("reports")
	outcomes := a.runNotebooks(ctx, checkout, reports, *limit, notebookEnv(checkout, *dir)...)
	a.say("")
	var failed []error
	for i, o := range outcomes {
		if err := a.report(ctx, checkout, o, others(outcomes, i)...); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	a.say("\nreports, in %.0f s altogether:", time.Since(start).Seconds())
	for _, o := range outcomes {
		a.say("    %s", page(o))
	}
	return nil
}

// page is the path of the web page beside an executed notebook.
func page(o outcome) string { return o.executed[:len(o.executed)-len(".ipynb")] + ".html" }

// others are the names of all notebooks but one.
func others(outcomes []outcome, but int) []string {
	var names []string
	for i, o := range outcomes {
		if i != but {
			names = append(names, o.name)
		}
	}
	return names
}

// report renders a notebook and prints its summary, or says why it failed.
func (a app) report(ctx context.Context, c jupyter.Checkout, o outcome, beside ...string) error {
	var failure *jupyter.Failure
	if errors.As(o.err, &failure) {
		a.say("%s failed after %.0f s", o.name, o.seconds)
		a.explain(failure)
		return fmt.Errorf("%s.ipynb failed in cell %d", o.name, failure.Cell)
	}
	if o.err != nil {
		return o.err
	}
	if err := jupyter.HTML(ctx, c, jupyter.Page{Notebook: o.executed, To: page(o), Beside: beside, Date: time.Now()}); err != nil {
		return err
	}
	a.say("%s: %.1f s", o.name, o.seconds)
	return a.summarise(o)
}
