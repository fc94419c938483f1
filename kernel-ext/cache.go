//go:build !windows

package main

import (
	"context"
	"fmt"
	"os"

	"github.com/stophacking/kelpie/analysis"
)

// cache lists or clears the values that frames and models keep on disk.
func cache(_ context.Context, a app, args []string) error {
	set := a.flags("cache", "ls | clear", `ls lists the computed values that are kept on disk: cached frames, which hold copies of the data, and fitted models.
clear removes them; they are computed again when they are next used. They lie in KELPIE_CACHE when it is set, else in
.kelpie/store of the checkout.
`)
	action := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		action, args = args[0], args[1:]
	}
	if err := a.parse(set, args); err != nil {
		return err
	}
	if action != "ls" && action != "clear" {
		fmt.Fprintln(a.stderr, "cache takes ls or clear; `go run ./kernel-ext cache -h` explains them")
		return errUsage
	}
	if os.Getenv("KELPIE_CACHE") == "" {
		// The store of a checkout is found upward from the working directory only once it is there.
		checkout, err := a.checkout()
		if err != nil {
			return err
		}
		if err := os.Setenv("KELPIE_CACHE", checkout.Path("store")); err != nil {
			return fmt.Errorf("cache: %w", err)
		}
	}
	if action == "ls" {
		kept, directory, err := analysis.Kept()
		if err != nil {
			return err
		}
		a.say("%s\n%s", kept, directory)
		return nil
	}
	if err := analysis.ForgetAll(); err != nil {
		return err
	}
	a.say("cleared %s", os.Getenv("KELPIE_CACHE"))
	return nil
}
