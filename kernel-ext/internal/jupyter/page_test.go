package jupyter_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// render makes a page with the real nbconvert, where it is installed.
func render(t *testing.T, p jupyter.Page) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	c := jupyter.Checkout{Root: root}
	if !exists(c.Python()) {
		t.Skip("no nbconvert in .kelpie: go run ./kernel-ext install")
	}
	p.To = filepath.Join(t.TempDir(), "page.html")
	if err := jupyter.HTML(t.Context(), c, p); err != nil {
		t.Fatal(err)
	}
	return read(t, p.To)
}

// A notebook of another kernel, with headings in disorder, and with texts, scripts and pictures that mean harm.
func TestPageOfAnybodysNotebook(t *testing.T) {
	page := render(t, jupyter.Page{
		Notebook: "testdata/hostile.ipynb", Beside: []string{"other one"}, Date: time.Date(2020, 2, 3, 0, 0, 0, 0, time.UTC),
	})
	for _, want := range []string{
		"<title>hostile</title>",
		`<a class="kelpie-skip" href="#kelpie-main">`, `<main id="kelpie-main"`,
		`<nav aria-label="Contents"`, `<h1 id="hostile">hostile</h1>`, `<h2 id="A">A</h2><h2 id="A-2">A</h2><h3 id="B">B</h3>`,
		`<li><a href="#A-2">A</a><ul><li><a href="#B">B</a></li><li><a href="#The-last">The last</a></li></ul></li>`,
		`<a href="./other%20one.html#A">part</a>`, `<h3 id="The-last">The last</h3>`,
		`<nav aria-label="Reports"`, `<a href="./other%20one.html">beside</a>`,
		`<details class="kelpie-code"><summary>In [2], folded</summary>`,
		`aria-label="Code of cell 1" class="highlight hl-python" role="region" tabindex="0"`,
		"Data: made up &lt;i&gt;", "on 2020-02-03.", "prefers-color-scheme: dark", "Content-Security-Policy",
		"[a picture that is not in the notebook: r]", `alt="p" src="data:image/png;base64,`, "Slider(1)", "&lt;b&gt;v&lt;/b&gt;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, not := range []string{"<script", "<textarea", "<plaintext", "kelpie-mark", "<!--kelpie", "onclick", "onerror", "javascript:", "SECRET", "secret_dump", "example.org", `class="anchor-link"`} {
		if strings.Contains(page, not) {
			t.Errorf("the page holds %s", not)
		}
	}
	if before, _, _ := strings.Cut(page, "</main>"); !strings.Contains(before, "The last</h3>") || strings.Count(page, "</main>") != 1 {
		t.Error("a cell ends the page's main part")
	}
	if t.Failed() {
		_, body, _ := strings.Cut(page, "<body")
		t.Log(body)
	}
}

func TestPageOfAnEmptyNotebook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nothing <b>.ipynb")
	write(t, path, `{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)
	page := render(t, jupyter.Page{Notebook: path})
	if !strings.Contains(page, "nothing &lt;b&gt;</h1>") || strings.Contains(page, `aria-label="Contents"`) {
		t.Error("an empty notebook has a heading and no contents")
	}
}

// What is no notebook is named.
func TestPageOfNoNotebook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.ipynb")
	write(t, path, `{"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "x"},
		{"cell_type": "heading", "id": "b", "metadata": {}, "source": "y"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)
	err := jupyter.HTML(t.Context(), jupyter.Checkout{Root: t.TempDir()}, jupyter.Page{Notebook: path, To: path + ".html"})
	if err == nil || !strings.Contains(err.Error(), `bad.ipynb: cell 2: cell_type is "heading"`) {
		t.Errorf("a cell of an unknown type: %v", err)
	}
	write(t, path, `{"cells": [3], "nbformat": 4}`)
	err = jupyter.HTML(t.Context(), jupyter.Checkout{Root: t.TempDir()}, jupyter.Page{Notebook: path, To: path + ".html"})
	if err == nil || !strings.Contains(err.Error(), "bad.ipynb") {
		t.Errorf("error %v does not name the file", err)
	}
}
