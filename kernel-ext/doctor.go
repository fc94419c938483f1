//go:build !windows

package main

import (
	"context"
	"errors"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// doctor reports on the set-up without changing anything.
func doctor(ctx context.Context, a app, args []string) error {
	set := a.flags("doctor", "", `Says which programs are there, in which versions, what is missing and how to mend it; then what lies where, how large it
is, and how to delete it. It changes nothing. The exit status is 1 when something that the notebooks need is missing.
`)
	if err := a.parse(set, args); err != nil {
		return err
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	report := jupyter.Inspect(ctx, checkout)
	a.say("%s", report)
	if !report.Ready() {
		return errors.New("something is missing; the lines marked ! say what to do")
	}
	return nil
}
