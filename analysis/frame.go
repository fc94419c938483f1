package analysis

import (
	"context"
	"errors"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Frame is a table as a recipe: where its rows come from and what was done to
// them. It is immutable and cheap to copy; verbs return new frames. See the
// package comment for when it is computed.
type Frame struct {
	session *Session
	node    *plan.Node
	title   string // of what is shown; "" is [Frame.caption]
	types   bool   // show them
}

// errNoFrame is what the zero Frame reports.
var errNoFrame = errors.New("analysis: this frame was never made; frames come from a session, as session.ReadCSV(…)")

// with returns the frame of op applied to f.
func (f Frame) with(op plan.Op, others ...Frame) Frame {
	nodes := []*plan.Node{f.Node()}
	for _, o := range others {
		nodes = append(nodes, o.Node())
	}
	return Frame{session: f.session, node: plan.New(op, nodes...)}
}

// Node returns the recipe of f. It is for packages of this module that add
// operations, such as ml.
func (f Frame) Node() *plan.Node {
	if f.node == nil {
		return &plan.Node{Op: plan.Select{}, Err: errNoFrame}
	}
	return f.node
}

// Session returns the session that f was made by.
func (f Frame) Session() *Session { return f.session }

// Err returns the first mistake in the recipe, such as an unknown column, or
// nil. Mistakes in the data are found by terminal calls only.
func (f Frame) Err() error {
	if n := f.Node(); n.Err != nil {
		return n.Err
	}
	if f.session != nil {
		return f.session.err
	}
	return nil
}

// Engine returns the engine and the settings under which f is computed, or the
// first mistake in its recipe. It is for packages of this module that add
// terminal calls, such as ml.
func (f Frame) Engine() (plan.Engine, plan.Settings, error) {
	if err := f.Err(); err != nil {
		return nil, plan.Settings{}, err
	}
	e, err := plan.Registered()
	return e, f.session.settings, err
}

// String prints the recipe, the source first. It never computes anything.
func (f Frame) String() string { return f.Node().String() }

// Schema returns the names, types and units of the columns, without computing
// anything; the zero Schema if the recipe has a mistake.
func (f Frame) Schema() Schema {
	var s Schema
	for _, field := range f.Node().Fields {
		s.Fields = append(s.Fields, Field{Name: field.Name, Type: Type(field.Type), Unit: Unit(field.Unit)})
	}
	return s
}

// Columns returns the names of the columns, in order.
func (f Frame) Columns() []string {
	fields := f.Node().Fields
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	return names
}

// columnsOf returns the names of f's columns whose type passes the test.
func (f Frame) columnsOf(wanted func(column.Type) bool) []string {
	var names []string
	for _, field := range f.Node().Fields {
		if wanted(field.Type) {
			names = append(names, field.Name)
		}
	}
	return names
}

// collect computes the value of f.
func (f Frame) collect() (*column.Batch, plan.Notes, error) {
	engine, settings, err := f.Engine()
	if err != nil {
		return nil, plan.Notes{}, err
	}
	return engine.Collect(context.Background(), settings, f.node)
}

// Cache marks the value of f to be kept on disk: it is computed at its first
// use and mapped back by every later one, in this program or another. Caching
// twice is the same as once.
func (f Frame) Cache() Frame {
	f.node = f.Node().Keep(true)
	return f
}

// Kept tells whether the value of f is kept on disk, and the bytes it takes there;
// -1 bytes where it is not, for the size of a value that is not computed is not
// known. It computes nothing, but looks at the files that f is read from.
func (f Frame) Kept() (bytes int64, kept bool) {
	engine, _, err := f.Engine()
	if err != nil {
		return -1, false
	}
	if bytes, kept = engine.Kept(f.node); !kept {
		return -1, false
	}
	return bytes, true
}

// Unpersist removes the kept value of f, if there is one, and returns f without
// the mark. Other frames that are kept stay so.
func (f Frame) Unpersist() (Frame, error) {
	engine, _, err := f.Engine()
	if err != nil {
		return f, err
	}
	if err := engine.Unkeep(context.Background(), f.node); err != nil {
		return f, err
	}
	f.node = f.node.Keep(false)
	return f, nil
}
