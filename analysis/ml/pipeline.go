package ml

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Pipeline is a list of stages: each transformer is applied, each estimator
// fitted to what the stages before it made of the training rows and then applied.
type Pipeline []Stage

// A PipelineModel is a fitted pipeline, or the recipe of one: it is fitted when
// it is first needed, by Transform's frame or a method that returns an error.
type PipelineModel struct {
	pipeline Pipeline
	frame    analysis.Frame // the training rows
	node     *plan.Node
	outputs  []plan.Field

	once    sync.Once
	value   *model
	notes   plan.Notes
	failure error
}

// A model is the value of a fitted pipeline.
type model struct {
	stages []Transformer
	golden goldenRows
}

// savedModel is a model as JSON.
type savedModel struct {
	Stages []savedStage `json:"stages"`
	Golden goldenRows   `json:"golden"`
}

// Fit returns the pipeline fitted to f, as a recipe. No row of any other frame
// takes part in fitting.
func (p Pipeline) Fit(f analysis.Frame) *PipelineModel {
	m := &PipelineModel{pipeline: append(Pipeline{}, p...), frame: f}
	op := plan.Fitted{Label: "fit " + p.String(), Fit: m.fit}
	op.Arguments, op.Unknown = p.identity()
	m.node = plan.New(op, f.Node())
	outputs, err := p.check(f)
	if err != nil && m.node.Err == nil {
		m.node.Fail(err)
	}
	m.outputs = outputs
	return m
}

// String lists the stages.
func (p Pipeline) String() string {
	names := make([]string, len(p))
	for i, s := range p {
		names[i] = reflect.Indirect(reflect.ValueOf(&s).Elem().Elem()).Type().Name()
	}
	return "pipeline of " + strings.Join(names, ", ")
}

// identity returns what identifies the stages: their types, fields and, for a
// transformer of the notebook's own, its version.
func (p Pipeline) identity() (string, error) {
	var b strings.Builder
	var unknown error
	for _, s := range p {
		data, err := json.Marshal(s)
		if err != nil {
			return "", fmt.Errorf("the fields of %T: %w", s, err)
		}
		version := ""
		_, isEstimator := s.(estimator)
		_, isOurs := s.(fitted)
		if v, ok := s.(interface{ Version() string }); ok {
			version = v.Version()
		} else if !isEstimator && !isOurs {
			unknown = plan.ErrNoIdentity
		}
		fmt.Fprintf(&b, "%T %q %s\n", s, version, data)
	}
	return b.String(), unknown
}

// check walks the stages over f's columns, without computing, and returns the
// columns that they add.
func (p Pipeline) check(f analysis.Frame) ([]plan.Field, error) {
	if len(p) == 0 {
		return nil, errors.New("a pipeline without stages")
	}
	have := map[string]bool{}
	for _, name := range f.Columns() {
		have[name] = true
	}
	var added []plan.Field
	for i, s := range p {
		stage, ours := s.(interface {
			inputs() []string
			outputs() []plan.Field
		})
		if !ours {
			t, ok := s.(Transformer)
			if !ok {
				return nil, fmt.Errorf("pipeline stage %d, a %T, is neither a transformer nor an estimator of this package", i+1, s)
			}
			made := t.Transform(f)
			if err := made.Err(); err != nil && f.Err() == nil && !hasOutputsBefore(added) {
				return nil, fmt.Errorf("pipeline stage %d, %T: %w", i+1, s, err)
			}
			for _, field := range made.Node().Fields {
				if !have[field.Name] {
					have[field.Name] = true
					added = append(added, field)
				}
			}
			continue
		}
		for _, name := range stage.inputs() {
			if f.Err() == nil && !have[name] {
				return nil, fmt.Errorf("pipeline stage %d, %T: no column %q", i+1, s, name)
			}
		}
		for _, field := range stage.outputs() {
			have[field.Name] = true
			added = append(added, field)
		}
	}
	return added, nil
}

// hasOutputsBefore reports whether earlier stages add columns, which a
// notebook's own transformer may read but the bare frame has not.
func hasOutputsBefore(added []plan.Field) bool { return len(added) > 0 }

// Transform returns f with the columns that the stages add. A model that is not
// fitted yet is fitted when the result is first used.
func (m *PipelineModel) Transform(f analysis.Frame) analysis.Frame {
	build := func(ctx context.Context) (*plan.Node, error) {
		value, err := m.load(ctx)
		if err != nil {
			return nil, err
		}
		out := f
		for _, stage := range value.stages {
			out = stage.Transform(out)
		}
		return out.Node(), out.Err()
	}
	op := plan.Deferred{Label: "transform by " + m.pipeline.String(), Added: m.outputs, Build: build}
	return f.Session().Frame(plan.New(op, m.node, f.Node()))
}

// Err fits the model if need be and returns why it could not be fitted, or nil.
func (m *PipelineModel) Err() error {
	_, err := m.load(context.Background())
	return err
}

// Stages returns the fitted stages, in order.
func (m *PipelineModel) Stages() ([]Transformer, error) {
	value, err := m.load(context.Background())
	if err != nil {
		return nil, err
	}
	return append([]Transformer{}, value.stages...), nil
}

// Seconds returns how long fitting took when it was done, which may have been in
// an earlier cell.
func (m *PipelineModel) Seconds() (float64, error) {
	_, err := m.load(context.Background())
	return m.notes.Seconds, err
}

// String prints the recipe.
func (m *PipelineModel) String() string { return m.node.String() }

// load returns the fitted model: from memory, from the store, or by fitting.
func (m *PipelineModel) load(ctx context.Context) (*model, error) {
	m.once.Do(func() { m.failure = m.obtain(ctx) })
	return m.value, m.failure
}

func (m *PipelineModel) obtain(ctx context.Context) error {
	if m.value != nil { // loaded from a directory
		return nil
	}
	if m.node.Err != nil {
		return m.node.Err
	}
	engine, settings, err := m.frame.Engine()
	if err != nil {
		return err
	}
	blob, notes, err := engine.Blob(ctx, settings, m.node)
	if err != nil {
		return err
	}
	m.notes = notes
	m.value, err = decodeModel(blob, m.pipeline)
	return err
}

// fit fits every stage and returns the model as JSON.
func (m *PipelineModel) fit(ctx context.Context) ([]byte, error) {
	f := m.frame
	value := &model{}
	for _, s := range m.pipeline {
		t, _ := s.(Transformer)
		if e, ok := s.(estimator); ok {
			var err error
			if t, err = e.fit(ctx, f); err != nil {
				return nil, err
			}
		}
		value.stages = append(value.stages, t)
		f = t.Transform(f)
	}
	var err error
	if value.golden, err = makeGolden(ctx, m.frame, value.stages); err != nil {
		return nil, err
	}
	saved, err := encodeModel(value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(saved)
}

func encodeModel(value *model) (savedModel, error) {
	saved := savedModel{Golden: value.golden}
	for _, t := range value.stages {
		s, err := encodeStage(t)
		if err != nil {
			return saved, err
		}
		saved.Stages = append(saved.Stages, s)
	}
	return saved, nil
}

// decodeModel is the inverse of fit's encoding; transformers of the notebook's
// own are taken from the pipeline.
func decodeModel(blob []byte, p Pipeline) (*model, error) {
	var saved savedModel
	if err := json.Unmarshal(blob, &saved); err != nil {
		return nil, fmt.Errorf("ml: a kept model: %w", err)
	}
	value := &model{golden: saved.Golden}
	for i, s := range saved.Stages {
		if s.Stage == ownCode {
			t, ok := p[i].(Transformer)
			if !ok {
				return nil, fmt.Errorf("ml: a kept model: stage %d is not of this pipeline", i+1)
			}
			value.stages = append(value.stages, t)
			continue
		}
		t, err := decodeStage(s)
		if err != nil {
			return nil, fmt.Errorf("ml: a kept model: %w", err)
		}
		value.stages = append(value.stages, t)
	}
	return value, nil
}
