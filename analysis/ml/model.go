package ml

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A PipelineModel is a fitted pipeline, or the recipe of one: it is fitted when
// it is first needed, by a frame that Transform returned or by a method that
// returns an error. It may be used by several goroutines.
type PipelineModel struct {
	name     string // for titles; "" is none
	pipeline Pipeline
	session  *analysis.Session
	training string  // the recipe of the training rows
	schema   []input // the columns of the training rows, those read at least
	card     Card    // of a model that was loaded
	node     *plan.Node
	blanks   []Transformer // the stages, but for what fitting finds
	file     *lightGBMFile // where it leaves open which columns are texts; the stages are then any of the choices

	once    sync.Once
	value   *model
	notes   plan.Notes
	failure error
}

// Err returns the first mistake in the recipe, such as a column that is not
// there, or nil. It computes nothing: mistakes in the data are found when the
// model is fitted.
func (m *PipelineModel) Err() error { return m.node.Err }

// Transform returns f with the columns that the stages add. A model that is not
// fitted yet is fitted when the result is first used. f needs the columns that
// the stages read, but no label.
func (m *PipelineModel) Transform(f analysis.Frame) analysis.Frame {
	m, err := m.forFrame(f)
	if err != nil {
		if f.Err() != nil {
			return f
		}
		return mistaken(f, err)
	}
	op := plan.Deferred{Label: "transform by " + m.pipeline.String(), Short: "transform by " + m.short()}
	var shape analysis.Frame
	if m.node.Err == nil && f.Err() == nil {
		err := m.sameTypes(f)
		if err == nil {
			shape, err = m.apply(f, m.blanks)
		}
		if err != nil {
			return mistaken(f, err)
		}
		op.Added, op.Shape = shape.Node().Fields, shape.Node()
	}
	node := plan.New(op, m.node, f.Node())
	op.Build = func(ctx context.Context) (*plan.Node, error) {
		value, err := m.load(ctx)
		if err != nil {
			return nil, err
		}
		out, err := m.apply(f, value.stages)
		if err != nil {
			return nil, located{at(node.Site, err)}
		}
		moveTo(node.Site, out.Node(), f.Node())
		return out.Node(), nil
	}
	node.Op = op
	out := f.Session().Frame(node)
	if columns := shape.Columns(); node.Err == nil && !slices.Equal(columns, out.Columns()) { // a stage dropped some
		out = out.Select(columns...)
	}
	return out
}

// sameTypes refuses a frame whose columns are not of the types that the training
// rows had. Numbers stand for one another. A column that is missing is left to
// the stage that reads it.
func (m *PipelineModel) sameTypes(f analysis.Frame) error {
	then := map[string]input{}
	for _, c := range m.schema {
		if _, twice := then[c.Name]; !twice {
			then[c.Name] = c
		}
	}
	now := types(f)
	known := ofAnyType(m.blanks) // of no type that matters, or made by the stages
	for i, t := range m.blanks {
		stage, ours := t.(fitted)
		if !ours { // what it adds is not known
			return nil
		}
		for _, name := range stage.inputs() {
			was, trained := then[name]
			is, there := now[name]
			if !trained || !there || known[name] || is.Numeric() && was.numeric() || is.String() == was.Type {
				continue
			}
			err := fmt.Errorf("column %q is %s; it was %s when the pipeline was fitted", name, is, was.Type)
			if len(m.blanks) != len(m.pipeline) { // models among the stages
				return fmt.Errorf("%s: %w", nameOf(t), err)
			}
			return m.pipeline.blame(i, err)
		}
		for _, name := range stage.outputs() {
			known[name] = true
		}
	}
	return nil
}

// apply applies the stages, one by one, to f.
func (m *PipelineModel) apply(f analysis.Frame, stages []Transformer) (analysis.Frame, error) {
	for i, t := range stages {
		if f = t.Transform(f); f.Err() != nil {
			if len(stages) != len(m.pipeline) { // models among the stages
				return f, bare(f.Err())
			}
			return f, m.pipeline.blame(i, f.Err())
		}
	}
	return f, nil
}

// moveTo makes the nodes from n up to the input say that they were made at site.
func moveTo(site string, n, input *plan.Node) {
	var made []*plan.Node
	for ; n != input; n = n.Parents[0] {
		if len(n.Parents) == 0 { // not made of the input
			return
		}
		made = append(made, n)
	}
	for _, n := range made {
		n.Site = site
	}
}

// Stages returns the fitted stages, in order.
func (m *PipelineModel) Stages() ([]Transformer, error) {
	value, err := m.load(context.Background())
	if err != nil {
		return nil, err
	}
	return slices.Clone(value.stages), nil
}

// Seconds returns how long fitting took when it was done, which may have been in
// an earlier cell or program; 0 for a model that was loaded from a directory.
func (m *PipelineModel) Seconds() (float64, error) {
	_, err := m.load(context.Background())
	return m.notes.Seconds, err
}

// Warnings returns what has to be known about the fitted model, such as labels
// of one class only, or that it could not be kept.
func (m *PipelineModel) Warnings() ([]string, error) {
	value, err := m.load(context.Background())
	if err != nil {
		return nil, err
	}
	out := slices.Clone(m.notes.Warnings)
	for i, s := range value.stages {
		if t, ok := s.(TreeModel); ok {
			for _, w := range t.Log.Warnings {
				out = append(out, nameOf(value.stages[i])+": "+visible.Lines(w)) // of a file, perhaps
			}
		}
	}
	return out, nil
}

// Kept tells whether the fitted model is kept on disk, and the bytes it takes
// there; -1 bytes where it is not. It fits nothing, but looks at the files that the
// training rows are read from. A model that was loaded has files of its own.
func (m *PipelineModel) Kept() (bytes int64, kept bool) {
	if m.session == nil {
		return -1, false
	}
	return m.session.Frame(m.node).Kept()
}

// String prints the recipe.
func (m *PipelineModel) String() string {
	if m.training == "" {
		return m.node.String()
	}
	return m.training + "\nfit " + m.pipeline.String()
}

// load returns the fitted model: from memory, from the store, or by fitting.
func (m *PipelineModel) load(ctx context.Context) (*model, error) {
	m.once.Do(func() { m.failure = m.obtain(ctx) })
	return m.value, m.failure
}

func (m *PipelineModel) obtain(ctx context.Context) error {
	if m.file != nil {
		return at("", m.file.open())
	}
	if m.value != nil { // loaded from a directory
		return nil
	}
	engine, settings, err := m.session.Frame(m.node).Engine()
	if err != nil {
		return err
	}
	blob, notes, err := engine.Blob(ctx, settings, m.node)
	if err != nil {
		return err
	}
	m.notes = notes
	m.value, err = decodeModel(blob, m.blanks)
	return err
}

// uniqueContent identifies rows at hand in no other recipe.
func uniqueContent() string { return rand.Text() }
