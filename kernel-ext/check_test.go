//go:build !windows

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// notebookWith is a notebook that holds every step and answer, and one cell that showed the text.
func notebookWith(text, metadata string) string {
	headings := ""
	for _, question := range answers {
		headings += "- **" + question + "** See [shown](#2.3.5).\n"
	}
	headings += "# " + strings.Join(assignmentSteps, "\n# ")
	text = "shown: " + text
	return fmt.Sprintf(`{"cells": [
{"cell_type": "markdown", "id": "a", "metadata": {}, "source": %q},
{"cell_type": "code", "id": "b", "execution_count": 1, "metadata": {}, "source": "%%%%\nshow()",
 "outputs": [{"output_type": "display_data", "metadata": {%s}, "data": {"text/plain": %q}}]}
], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
`, headings, metadata, text)
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name                string
		committed, executed string
		update, fails       bool
		stays               bool // the committed notebook is as it was
	}{
		{"same", notebookWith("3 rows", ""), notebookWith("3 rows", ""), false, false, true},
		{"different", notebookWith("3 rows", ""), notebookWith("4 rows", ""), false, true, true},
		{"update", notebookWith("3 rows", ""), notebookWith("4 rows", ""), true, false, false},
		{"update with nothing new", notebookWith("1 s", `"kelpie.volatile": true`), notebookWith("2 s", `"kelpie.volatile": true`), true, false, true},
		{"update of what breaks a rule", notebookWith("3 rows", ""), strings.Replace(notebookWith("4 rows", ""), "%%\\n", "!false\\n%%\\n", 1), true, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			committed, executed := filepath.Join(root, "notebooks", "process.ipynb"), filepath.Join(root, "process.ipynb")
			if err := os.Mkdir(filepath.Dir(committed), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.WriteFile(committed, []byte(test.committed), 0o644), os.WriteFile(executed, []byte(test.executed), 0o644)); err != nil {
				t.Fatal(err)
			}
			c := checker{app: app{stdout: &bytes.Buffer{}}, Checkout: jupyter.Checkout{Root: root}, update: test.update}
			err := c.compare(outcome{name: "process", executed: executed})
			if (err != nil) != test.fails {
				t.Errorf("error %v", err)
			}
			if err != nil {
				kept := c.Path("failed", "process.ipynb")
				if !strings.Contains(err.Error(), "executed notebook: "+kept) {
					t.Errorf("error %v does not name the kept notebook", err)
				}
				if text, _ := os.ReadFile(kept); !strings.Contains(string(text), "4 rows") {
					t.Errorf("kept\n%s", text)
				}
			}
			text, err := os.ReadFile(committed)
			if err != nil {
				t.Fatal(err)
			}
			if (string(text) == test.committed) != test.stays {
				t.Errorf("the committed notebook is now\n%s", text)
			}
		})
	}
}

func TestVerdictCountsFailures(t *testing.T) {
	var out bytes.Buffer
	c := checker{app: app{stdout: &out}, start: time.Now()}
	c.step(t.Context(), "first", func() error { return nil })
	if err := c.verdict(t.Context()); err != nil {
		t.Error(err)
	}
	c.step(t.Context(), "second", func() error { return errors.New("it broke\nbadly") })
	if err := c.verdict(t.Context()); err == nil || !strings.Contains(err.Error(), "1 of 2 steps") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(out.String(), "FAIL  second") || !strings.Contains(out.String(), "        it broke\n        badly\n") {
		t.Errorf("printed\n%s", out.String())
	}
}

func TestSummary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "process.ipynb")
	text := notebookWith("done", `"kelpie.summary": "{\"activity\":\"process\",\"origin\":\"made up\",\"rows\":1927968,\"models\":[{\"name\":\"GBTClassifier\",\"auc\":0.78125},{\"name\":\"Constant\"}]}"`)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (app{stdout: &out}).summarise(outcome{executed: path}); err != nil {
		t.Fatal(err)
	}
	const want = "process  1,927,968 rows; made up\n         GBTClassifier              AUC 0.7812\n         Constant                   AUC undefined\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	if err := os.WriteFile(path, []byte(notebookWith("done", "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (app{stdout: &out}).summarise(outcome{executed: path}); err != nil || out.Len() > 0 {
		t.Errorf("a notebook without a summary: %v, %q", err, out.String())
	}
}

func TestFuzzTargets(t *testing.T) {
	got := fuzzTargets("FuzzRead\nFuzzWrite\nok  \texample.org/csv\t0.1s\n?   \texample.org/none\t[no test files]\nok  \texample.org/plain\t0.1s\nFuzzModel\nok  \texample.org/model\t0.2s\n")
	want := []fuzzTarget{{"FuzzRead", "example.org/csv"}, {"FuzzWrite", "example.org/csv"}, {"FuzzModel", "example.org/model"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
