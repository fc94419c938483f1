//go:build !windows

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// kernel becomes the kernel that kernel.json names: the process is its from then on.
func kernel(_ context.Context, a app, args []string) error {
	set := a.flags("kernel", "CONNECTION_FILE", `Runs the Go kernel for a front end that made a connection file, as Jupyter does by itself after install. For front ends that
start kernels by a command of their own.
`)
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		if err := a.parse(set, args); err != nil {
			return err
		}
		fmt.Fprintln(a.stderr, "kernel takes the path of a connection file\n`go run ./kernel-ext kernel -h` explains it")
		return errUsage
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	connectionFile, err := filepath.Abs(args[0])
	if err != nil {
		return fmt.Errorf("kernel: %w", err)
	}
	command, env, err := jupyter.Kernel(checkout, connectionFile)
	if err != nil {
		return err
	}
	if err := syscall.Exec(command[0], command, append(os.Environ(), env...)); err != nil {
		return fmt.Errorf("kernel: %s: %w; `go run ./kernel-ext install` makes it", visible.Text(command[0]), err)
	}
	return nil
}
