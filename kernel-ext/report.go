//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/browser"
	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// report renders anybody's notebooks as the pages that demo makes.
func report(ctx context.Context, a app, args []string) error {
	set := a.flags("report", "[--to DIR] [--pdf] [--force] NOTEBOOK...", `Renders notebooks, of any kernel and with the outputs they hold, as web pages: NAME.html beside NAME.ipynb. A page is one
file that fetches and runs nothing; what needs a script or a kernel (widgets, typeset formulas) shows its text. Cells
tagged hide-cell have their code folded, cells tagged remove-cell are left out. Pages made in one call and one folder
link each other. Nothing is run: to run a notebook first, use lab or jupyter nbconvert --execute.
`)
	to := set.String("to", "", "write to this folder, which is made when it is not there, instead of beside each notebook")
	pdf := set.Bool("pdf", false, "also write NAME.pdf, for A4; needs Chromium or Chrome on PATH")
	force := set.Bool("force", false, "replace pages that are there")
	if err := a.parseSome(set, args); err != nil {
		return err
	}
	if set.NArg() == 0 {
		fmt.Fprintln(a.stderr, "report needs to be told which, as in: go run ./kernel-ext report notebooks/process.ipynb")
		return errUsage
	}
	made, err := reportPages(a.dir, *to, set.Args())
	if err != nil {
		return err
	}
	chromium, found := browser.Find()
	if *pdf && !found {
		return errors.New("report: --pdf needs a browser, and there is no Chromium or Chrome on PATH; without --pdf the page is written, which any browser prints")
	}
	for _, p := range made {
		for _, path := range []string{p.To, pdfOf(p)} {
			if _, err := os.Lstat(path); err == nil && !*force && (path == p.To || *pdf) {
				return fmt.Errorf("report: %s is there already; --force replaces it", visible.Text(path))
			}
		}
	}
	checkout, err := a.checkout()
	if err != nil {
		return err
	}
	if err := jupyter.Setup(ctx, checkout, jupyter.Options{Log: a.say}); err != nil {
		return err
	}
	for _, p := range made {
		if err := os.MkdirAll(filepath.Dir(p.To), 0o755); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		if err := jupyter.HTML(ctx, checkout, p); err != nil {
			return err
		}
		a.say("%s", visible.Text(p.To))
		if !*pdf {
			continue
		}
		if err := printPDF(ctx, chromium, p.To, pdfOf(p)); err != nil {
			return err
		}
		a.say("%s", visible.Text(pdfOf(p)))
	}
	return nil
}

// pdfOf is the PDF beside a page.
func pdfOf(p jupyter.Page) string { return strings.TrimSuffix(p.To, ".html") + ".pdf" }

// reportPages says which pages are to be made of notebooks, and which of them lie beside each other. Two that would be one
// file are an error. Paths that are relative start in dir.
func reportPages(dir, to string, notebooks []string) ([]jupyter.Page, error) {
	var pages []jupyter.Page
	taken := map[string]string{}
	for _, path := range notebooks {
		if filepath.Ext(path) != ".ipynb" {
			return nil, fmt.Errorf("report: %s is no notebook: its name does not end in .ipynb", visible.Text(path))
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		folder := filepath.Dir(path)
		if to != "" {
			folder = to
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(dir, folder)
			}
		}
		page := filepath.Join(folder, strings.TrimSuffix(filepath.Base(path), ".ipynb")+".html")
		if other, found := taken[page]; found {
			return nil, fmt.Errorf("report: %s and %s would both be written to %s", visible.Text(other), visible.Text(path), visible.Text(page))
		}
		taken[page] = path
		pages = append(pages, jupyter.Page{Notebook: path, To: page, Date: time.Now()})
	}
	for i := range pages {
		for j, other := range pages {
			if i != j && filepath.Dir(other.To) == filepath.Dir(pages[i].To) {
				pages[i].Beside = append(pages[i].Beside, strings.TrimSuffix(filepath.Base(other.To), ".html"))
			}
		}
	}
	return pages, nil
}

// maxPage is how long a page may be that is printed.
const maxPage = 1 << 30

// printPDF prints a page for A4. The file appears whole or not at all, and takes the place of a link.
func printPDF(ctx context.Context, chromium, page, to string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	b, err := browser.Start(chromium)
	if err != nil {
		return err
	}
	defer b.Close()
	html, err := files.Read(page, maxPage)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	tab, err := b.Open(ctx, "about:blank")
	if err == nil {
		err = tab.SetContent(ctx, string(html))
	}
	if err == nil {
		err = tab.Wait(ctx, `document.querySelector("main") !== null && document.readyState === "complete"`)
	}
	if err != nil {
		return err
	}
	text, err := tab.PDF(ctx)
	if err != nil {
		return err
	}
	if err := files.Write(to, text, 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// openPage opens a page that is a file, and waits until it is complete.
func openPage(ctx context.Context, b *browser.Browser, path string) (*browser.Page, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	address := url.URL{Scheme: "file", Path: path}
	tab, err := b.Open(ctx, address.String())
	if err != nil {
		return nil, err
	}
	return tab, tab.Wait(ctx, `location.protocol === "file:" && document.readyState === "complete"`)
}
