//go:build !windows

package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/kernel-ext/internal/browser"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// axePins pin axe-core, which finds what keeps people from using a page.
//
//go:embed axe/package.json axe/package-lock.json
var axePins embed.FS

// maxAxe bounds the script of axe-core, which has 650 kB.
const maxAxe = 16 << 20

// paper is the width in CSS pixels of what is printed on A4 between margins of 15 mm.
const paper = 680

// lookScript lists what is wrong with a page at its present width: what reaches over its edge, what is cut, stops of the
// tab key without a name, names that two regions share, and links to sections that are not there.
const lookScript = `(() => {
	const wrong = [], wide = document.documentElement.clientWidth, print = matchMedia("print").matches
	const name = e => e.tagName.toLowerCase() + " " + JSON.stringify((e.innerText || e.alt || "").slice(0, 40))
	if (document.documentElement.scrollWidth > wide) wrong.push("the page is wider than the screen")
	for (const e of document.querySelectorAll("main *, .kelpie-header *, .kelpie-provenance *")) {
		const box = e.getBoundingClientRect(), style = getComputedStyle(e)
		if (!box.width) continue
		if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1) wrong.push("cut: " + name(e))
		let scrolls = false
		for (let up = e.parentElement; up && !print; up = up.parentElement) scrolls ||= /auto|scroll/.test(getComputedStyle(up).overflowX)
		if (!scrolls && box.right > wide + 1) wrong.push("over the edge: " + name(e))
	}
	const seen = new Set()
	for (const e of document.querySelectorAll("a[href], summary, button, input, [tabindex='0']")) {
		const label = e.getAttribute("aria-label")
		if (!label && (e.hasAttribute("tabindex") || !e.innerText.trim() && e.checkVisibility())) wrong.push("a stop without a name: " + name(e))
		if (label && seen.has(label)) wrong.push("two are named " + label)
		if (label) seen.add(label)
	}
	for (const e of document.querySelectorAll("a[href^='#']"))
		if (!document.getElementById(decodeURIComponent(e.hash.slice(1)))) wrong.push("leads nowhere: " + e.hash)
	return wrong.slice(0, 20)
})()`

// axeScript lists what axe-core finds, with the first element of each.
const axeScript = `axe.run(document).then(r => r.violations.map(v => v.id + ": " + v.nodes.length + ", first " + v.nodes[0].html.slice(0, 160)))`

// pages looks at the pages of the committed notebooks in a browser.
func (c *checker) pages(ctx context.Context) {
	path, found := browser.Find()
	if !found {
		c.say("skip  pages in a browser: there is no Chromium or Chrome on PATH")
		return
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		c.say("skip  pages in a browser: there is no npm on PATH, which brings axe-core")
		return
	}
	c.step(ctx, "pages in a browser", func() error {
		axe, err := c.axe(ctx, npm)
		if err != nil {
			return err
		}
		return c.lookAtPages(ctx, path, axe)
	})
}

// axe installs the pinned axe-core in .kelpie/axe unless it is there, and returns its script.
func (c *checker) axe(ctx context.Context, npm string) (string, error) {
	folder := c.Path("axe")
	script := filepath.Join(folder, "node_modules", "axe-core", "axe.min.js")
	same := true
	for _, name := range []string{"package.json", "package-lock.json"} {
		pins, err := axePins.ReadFile("axe/" + name)
		if err != nil {
			return "", fmt.Errorf("check: %w", err)
		}
		if there, err := files.Read(filepath.Join(folder, name), maxAxe); err == nil && string(there) == string(pins) {
			continue
		}
		same = false
		if err := jupyter.WriteFile(filepath.Join(folder, name), pins); err != nil {
			return "", err
		}
	}
	if _, err := os.Stat(script); err != nil || !same {
		var printed strings.Builder
		// ci takes what the lock file has a hash of, and nothing else.
		err := process.Run(ctx, process.Command{Args: []string{npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"}, Dir: folder, Stdout: &printed, Stderr: &printed})
		if err != nil {
			return "", fmt.Errorf("npm could not install axe-core; the first time needs the network: %w\n%s", err, strings.TrimSpace(printed.String()))
		}
	}
	text, err := files.Read(script, maxAxe)
	if err != nil {
		return "", fmt.Errorf("check: %w", err)
	}
	return string(text), nil
}

// lookAtPages renders the committed notebooks and looks at each page at every width, light, dark and printed.
func (c *checker) lookAtPages(ctx context.Context, chromium, axe string) error {
	made, err := scratch.Temporary(c.Path(), "trial-")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer made.Remove()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	var paths []string
	for _, name := range notebooks {
		paths = append(paths, filepath.Join(c.Root, "notebooks", name+".ipynb"))
	}
	pages, err := reportPages(c.Root, made.Path, paths)
	if err != nil {
		return err
	}
	b, err := browser.Start(chromium)
	if err != nil {
		return err
	}
	defer b.Close()
	var wrong []error
	for _, p := range pages {
		if err := jupyter.HTML(ctx, c.Checkout, p); err != nil {
			return err
		}
		tab, err := openPage(ctx, b, p.To)
		if err != nil {
			return err
		}
		if err := tab.Evaluate(ctx, axe+"\n;true", nil); err != nil {
			return err
		}
		wrong = append(wrong, lookAtPage(ctx, tab, filepath.Base(p.To)))
	}
	return errors.Join(wrong...)
}

// lookAtPage says what is wrong with a page that holds axe-core.
func lookAtPage(ctx context.Context, tab *browser.Page, name string) error {
	var wrong []error
	for _, look := range []struct {
		width       int
		dark, print bool
		axe         bool
	}{
		{width: 1200, axe: true}, {width: 1200, dark: true, axe: true},
		{width: 420, axe: true}, {width: 420, dark: true, axe: true},
		{width: 640}, {width: paper, print: true},
	} {
		if err := tab.Look(ctx, look.width, look.dark, look.print); err != nil {
			return err
		}
		scripts := []string{lookScript}
		if look.axe {
			scripts = append(scripts, axeScript)
		}
		for _, script := range scripts {
			var found []string
			if err := tab.Evaluate(ctx, script, &found); err != nil {
				return err
			}
			for _, what := range found {
				wrong = append(wrong, fmt.Errorf("%s, %d px, dark %t, printed %t: %s", name, look.width, look.dark, look.print, what))
			}
		}
	}
	return errors.Join(wrong...)
}
