package ml

import (
	"context"
	"fmt"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A CategoryPooler keeps the TopK most frequent texts of a column and replaces
// every other one, also those that fitting did not see, by Other. A command
// column of hundreds of names becomes one of TopK+1. Nulls stay null; of texts
// with equal counts the first by bytes is kept. A column that holds none of the kept
// texts gets a warning when it is transformed: all of it is Other.
type CategoryPooler struct {
	InputCol  string
	OutputCol string // default: the input with "_pooled"; it may be the input
	TopK      int    // default 50
	Other     string // default "other"; it must not be one of the kept texts
}

// Fit returns the pooler fitted to f.
func (c CategoryPooler) Fit(f analysis.Frame) *PipelineModel { return Pipeline{c}.Fit(f) }

func (c CategoryPooler) blank() (fitted, error) {
	if c.TopK < 0 {
		return nil, fmt.Errorf("TopK is %d", c.TopK)
	}
	return CategoryPoolerModel{InputCol: c.InputCol, OutputCol: orDefault(c.OutputCol, c.InputCol+"_pooled"), Other: orDefault(c.Other, "other")}, nil
}

func (c CategoryPooler) fit(_ context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := c.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(CategoryPoolerModel)
	if c.TopK == 0 {
		c.TopK = 50
	}
	counts, err := frequencies(f, c.InputCol)
	if err != nil {
		return nil, err
	}
	texts := counts[c.InputCol]
	for _, v := range texts[:min(c.TopK, len(texts))] {
		if v.text == m.Other {
			return nil, fmt.Errorf("column %q itself holds the text %q; choose another Other", c.InputCol, m.Other)
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
	if err := inPlace(f, m.InputCol, m.OutputCol); err != nil {
		return mistaken(f, fmt.Errorf("category pooler: %w", err))
	}
	in := plan.Ref{Name: m.InputCol}
	stays := plan.Binary{Operator: plan.Or, Left: plan.In{Of: in, Values: m.Kept}, Right: plan.Unary{Function: plan.IsNull, Of: in}}
	pooled := plan.When{Conditions: []plan.Expr{stays}, Values: []plan.Expr{in}, Otherwise: plan.Literal{Value: m.Other}}
	return with(f, plan.Recode{Inputs: m.inputs(), Outputs: m.outputs(), Values: []plan.Expr{pooled}, Known: [][]string{m.Kept}})
}

func (m CategoryPoolerModel) inputs() []string  { return []string{m.InputCol} }
func (m CategoryPoolerModel) outputs() []string { return []string{m.OutputCol} }
func (m CategoryPoolerModel) check() error      { return nil }
