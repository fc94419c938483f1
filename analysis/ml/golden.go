package ml

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// goldenCount is how many rows a model keeps to prove itself with.
const goldenCount = 64

// goldenRows are training rows with the scores that the model gave them when it
// was fitted. A loaded model has to give the same.
type goldenRows struct {
	Fields      []plan.Field `json:"fields"`
	Rows        [][]*string  `json:"rows"` // a value as text, nil for null
	Probability []float64    `json:"probability"`
	Raw         []float64    `json:"raw"`
}

// makeGolden takes rows spread evenly over the training rows and scores them.
// A pipeline without a classifier has no scores and so no golden rows.
func makeGolden(ctx context.Context, f analysis.Frame, stages []Transformer) (goldenRows, error) {
	var g goldenRows
	names, ok := scoreColumns(stages)
	if !ok {
		return g, nil
	}
	training, err := collect(ctx, f.Select(neededColumns(f, stages)...))
	if err != nil {
		return g, err
	}
	n := min(goldenCount, training.Len)
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i * training.Len / n)
	}
	sample := training.Gather(rows)
	sample.Rows = nil
	for _, c := range sample.Columns {
		g.Fields = append(g.Fields, plan.Field{Name: c.Name, Type: c.Type})
	}
	for i := range n {
		row := make([]*string, len(sample.Columns))
		for k, c := range sample.Columns {
			if !c.IsNull(i) {
				text := valueText(c, i)
				row[k] = &text
			}
		}
		g.Rows = append(g.Rows, row)
	}
	scored, err := g.score(ctx, f.Session(), stages, names)
	if err != nil {
		return g, err
	}
	g.Raw, g.Probability = scored.raw, scored.probability
	return g, nil
}

// neededColumns returns the columns of f that the stages read: all of them if a
// stage does not say.
func neededColumns(f analysis.Frame, stages []Transformer) []string {
	made := map[string]bool{}
	needed := map[string]bool{}
	for _, s := range stages {
		stage, ours := s.(fitted)
		if !ours {
			return f.Columns()
		}
		for _, name := range stage.inputs() {
			if !made[name] {
				needed[name] = true
			}
		}
		for _, field := range stage.outputs() {
			made[field.Name] = true
		}
	}
	var out []string
	for _, name := range f.Columns() {
		if needed[name] {
			out = append(out, name)
		}
	}
	if len(out) == 0 && len(f.Columns()) > 0 { // a constant needs no column, but rows
		out = f.Columns()[:1]
	}
	return out
}

// scoreColumns returns the columns that the last stage adds, if it is a classifier.
func scoreColumns(stages []Transformer) (Columns, bool) {
	switch m := stages[len(stages)-1].(type) {
	case TreeModel:
		return m.Columns, true
	case ConstantModel:
		return m.Columns, true
	}
	return Columns{}, false
}

// scores are what a model says of the golden rows, and the rows as its trees see
// them, a number a feature.
type scores struct {
	raw, probability []float64
	features         [][]float64
}

// score runs the stages over the golden rows.
func (g goldenRows) score(ctx context.Context, s *analysis.Session, stages []Transformer, names Columns) (scores, error) {
	var out scores
	batch, err := g.batch()
	if err != nil {
		return out, err
	}
	f := s.Frame(plan.New(plan.FromColumns{Batch: batch, Content: "golden"}))
	for _, t := range stages {
		f = t.Transform(f)
	}
	wanted := []string{names.RawPrediction, names.Probability}
	_, trees := stages[len(stages)-1].(TreeModel)
	if trees {
		wanted = append(wanted, names.Features)
	}
	b, err := collect(ctx, f.Select(wanted...))
	if err != nil {
		return out, err
	}
	out.raw, out.probability = b.Columns[0].Float64s, b.Columns[1].Float64s
	if trees {
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
			if p.Shift != nil {
				x -= p.Shift[k]
			}
			if p.Scale != nil {
				x *= p.Scale[k]
			}
			out = append(out, x)
		}
	}
	return out
}

// batch makes columns of the rows.
func (g goldenRows) batch() (*column.Batch, error) {
	b := &column.Batch{Len: len(g.Rows)}
	for k, field := range g.Fields {
		texts, valid := make([]string, len(g.Rows)), make([]bool, len(g.Rows))
		for i, row := range g.Rows {
			if len(row) != len(g.Fields) {
				return nil, fmt.Errorf("golden row %d has %d values for %d columns", i+1, len(row), len(g.Fields))
			}
			if row[k] != nil {
				texts[i], valid[i] = *row[k], true
			}
		}
		c, err := parseColumn(field, texts, valid)
		if err != nil {
			return nil, err
		}
		b.Columns = append(b.Columns, c)
	}
	return b, nil
}

// valueText writes a value so that parseColumn gives it back.
func valueText(c *column.Column, i int) string {
	if c.Type == column.Float64 {
		return strconv.FormatFloat(c.Float64s[i], 'g', -1, 64)
	}
	return fmt.Sprint(c.Value(i))
}

func parseColumn(field plan.Field, texts []string, valid []bool) (*column.Column, error) {
	switch field.Type {
	case column.Float64:
		return parseValues(field, texts, valid, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }, column.FromFloat64s)
	case column.Int64:
		return parseValues(field, texts, valid, parseInt64, column.FromInt64s)
	case column.Timestamp:
		return parseValues(field, texts, valid, parseInt64, column.FromTimestamps)
	case column.Int32:
		return parseValues(field, texts, valid, func(s string) (int32, error) {
			v, err := strconv.ParseInt(s, 10, 32)
			return int32(v), err
		}, column.FromInt32s)
	case column.Bool:
		return parseValues(field, texts, valid, strconv.ParseBool, column.FromBools)
	case column.String:
		return column.FromStrings(field.Name, texts, valid), nil
	}
	return nil, fmt.Errorf("golden rows: column %q is of type %s", field.Name, field.Type)
}

func parseInt64(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }

func parseValues[T any](field plan.Field, texts []string, valid []bool, parse func(string) (T, error), build func(string, []T, []bool) *column.Column) (*column.Column, error) {
	values := make([]T, len(texts))
	for i, text := range texts {
		if !valid[i] {
			continue
		}
		var err error
		if values[i], err = parse(text); err != nil {
			return nil, fmt.Errorf("golden rows: row %d, column %q: %w", i+1, field.Name, err)
		}
	}
	return build(field.Name, values, valid), nil
}

// scoreTolerance is how far a score may be off on a processor that rounds
// products and sums in one step.
const scoreTolerance = 1e-12

// prove replays the golden rows: the stages must give the stored scores, and so
// must the leaves library on the same trees.
func (g goldenRows) prove(ctx context.Context, stages []Transformer) error {
	names, ok := scoreColumns(stages)
	if !ok {
		return nil
	}
	if len(g.Rows) == 0 || len(g.Raw) != len(g.Rows) || len(g.Probability) != len(g.Rows) {
		return fmt.Errorf("golden rows: %d rows with %d scores", len(g.Rows), len(g.Raw))
	}
	now, err := g.score(ctx, analysis.NewSession(analysis.Config{}), stages, names)
	if err != nil {
		return fmt.Errorf("golden rows: %w", err)
	}
	if err := equalScores("this program", now.probability, g.Probability); err != nil {
		return err
	}
	if err := equalScores("this program", now.raw, g.Raw); err != nil {
		return err
	}
	m, trees := stages[len(stages)-1].(TreeModel)
	if !trees {
		return nil
	}
	second, err := lightgbm.Leaves([]byte(m.Text))
	if err != nil {
		return err
	}
	opinion := make([]float64, len(now.features))
	for i, row := range now.features {
		if opinion[i], err = second.Raw(row); err != nil {
			return err
		}
	}
	return equalScores("leaves", opinion, g.Raw)
}

func equalScores(who string, got, want []float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("golden rows: %s scores %d rows of %d", who, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(got[i] - want[i]); !(d <= scoreTolerance*max(1, math.Abs(want[i]))) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
			return fmt.Errorf("golden rows: row %d: %s scores %v, the saved model scored %v", i+1, who, got[i], want[i])
		}
	}
	return nil
}
