package ml

import (
	"context"
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A OneHotEncoder turns index columns of K categories into feature vectors of
// K-1 slots: slot k is 1 where the index is k, and the last category is all
// zeros, because its slot would follow from the others. KeepLast gives it a slot
// too. K is the number of the index column's labels, or without labels the
// greatest index fitted plus one.
//
// An index of K or more is an error when transforming; HandleInvalid "keep"
// makes it a category of its own, after the others. Anything but a whole number
// from 0 on is an error.
type OneHotEncoder struct {
	InputCols     []string
	OutputCols    []string // default: the input with "_vec"
	KeepLast      bool
	HandleInvalid string
}

// Fit returns the encoder fitted to f.
func (o OneHotEncoder) Fit(f analysis.Frame) *PipelineModel { return Pipeline{o}.Fit(f) }

func (o OneHotEncoder) inputs() []string { return o.InputCols }

func (o OneHotEncoder) outputs() []plan.Field {
	names, _ := paired("", o.InputCols, o.OutputCols, "_vec")
	return fieldsOf(column.Vector, names...)
}

func (o OneHotEncoder) fit(ctx context.Context, f analysis.Frame) (fitted, error) {
	outputs, err := paired("one-hot encoder", o.InputCols, o.OutputCols, "_vec")
	if err != nil {
		return nil, err
	}
	m := OneHotEncoderModel{InputCols: o.InputCols, OutputCols: outputs, KeepLast: o.KeepLast}
	if m.HandleInvalid, err = invalid("one-hot encoder", o.HandleInvalid, plan.OnInvalidError, plan.OnInvalidKeep); err != nil {
		return nil, err
	}
	b, err := collect(ctx, f.Select(o.InputCols...))
	if err != nil {
		return nil, err
	}
	for _, c := range b.Columns {
		size := len(c.Levels)
		for i := 0; i < c.Len && c.Levels == nil; i++ {
			v := c.Float(i)
			if c.IsNull(i) || !(v >= 0) || v != math.Trunc(v) || v >= 1<<24 {
				return nil, fmt.Errorf("one-hot encoder: column %s must hold indices; row %d holds %v", c.Name, b.Row(i), c.Value(i))
			}
			size = max(size, int(v)+1)
		}
		if size == 0 {
			return nil, fmt.Errorf("one-hot encoder: column %s has no row to be fitted to", c.Name)
		}
		m.CategorySizes = append(m.CategorySizes, size)
	}
	return m, nil
}

// collect computes all columns of f.
func collect(ctx context.Context, f analysis.Frame) (*column.Batch, error) {
	engine, settings, err := f.Engine()
	if err != nil {
		return nil, err
	}
	b, _, err := engine.Collect(ctx, settings, f.Node())
	return b, err
}

// A OneHotEncoderModel is a fitted [OneHotEncoder]: CategorySizes[i] is how many
// categories column i has.
type OneHotEncoderModel struct {
	InputCols     []string
	OutputCols    []string
	CategorySizes []int
	KeepLast      bool
	HandleInvalid string
}

// Transform adds the feature vectors.
func (m OneHotEncoderModel) Transform(f analysis.Frame) analysis.Frame {
	for i, name := range m.InputCols {
		f = with(f, plan.OneHot{Input: name, Output: m.OutputCols[i], Size: m.CategorySizes[i],
			DropLast: !m.KeepLast, Invalid: m.HandleInvalid})
	}
	return f
}

func (m OneHotEncoderModel) inputs() []string      { return m.InputCols }
func (m OneHotEncoderModel) outputs() []plan.Field { return fieldsOf(column.Vector, m.OutputCols...) }
