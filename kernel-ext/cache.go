//go:build !windows

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/visible"
)

// cache lists, checks or removes the values that frames and models keep on disk.
func cache(_ context.Context, a app, args []string) error {
	set := a.flags("cache", "ls | verify | prune [--to SIZE] | clear", `ls lists the computed values that are kept on disk: cached frames, which hold copies of the data, and fitted models.
verify reads all of them; the exit status is 1 when one is damaged. Notebooks never use such a one: they compute it again.
prune removes what other versions of the code made, what is damaged, and then what was used longest ago until the rest
is within the limit that every notebook keeps to: the lesser of 8 GB and a tenth of the free disk; or within --to.
clear removes them all. What is removed is computed again when it is next used. They lie in KELPIE_CACHE when it is set,
else in .kelpie/store of the checkout.
`)
	var limit int64
	set.Func("to", "prune to this `size`, such as 500MB or 2GB", func(text string) (err error) {
		limit, err = parseSize(text)
		return err
	})
	action := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		action, args = args[0], args[1:]
	}
	if err := a.parse(set, args); err != nil {
		return err
	}
	actions := map[string]func() error{
		"ls": a.cacheList, "verify": a.cacheVerify, "clear": a.cacheClear,
		"prune": func() error { return a.cachePrune(limit) },
	}
	do := actions[action]
	if do == nil || limit != 0 && action != "prune" {
		fmt.Fprintln(a.stderr, "cache takes ls, verify, prune [--to SIZE] or clear; `go run ./kernel-ext cache -h` explains them")
		return errUsage
	}
	if os.Getenv("KELPIE_CACHE") == "" {
		// The store of a checkout is found upward from the working directory only once it is there.
		checkout, err := a.checkout()
		if err != nil {
			return err
		}
		if err := os.Setenv("KELPIE_CACHE", storeFolder(checkout)); err != nil {
			return fmt.Errorf("cache: %w", err)
		}
	}
	return do()
}

func (a app) cacheList() error {
	kept, directory, err := analysis.Kept()
	if err == nil {
		a.say("%s\n%s", kept, directory)
	}
	return err
}

func (a app) cacheVerify() error {
	damaged, err := analysis.VerifyKept()
	if err != nil {
		return err
	}
	if damaged.Len() > 0 {
		a.say("%s", damaged)
		return fmt.Errorf("cache: %d damaged in %s; `go run ./kernel-ext cache prune` removes them", damaged.Len(), visible.Text(os.Getenv("KELPIE_CACHE")))
	}
	a.say("every value is as it was written in %s", visible.Text(os.Getenv("KELPIE_CACHE")))
	return nil
}

func (a app) cachePrune(limit int64) error {
	removed, err := analysis.PruneKept(limit)
	if removed.Len() > 0 {
		a.say("%s", removed)
	}
	if err == nil {
		a.say("removed %d from %s", removed.Len(), visible.Text(os.Getenv("KELPIE_CACHE")))
	}
	return err
}

func (a app) cacheClear() error {
	if err := analysis.ForgetAll(); err != nil {
		return err
	}
	a.say("cleared %s", visible.Text(os.Getenv("KELPIE_CACHE")))
	return nil
}

// parseSize reads a number of bytes above 0, with a unit of a thousand or a million or a billion.
func parseSize(text string) (int64, error) {
	number, unit := strings.ToUpper(text), 1.0
	for _, u := range []struct {
		name  string
		bytes float64
	}{{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || !(value*unit >= 1 && value*unit < 1<<60) {
		return 0, fmt.Errorf("a size is a number above 0 with B, KB, MB or GB")
	}
	return int64(value * unit), nil
}
