package ml

import (
	"context"
	"fmt"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A CategoryPooler keeps the TopK most frequent texts of a column and replaces
// every other one, also those that fitting did not see, by Other. A command
// column of hundreds of names becomes one of K+1. Nulls stay null; of texts with
// equal counts the first by bytes is kept.
type CategoryPooler struct {
	InputCol  string
	OutputCol string // default: the input with "_pooled"
	TopK      int    // default 50
	Other     string // default "other"; it must not be one of the kept texts
}

// Fit returns the pooler fitted to f.
func (c CategoryPooler) Fit(f analysis.Frame) *PipelineModel { return Pipeline{c}.Fit(f) }

func (c CategoryPooler) inputs() []string { return []string{c.InputCol} }

func (c CategoryPooler) outputs() []plan.Field {
	return fieldsOf(column.String, orDefault(c.OutputCol, c.InputCol+"_pooled"))
}

func (c CategoryPooler) fit(_ context.Context, f analysis.Frame) (fitted, error) {
	if c.TopK < 0 {
		return nil, fmt.Errorf("category pooler: TopK is %d", c.TopK)
	}
	if c.TopK == 0 {
		c.TopK = 50
	}
	counts, err := frequencies(f, c.InputCol)
	if err != nil {
		return nil, err
	}
	m := CategoryPoolerModel{InputCol: c.InputCol, OutputCol: c.outputs()[0].Name, Other: orDefault(c.Other, "other")}
	for _, v := range counts[:min(c.TopK, len(counts))] {
		if v.text == m.Other {
			return nil, fmt.Errorf("category pooler: column %s itself holds the text %q; choose another Other", c.InputCol, m.Other)
		}
		m.Kept = append(m.Kept, v.text)
	}
	return m, nil
}

// A CategoryPoolerModel is a fitted [CategoryPooler]: Kept are the texts it
// keeps, the most frequent first.
type CategoryPoolerModel struct {
	InputCol, OutputCol string
	Kept                []string
	Other               string
}

// Transform adds the pooled column.
func (m CategoryPoolerModel) Transform(f analysis.Frame) analysis.Frame {
	c := analysis.Col(m.InputCol)
	return f.WithColumn(m.OutputCol, analysis.When(c.In(m.Kept...).Or(c.IsNull()), c).Otherwise(m.Other))
}

func (m CategoryPoolerModel) inputs() []string      { return []string{m.InputCol} }
func (m CategoryPoolerModel) outputs() []plan.Field { return fieldsOf(column.String, m.OutputCol) }
