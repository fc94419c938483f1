package ml

import (
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A VectorAssembler joins numeric and bool columns, index columns and feature
// vectors into one feature vector, in the order of InputCols. An index column
// (of a [StringIndexer]) is a categorical feature, which trees split by sets of
// its labels.
//
// HandleInvalid says what is to be done with a null or NaN: "error" (the
// default), "skip" the row, or "keep" it as NaN.
type VectorAssembler struct {
	InputCols     []string
	OutputCol     string // default "features"
	HandleInvalid string
}

// Transform adds the feature vector.
func (v VectorAssembler) Transform(f analysis.Frame) analysis.Frame {
	handle, err := invalid("vector assembler", v.HandleInvalid, plan.OnInvalidError, plan.OnInvalidSkip, plan.OnInvalidKeep)
	if err != nil {
		return mistaken(f, err)
	}
	return with(f, plan.Assemble{Inputs: v.InputCols, Output: orDefault(v.OutputCol, "features"), Invalid: handle})
}

func (v VectorAssembler) inputs() []string { return v.InputCols }

func (v VectorAssembler) outputs() []plan.Field {
	return fieldsOf(column.Vector, orDefault(v.OutputCol, "features"))
}
