package ml

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Strategies of an Imputer.
const (
	ImputeMean   = "mean"
	ImputeMedian = "median" // of an even number of values the lower one of the two in the middle
	ImputeMode   = "mode"   // of values that are as frequent the smallest one
)

// An Imputer puts a surrogate in the place of missing numbers: the mean, median
// or mode of the training rows' values that are there. Null is always missing,
// and so is NaN unless MissingValues says otherwise.
//
// No NaN takes part in a surrogate. With MissingValues, though, a NaN is replaced
// only if it is one of them. The output has the type of the input; in a column of
// integers the surrogate is cut to one. A column without a value that is there is
// an error when fitting.
type Imputer struct {
	InputCols     []string  // integers or floats
	OutputCols    []string  // default: the input with "_imputed"; they may be the inputs
	Strategy      string    // default ImputeMean
	MissingValues []float64 // Spark's missingValue, or several; default NaN
}

// Fit returns the imputer fitted to f.
func (s Imputer) Fit(f analysis.Frame) *PipelineModel { return Pipeline{s}.Fit(f) }

func (s Imputer) blank() (fitted, error) {
	outputs, err := paired(s.InputCols, s.OutputCols, "_imputed")
	if err != nil {
		return nil, err
	}
	switch s.Strategy {
	case "", ImputeMean, ImputeMedian, ImputeMode:
	default:
		return nil, fmt.Errorf("Strategy %q is not one of %q", s.Strategy, []string{ImputeMean, ImputeMedian, ImputeMode})
	}
	m := ImputerModel{InputCols: s.InputCols, OutputCols: outputs, Surrogates: make([]float64, len(outputs)), MissingValues: s.MissingValues}
	if m.MissingValues == nil {
		m.MissingValues = []float64{math.NaN()}
	}
	return m, nil
}

func (s Imputer) fit(ctx context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := s.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(ImputerModel)
	b, err := collect(ctx, f.Select(s.InputCols...))
	if err != nil {
		return nil, err
	}
	for k, c := range b.Columns {
		values := make([]float64, 0, c.Len)
		for i := range c.Len {
			if v := c.Float(i); !c.IsNull(i) && v == v && !slices.Contains(s.MissingValues, v) {
				values = append(values, v)
			}
		}
		if len(values) == 0 {
			return nil, fmt.Errorf("column %q has no value to make a %s of: its %d rows are all null, NaN or one of MissingValues", c.Name, orDefault(s.Strategy, ImputeMean), c.Len)
		}
		if m.Surrogates[k] = surrogate(values, s.Strategy); math.IsInf(m.Surrogates[k], 0) || math.IsNaN(m.Surrogates[k]) {
			return nil, fmt.Errorf("column %q: the %s is %v, because of %s", c.Name, orDefault(s.Strategy, ImputeMean), m.Surrogates[k], firstInfinite(b, c))
		}
	}
	return m, nil
}

// firstInfinite says where a column is infinite.
func firstInfinite(b *column.Batch, c *column.Column) string {
	for i := range c.Len {
		if v := c.Float(i); math.IsInf(v, 0) {
			return fmt.Sprintf("%v in row %d", v, b.Row(i))
		}
	}
	return "its values"
}

// surrogate sorts the values.
func surrogate(values []float64, strategy string) float64 {
	slices.Sort(values)
	switch strategy {
	case ImputeMedian:
		return values[(len(values)-1)/2]
	case ImputeMode:
		mode, most := values[0], 0
		for from, at := 0, 0; at < len(values); from = at {
			for at < len(values) && values[at] == values[from] {
				at++
			}
			if at-from > most {
				mode, most = values[from], at-from
			}
		}
		return mode
	}
	return column.Describe(column.FromFloat64s("", values, nil)).Mean
}

// An ImputerModel is a fitted [Imputer]: Surrogates[i] takes the place of what is
// missing in InputCols[i], null or one of MissingValues.
type ImputerModel struct {
	InputCols     []string
	OutputCols    []string
	Surrogates    []float64
	MissingValues []float64
}

// Transform adds the imputed columns.
func (m ImputerModel) Transform(f analysis.Frame) analysis.Frame {
	if f.Err() != nil {
		return f
	}
	inputs, err := plan.FindAll(f.Node().Fields, m.InputCols)
	var added []string
	values := make([]plan.Expr, len(inputs))
	for i, in := range inputs {
		if in.Type != column.Int32 && in.Type != column.Int64 && in.Type != column.Float64 && err == nil {
			err = fmt.Errorf("column %q is %s, not of integers or floats", in.Name, in.Type)
		}
		if m.OutputCols[i] != in.Name {
			added = append(added, m.OutputCols[i])
		}
		values[i] = m.imputed(in, m.Surrogates[i])
	}
	if err == nil {
		err = fresh(f, added...)
	}
	if err != nil {
		return mistaken(f, fmt.Errorf("imputer: %w", err))
	}
	return with(f, plan.Recode{Inputs: m.InputCols, Outputs: m.OutputCols, Values: values})
}

// imputed is the column with the surrogate where it is missing, of the same type.
func (m ImputerModel) imputed(in plan.Field, surrogate float64) plan.Expr {
	c := plan.Ref{Name: in.Name}
	var missing plan.Expr = plan.Unary{Function: plan.IsNull, Of: c}
	for _, v := range m.MissingValues {
		missing = plan.Binary{Operator: plan.Or, Left: missing, Right: plan.Binary{Operator: plan.Equal, Left: c, Right: plan.Literal{Value: v}}}
	}
	by := plan.Literal{Value: surrogate}
	if in.Type != column.Float64 {
		by.Value = int64(surrogate)
	}
	return plan.Cast{Of: plan.When{Conditions: []plan.Expr{missing}, Values: []plan.Expr{by}, Otherwise: c}, To: in.Type}
}

func (m ImputerModel) inputs() []string  { return m.InputCols }
func (m ImputerModel) outputs() []string { return m.OutputCols }

func (m ImputerModel) check() error {
	if len(m.InputCols) == 0 || len(m.OutputCols) != len(m.InputCols) || len(m.Surrogates) != len(m.InputCols) {
		return fmt.Errorf("%d InputCols, %d OutputCols and %d Surrogates", len(m.InputCols), len(m.OutputCols), len(m.Surrogates))
	}
	return distinct("OutputCols", m.OutputCols)
}

type imputerFields ImputerModel

// An imputerJSON is an ImputerModel whose numbers may be NaN.
type imputerJSON struct {
	imputerFields
	Surrogates, MissingValues numbers
}

// MarshalJSON writes the model, also with NaN.
func (m ImputerModel) MarshalJSON() ([]byte, error) {
	return json.Marshal(imputerJSON{imputerFields(m), m.Surrogates, m.MissingValues})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *ImputerModel) UnmarshalJSON(data []byte) error {
	var j imputerJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*m = ImputerModel(j.imputerFields)
	m.Surrogates, m.MissingValues = j.Surrogates, j.MissingValues
	return nil
}
