package jupyter

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// failure finds out why a run ended: from the error that a cell showed, else from what nbconvert said.
func (r *execution) failure(outputs, complaint string, ended error) *Failure {
	failure := &Failure{Notebook: r.name + ".ipynb"}
	d, err := readDocument(r.copy)
	if err != nil {
		failure.Reason = err.Error()
		return failure
	}
	cells := d.cells()
	last := -1
	for _, kept := range readOutputs(outputs) {
		if kept.Cell < 0 || kept.Cell >= len(cells) {
			continue
		}
		last = kept.Cell
		cells[last]["outputs"] = kept.Outputs
		cells[last]["execution_count"] = kept.ExecutionCount
		if reason := errorOf(kept.Outputs); reason != "" {
			failure.Reason = reason
		}
	}
	for n, at := range r.code {
		if at == last {
			failure.Cell, failure.Source = n+1, joined(cells[at]["source"])
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
	d.highlightGo()
	if err := d.write(r.copy); err != nil {
		failure.Reason += "\n" + err.Error()
	}
	return failure
}

// errorOf is the text of the first error among a cell's outputs; empty when there is none.
func errorOf(outputs []any) string {
	for _, entry := range outputs {
		output, _ := entry.(map[string]any)
		if output["output_type"] != "error" {
			continue
		}
		var lines []string
		trace, _ := output["traceback"].([]any)
		for _, line := range trace {
			lines = append(lines, strings.TrimRight(joined(line), "\n"))
		}
		value := joined(output["evalue"])
		if len(lines) == 0 {
			lines = []string{value}
		}
		reason := strings.TrimSpace(colours.ReplaceAllString(strings.Join(lines, "\n"), ""))
		// Of a panic the error holds the exit status alone; what the program said stands beside it.
		if said := printed(outputs, "stderr"); strings.HasPrefix(reason, "exit status") && said != "" {
			reason += "\n" + lastLines(said, 20)
		}
		return reason
	}
	return ""
}

// printed is all that a cell's program printed to stdout or stderr.
func printed(outputs []any, stream string) string {
	var whole strings.Builder
	for _, entry := range outputs {
		output, _ := entry.(map[string]any)
		if output["output_type"] == "stream" && output["name"] == stream {
			whole.WriteString(joined(output["text"]))
		}
	}
	return strings.TrimSpace(colours.ReplaceAllString(whole.String(), ""))
}

// colours are the escape sequences with which a terminal is told to colour text.
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
	return writeFile(to, text)
}
