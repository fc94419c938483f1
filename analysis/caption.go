package analysis

import (
	"fmt"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Titled returns f with a title of what is shown of it, instead of one that says where
// its rows come from and what was done to them. Frames made of f do not inherit it.
func (f Frame) Titled(format string, args ...any) Frame {
	f.title = fmt.Sprintf(format, args...)
	return f
}

// WithTypes returns f to be shown with a row of column types, as [Table.WithTypes].
// Frames made of f do not inherit it.
func (f Frame) WithTypes() Frame {
	f.types = true
	return f
}

// atHand is what rows are called that come from no file.
const atHand = "values at hand"

// caption says what the rows of f are.
func (f Frame) caption() string {
	switch {
	case f.title != "":
		return f.title
	case f.node == nil:
		return ""
	}
	source, steps := history(f.node)
	if source == "" && len(steps) == 0 {
		source = atHand
	}
	return told(source, steps)
}

// about is the title of a table that says something about f's rows.
func (f Frame) about(title string) string {
	of := f.title
	if of == "" && f.node != nil {
		of = told(history(f.node))
	}
	if of == "" {
		return title
	}
	return title + ": " + of
}

// shownSteps is how many operations a caption tells before it leaves out what is
// between the first and the last.
const shownSteps = 3

func told(source string, steps []string) string {
	if len(steps) > shownSteps {
		steps = append([]string{steps[0], "…"}, steps[len(steps)-shownSteps+1:]...)
	}
	if source != "" {
		steps = append([]string{source}, steps...)
	}
	return strings.Join(steps, "; ")
}

// history returns what the rows of n are made of, "" of values at hand, and what was
// done to them, in order.
func history(n *plan.Node) (source string, steps []string) {
	switch op := n.Op.(type) {
	case plan.FromColumns:
		return "", nil
	case plan.ReadCSV:
		if op.Name != "" {
			return visible.Text(op.Name), nil
		}
	case plan.GroupBy:
		source, steps = history(n.Parents[0])
		return source, append(steps, cutStep(op.Counted()))
	}
	if len(n.Parents) == 0 {
		return n.Op.Describe(), nil
	}
	of, step := n.Parents[0], n.Op.Describe()
	if op, ok := n.Op.(plan.Deferred); ok && len(n.Parents) > 1 {
		of = n.Parents[1]
		if op.Short != "" {
			step = op.Short
		}
	}
	source, steps = history(of)
	return source, append(steps, cutStep(strings.TrimSpace(step)))
}

// cutStep shortens what is too long for a caption.
func cutStep(step string) string {
	const most = 60
	if runes := []rune(step); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return step
}

// keysOf returns the key columns of groups, also where rows of them were ordered or
// left out; nil of other rows.
func keysOf(n *plan.Node) []string {
	switch op := n.Op.(type) {
	case plan.GroupBy:
		return op.Keys
	case plan.OrderBy, plan.Limit, plan.Filter, plan.DropNulls, plan.FillNulls, plan.Sample, plan.WithColumn, plan.Select, plan.Drop:
		return keysOf(n.Parents[0])
	}
	return nil
}
