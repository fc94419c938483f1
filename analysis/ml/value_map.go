package ml

import (
	"encoding/json"
	"fmt"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A ValueMap replaces texts by numbers that are given, not fitted:
// OriginalValues[i] becomes NewValues[i], a float64; of a text given twice the
// first counts. Any other text, and null, becomes null. A column that holds none of
// OriginalValues gets a warning when it is transformed: all of it becomes null.
type ValueMap struct {
	InputCol       string
	OutputCol      string // default: the input with "_mapped"; it may be the input
	OriginalValues []string
	NewValues      []float64
}

// Transform adds the mapped column.
func (v ValueMap) Transform(f analysis.Frame) analysis.Frame {
	err := v.check()
	if err == nil {
		err = inPlace(f, v.InputCol, v.outputs()[0])
	}
	if err != nil {
		return mistaken(f, fmt.Errorf("value map: %w", err))
	}
	mapped := plan.Lookup{Of: plan.Ref{Name: v.InputCol}, From: v.OriginalValues, To: v.NewValues}
	return with(f, plan.Recode{Inputs: v.inputs(), Outputs: v.outputs(), Values: []plan.Expr{mapped}, Known: [][]string{v.OriginalValues}})
}

func (v ValueMap) inputs() []string  { return []string{v.InputCol} }
func (v ValueMap) outputs() []string { return []string{orDefault(v.OutputCol, v.InputCol+"_mapped")} }

func (v ValueMap) check() error {
	if len(v.OriginalValues) != len(v.NewValues) {
		return fmt.Errorf("%d OriginalValues and %d NewValues", len(v.OriginalValues), len(v.NewValues))
	}
	return nil
}

type mapFields ValueMap

// A mapJSON is a ValueMap whose numbers may be NaN.
type mapJSON struct {
	mapFields
	NewValues numbers
}

// MarshalJSON writes the map, also with NaN.
func (v ValueMap) MarshalJSON() ([]byte, error) {
	return json.Marshal(mapJSON{mapFields(v), v.NewValues})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *ValueMap) UnmarshalJSON(data []byte) error {
	var j mapJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*v = ValueMap(j.mapFields)
	v.NewValues = j.NewValues
	return nil
}
