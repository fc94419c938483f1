package jupyter_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// Two cells of code, an empty one that is not run, and one of text.
const exampleNotebook = `{
 "cells": [
  {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title"},
  {"cell_type": "code", "id": "b", "execution_count": null, "metadata": {}, "outputs": [], "source": ["%%\n", "first()"]},
  {"cell_type": "code", "id": "c", "execution_count": null, "metadata": {}, "outputs": [], "source": " "},
  {"cell_type": "code", "id": "d", "execution_count": null, "metadata": {}, "outputs": [], "source": "%%\nsecond()"}
 ],
 "metadata": {"kernelspec": {"name": "gonb"}},
 "nbformat": 4, "nbformat_minor": 5
}
`

// fakeNbconvert stands for nbconvert in the virtual environment: it reports the cells as template/execute.py makes the
// real one do, and ends as $ENDING says.
const fakeNbconvert = `#!/bin/sh
echo "python $*" >> "$CALLS"
case "$*" in
*--execute*)
	echo "$DATA" > "$JUPYTER_PATH/../kernel.log"
	echo "kelpie: cell 1" >&2
	printf '%s\n' '{"cell": 1, "execution_count": 1, "outputs": [{"output_type": "stream", "name": "stdout", "text": "one"}]}' >> "$KELPIE_OUTPUTS"
	echo "kelpie: cell 3" >&2
	case "$ENDING" in
	error) printf '%s\n' '{"cell": 3, "execution_count": 2, "outputs": [{"output_type": "error", "ename": "ERROR", "evalue": "no", "traceback": ["\u001b[7mCell[2]\u001b[0m: undefined: second\n"]}]}' >> "$KELPIE_OUTPUTS"; exit 1 ;;
	panic) printf '%s\n' '{"cell": 3, "execution_count": 2, "outputs": [{"output_type": "stream", "name": "stderr", "text": "panic: oh\n"}, {"output_type": "error", "evalue": "exit status 2", "traceback": []}]}' >> "$KELPIE_OUTPUTS"; exit 1 ;;
	limit) printf '%s\n' '{"cell": 3, "execution_count": null, "outputs": []}' >> "$KELPIE_OUTPUTS"; echo "nbclient.exceptions.CellTimeoutError: A cell timed out" >&2; exit 1 ;;
	dead) printf '%s\n' '{"cell": 3, "execution_count": null, "outputs": []}' >> "$KELPIE_OUTPUTS"; echo "nbclient.exceptions.DeadKernelError: Kernel died" >&2; exit 1 ;;
	broken) echo "No module named nbconvert" >&2; exit 1 ;;
	hang) trap 'exit 130' INT; sleep 60 >/dev/null 2>&1 & wait ;;
	esac ;;
*"--to html"*) echo page > page.html ;;
esac
exit 0
`

// newExecution is a world that has been set up with the fake nbconvert, and a run of the example in it.
func newExecution(t *testing.T, ending string) (*world, jupyter.Execution) {
	w := newWorld(t)
	path := w.checkout.Python()
	write(t, path, fakeNbconvert)
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ENDING", ending)
	notebook := filepath.Join(w.checkout.Root, "notebooks", "example.ipynb")
	write(t, notebook, exampleNotebook)
	return w, jupyter.Execution{Notebook: notebook, Output: w.checkout.Path("reports", "example.ipynb"), Env: []string{"DATA=here"}}
}

func TestExecute(t *testing.T) {
	w, e := newExecution(t, "")
	var progress []int
	e.Progress = func(cell, cells int) { progress = append(progress, cell, cells) }
	if err := jupyter.Execute(t.Context(), w.checkout, e); err != nil {
		t.Fatal(err)
	}
	if len(progress) != 4 || progress[0] != 1 || progress[2] != 2 || progress[3] != 2 {
		t.Errorf("progress %v, want cells 1 and 2 of 2", progress)
	}
	if read(t, e.Notebook) != exampleNotebook {
		t.Error("the notebook itself was changed")
	}
	if text := read(t, e.Output); !strings.Contains(text, `"pygments_lexer": "go"`) {
		t.Errorf("the executed notebook does not ask for Go's colours:\n%s", text)
	}
	if calls := read(t, w.calls); !strings.Contains(calls, "--ExecutePreprocessor.timeout=300") || strings.Count(calls, "--coalesce-streams") != 1 {
		t.Errorf("nbconvert was called as\n%s", calls)
	}
	if left, _ := os.ReadDir(w.checkout.Path("run")); len(left) > 0 {
		t.Errorf("left behind in .kelpie/run: %v", left)
	}
}

func TestExecuteSaysWhyItFailed(t *testing.T) {
	tests := []struct {
		ending, reason, source string
		cell                   int
	}{
		{"error", "Cell[2]: undefined: second", "%%\nsecond()", 2},
		{"panic", "exit status 2\npanic: oh", "%%\nsecond()", 2},
		{"limit", "still running after its time limit of 2s", "%%\nsecond()", 2},
		{"dead", "the kernel died", "%%\nsecond()", 2},
		{"broken", "nbconvert: exit status 1\n    No module named nbconvert", "%%\nfirst()", 1},
	}
	for _, test := range tests {
		t.Run(test.ending, func(t *testing.T) {
			w, e := newExecution(t, test.ending)
			e.CellTimeout = 2 * time.Second
			var failure *jupyter.Failure
			if err := jupyter.Execute(t.Context(), w.checkout, e); !errors.As(err, &failure) {
				t.Fatalf("error %v, want a failure", err)
			}
			if failure.Cell != test.cell || failure.Reason != test.reason || failure.Source != test.source {
				t.Errorf("cell %d, reason %q, source %q", failure.Cell, failure.Reason, failure.Source)
			}
			if text := read(t, failure.Partial); !strings.Contains(text, `"one"`) {
				t.Errorf("the kept notebook lacks the output of the first cell:\n%s", text)
			}
			if got := read(t, failure.Log); got != "here\n" {
				t.Errorf("the kept log holds %q", got)
			}
			if _, err := os.Stat(e.Output); err == nil {
				t.Error("a failed run wrote an executed notebook")
			}
		})
	}
}

func TestExecuteEndsWithItsContext(t *testing.T) {
	w, e := newExecution(t, "hang")
	ctx, cancel := context.WithCancel(t.Context())
	e.Progress = func(cell, _ int) {
		if cell == 2 {
			cancel()
		}
	}
	if err := jupyter.Execute(ctx, w.checkout, e); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

func TestExecuteRefusesWhatIsNoNotebook(t *testing.T) {
	for name, text := range map[string]string{"text": "hello", "list": "[]", "cells": `{"cells": 3, "nbformat": 4}`} {
		w, e := newExecution(t, "")
		write(t, e.Notebook, text)
		if err := jupyter.Execute(t.Context(), w.checkout, e); err == nil || !strings.Contains(err.Error(), e.Notebook) {
			t.Errorf("%s: error %v does not name the file", name, err)
		}
		_ = os.Remove(e.Notebook)
		if err := jupyter.Execute(t.Context(), w.checkout, e); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: error %v, want not exist", name, err)
		}
	}
}

// A notebook's name may look like a flag of nbconvert's.
func TestNamesAreNoFlags(t *testing.T) {
	w, e := newExecution(t, "")
	t.Chdir(t.TempDir())
	const name = "--to=script.ipynb"
	write(t, name, exampleNotebook)
	e.Notebook = name
	if err := errors.Join(jupyter.Execute(t.Context(), w.checkout, e), jupyter.HTML(t.Context(), w.checkout, jupyter.Page{Notebook: name, To: "page.html"})); err != nil {
		t.Fatal(err)
	}
	for call := range strings.Lines(read(t, w.calls)) {
		for word := range strings.FieldsSeq(call) {
			if strings.HasPrefix(word, name) {
				t.Errorf("called as %s", call)
			}
		}
	}
}

// Folders and notebooks have names that are patterns for nbconvert: a bracket, a star, a question mark.
func TestNamesAreNoPatterns(t *testing.T) {
	w, e := newExecution(t, "")
	const name = "trial [ab]*?.ipynb"
	folder := filepath.Join(t.TempDir(), "check[1]out")
	book := filepath.Join(folder, name)
	write(t, book, exampleNotebook)
	e.Notebook = book
	if err := errors.Join(jupyter.Execute(t.Context(), w.checkout, e), jupyter.HTML(t.Context(), w.checkout, jupyter.Page{Notebook: book, To: w.checkout.Path("page.html")})); err != nil {
		t.Fatal(err)
	}
	calls := read(t, w.calls)
	if got := strings.Count(calls, "/trial [[]ab][*][?].ipynb"); got != 3 || strings.Contains(calls, name) || !strings.Contains(calls, "/check[[]1]out/trial") {
		t.Errorf("nbconvert was called as\n%s", calls)
	}
}

// The same with the real one, where it is installed.
func TestNbconvertTakesNamesAsTheyAre(t *testing.T) {
	real, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	c := jupyter.Checkout{Root: real}
	if !exists(c.Path("bin", jupyter.FrontName)) || !exists(c.Python()) {
		t.Skip("no kernel in .kelpie: go run ./kernel-ext install")
	}
	c.Root = filepath.Join(t.TempDir(), "check [1]out?*")
	if err := os.Symlink(real, c.Root); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "book[s]")
	e := jupyter.Execution{Notebook: filepath.Join(folder, "trial [ab]*?.ipynb"), Output: filepath.Join(folder, "out[1].ipynb"), Failed: folder, CellTimeout: time.Minute}
	write(t, e.Notebook, strings.NewReplacer("first()", "fmt.Println(6 * 7)", "second()", "fmt.Println(2)", `"gonb"`, `"gonb", "display_name": "Go"`).Replace(exampleNotebook))
	page := filepath.Join(folder, "page [1].html")
	if err := jupyter.Execute(t.Context(), c, e); err != nil {
		t.Fatal(err)
	}
	if err := jupyter.HTML(t.Context(), c, jupyter.Page{Notebook: e.Output, To: page}); err != nil {
		t.Fatal(err)
	}
	if text := read(t, e.Output); !strings.Contains(text, `"42\n"`) || !strings.Contains(read(t, page), "42") {
		t.Errorf("the notebook shows\n%s", text)
	}
}

func TestHTMLUsesATemplateWithoutTheNetwork(t *testing.T) {
	w, e := newExecution(t, "")
	page := w.checkout.Path("reports", "example.html")
	precious := filepath.Join(t.TempDir(), "precious.html")
	write(t, precious, "x")
	write(t, filepath.Join(filepath.Dir(page), "there"), "")
	if err := os.Symlink(precious, page); err != nil {
		t.Fatal(err)
	}
	if err := jupyter.HTML(t.Context(), w.checkout, jupyter.Page{Notebook: e.Notebook, To: page}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, page) + read(t, precious); got != "page\nx" {
		t.Errorf("the page and what a link led to are %q", got)
	}
	if files, err := os.ReadDir(filepath.Dir(page)); err != nil || len(files) != 2 {
		t.Errorf("beside the page is %v, %v", files, err)
	}
	template := read(t, w.checkout.Path("templates", "kelpie", "index.html.j2"))
	for _, block := range []string{"html_head_js", "jupyter_widgets", "html_head_js_mathjax", "html_head_js_mermaidjs"} {
		if !strings.Contains(template, "{%- block "+block+" -%}{%- endblock "+block+" -%}") {
			t.Errorf("block %s is not emptied", block)
		}
	}
	if strings.Contains(template, "http") || strings.Contains(template, "<script") {
		t.Error("the template fetches something")
	}
	if !strings.Contains(template, "get_metadata('alt', 'image/png')") {
		t.Error("the template drops the description of a picture")
	}
	if calls := read(t, w.calls); !strings.Contains(calls, "--template=kelpie") || !strings.Contains(calls, "--output=page.html") {
		t.Errorf("nbconvert was called as\n%s", calls)
	}
}
