package ml

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Pipeline is a list of stages: each transformer is applied, each estimator
// fitted to what the stages before it made of the training rows and then applied.
type Pipeline []Stage

// Fit returns the pipeline fitted to f, as a recipe: it is fitted when it is
// first needed. No row of any other frame takes part in fitting, and no row of f
// that a classifier's ValidationIndicatorCol marks in fitting any other stage.
//
// A mistake that shows without computing, such as a column that is not there or
// of a type that a stage does not take, is found now: see [PipelineModel.Err].
func (p Pipeline) Fit(f analysis.Frame) *PipelineModel {
	m := &PipelineModel{pipeline: p.flat(), session: f.Session(), training: f.String()}
	for _, c := range f.Node().Fields {
		m.schema = append(m.schema, input{c.Name, c.Type.String()})
	}
	op := plan.Fitted{Label: "fit " + m.pipeline.String(), Unknown: m.pipeline.unknown(),
		Fit: func(ctx context.Context) ([]byte, error) { return m.fit(ctx, f) }}
	parents := []*plan.Node{f.Node(), plan.New(recipe{m.pipeline, m.pipeline.versions()})}
	for _, s := range m.pipeline {
		if inner, ok := s.(*PipelineModel); ok {
			parents = append(parents, inner.node)
		}
	}
	m.node = plan.New(op, parents...)
	if m.node.Err == nil {
		var err error
		if m.blanks, err = m.pipeline.check(f); err != nil {
			blame(m.node, err)
		}
	}
	return m
}

// flat returns the stages with those of pipelines among them, and stages of this
// package instead of pointers to them.
func (p Pipeline) flat() Pipeline {
	var out Pipeline
	for _, s := range p {
		if v := reflect.ValueOf(s); v.Kind() == reflect.Pointer && !v.IsNil() {
			switch v.Elem().Interface().(type) {
			case estimator, fitted, Pipeline:
				s = v.Elem().Interface()
			}
		}
		if inner, ok := s.(Pipeline); ok {
			out = append(out, inner.flat()...)
			continue
		}
		out = append(out, s)
	}
	return out
}

// String lists the stages.
func (p Pipeline) String() string {
	names := make([]string, len(p))
	for i, s := range p {
		names[i] = nameOf(s)
	}
	return "pipeline of " + strings.Join(names, ", ")
}

// nameOf returns a stage's type, without the package where it is this one.
func nameOf(s Stage) string {
	if t, ok := s.(TreeModel); ok {
		return visible.Text(t.Name) // of a file, perhaps
	}
	return strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", s), "*"), "ml.")
}

// A recipe is what a model's key depends on beside the training rows: an operation
// that is never carried out.
type recipe struct {
	Stages   Pipeline
	Versions []string
}

func (r recipe) Describe() string                          { return r.Stages.String() }
func (recipe) Fields([][]plan.Field) ([]plan.Field, error) { return nil, nil }

// versions returns what the stages say of their code.
func (p Pipeline) versions() []string {
	out := make([]string, len(p))
	for i, s := range p {
		if v, ok := s.(interface{ Version() string }); ok {
			out[i] = v.Version()
		}
	}
	return out
}

// unknown returns why the stages do not identify what they do, or nil.
func (p Pipeline) unknown() error {
	for _, s := range p {
		switch s.(type) {
		case estimator, fitted, *PipelineModel, interface{ Version() string }:
		default:
			return fmt.Errorf("%s: %w", nameOf(s), plan.ErrNoIdentity)
		}
	}
	return nil
}

// check tries the stages on f's columns, without computing, and returns the
// transformers that they will become, but for what fitting finds. A model that
// leaves open which columns are texts is settled by f.
func (p Pipeline) check(f analysis.Frame) ([]Transformer, error) {
	if len(p) == 0 {
		return nil, errors.New("a pipeline without stages")
	}
	var blanks []Transformer
	for i, s := range p {
		var adds []Transformer
		switch s := s.(type) {
		case estimator:
			t, err := s.blank()
			if err != nil {
				return nil, p.blame(i, err)
			}
			if err := checkLabel(f, s); err != nil {
				return nil, p.blame(i, err)
			}
			adds = []Transformer{t}
		case *PipelineModel:
			settled, err := s.forFrame(f)
			if err != nil {
				return nil, p.blame(i, err)
			}
			p[i], adds = settled, settled.blanks
		case Transformer:
			adds = []Transformer{s}
		default:
			return nil, fmt.Errorf("stage %d, a %T, is neither a transformer nor an estimator of this package", i+1, s)
		}
		for _, t := range adds {
			if f = t.Transform(f); f.Err() != nil {
				return nil, p.blame(i, f.Err())
			}
		}
		blanks = append(blanks, adds...)
	}
	return blanks, nil
}

func checkLabel(f analysis.Frame, s estimator) error {
	learner, ok := s.(supervised)
	if !ok {
		return nil
	}
	t, err := typeOf(f, learner.label())
	if err == nil && !t.Numeric() && t != column.Bool {
		err = fmt.Errorf("label %q is %s; it must be 0 or 1", learner.label(), t)
	}
	if m, ok := s.(marked); ok && err == nil {
		err = checkMarks(f, m)
	}
	return err
}

func checkMarks(f analysis.Frame, m marked) error {
	for _, name := range m.marks() {
		if name == "" {
			continue
		}
		t, err := typeOf(f, name)
		if err == nil && !t.Numeric() && t != column.Bool {
			err = fmt.Errorf("column %q is %s; it must be numbers or bools", name, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// blame says which stage an error comes from, once: stage i, or an earlier one
// whose operation failed when stage i needed its rows. Operations of the engine
// begin their errors with the stage's name in words.
func (p Pipeline) blame(i int, err error) error {
	err = bare(err)
	words, _, _ := strings.Cut(err.Error(), ": ")
	for k := i; k >= 0; k-- {
		if strings.EqualFold(strings.NewReplacer(" ", "", "-", "").Replace(words), strings.TrimSuffix(nameOf(p[k]), "Model")) {
			return fmt.Errorf("stage %d: %w", k+1, err)
		}
	}
	return fmt.Errorf("stage %d, %s: %w", i+1, nameOf(p[i]), err)
}

// A model is the value of a fitted pipeline.
type model struct {
	stages []Transformer
	golden goldenRows
}

// savedModel is a model as JSON.
type savedModel struct {
	Stages []savedStage `json:"stages"`
	Schema []input      `json:"schema"`
	Golden goldenRows   `json:"golden"`
}

// fit fits every stage to the rows of f and returns the model as JSON. The rows
// are computed once.
func (m *PipelineModel) fit(ctx context.Context, f analysis.Frame) ([]byte, error) {
	training, err := collect(ctx, f.Select(m.needed(f)...))
	if err != nil {
		return nil, err
	}
	rows, few := computed(f, training), computed(f, training.Slice(0, min(1, training.Len)))
	value := &model{}
	for i, s := range m.pipeline {
		var made []Transformer
		switch s := s.(type) {
		case estimator:
			t, err := s.fit(ctx, m.pipeline.trainingRows(s, rows), few)
			if err != nil {
				return nil, located{at(m.node.Site, m.pipeline.blame(i, err))}
			}
			made = []Transformer{t}
		case *PipelineModel:
			if made, err = s.Stages(); err != nil {
				return nil, err
			}
		case Transformer:
			made = []Transformer{s}
		}
		for _, t := range made {
			rows, few = t.Transform(rows), t.Transform(few)
		}
		value.stages = append(value.stages, made...)
	}
	if value.golden, err = makeGolden(ctx, training, value.stages); err != nil {
		return nil, err
	}
	saved, err := encodeModel(value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(saved)
}

// trainingRows returns the rows that a stage is fitted to: not those that are for
// the validation of another stage.
func (p Pipeline) trainingRows(stage estimator, rows analysis.Frame) analysis.Frame {
	own := ""
	if v, ok := stage.(validated); ok {
		own = v.validation()
	}
	for _, s := range p {
		v, ok := s.(validated)
		if !ok || v.validation() == own || !slices.Contains(rows.Columns(), v.validation()) {
			continue
		}
		trained := analysis.Col(v.validation()).Equal(0)
		if t, err := typeOf(rows, v.validation()); err == nil && t == column.Bool {
			trained = analysis.Col(v.validation()).Not()
		}
		rows = rows.Filter(trained)
	}
	return rows
}

// frameOf returns a frame of rows at hand.
func frameOf(s *analysis.Session, b *column.Batch) analysis.Frame {
	return s.Frame(plan.New(plan.FromColumns{Batch: b, Content: uniqueContent()}))
}

// computed returns a frame of rows that f was computed to, or some of them: a stage
// that draws among them draws as below f.
func computed(f analysis.Frame, b *column.Batch) analysis.Frame {
	return f.Session().Frame(plan.New(plan.FromColumns{Batch: b, Content: uniqueContent(), Of: f.Node()}))
}

// needed returns the columns of f that fitting reads: all of them if a stage does
// not say.
func (m *PipelineModel) needed(f analysis.Frame) []string {
	wanted := neededColumns(f, m.blanks)
	for _, s := range m.pipeline {
		if learner, ok := s.(supervised); ok {
			wanted = append(wanted, learner.label())
		}
		if m, ok := s.(marked); ok {
			wanted = append(wanted, slices.DeleteFunc(m.marks(), func(name string) bool { return name == "" })...)
		}
	}
	set := setOf(wanted)
	return slices.DeleteFunc(f.Columns(), func(name string) bool { return !set[name] })
}

// neededColumns returns the columns of f that the stages read.
func neededColumns(f analysis.Frame, stages []Transformer) []string {
	var needed []string
	made := map[string]bool{}
	for _, s := range stages {
		stage, ours := s.(fitted)
		if !ours {
			return f.Columns()
		}
		for _, name := range stage.inputs() {
			if !made[name] {
				needed = append(needed, name)
			}
		}
		for _, name := range stage.outputs() {
			made[name] = true
		}
	}
	return needed
}

func encodeModel(value *model) (savedModel, error) {
	saved := savedModel{Schema: value.golden.Inputs, Golden: value.golden}
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
// own are taken from own, the pipeline's stages.
func decodeModel(blob []byte, own []Transformer) (*model, error) {
	var saved savedModel
	if err := json.Unmarshal(blob, &saved); err != nil {
		return nil, fmt.Errorf("ml: a kept model: %w", err)
	}
	value := &model{golden: saved.Golden}
	value.golden.Inputs = saved.Schema
	for i, s := range saved.Stages {
		if s.Stage == ownCode && i < len(own) {
			value.stages = append(value.stages, own[i])
			continue
		}
		t, err := decodeStage(s)
		if err != nil {
			return nil, fmt.Errorf("ml: a kept model: stage %d: %w", i+1, err)
		}
		value.stages = append(value.stages, t)
	}
	return value, nil
}
