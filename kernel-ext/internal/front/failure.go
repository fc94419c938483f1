//go:build !windows

package front

import "github.com/stophacking/kelpie/kernel-ext/internal/cell"

// failure is the error of a cell, in Jupyter's terms.
type failure struct {
	name, value string
	traceback   []string // the value, when there is none
	placed      bool     // the error names the cell and, where it is known, the line
}

// content is the failure as an error message carries it. Front ends keep that in the notebook as it is, and nbformat
// takes nothing else.
func (f failure) content() map[string]any {
	traceback := f.traceback
	if len(traceback) == 0 {
		traceback = []string{f.value}
	}
	return map[string]any{"ename": f.name, "evalue": f.value, "traceback": traceback}
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
