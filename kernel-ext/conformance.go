//go:build !windows

package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// trials are the programs that use the kernel as others do, and the pins of what they need.
//
//go:embed conformance
var trials embed.FS

// conformanceMegabytes is what Jupyter's test suite, nbclient and papermill take.
const conformanceMegabytes = 150

// conformance tries the kernel that is installed: Jupyter's own test suite for kernels, notebooks in parallel through
// nbclient, papermill, notebooks that fail through nbconvert, and outputs against nbformat's schema; at length also GoNB's
// tutorial, beside stock GoNB.
func (c *checker) conformance(ctx context.Context, long bool) {
	before := c.failed
	c.step(ctx, "conformance, set-up", func() error { return c.setUpConformance(ctx) })
	if c.failed > before || ctx.Err() != nil {
		return
	}
	// They wait more than they work.
	var group sync.WaitGroup
	var errs [5]error
	for i, script := range []string{"kernel.py", "parallel.py", "convert.py", "outputs.py"} {
		group.Go(func() { errs[i] = c.trial(ctx, script, true) })
	}
	group.Go(func() { errs[4] = c.trial(ctx, "kernel.py", false) })
	c.step(ctx, "jupyter_kernel_test", func() error { group.Wait(); return errs[0] })
	c.step(ctx, "nbclient, papermill", func() error { return errs[1] })
	c.step(ctx, "nbconvert", func() error { return errs[2] })
	c.step(ctx, "nbformat", func() error { return errs[3] })
	c.step(ctx, "jupyter_kernel_test, TCP", func() error { return errs[4] })
	if long {
		c.step(ctx, "GoNB's tutorial", func() error { return c.tutorial(ctx) })
	}
}

// tutorial runs the notebook that GoNB's module brings.
func (c *checker) tutorial(ctx context.Context) error {
	var folder bytes.Buffer
	err := process.Run(ctx, process.Command{
		Args: []string{"go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb"}, Dir: c.Root, Stdout: &folder, Stderr: &folder,
	})
	if err != nil {
		return fmt.Errorf("%w\n%s", err, strings.TrimSpace(folder.String()))
	}
	notebook := filepath.Join(strings.TrimSpace(folder.String()), "examples", "tutorial.ipynb")
	return c.trial(ctx, "tutorial.py", true, "KELPIE_TUTORIAL="+notebook)
}

func (c *checker) setUpConformance(ctx context.Context) error {
	base, err := os.ReadFile(filepath.Join(c.Root, "requirements-dev.txt"))
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	more, err := trials.ReadFile("conformance/requirements.txt")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return c.privateVenv(ctx, "conformance", string(base)+string(more), conformanceMegabytes, "Jupyter's test suite")
}

// trial runs a program of conformance in a folder of its own; of Jupyter's settings it sees only our kernel. Its kernels
// have sockets in a private folder, or listen on ports as they do for front ends that are told nothing.
func (c *checker) trial(ctx context.Context, script string, private bool, env ...string) error {
	folder, err := scratch.Temporary(c.Path(), "trial-")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer folder.Remove()
	dir := folder.Path
	if private {
		sockets, err := jupyter.OpenSockets()
		if err != nil {
			return err
		}
		defer sockets.Close()
		env = append(env, "KELPIE_SOCKETS="+sockets.Folder)
	}
	before, err := trials.ReadFile("conformance/transport.py")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	text, err := trials.ReadFile("conformance/" + script)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, script), append(before, text...), 0o600)
	}
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	var printed bytes.Buffer
	err = process.Run(ctx, process.Command{
		Args: []string{c.Path("conformance", "bin", "python"), "-I", "-W", "ignore", script, dir}, Dir: dir, Stdout: &printed, Stderr: &printed,
		Env: slices.Concat(c.env, env, []string{
			"KELPIE_KERNEL=" + jupyter.KernelName, "JUPYTER_PATH=" + c.Path("venv", "share", "jupyter"), "JUPYTER_CONFIG_DIR=" + dir,
			"JUPYTER_DATA_DIR=" + dir, "JUPYTER_RUNTIME_DIR=" + filepath.Join(dir, "runtime"), "IPYTHONDIR=" + dir,
		}),
	})
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", script, err, strings.TrimSpace(printed.String()))
	}
	return nil
}
