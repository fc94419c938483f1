package ml

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A MinMaxScaler moves and stretches every slot of a feature vector so that the
// least training value becomes Min and the greatest Max. Values of other rows may
// leave that range. A slot that is constant in training becomes (Min+Max)/2.
//
// NaN stays NaN, and fitting passes over it; a slot without any other value
// becomes NaN throughout. An infinite training value is an error, and so is a slot whose
// range is more than a float64 holds, or too small to be divided by. A scaled index
// column is no category any more.
type MinMaxScaler struct {
	InputCol  string  // default "features"
	OutputCol string  // default: the input with "_scaled"
	Min, Max  float64 // Min < Max; both 0 mean 0 and 1, else they are as given
}

// Fit returns the scaler fitted to f.
func (s MinMaxScaler) Fit(f analysis.Frame) *PipelineModel { return Pipeline{s}.Fit(f) }

func (s MinMaxScaler) blank() (fitted, error) {
	in := orDefault(s.InputCol, "features")
	m := MinMaxScalerModel{InputCol: in, OutputCol: orDefault(s.OutputCol, in+"_scaled"), Min: s.Min, Max: s.Max}
	if m.Min == 0 && m.Max == 0 {
		m.Max = 1
	}
	return m, m.check()
}

func (s MinMaxScaler) fit(ctx context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := s.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(MinMaxScalerModel)
	slots, err := slotStatistics(ctx, f, m.InputCol)
	if err != nil {
		return nil, err
	}
	m.OriginalMin, m.OriginalMax = slots.Column("min").Float64s, slots.Column("max").Float64s
	for k := range m.OriginalMin {
		name := slots.Column("name").Text(k)
		if math.IsInf(m.OriginalMin[k], 0) || math.IsInf(m.OriginalMax[k], 0) {
			return nil, infinite(ctx, f, m.InputCol, k, name)
		}
		if err := divisible(m.InputCol, name, "range", m.OriginalMax[k]-m.OriginalMin[k]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// infinite says which row makes slot k of a feature vector infinite.
func infinite(ctx context.Context, f analysis.Frame, vector string, k int, name string) error {
	b, err := collect(ctx, f.Select(vector))
	if err != nil {
		return err
	}
	for i := range b.Len {
		if v := dense(b.Columns[0].Features, i)[k]; math.IsInf(v, 0) {
			return fmt.Errorf("column %q: feature %q is %v in row %d; a range cannot be infinite", vector, name, v, b.Row(i))
		}
	}
	return divisible(vector, name, "range", math.Inf(1))
}

// A MinMaxScalerModel is a fitted [MinMaxScaler]: OriginalMin and OriginalMax,
// one item a slot, are the training rows' least and greatest value.
type MinMaxScalerModel struct {
	InputCol, OutputCol      string
	Min, Max                 float64
	OriginalMin, OriginalMax []float64
}

// Transform adds the scaled vector.
func (m MinMaxScalerModel) Transform(f analysis.Frame) analysis.Frame {
	if err := scalable(f, m.InputCol, m.OutputCol); err != nil && f.Err() == nil {
		return mistaken(f, fmt.Errorf("min-max scaler: %w", err))
	}
	n := len(m.OriginalMin)
	op := plan.Scale{Input: m.InputCol, Output: m.OutputCol, Shift: m.OriginalMin, Scale: make([]float64, n), Offset: make([]float64, n)}
	for k, low := range m.OriginalMin {
		op.Offset[k] = m.Min
		if width := m.OriginalMax[k] - low; width != 0 { // NaN too
			op.Scale[k] = (m.Max - m.Min) / width
		} else {
			op.Offset[k] = (m.Min + m.Max) / 2
		}
	}
	return with(f, op)
}

func (m MinMaxScalerModel) inputs() []string  { return []string{m.InputCol} }
func (m MinMaxScalerModel) outputs() []string { return []string{m.OutputCol} }

func (m MinMaxScalerModel) check() error {
	if !(m.Min < m.Max) || math.IsInf(m.Max-m.Min, 0) {
		return fmt.Errorf("Min %v is not less than Max %v, both finite", m.Min, m.Max)
	}
	if len(m.OriginalMin) != len(m.OriginalMax) {
		return fmt.Errorf("%d least and %d greatest values", len(m.OriginalMin), len(m.OriginalMax))
	}
	return nil
}

type minMaxFields MinMaxScalerModel

// A minMaxJSON is a MinMaxScalerModel whose numbers may be NaN.
type minMaxJSON struct {
	minMaxFields
	OriginalMin, OriginalMax numbers
}

// MarshalJSON writes the model, also with NaN.
func (m MinMaxScalerModel) MarshalJSON() ([]byte, error) {
	return json.Marshal(minMaxJSON{minMaxFields(m), m.OriginalMin, m.OriginalMax})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *MinMaxScalerModel) UnmarshalJSON(data []byte) error {
	var j minMaxJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*m = MinMaxScalerModel(j.minMaxFields)
	m.OriginalMin, m.OriginalMax = j.OriginalMin, j.OriginalMax
	return nil
}
