package notebook_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// testdata/jupyter.ipynb was executed by GoNB v0.11.4 under nbconvert 7.17.2,
// given cells of every kind and fields unknown here, and written by nbformat 5.11.1.
const jupyterFile = "testdata/jupyter.ipynb"

func TestRoundTrip(t *testing.T) {
	text, err := os.ReadFile(jupyterFile)
	if err != nil {
		t.Fatal(err)
	}
	nb, err := notebook.Load(jupyterFile)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.ipynb")
	if err := nb.Save(copied); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, text) {
		t.Errorf("not as Jupyter wrote it:\n%s", got)
	}
}

// What is called like the notebook is the user's, and so is what a link leads to.
func TestSaveWritesNothingElse(t *testing.T) {
	nb, err := notebook.Load(jupyterFile)
	if err != nil {
		t.Fatal(err)
	}
	dir, theirs := t.TempDir(), filepath.Join(t.TempDir(), "theirs.ipynb")
	path := filepath.Join(dir, "a.ipynb")
	beside := []string{theirs, path + ".tmp", path + "~"}
	for _, name := range beside {
		if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(theirs, path); err != nil {
		t.Fatal(err)
	}
	if err := nb.Save(path); err != nil {
		t.Fatal(err)
	}
	for _, name := range beside {
		if text, err := os.ReadFile(name); err != nil || string(text) != "mine" {
			t.Errorf("%s holds %.20q, %v", name, text, err)
		}
	}
	if about, err := os.Lstat(path); err != nil || about.Mode() != 0o644 {
		t.Errorf("the notebook is %v, %v", about, err)
	}
	if err := nb.Save(filepath.Join(dir, "none", "a.ipynb")); err == nil {
		t.Error("no error without a folder")
	}
	if list, _ := os.ReadDir(dir); len(list) != 3 {
		t.Errorf("left behind: %v", list)
	}
}

func TestLoad(t *testing.T) {
	nb, err := notebook.Load(jupyterFile)
	if err != nil {
		t.Fatal(err)
	}
	cell := nb.Cells[1]
	if cell.Type != "code" || cell.ExecutionCount != 1 || !strings.HasPrefix(cell.Source, "%noautoget\nimport ") || len(cell.Outputs) != 4 {
		t.Errorf("cell 2: %+v", cell)
	}
	if text := cell.Outputs[2].Content("text/plain"); text != "<script>\nrows  5" {
		t.Errorf("text %q", text)
	}
	if cell.Outputs[2].IsVolatile() || !cell.Outputs[3].IsVolatile() {
		t.Error("the mark of volatile outputs is not read")
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bad.ipynb")
	for text, want := range map[string]string{
		"":                      ":1:1: unexpected end of JSON input",
		"{\n \"cells\": [,]\n}": ":2:12: invalid character ',' looking for beginning of value",
		"[]":                    "cannot unmarshal array",
		"null":                  "null in place of an object",
		"{}":                    "no cells",
		`{"cells": []}`:         "nbformat is missing",
		`{"cells": 3}`:          "cells: ",
		`{"cells": [null]}`:     "null in place of an object",
		`{"cells": [{"source":3}], "nbformat": 4}`: "source: neither a string nor a list",
		`{"cells": [], "nbformat": 3}`:             "not a notebook of nbformat 4 (nbformat is 3)",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := notebook.Load(path)
		if err == nil || !strings.HasPrefix(err.Error(), "notebook: "+path+":") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := notebook.Load(filepath.Join(dir, "none.ipynb")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: %v", err)
	}
}

func TestNormalise(t *testing.T) {
	nb := parse(t, `{"cells": [{"cell_type": "code", "source": "", "metadata": {"execution": {"iopub": 1}, "tags": ["a"]}, "outputs": [
		{"output_type": "stream", "name": "stdout", "text": "a"},
		{"output_type": "stream", "name": "stdout", "text": ["b\n"]},
		{"output_type": "stream", "name": "stderr", "text": "c"},
		{"output_type": "stream", "name": "stdout", "text": "d"}]}],
		"metadata": {"language_info": {"version": "go1.26.8"}, "kernelspec": {"name": "mine"}, "kept": 1}, "nbformat": 4, "nbformat_minor": 5}`)
	nb.Normalise()
	text := encode(t, nb)
	for _, absent := range []string{"1.26.8", "mine", "iopub"} {
		if strings.Contains(text, absent) {
			t.Errorf("%s stayed:\n%s", absent, text)
		}
	}
	for _, present := range []string{`"pygments_lexer": "go"`, `"kept": 1`, `"tags"`} {
		if !strings.Contains(text, present) {
			t.Errorf("%s is gone:\n%s", present, text)
		}
	}
	if outputs := nb.Cells[0].Outputs; len(outputs) != 3 || outputs[0].Text != "ab\n" {
		t.Errorf("streams %+v", outputs)
	}
	nb.Normalise()
	if again := encode(t, nb); again != text {
		t.Errorf("a second time:\n%s", again)
	}
}

func TestSetLexer(t *testing.T) {
	for _, metadata := range []string{`{}`, `null`, `{"language_info": 3}`, `{"language_info": null}`, `{"language_info": {"name": "go", "pygments_lexer": ""}}`} {
		nb := parse(t, `{"cells": [], "metadata": `+metadata+`, "nbformat": 4}`)
		nb.SetLexer("go")
		if text := encode(t, nb); !strings.Contains(text, "\"name\": \"go\",\n   \"pygments_lexer\": \"go\"") {
			t.Errorf("%s:\n%s", metadata, text)
		}
	}
}

func TestStripOutputs(t *testing.T) {
	nb, err := notebook.Load(jupyterFile)
	if err != nil {
		t.Fatal(err)
	}
	nb.StripOutputs()
	for i, cell := range nb.Cells {
		if len(cell.Outputs) != 0 || cell.ExecutionCount != 0 {
			t.Errorf("cell %d: %+v", i+1, cell)
		}
	}
	if text := encode(t, nb); !strings.Contains(text, `"execution_count": null`) || !strings.Contains(text, `"outputs": []`) {
		t.Error(text)
	}
}

func TestSummaries(t *testing.T) {
	with := func(value string) *notebook.Notebook {
		return parse(t, `{"cells": [{"cell_type": "code", "source": "", "outputs": [
			{"output_type": "display_data", "data": {}, "metadata": {"kelpie.summary": `+value+`}},
			{"output_type": "display_data", "data": {}, "metadata": {}}]}], "nbformat": 4}`)
	}
	got, err := with(`"{\"rows\": 3}"`).Summaries()
	if err != nil || len(got) != 1 || string(got[0]) != `{"rows": 3}` {
		t.Errorf("%s, %v", got, err)
	}
	for value, want := range map[string]string{`3`: "cell 1: kelpie.summary is not a string", `"{rows"`: "is not JSON"} {
		if _, err := with(value).Summaries(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile(jupyterFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"cells": [{"cell_type": "code", "source": ["a"], "outputs": [{"output_type": "x", "data": {"a": null}}]}], "nbformat": 4}`))
	f.Add([]byte(`{"cells": [{"cell_type": "code", "source": "%%\n%%\n! \\\nvar a, b = f()"}, {"cell_type": "markdown", "metadata": {"kelpie.words": "x"}, "source": "# 1.1\n"}], "nbformat": 4}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		nb, err := notebook.Parse(text)
		if err != nil {
			return
		}
		once := encode(t, nb)
		again, err := notebook.Parse([]byte(once))
		if err != nil {
			t.Fatalf("cannot read its own writing: %v\n%s", err, once)
		}
		if twice := encode(t, again); twice != once {
			t.Errorf("written differently the second time:\n%s\n%s", once, twice)
		}
		for _, finding := range notebook.Check(nb, again, notebook.Rules{Steps: []string{"1.1"}, Private: []string{"/root", "host-1"}}) {
			if finding.Rule == notebook.RuleText || finding.Rule == notebook.RuleFigure {
				t.Errorf("differs from itself: %s", finding)
			}
			_ = finding.String()
		}
	})
}

func parse(t *testing.T, text string) *notebook.Notebook {
	t.Helper()
	nb, err := notebook.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

func encode(t *testing.T, nb *notebook.Notebook) string {
	t.Helper()
	text, err := nb.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A link in the place of a notebook is replaced, what it leads to stays, and so do the
// permissions of a notebook that is written again. A pipe is not waited for.
func TestSaveFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "a.ipynb")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	nb, err := notebook.Parse([]byte(`{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{path, path + ".tmp"} {
		if err := os.Symlink(victim, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := nb.Save(path); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
		t.Errorf("the user's file holds %q, %v", text, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := nb.Save(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	pipe := filepath.Join(dir, "pipe.ipynb")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := notebook.Load(pipe); err == nil || !strings.Contains(err.Error(), "named pipe") {
		t.Error(err)
	}
}
