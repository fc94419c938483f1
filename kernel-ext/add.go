//go:build !windows

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// add lets cells import modules that the checkout does not require.
func add(ctx context.Context, a app, args []string) error {
	set := a.flags("add", "MODULE@VERSION ... | --list | --remove MODULE ...", `Lets cells import the packages of other modules. Cells are built without the network, so that a notebook means the same
tomorrow; this fetches a module and all that it needs once. Kernels that run see it with their next cell, later ones from
the start. The go.mod of the checkout stays as it is; the notebooks of the checkout are still run without additions.
`)
	list := set.Bool("list", false, "list what was added")
	remove := set.Bool("remove", false, "take modules away again")
	if err := a.parseSome(set, args); err != nil {
		return err
	}
	switch {
	case !*list && set.NArg() == 0:
		fmt.Fprintln(a.stderr, "add needs to be told what, as in: go run ./kernel-ext add gonum.org/v1/gonum@v0.16.0")
		return errUsage
	case *list && (set.NArg() > 0 || *remove):
		fmt.Fprintln(a.stderr, "add --list takes nothing else")
		return errUsage
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	switch {
	case *list:
		return a.listPackages(checkout)
	case *remove:
		if err := jupyter.RemovePackages(ctx, checkout, a.say, set.Args()...); err != nil {
			return err
		}
		a.say("removed %s", strings.Join(set.Args(), ", "))
		return nil
	}
	var asked []jupyter.Package
	for _, argument := range set.Args() {
		path, version, _ := strings.Cut(argument, "@")
		if path == "" || version == "" || version == "none" {
			return fmt.Errorf("add: %q names no version, as gonum.org/v1/gonum@v0.16.0 does; https://pkg.go.dev/%s?tab=versions lists them", argument, path)
		}
		asked = append(asked, jupyter.Package{Path: path, Version: version})
	}
	added, raised, err := jupyter.AddPackages(ctx, checkout, a.say, asked...)
	if err != nil {
		return err
	}
	for _, p := range added {
		a.say("cells can import %s", p)
	}
	if len(raised) > 0 {
		a.say("for its sake cells get other versions of what Kelpie requires: %s", strings.Join(raised, ", "))
	}
	return nil
}

// listPackages prints what was added, one a line.
func (a app) listPackages(c jupyter.Checkout) error {
	all, err := jupyter.Packages(c)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		a.say("nothing was added; cells import the standard library, Kelpie and what it requires")
	}
	for _, p := range all {
		a.say("%s", p)
	}
	return nil
}
