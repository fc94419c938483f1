package ml

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// goldenCount is how many rows a model keeps to prove itself with.
const goldenCount = 64

// goldenRows are training rows with the scores that the model gave them when it
// was fitted. A loaded model has to give the same. A stage that skips rows may
// leave fewer scores than rows.
type goldenRows struct {
	Inputs      []input     `json:"-"`    // the schema, which stands beside them
	Rows        [][]*string `json:"rows"` // a value as text, nil for null; the numbers of a feature vector with blanks between
	Probability []float64   `json:"probability"`
	Raw         []float64   `json:"raw"`
}

// An input is a column that a frame must have.
type input struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func (in input) numeric() bool {
	switch in.Type {
	case column.Int32.String(), column.Int64.String(), column.Float64.String(), column.Timestamp.String():
		return true
	}
	return false
}

// makeGolden takes rows spread evenly over the training rows and scores them.
// A pipeline without a classifier has no scores and so no golden rows, but
// inputs.
func makeGolden(ctx context.Context, training *column.Batch, stages []Transformer) (goldenRows, error) {
	var g goldenRows
	scored, _, _ := scoring(stages)
	n := 0
	if scored != nil {
		n = min(goldenCount, training.Len)
	}
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i * training.Len / n)
	}
	f := frameOf(nil, training)
	needed := setOf(neededColumns(f, stages))
	var columns []*column.Column
	for _, c := range training.Gather(rows).Columns {
		if needed[c.Name] {
			g.Inputs, columns = append(g.Inputs, input{c.Name, c.Type.String()}), append(columns, c)
		}
	}
	for i := range n {
		row := make([]*string, len(g.Inputs))
		for k, c := range columns {
			if !c.IsNull(i) {
				text := valueText(c, i)
				row[k] = &text
			}
		}
		g.Rows = append(g.Rows, row)
	}
	if scored == nil {
		return g, nil
	}
	now, err := g.score(ctx, stages)
	g.Raw, g.Probability = now.raw, now.probability
	return g, err
}

// scoring returns the stages up to the last classifier, and the columns that it
// adds; no stages if there is none. trees is nil unless it is a model of trees.
func scoring(stages []Transformer) (upTo []Transformer, names Columns, trees *TreeModel) {
	for i := len(stages) - 1; i >= 0; i-- {
		switch m := stages[i].(type) {
		case TreeModel:
			return stages[:i+1], m.Columns, &m
		case ConstantModel:
			return stages[:i+1], m.Columns, nil
		}
	}
	return nil, Columns{}, nil
}

// scores are what a model says of the golden rows, and the rows as its trees see
// them, a number a feature.
type scores struct {
	raw, probability []float64
	features         [][]float64
}

// score runs the stages up to the classifier over the golden rows.
func (g goldenRows) score(ctx context.Context, stages []Transformer) (scores, error) {
	var out scores
	stages, names, trees := scoring(stages)
	f, err := g.frame()
	if err != nil {
		return out, err
	}
	for _, t := range stages {
		f = t.Transform(f)
	}
	wanted := []string{names.RawPrediction, names.Probability}
	if trees != nil {
		wanted = append(wanted, names.Features)
	}
	b, err := collect(ctx, f.Select(wanted...))
	if err != nil {
		return out, err
	}
	out.raw, out.probability = b.Columns[0].Float64s, b.Columns[1].Float64s
	if trees != nil {
		for i := range b.Len {
			out.features = append(out.features, dense(b.Columns[2].Features, i))
		}
	}
	return out, nil
}

// dense writes one row of a feature vector out, one number a slot.
func dense(f *column.Features, row int) []float64 {
	out := make([]float64, 0, f.Size())
	for _, p := range f.Parts {
		v := p.Values.Float(row)
		for k := range p.Slots() {
			x := v
			if p.OneHot {
				x = 0
				if v == float64(k) {
					x = 1
				}
			}
			out = append(out, p.Scaled(k, x))
		}
	}
	return out
}

// frame makes a frame of the rows.
func (g goldenRows) frame() (analysis.Frame, error) {
	b := &column.Batch{Len: len(g.Rows)}
	for i, row := range g.Rows {
		if len(row) != len(g.Inputs) {
			return analysis.Frame{}, fmt.Errorf("row %d has %d values for %d columns", i+1, len(row), len(g.Inputs))
		}
	}
	for k, in := range g.Inputs {
		texts, valid := make([]string, len(g.Rows)), make([]bool, len(g.Rows))
		for i, row := range g.Rows {
			if row[k] != nil {
				texts[i], valid[i] = *row[k], true
			}
		}
		c, err := parseColumn(in, texts, valid)
		if err != nil {
			return analysis.Frame{}, err
		}
		b.Columns = append(b.Columns, c)
	}
	f := frameOf(nil, b)
	return f, f.Err()
}

// valueText writes a value so that parseColumn gives it back.
func valueText(c *column.Column, i int) string {
	switch c.Type {
	case column.Float64:
		return strconv.FormatFloat(c.Float64s[i], 'g', -1, 64)
	case column.Vector:
		var texts []string
		for _, v := range dense(c.Features, i) {
			texts = append(texts, strconv.FormatFloat(v, 'g', -1, 64))
		}
		return strings.Join(texts, " ")
	}
	return fmt.Sprint(c.Value(i))
}

func parseColumn(in input, texts []string, valid []bool) (*column.Column, error) {
	switch in.Type {
	case column.Float64.String():
		return parseValues(in.Name, texts, valid, parseFloat64, column.FromFloat64s)
	case column.Int64.String():
		return parseValues(in.Name, texts, valid, parseInt64, column.FromInt64s)
	case column.Timestamp.String():
		return parseValues(in.Name, texts, valid, parseInt64, column.FromTimestamps)
	case column.Int32.String():
		return parseValues(in.Name, texts, valid, func(s string) (int32, error) {
			v, err := strconv.ParseInt(s, 10, 32)
			return int32(v), err
		}, column.FromInt32s)
	case column.Bool.String():
		return parseValues(in.Name, texts, valid, strconv.ParseBool, column.FromBools)
	case column.String.String():
		return column.FromStrings(in.Name, texts, valid), nil
	case column.Vector.String():
		return parseVector(in.Name, texts)
	}
	return nil, fmt.Errorf("column %q is of type %q", in.Name, in.Type)
}

// parseVector makes a feature vector of one numeric part a slot: for trees that
// is the same as the parts it was made of.
func parseVector(name string, texts []string) (*column.Column, error) {
	features := &column.Features{}
	var slots [][]float64
	for i, text := range texts {
		fields := strings.Fields(text)
		if i == 0 {
			slots = make([][]float64, len(fields))
		}
		if len(fields) != len(slots) {
			return nil, fmt.Errorf("row %d, column %q: %d features, the first row has %d", i+1, name, len(fields), len(slots))
		}
		for k, field := range fields {
			v, err := parseFloat64(field)
			if err != nil {
				return nil, fmt.Errorf("row %d, column %q: %w", i+1, name, err)
			}
			slots[k] = append(slots[k], v)
		}
	}
	for k, values := range slots {
		slot := fmt.Sprintf("%s_%d", name, k)
		features.Parts = append(features.Parts, column.Part{Name: slot, Values: column.FromFloat64s(slot, values, nil)})
	}
	return &column.Column{Name: name, Type: column.Vector, Len: len(texts), Features: features}, nil
}

func parseFloat64(s string) (float64, error) { return strconv.ParseFloat(s, 64) }
func parseInt64(s string) (int64, error)     { return strconv.ParseInt(s, 10, 64) }

func parseValues[T any](name string, texts []string, valid []bool, parse func(string) (T, error), build func(string, []T, []bool) *column.Column) (*column.Column, error) {
	values := make([]T, len(texts))
	for i, text := range texts {
		if !valid[i] {
			continue
		}
		var err error
		if values[i], err = parse(text); err != nil {
			return nil, fmt.Errorf("row %d, column %q: %w", i+1, name, err)
		}
	}
	return build(name, values, valid), nil
}

// scoreTolerance is how far a score may be off on a processor that rounds
// products and sums in one step.
const scoreTolerance = 1e-12

// prove replays the golden rows: the stages must give the stored scores, and so
// must the leaves library on the same trees.
func (g goldenRows) prove(ctx context.Context, stages []Transformer) error {
	scored, _, trees := scoring(stages)
	if scored == nil {
		f, err := g.frame()
		for _, t := range stages {
			if err == nil {
				f = t.Transform(f)
				err = f.Err()
			}
		}
		return err
	}
	if len(g.Rows) == 0 || len(g.Raw) != len(g.Probability) {
		return fmt.Errorf("%d rows with %d scores and %d probabilities", len(g.Rows), len(g.Raw), len(g.Probability))
	}
	now, err := g.score(ctx, stages)
	if err != nil {
		return err
	}
	if err := equalScores("this program", now.probability, g.Probability); err != nil {
		return err
	}
	if err := equalScores("this program", now.raw, g.Raw); err != nil {
		return err
	}
	if trees == nil {
		return nil
	}
	opinion, err := secondOpinion([]byte(trees.Text), now.features)
	if err != nil {
		return err
	}
	return equalScores("leaves", opinion, g.Raw)
}

func equalScores(who string, got, want []float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s scores %d rows, the saved model scored %d", who, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(got[i] - want[i]); !(d <= scoreTolerance*max(1, math.Abs(want[i]))) {
			return fmt.Errorf("row %d: %s scores %v, the saved model scored %v", i+1, who, got[i], want[i])
		}
	}
	return nil
}
