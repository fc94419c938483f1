package ml

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A StandardScaler divides every slot of a feature vector by its sample standard
// deviation (n-1). WithMean subtracts the mean first; WithoutStd leaves the
// division out. A slot that is constant becomes 0, and one with a NaN becomes NaN
// throughout. A deviation that is more than a float64 holds, or too small to be
// divided by, is an error. A scaled index column is no category any more. What is
// scaled already may be scaled again.
type StandardScaler struct {
	InputCol   string // default "features"
	OutputCol  string // default: the input with "_scaled"
	WithMean   bool
	WithoutStd bool // Spark's withStd, the other way round
}

// Fit returns the scaler fitted to f.
func (s StandardScaler) Fit(f analysis.Frame) *PipelineModel { return Pipeline{s}.Fit(f) }

func (s StandardScaler) blank() (fitted, error) {
	in := orDefault(s.InputCol, "features")
	return StandardScalerModel{InputCol: in, OutputCol: orDefault(s.OutputCol, in+"_scaled"), WithMean: s.WithMean, WithoutStd: s.WithoutStd}, nil
}

func (s StandardScaler) fit(ctx context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := s.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(StandardScalerModel)
	slots, err := slotStatistics(ctx, f, m.InputCol)
	if err != nil {
		return nil, err
	}
	m.Mean, m.Std = slots.Column("mean").Float64s, slots.Column("stddev").Float64s
	for k, sd := range m.Std {
		if err := divisible(m.InputCol, slots.Column("name").Text(k), "deviation", sd); err != nil && !m.WithoutStd {
			return nil, err
		}
	}
	return m, nil
}

// divisible refuses a feature whose range or deviation no scaler can divide by.
func divisible(vector, feature, what string, by float64) error {
	switch {
	case math.IsInf(by, 0):
		return fmt.Errorf("column %q: the %s of feature %q is more than a float64 holds", vector, what, feature)
	case by != 0 && math.IsInf(1/by, 0):
		return fmt.Errorf("column %q: the %s of feature %q, %v, is too small to be divided by", vector, what, feature, by)
	}
	return nil
}

// scalable checks the columns of a scaler.
func scalable(f analysis.Frame, input, output string) error {
	if err := vector(f, input); err != nil {
		return err
	}
	return fresh(f, output)
}

// slotStatistics describes the slots of a feature vector, as [plan.Slots] says.
func slotStatistics(ctx context.Context, f analysis.Frame, vector string) (*column.Batch, error) {
	if n, err := f.Count(); err != nil || n == 0 {
		if err == nil {
			err = fmt.Errorf("no rows to be fitted to")
		}
		return nil, err
	}
	return collect(ctx, with(f, plan.Slots{Column: vector}))
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
	if err := scalable(f, m.InputCol, m.OutputCol); err != nil && f.Err() == nil {
		return mistaken(f, fmt.Errorf("standard scaler: %w", err))
	}
	op := plan.Scale{Input: m.InputCol, Output: m.OutputCol, Scale: make([]float64, len(m.Std))}
	if m.WithMean {
		op.Shift = m.Mean
	}
	for i, sd := range m.Std {
		switch {
		case m.WithoutStd:
			op.Scale[i] = 1
		case sd != 0: // NaN stays NaN
			op.Scale[i] = 1 / sd
		}
	}
	return with(f, op)
}

func (m StandardScalerModel) inputs() []string  { return []string{m.InputCol} }
func (m StandardScalerModel) outputs() []string { return []string{m.OutputCol} }

func (m StandardScalerModel) check() error {
	if len(m.Mean) != len(m.Std) {
		return fmt.Errorf("%d means and %d standard deviations", len(m.Mean), len(m.Std))
	}
	return nil
}

type scalerFields StandardScalerModel

// A scalerJSON is a StandardScalerModel whose numbers may be NaN.
type scalerJSON struct {
	scalerFields
	Mean, Std numbers
}

// MarshalJSON writes the model, also with NaN.
func (m StandardScalerModel) MarshalJSON() ([]byte, error) {
	return json.Marshal(scalerJSON{scalerFields(m), m.Mean, m.Std})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *StandardScalerModel) UnmarshalJSON(data []byte) error {
	var j scalerJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*m = StandardScalerModel(j.scalerFields)
	m.Mean, m.Std = j.Mean, j.Std
	return nil
}
