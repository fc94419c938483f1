//go:build !windows

package front

import (
	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/cell"
)

// failure is the error of a cell, in Jupyter's terms.
type failure struct {
	name, value string
	traceback   []string // the value, when there is none
	placed      bool     // the error names the cell and, where it is known, the line
}

// content is the failure as an error message carries it. Front ends keep that in the notebook as it is, and nbformat
// takes nothing else. Its texts quote what programs and cells say: front ends obey the terminal's escapes in them, so
// nothing in them stays unseen.
func (f failure) content() map[string]any {
	traceback := f.traceback
	if len(traceback) == 0 {
		traceback = []string{f.value}
	}
	lines := make([]string, len(traceback))
	for i, line := range traceback {
		lines[i] = visible.Lines(line)
	}
	return map[string]any{"ename": visible.Lines(f.name), "evalue": visible.Lines(f.value), "traceback": lines}
}

// reply is the failure as the reply of a request carries it.
func (f failure) reply() map[string]any {
	content := f.content()
	content["status"] = "error"
	return content
}

// explained is what package cell says, as a failure.
func explained(e cell.Explanation) *failure {
	return &failure{name: e.Name, value: e.Value, traceback: e.Traceback}
}
