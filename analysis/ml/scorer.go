package ml

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Scorer scores rows at hand with a fitted model, a few at a time and again and
// again, as a service does that runs for long. It is made once, by
// [PipelineModel.Scorer], and may be used by any number of goroutines.
type Scorer struct {
	inputs      []input
	places      map[string]int  // of the inputs, by name
	anyType     map[string]bool // inputs whose type does not matter
	source, out *plan.Node      // the recipe, over rows that each call replaces
	session     *analysis.Session
	engine      plan.Engine
	settings    plan.Settings
	strangers   strangers
}

// Scorer returns a scorer of the model's last classifier, fitting the model
// first if need be. Neither it nor Load needs the code that trains: the program
// of a service that only loads and scores does not link that.
func (m *PipelineModel) Scorer() (*Scorer, error) {
	s, err := m.scorer(context.Background())
	if err != nil {
		return nil, at("", fmt.Errorf("scorer: %w", bare(err)))
	}
	return s, nil
}

func (m *PipelineModel) scorer(ctx context.Context) (*Scorer, error) {
	value, err := m.load(ctx)
	if err != nil {
		return nil, err
	}
	stages, names, _ := scoring(value.stages)
	if stages == nil {
		return nil, fmt.Errorf("%s holds no classifier", m.pipeline)
	}
	s := &Scorer{places: map[string]int{}, anyType: ofAnyType(stages)}
	b := &column.Batch{}
	for _, in := range value.golden.Inputs {
		c, err := parseColumn(in, nil, nil)
		if err != nil {
			return nil, err
		}
		if c.Type == column.Vector {
			return nil, fmt.Errorf("the model reads the feature vector %q, which is no value at hand: fit the stages that make it in the same pipeline", in.Name)
		}
		s.places[in.Name] = len(s.inputs)
		s.inputs, b.Columns = append(s.inputs, in), append(b.Columns, c)
	}
	rows := frameOf(m.session, b)
	f, err := m.apply(rows, stages)
	if err != nil {
		return nil, err
	}
	f = f.Select(names.Probability)
	if s.engine, s.settings, err = f.Engine(); err != nil {
		return nil, err
	}
	s.session, s.source, s.out = f.Session(), rows.Node(), f.Node()
	_, err = s.run(b) // what is made once is made now
	s.strangers.watch(stages)
	return s, err
}

// Inputs returns the names of the columns that a row must have, in the order of
// the training rows. Others may be given, too, and are not looked at.
func (s *Scorer) Inputs() []string {
	names := make([]string, len(s.inputs))
	for i, in := range s.inputs {
		names[i] = in.Name
	}
	return names
}

// Probabilities returns the probability of class 1 of each row: item i belongs to
// row i of the columns, which may come in any order and are as long as each
// other. It is to the last bit what Transform says of a frame of these rows.
//
// A column must be of the kind that it was in training: text, truth value or
// number, whichever. Nulls, NaN and texts that training did not see are dealt
// with as the stages say; a row that a stage skips is an error here.
func (s *Scorer) Probabilities(columns ...analysis.Values) ([]float64, error) {
	out, err := s.score(columns)
	if err != nil {
		return nil, at("", fmt.Errorf("scorer: %w", bare(err)))
	}
	return out, nil
}

func (s *Scorer) score(columns []analysis.Values) ([]float64, error) {
	f := s.session.FromColumns(columns...)
	if f.Err() != nil {
		return nil, f.Err()
	}
	rows := f.Node().Op.(plan.FromColumns).Batch
	b := &column.Batch{Columns: make([]*column.Column, len(s.inputs)), Len: rows.Len}
	for _, c := range rows.Columns {
		k, read := s.places[c.Name]
		if !read {
			continue
		}
		if s.anyType[c.Name] && c.Type != column.Vector {
			b.Columns[k] = c
			continue
		}
		var err error
		if b.Columns[k], err = s.inputs[k].take(c); err != nil {
			return nil, err
		}
	}
	if k := slices.Index(b.Columns, nil); k >= 0 {
		return nil, fmt.Errorf("there is no column %q; the model reads %q", s.inputs[k].Name, s.Inputs())
	}
	return s.run(b)
}

// run scores a batch of the inputs.
func (s *Scorer) run(b *column.Batch) ([]float64, error) {
	node := s.out.Over(s.source, &plan.Node{Op: plan.FromColumns{Batch: b}, Fields: s.source.Fields})
	out, notes, err := s.engine.Collect(context.Background(), s.settings, node)
	if err != nil {
		return nil, err
	}
	s.strangers.note(b, notes.Warnings)
	if out.Len != b.Len {
		return nil, fmt.Errorf("the stages skip %d of %d rows", b.Len-out.Len, b.Len)
	}
	return out.Columns[0].Float64s, nil
}

// Warnings returns, for each text column of whose values in all rows so far the
// model knows none, that it is so, with the first of them as an example: such a
// column says nothing, as where it holds FALSE and training saw false. A value
// that is known takes the warning back for good.
func (s *Scorer) Warnings() []string {
	s.strangers.lock.Lock()
	defer s.strangers.lock.Unlock()
	return slices.Sorted(maps.Values(s.strangers.warnings))
}

// strangers remembers the columns of which no value was known so far.
type strangers struct {
	open     atomic.Int32 // how many columns had no known value yet
	lock     sync.Mutex
	columns  []string          // those
	from     map[string]string // the input that a column is made of, if it is none itself
	warnings map[string]string // by column, of those that had values
}

// watch begins with the columns that the stages look texts of up in, and that may
// hold other texts.
func (s *strangers) watch(stages []Transformer) {
	s.from, s.warnings = origins(stages), map[string]string{}
	for _, t := range stages {
		switch m := t.(type) {
		case StringIndexerModel:
			if m.HandleInvalid == plan.OnInvalidKeep {
				s.columns = append(s.columns, m.InputCols...)
			}
		case CategoryPoolerModel:
			s.columns = append(s.columns, m.InputCol)
		case ValueMap:
			s.columns = append(s.columns, m.InputCol)
		}
	}
	s.open.Store(int32(len(s.columns)))
}

// note takes what scoring those rows warned of. A column without a warning has a
// value that is known, unless it has none at all.
func (s *strangers) note(rows *column.Batch, warnings []string) {
	if s.open.Load() == 0 || rows.Len == 0 {
		return
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.columns = slices.DeleteFunc(s.columns, func(name string) bool {
		for _, w := range warnings {
			if plan.IsStranger(w, name) {
				if s.warnings[name] == "" {
					s.warnings[name] = w
				}
				return false
			}
		}
		if c := rows.Column(orDefault(s.from[name], name)); c != nil && c.Nulls == c.Len {
			return false
		}
		delete(s.warnings, name)
		return true
	})
	s.open.Store(int32(len(s.columns)))
}

// take returns c as a column of the type that the input had in training.
func (in input) take(c *column.Column) (*column.Column, error) {
	if c.Type.String() == in.Type {
		return c, nil
	}
	if !c.Type.Numeric() || !in.numeric() {
		return nil, fmt.Errorf("column %q is %s; it was %s when the pipeline was fitted", c.Name, c.Type, in.Type)
	}
	if in.Type != column.Float64.String() {
		return c, nil // whole numbers, or numbers in their place: as in a frame
	}
	values, valid := make([]float64, c.Len), make([]bool, c.Len)
	for i := range values {
		if valid[i] = !c.IsNull(i); valid[i] {
			values[i] = c.Float(i)
		}
	}
	return column.FromFloat64s(c.Name, values, valid), nil
}
