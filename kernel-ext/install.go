//go:build !windows

package main

import (
	"context"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// install sets up what the other verbs set up as they need it.
func install(ctx context.Context, a app, args []string) error {
	set := a.flags("install", "[--lab]", `Sets up what runs notebooks: Python with nbconvert in .kelpie/venv, the Go kernel in .kelpie/bin, and the packages
that cells import, fetched and compiled. The other verbs do this by themselves. It takes a minute or two the first
time and needs the network; later calls need neither. An interrupted one goes on where it stopped.
`)
	lab := set.Bool("lab", false, "also JupyterLab and gopls, which the verb lab uses; doubles the time")
	if err := a.parse(set, args); err != nil {
		return err
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	start := time.Now()
	if err := jupyter.Setup(ctx, checkout, jupyter.Options{Lab: *lab, Log: a.say}); err != nil {
		return err
	}
	a.say("set up in %.1f s. Editors find the kernel %q in %s", time.Since(start).Seconds(), jupyter.KernelName, visible.Text(checkout.Path("venv")))
	return nil
}
