package ml

import (
	"context"
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// maxCategories bounds the categories of a one-hot encoded column. Trees take no
// more than that either.
const maxCategories = 1<<16 - 1

// A OneHotEncoder turns index columns of K categories into feature vectors of
// K-1 slots: slot k is 1 where the index is k, and the last category is all
// zeros, because its slot would follow from the others. KeepLast gives it a slot
// too. K is the number of the index column's labels, or without labels the
// greatest index fitted plus one; it is at most 65,535.
//
// When fitting, anything but a whole number from 0 on is an error. When
// transforming, so is K or more; HandleInvalid "keep" makes a category of its
// own of that, of negative numbers, NaN and null, after the others, which
// therefore all have a slot. A fraction is an error always, where Spark cuts it,
// and so is a null without "keep", which Spark passes on.
type OneHotEncoder struct {
	InputCols     []string
	OutputCols    []string // default: the input with "_vec"
	KeepLast      bool     // Spark's dropLast, the other way round
	HandleInvalid string
}

// Fit returns the encoder fitted to f.
func (o OneHotEncoder) Fit(f analysis.Frame) *PipelineModel { return Pipeline{o}.Fit(f) }

func (o OneHotEncoder) blank() (fitted, error) {
	outputs, err := paired(o.InputCols, o.OutputCols, "_vec")
	if err != nil {
		return nil, err
	}
	m := OneHotEncoderModel{InputCols: o.InputCols, OutputCols: outputs, CategorySizes: make([]int, len(outputs)), KeepLast: o.KeepLast}
	m.HandleInvalid, err = invalid(o.HandleInvalid, plan.OnInvalidError, plan.OnInvalidKeep)
	return m, err
}

func (o OneHotEncoder) fit(ctx context.Context, f, _ analysis.Frame) (fitted, error) {
	blank, err := o.blank()
	if err != nil {
		return nil, err
	}
	m := blank.(OneHotEncoderModel)
	b, err := collect(ctx, f.Select(o.InputCols...))
	if err != nil {
		return nil, err
	}
	for k, c := range b.Columns {
		size := len(c.Levels)
		for i := 0; i < c.Len && c.Levels == nil; i++ {
			v := c.Float(i)
			if c.IsNull(i) || !(v >= 0) || v != math.Trunc(v) {
				return nil, fmt.Errorf("column %q must hold indices; row %d holds %v", c.Name, b.Row(i), shown(c.Value(i)))
			}
			size = int(min(max(float64(size), v+1), maxCategories+1))
		}
		if size == 0 {
			return nil, fmt.Errorf("column %q has no row to be fitted to", c.Name)
		}
		if size > maxCategories {
			return nil, fmt.Errorf("column %q has more than %d categories", c.Name, maxCategories)
		}
		m.CategorySizes[k] = size
	}
	return m, nil
}

// shown returns a value for a message.
func shown(v any) any {
	if v == nil {
		return "null"
	}
	return v
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
// categories InputCols[i] has.
type OneHotEncoderModel struct {
	InputCols     []string
	OutputCols    []string
	CategorySizes []int
	KeepLast      bool
	HandleInvalid string
}

// Transform adds the feature vectors.
func (m OneHotEncoderModel) Transform(f analysis.Frame) analysis.Frame {
	if err := fresh(f, m.OutputCols...); err != nil {
		return mistaken(f, fmt.Errorf("one-hot encoder: %w", err))
	}
	return with(f, plan.OneHot{Inputs: m.InputCols, Outputs: m.OutputCols, Sizes: m.CategorySizes, DropLast: !m.KeepLast, Invalid: m.HandleInvalid})
}

func (m OneHotEncoderModel) inputs() []string  { return m.InputCols }
func (m OneHotEncoderModel) outputs() []string { return m.OutputCols }

func (m OneHotEncoderModel) check() error {
	if len(m.InputCols) == 0 || len(m.OutputCols) != len(m.InputCols) || len(m.CategorySizes) != len(m.InputCols) {
		return fmt.Errorf("%d InputCols, %d OutputCols and %d CategorySizes", len(m.InputCols), len(m.OutputCols), len(m.CategorySizes))
	}
	for i, size := range m.CategorySizes {
		if size < 1 || size > maxCategories {
			return fmt.Errorf("column %q has %d categories", m.InputCols[i], size)
		}
	}
	_, err := invalid(m.HandleInvalid, plan.OnInvalidError, plan.OnInvalidKeep)
	return err
}
