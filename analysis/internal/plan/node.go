// Package plan holds what a frame is made of: recipes. A recipe is a tree of
// nodes, each an operation with its arguments; it says what is to be computed
// and reads nothing. An [Engine] carries recipes out.
//
// The package is the seam between the vocabulary of a notebook (analysis, ml)
// and the code that does the work: vocabularies build nodes, engines register
// themselves here as database drivers do, and neither imports the other.
package plan

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/number"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Field is one column of a frame: its name and type, and what its numbers count.
// The unit is for whoever shows them: it is part of no key and of no file.
type Field struct {
	Name    string      `json:"name"`
	Type    column.Type `json:"type"`
	Aliases []string    `json:"aliases,omitempty"` // other names in a file's header
	Unit    number.Unit `json:"-" key:"-"`
}

// An Op is one operation with its arguments: a struct whose exported fields, but
// those tagged key:"-", are what identifies it in a recipe key.
type Op interface {
	// Describe says the operation with its arguments, for people: "filter (attack = 1)".
	Describe() string
	// Fields returns the columns of the result, given those of each parent, or
	// the mistake in the arguments, such as an unknown column.
	Fields(parents [][]Field) ([]Field, error)
}

// A Node is an operation applied to the values of its parents. Nodes are
// immutable and shared.
type Node struct {
	Op      Op
	Parents []*Node
	Kept    bool    // the value is to be kept on disk under its key
	Site    string  // file:line of the call that made the node; no part of its key
	Fields  []Field // the columns of the value; nil where Err is not
	Err     error   // the first mistake in this node or above it

	memo keyMemo
}

// New returns the node for op over parents. A mistake, found here or carried by
// a parent, is remembered in Err, prefixed with the call that made it.
func New(op Op, parents ...*Node) *Node {
	n := &Node{Op: op, Parents: parents, Site: callSite()}
	fields := make([][]Field, len(parents))
	for i, p := range parents {
		if p.Err != nil {
			n.Err = p.Err
			return n
		}
		fields[i] = p.Fields
	}
	var err error
	if n.Fields, err = op.Fields(fields); err != nil {
		n.Fail(err)
	}
	return n
}

// Fail marks n as mistaken, naming the call that made it.
func (n *Node) Fail(err error) {
	n.Fields = nil
	if n.Site == "" {
		n.Err = fmt.Errorf("analysis: %w", visible.Error(err))
		return
	}
	n.Err = fmt.Errorf("analysis: %s: %w", n.Site, visible.Error(err))
}

// Keep returns n, or a copy of it, marked to be kept or not.
func (n *Node) Keep(kept bool) *Node {
	if n.Kept == kept {
		return n
	}
	return &Node{Op: n.Op, Parents: n.Parents, Kept: kept, Site: n.Site, Fields: n.Fields, Err: n.Err}
}

// Over returns the recipe of n with another node in the place of was, such as
// other rows with the same columns. It costs an allocation a node; no column is
// looked up again.
func (n *Node) Over(was, now *Node) *Node {
	if n == was {
		return now
	}
	out := n
	for i, p := range n.Parents {
		q := p.Over(was, now)
		if q == p {
			continue
		}
		if out == n {
			out = &Node{Op: n.Op, Parents: slices.Clone(n.Parents), Kept: n.Kept, Site: n.Site, Fields: n.Fields, Err: n.Err}
		}
		out.Parents[i] = q
	}
	return out
}

// String prints the recipe, the source first, one operation a line, with nothing in
// it unseen.
func (n *Node) String() string {
	var b strings.Builder
	n.print(&b, 0)
	return visible.Lines(strings.TrimRight(b.String(), "\n"))
}

func (n *Node) print(b *strings.Builder, indent int) {
	own := n.Err != nil // and no parent's
	for i, p := range n.Parents {
		in := indent
		if i > 0 {
			in++
		}
		p.print(b, in)
		own = own && p.Err == nil
	}
	b.WriteString(strings.Repeat("  ", indent))
	b.WriteString(short(n.Op.Describe()))
	if n.Kept {
		b.WriteString(", cached")
	}
	if own {
		fmt.Fprintf(b, "  (mistake: %v)", n.Err)
	}
	b.WriteByte('\n')
}

// short cuts a description that is too long to be read in a recipe.
func short(description string) string {
	const most = 100
	if runes := []rune(description); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return description
}

// Find returns the field of that name in fields, or an error that lists the first
// names there are. [FindAll] looks for many.
func Find(fields []Field, name string) (Field, error) {
	for _, f := range fields {
		if f.Name == name {
			return f, nil
		}
	}
	return Field{}, unknown(fields, name)
}

// FindAll returns the field of each name, in the order of names, or the error of
// [Find] for the first that there is not. It costs a step for each field and name.
func FindAll(fields []Field, names []string) ([]Field, error) {
	number := make(map[string]int, len(fields))
	for i, f := range fields {
		number[f.Name] = i
	}
	var found []Field
	for _, name := range names {
		i, ok := number[name]
		if !ok {
			return nil, unknown(fields, name)
		}
		found = append(found, fields[i])
	}
	return found, nil
}

// manyNames is how many names of columns an error lists.
const manyNames = 100

func unknown(fields []Field, name string) error {
	names := NamesOf(fields[:min(len(fields), manyNames)])
	rest := ""
	if more := len(fields) - len(names); more > 0 {
		rest = fmt.Sprintf(" and %d more", more)
	}
	return fmt.Errorf("no column %q; there are %s%s", name, visible.Names(names), rest)
}

// NamesOf returns the names of fields.
func NamesOf(fields []Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// modulePrefix begins the name of every function of this module.
const modulePrefix = "github.com/stophacking/kelpie/"

// callSite returns file:line of the nearest caller outside this module's own
// packages (its external tests and commands count as outside).
func callSite() string {
	var pcs [24]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		name := strings.TrimPrefix(f.Function, modulePrefix)
		inside := name != f.Function && strings.HasPrefix(name, "analysis") && !strings.HasSuffix(f.File, "_test.go")
		if f.Function != "" && !inside {
			return fmt.Sprintf("%s:%d", visible.Text(filepath.Base(f.File)), f.Line)
		}
		if !more {
			return ""
		}
	}
}
