package ml

import (
	"context"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A StandardScaler divides every slot of a feature vector by its sample standard
// deviation (n-1). WithMean subtracts the mean first; WithoutStd leaves the
// division out. A slot that is constant becomes 0. A scaled index column is no
// category any more.
type StandardScaler struct {
	InputCol   string
	OutputCol  string // default: the input with "_scaled"
	WithMean   bool
	WithoutStd bool
}

// Fit returns the scaler fitted to f.
func (s StandardScaler) Fit(f analysis.Frame) *PipelineModel { return Pipeline{s}.Fit(f) }

func (s StandardScaler) inputs() []string { return []string{s.InputCol} }

func (s StandardScaler) outputs() []plan.Field {
	return fieldsOf(column.Vector, orDefault(s.OutputCol, s.InputCol+"_scaled"))
}

func (s StandardScaler) fit(ctx context.Context, f analysis.Frame) (fitted, error) {
	b, err := collect(ctx, with(f, plan.Slots{Column: s.InputCol}))
	if err != nil {
		return nil, err
	}
	return StandardScalerModel{InputCol: s.InputCol, OutputCol: s.outputs()[0].Name,
		Mean: b.Column("mean").Float64s, Std: b.Column("stddev").Float64s,
		WithMean: s.WithMean, WithoutStd: s.WithoutStd}, nil
}

// A StandardScalerModel is a fitted [StandardScaler]: Mean and Std have one item
// a slot.
type StandardScalerModel struct {
	InputCol, OutputCol  string
	Mean, Std            []float64
	WithMean, WithoutStd bool
}

// Transform adds the scaled vector.
func (m StandardScalerModel) Transform(f analysis.Frame) analysis.Frame {
	op := plan.Scale{Input: m.InputCol, Output: m.OutputCol, Scale: make([]float64, len(m.Std))}
	if m.WithMean {
		op.Shift = m.Mean
	}
	for i, sd := range m.Std {
		switch {
		case m.WithoutStd:
			op.Scale[i] = 1
		case sd > 0:
			op.Scale[i] = 1 / sd
		}
	}
	return with(f, op)
}

func (m StandardScalerModel) inputs() []string      { return []string{m.InputCol} }
func (m StandardScalerModel) outputs() []plan.Field { return fieldsOf(column.Vector, m.OutputCol) }
