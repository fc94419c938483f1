//go:build !windows

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/browser"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// trialCells are the cells of the notebook that the browser opens: each is written, and what is done with it below.
var trialCells = []string{
	`import (
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/kernel-ext/nb"
	"github.com/stophacking/kelpie/plots"
)

var session = analysis.NewSession(analysis.Config{KeepNothing: true})

%%
nb.Show(session.FromColumns(analysis.Int64s("n", 11, 12, 13)))
nb.Show(plots.Line{Title: "A line", Alt: "It rises.", Lines: []plots.XY{{Name: "a", X: []float64{1, 2}, Y: []float64{1, 2}}}})`,
	"%%\nfmt.Println(\"begun\")\ntime.Sleep(5 * time.Minute)",
	"%%\nfmt.Println(6 * 7)",
	"%%\nfmt.Println(session)",
	"",
}

// inBrowser uses JupyterLab with the mouse and the keyboard, as a user does.
func (c *checker) inBrowser(ctx context.Context) {
	path, found := browser.Find()
	if !found {
		c.say("skip  JupyterLab in a browser: there is no Chromium or Chrome on PATH")
		return
	}
	before := c.failed
	c.step(ctx, "JupyterLab, set-up", func() error {
		return jupyter.Setup(ctx, c.Checkout, jupyter.Options{Lab: true, Log: c.say})
	})
	if c.failed > before || ctx.Err() != nil {
		return
	}
	c.step(ctx, "JupyterLab in a browser", func() error { return c.useLab(ctx, path) })
}

// useLab starts JupyterLab on a folder with the notebook, and the browser, and ends both.
func (c *checker) useLab(ctx context.Context, path string) error {
	made, err := scratch.Temporary(c.Path(), "trial-")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer made.Remove()
	folder := made.Path
	if err := os.WriteFile(filepath.Join(folder, "trial.ipynb"), trialNotebook(), 0o600); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	serving, stop := context.WithCancel(ctx)
	address, ended := make(chan string, 1), make(chan error, 1)
	var messages bytes.Buffer
	go func() {
		ended <- jupyter.Lab(serving, c.Checkout, jupyter.LabOptions{Folder: folder, Env: c.env, Messages: &messages, Ready: func(a string) { address <- a }})
	}()
	defer func() {
		stop()
		<-ended
	}()
	select {
	case err := <-ended:
		ended <- nil
		return fmt.Errorf("%w\n%s", err, messages.String())
	case at := <-address:
		b, err := browser.Start(path)
		if err != nil {
			return err
		}
		defer b.Close()
		return c.tryLab(ctx, b, strings.Replace(at, "/lab?", "/lab/workspaces/trial/tree/trial.ipynb?reset&", 1))
	}
}

// tryLab runs the cells and looks at what the page shows. After a failure a picture of the page is kept.
func (c *checker) tryLab(ctx context.Context, b *browser.Browser, address string) (err error) {
	page, err := b.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() {
		if err == nil {
			return
		}
		looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		kept := c.Path("failed", "lab.png")
		if shot, failed := page.Screenshot(looking); failed == nil && jupyter.WriteFile(kept, shot) == nil {
			err = fmt.Errorf("%w\nkept: %s", err, kept)
		}
	}()
	// The status bar names the kernel and its state; the indicator of the notebook says idle before there is a kernel.
	const idle = `document.querySelector("#jp-main-statusbar").innerText.includes("| Idle")`
	output := func(cell int, condition string) string {
		return "[document.querySelectorAll('.jp-CodeCell')[" + strconv.Itoa(cell) + "].querySelector('.jp-Cell-outputArea')].some(o => " + condition + ")"
	}
	input := func(cell int) string {
		return ".jp-CodeCell[data-windowed-list-index=\"" + strconv.Itoa(cell) + "\"] .cm-content"
	}
	run := func(cell int) func() error {
		return func() error {
			return errors.Join(page.Click(ctx, input(cell)), page.Press(ctx, browser.Enter, true))
		}
	}
	wait := func(condition string) func() error { return func() error { return page.Wait(ctx, condition) } }
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"the kernel is ready", wait(idle)},
		{"run a cell", run(0)},
		{"see a table", wait(output(0, `o.querySelector("table") && o.innerText.includes("13")`))},
		{"see a figure with its text", wait(output(0, `o.querySelector("img").naturalWidth > 100`))},
		{"run a long cell", run(1)},
		{"see it work", wait(output(1, `o.innerText.includes("begun")`))},
		{"interrupt it", func() error { return page.Click(ctx, `[data-jp-item-name="interrupt"] jp-button`) }},
		{"see that it was interrupted", wait(output(1, `o.innerText.toLowerCase().includes("interrupt")`))},
		{"run a cell after it", run(2)},
		{"see what it printed", wait(output(2, `o.innerText.trim() === "42"`))},
		{"restart", func() error { return page.Click(ctx, `[data-jp-item-name="restart"] jp-button`) }},
		{"confirm it", func() error { return page.Click(ctx, `.jp-Dialog .jp-mod-accept`) }},
		{"the kernel is ready again", wait(idle + ` && !document.querySelector(".jp-Dialog")`)},
		{"run a cell of a name that is gone", run(3)},
		{"see that it is gone", wait(output(3, `o.innerText.includes("session")`))},
		{"complete a name", func() error { return completeName(ctx, page, input(4)) }},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// completeName types the beginning of a name and asks for the rest until the front end shows it: the first time gopls may
// still be reading.
func completeName(ctx context.Context, page *browser.Page, input string) error {
	if err := errors.Join(page.Click(ctx, input), page.Type(ctx, "fmt.Prin")); err != nil {
		return err
	}
	for {
		if err := page.Press(ctx, browser.Tab, false); err != nil {
			return err
		}
		short, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := page.Wait(short, `[...document.querySelectorAll(".jp-Completer-item")].some(i => i.innerText.includes("Println"))`)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// trialNotebook is a notebook of the cells.
func trialNotebook() []byte {
	var cells []string
	for i, source := range trialCells {
		cells = append(cells, fmt.Sprintf(`{"cell_type": "code", "id": "c%d", "metadata": {}, "execution_count": null, "outputs": [], "source": %s}`, i, strconv.Quote(source)))
	}
	return []byte(`{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "` + jupyter.KernelName +
		`", "display_name": "Go", "language": "go"}}, "cells": [` + strings.Join(cells, ",\n") + "]}\n")
}
