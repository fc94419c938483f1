package jupyter

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// failure finds out why a run ended: from the error that a cell showed, else from what nbconvert said.
func (r *execution) failure(outputs, complaint string, ended error) *Failure {
	failure := &Failure{Notebook: r.name + ".ipynb"}
	nb, err := notebook.Load(r.copy)
	if err != nil {
		failure.Reason = err.Error()
		return failure
	}
	last := -1
	for _, cell := range readShown(outputs) {
		if cell.Cell < 0 || cell.Cell >= len(nb.Cells) {
			continue
		}
		last = cell.Cell
		nb.Cells[last].Outputs, nb.Cells[last].ExecutionCount = cell.Outputs, cell.ExecutionCount
		if reason := errorOf(cell.Outputs); reason != "" {
			failure.Reason = reason
		}
	}
	for n, at := range r.code {
		if at == last {
			failure.Cell, failure.Source = n+1, nb.Cells[at].Source
		}
	}
	switch {
	case failure.Reason != "":
	case strings.Contains(complaint, "CellTimeoutError"):
		failure.Reason = fmt.Sprintf("still running after its time limit of %v", r.CellTimeout)
	case strings.Contains(complaint, "DeadKernelError"):
		failure.Reason = "the kernel died"
	default:
		failure.Reason = fmt.Sprintf("nbconvert: %v\n%s", ended, indent(lastLines(complaint, 12)))
	}
	nb.SetLexer("go")
	if err := nb.Save(r.copy); err != nil {
		failure.Reason += "\n" + err.Error()
	}
	return failure
}

// errorOf is the text of the first error among a cell's outputs; empty when there is none.
func errorOf(outputs []notebook.Output) string {
	var said strings.Builder
	for _, output := range outputs {
		if output.Type == "stream" && output.Name == "stderr" {
			said.WriteString(output.Text)
		}
	}
	for _, output := range outputs {
		if output.Type != "error" {
			continue
		}
		reason := plain(strings.Join(output.Traceback, "\n"))
		if reason == "" {
			reason = plain(output.ErrorValue)
		}
		// Of a panic the error holds the exit status alone; what the program said stands beside it.
		if strings.HasPrefix(reason, "exit status") && said.Len() > 0 {
			reason += "\n" + lastLines(plain(said.String()), 20)
		}
		return reason
	}
	return ""
}

// plain is text without the escape sequences that colour it in a terminal, and without blanks around it. What else in it
// would steer the terminal is made visible.
func plain(text string) string {
	return visible.Lines(strings.TrimSpace(colours.ReplaceAllString(text, "")))
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// keep copies what helps to see why a run failed out of its folder, replacing what an earlier failure left.
func (r *execution) keep(failure *Failure) error {
	failure.Partial = filepath.Join(r.Failed, r.name+".ipynb")
	if err := copyFile(r.copy, failure.Partial); err != nil {
		return err
	}
	log := filepath.Join(r.folder, "kernel.log")
	if !exists(log) {
		// A kernel that never started has written none.
		return nil
	}
	failure.Log = filepath.Join(r.Failed, r.name+".log")
	return copyFile(log, failure.Log)
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return WriteFile(to, text)
}
