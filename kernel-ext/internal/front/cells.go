//go:build !windows

package front

import (
	"context"
	"strings"
)

// Cells knows what a cell's source means. The kernel calls it from one goroutine.
type Cells interface {
	// Prepare makes what GoNB is to run out of a cell's source; number is its execution count.
	Prepare(source string, number int) (Program, error)
	// Explain turns how a cell ended into what the user reads; nil when the cell is well.
	Explain(p Program, e Ending) *Failure
	// Settle is told how a prepared cell ended.
	Settle(p Program, ok bool)
}

// A Program is a prepared cell.
type Program struct {
	Source string // what the user wrote
	Number int    // its execution count
	// Text is what GoNB gets. When empty GoNB is not asked, the cell is answered by Local alone.
	Text string
	// Local is text that the kernel itself shows, before GoNB runs anything.
	Local string
}

// An Ending is how GoNB ended a cell.
type Ending struct {
	// OK is GoNB's opinion; Name, Value and Traceback are what it says of a cell that failed.
	OK          bool
	Name, Value string
	Traceback   []string
	// Stderr is the tail of standard error from the line on with which a Go program announces its death; it was not
	// shown yet.
	Stderr string
}

// A Failure is the error of a cell.
type Failure = failure

// failure is an error in Jupyter's terms.
type failure struct {
	Name, Value string
	Traceback   []string
}

// content is the failure as a reply and an error message carry it.
func (f failure) content() map[string]any {
	traceback := f.Traceback
	if traceback == nil {
		traceback = []string{f.Value}
	}
	return map[string]any{"status": "error", "ename": f.Name, "evalue": f.Value, "traceback": traceback}
}

// Assist answers what a front end asks about code. Its methods are called from several goroutines.
type Assist interface {
	// Complete returns the completions of the text between two positions, counted in code points.
	Complete(ctx context.Context, code string, cursor int) Completion
	// Inspect returns what is known of the name at the cursor, by MIME type; nil when nothing.
	Inspect(ctx context.Context, code string, cursor, detail int) map[string]any
	// IsComplete returns complete, incomplete, invalid or unknown, and the indent of the next line.
	IsComplete(code string) (status, indent string)
}

// A Completion is the answer of Complete.
type Completion struct {
	Matches    []string
	Start, End int
	Metadata   map[string]any
}

// plainCells passes cells and errors on as they are.
type plainCells struct{}

func (plainCells) Prepare(source string, number int) (Program, error) {
	return Program{Source: source, Number: number, Text: source}, nil
}

func (plainCells) Settle(Program, bool) {}

func (plainCells) Explain(_ Program, e Ending) *Failure {
	if e.OK {
		return nil
	}
	traceback := e.Traceback
	if e.Stderr != "" {
		traceback = append(strings.Split(strings.TrimRight(e.Stderr, "\n"), "\n"), traceback...)
	}
	return &Failure{e.Name, e.Value, traceback}
}

// noAssist knows nothing.
type noAssist struct{}

func (noAssist) Complete(_ context.Context, _ string, cursor int) Completion {
	return Completion{Start: cursor, End: cursor}
}
func (noAssist) Inspect(context.Context, string, int, int) map[string]any { return nil }
func (noAssist) IsComplete(string) (status, indent string)                { return "unknown", "" }
