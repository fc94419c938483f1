//go:build !windows

package main

import (
	"bytes"
	"context"
	"strings"

	"github.com/stophacking/kelpie/kernel-ext/internal/process"
)

// A fuzzTarget is a fuzz test and the package that it lies in.
type fuzzTarget struct{ name, path string }

// fuzz runs every fuzz test for a while, each as a step of its own: go test takes one at a time.
func (c *checker) fuzz(ctx context.Context) {
	var targets []fuzzTarget
	c.step(ctx, "list of fuzz tests", func() error {
		var list bytes.Buffer
		err := process.Run(ctx, process.Command{Args: []string{"go", "test", "-list=^Fuzz", "./..."}, Dir: c.Root, Env: c.env, Stdout: &list, Stderr: c.stdout})
		targets = fuzzTargets(list.String())
		return err
	})
	for _, target := range targets {
		c.goStep(ctx, target.name, nil, "test", "-run=^$", "-fuzz=^"+target.name+"$", "-fuzztime="+fuzzInputs(target.name), "-fuzzminimizetime=1x", target.path)
	}
}

// fuzzTargets reads the answer of go test -list: the names of a package's tests, each on a line, and then a line with
// "ok" and the package.
func fuzzTargets(list string) []fuzzTarget {
	var targets []fuzzTarget
	var names []string
	for _, line := range strings.Split(list, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 1 && strings.HasPrefix(line, "Fuzz"):
			names = append(names, line)
		case len(fields) > 1 && fields[0] == "ok":
			for _, name := range names {
				targets = append(targets, fuzzTarget{name, fields[1]})
			}
			names = nil
		}
	}
	return targets
}

// fuzzInputs says how many inputs a target is tried with: a count, because a
// time would mean less on a slower machine. The readers of CSV files and of models,
// which meet whatever users have, get ten times as many.
func fuzzInputs(target string) string {
	switch target {
	case "FuzzRead", "FuzzLoad", "FuzzLoadLightGBM":
		return "1000000x"
	}
	return "100000x"
}
