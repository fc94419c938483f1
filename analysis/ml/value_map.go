package ml

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A ValueMap replaces texts by numbers that are given, not fitted:
// OriginalValues[i] becomes NewValues[i], a float64. Any other text, and null,
// becomes null.
type ValueMap struct {
	InputCol       string
	OutputCol      string // default: the input with "_mapped"
	OriginalValues []string
	NewValues      []float64
}

// Transform adds the mapped column.
func (v ValueMap) Transform(f analysis.Frame) analysis.Frame {
	if len(v.OriginalValues) != len(v.NewValues) {
		return mistaken(f, fmt.Errorf("value map: %d OriginalValues and %d NewValues", len(v.OriginalValues), len(v.NewValues)))
	}
	return f.WithColumn(v.outputs()[0].Name, analysis.Col(v.InputCol).MapValues(v.OriginalValues, v.NewValues))
}

func (v ValueMap) inputs() []string { return []string{v.InputCol} }

func (v ValueMap) outputs() []plan.Field {
	return fieldsOf(column.Float64, orDefault(v.OutputCol, v.InputCol+"_mapped"))
}
