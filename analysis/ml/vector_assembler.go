package ml

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A VectorAssembler joins numeric and bool columns, index columns and feature
// vectors into one feature vector, in the order of InputCols; true is 1. An
// index column (of a [StringIndexer]) is a categorical feature, which trees split
// by sets of its labels. A text column is an error: index it first.
//
// HandleInvalid says what is to be done with a null or NaN: "error" (the
// default), "skip" the row, or "keep" it as NaN, which classifiers train on where
// AllowMissing is set.
type VectorAssembler struct {
	InputCols     []string
	OutputCol     string // default "features"
	HandleInvalid string
}

// Transform adds the feature vector.
func (v VectorAssembler) Transform(f analysis.Frame) analysis.Frame {
	err := v.check()
	if err == nil {
		err = fresh(f, v.outputs()...)
	}
	if err != nil {
		return mistaken(f, fmt.Errorf("vector assembler: %w", err))
	}
	return with(f, plan.Assemble{Inputs: v.InputCols, Output: v.outputs()[0], Invalid: orDefault(v.HandleInvalid, plan.OnInvalidError)})
}

func (v VectorAssembler) inputs() []string  { return v.InputCols }
func (v VectorAssembler) outputs() []string { return []string{orDefault(v.OutputCol, "features")} }

func (v VectorAssembler) check() error {
	if len(v.InputCols) == 0 {
		return fmt.Errorf("no InputCols")
	}
	if err := distinct("InputCols", v.InputCols); err != nil {
		return err
	}
	_, err := invalid(v.HandleInvalid, plan.OnInvalidError, plan.OnInvalidSkip, plan.OnInvalidKeep)
	return err
}
