package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// What to do with a value that fitting has not seen.
const (
	OnInvalidError = "error"
	OnInvalidSkip  = "skip" // drop the row
	OnInvalidKeep  = "keep" // an index of its own, after all others
)

// Index turns the texts of each input into the indexes of their levels, a float64
// column that carries the levels. Outputs and Levels have an item an input. A null
// or a text that is none of the input's levels is handled as Invalid says.
type Index struct {
	Inputs, Outputs []string
	Levels          [][]string
	Invalid         string
}

func (x Index) Describe() string {
	var parts []string
	for i, name := range x.Inputs {
		parts = append(parts, fmt.Sprintf("%s as %s (%d levels)", visible.Text(name), visible.Text(x.Outputs[i]), len(x.Levels[i])))
	}
	return "index " + strings.Join(parts, ", ")
}

func (x Index) Fields(parents [][]Field) ([]Field, error) {
	if _, err := plainColumns(parents[0], x.Inputs); err != nil {
		return nil, fmt.Errorf("string indexer: %w", err)
	}
	added := make([]Field, len(x.Outputs))
	for i, name := range x.Outputs {
		added[i] = Field{Name: name, Type: column.Float64}
	}
	return putAll(parents[0], added), nil
}

// Recode adds a column an input, made of that input alone: Values[i] reads no other
// column than Inputs[i] and becomes Outputs[i]. Unlike columns that [WithColumn] adds
// one by one, all of them cost one operation, and none is made of another.
//
// Where Known[i] is not empty it says which texts of Inputs[i] there is a value for;
// an input that holds values, but none of these, gets a warning.
type Recode struct {
	Inputs, Outputs []string
	Values          []Expr
	Known           [][]string // an item an input, or nil
}

func (x Recode) Describe() string {
	parts := make([]string, len(x.Outputs))
	for i, name := range x.Outputs {
		parts[i] = fmt.Sprintf("%s = %s", visible.Text(name), x.Values[i])
	}
	return "with " + strings.Join(parts, ", ")
}

func (x Recode) Fields(parents [][]Field) ([]Field, error) {
	inputs, err := FindAll(parents[0], x.Inputs)
	if err != nil {
		return nil, fmt.Errorf("recode: %w", err)
	}
	added := make([]Field, len(x.Outputs))
	for i, name := range x.Outputs {
		t, err := x.Values[i].Type(inputs[i : i+1])
		if err != nil {
			return nil, fmt.Errorf("with column %s: %w", visible.Text(name), err)
		}
		added[i] = Field{Name: name, Type: t}
	}
	return putAll(parents[0], added), nil
}

// NoneKnown is in each warning that Strangers words, and in no other.
const NoneKnown = " is known to the model"

// Strangers words the warning of a column that holds values, one of which is the
// example, but none of the levels.
func Strangers(column, example string, levels []string) string {
	const most, width = 3, 40
	known := make([]string, 0, most)
	for _, level := range levels[:min(most, len(levels))] {
		known = append(known, fmt.Sprintf("%.*q", width, level))
	}
	if len(levels) > most {
		known = append(known, "...")
	}
	return fmt.Sprintf("%s: it holds %.*q, for example, where the model knows %s", noneOf(column), width, example, strings.Join(known, ", "))
}

// IsStranger reports whether the warning is what Strangers words for the column.
func IsStranger(warning, column string) bool { return strings.HasPrefix(warning, noneOf(column)+":") }

func noneOf(column string) string { return fmt.Sprintf("no value of column %q%s", column, NoneKnown) }

// OneHot turns each input, an index column of that many categories (its item of
// Sizes), into a feature vector with one 0/1 slot a category. With DropLast the last
// one has no slot and is all zeros.
type OneHot struct {
	Inputs, Outputs []string
	Sizes           []int
	DropLast        bool
	Invalid         string // an index outside [0, size) or null: error, or keep: a category of its own
}

func (o OneHot) Describe() string {
	parts := make([]string, len(o.Inputs))
	for i, name := range o.Inputs {
		parts[i] = fmt.Sprintf("%s as %s", visible.Text(name), visible.Text(o.Outputs[i]))
	}
	return "one-hot " + strings.Join(parts, ", ")
}

func (o OneHot) Fields(parents [][]Field) ([]Field, error) {
	if err := allNumeric("one-hot encoder", parents[0], o.Inputs); err != nil {
		return nil, err
	}
	added := make([]Field, len(o.Outputs))
	for i, name := range o.Outputs {
		added[i] = Field{Name: name, Type: column.Vector}
	}
	return putAll(parents[0], added), nil
}

// Assemble joins numeric columns, index columns and feature vectors into one
// feature vector, in the order of Inputs.
type Assemble struct {
	Inputs  []string
	Output  string
	Invalid string // a null or NaN: error, skip the row, or keep it as NaN
}

func (a Assemble) Describe() string {
	return fmt.Sprintf("assemble %s as %s", visible.Names(a.Inputs), visible.Text(a.Output))
}

func (a Assemble) Fields(parents [][]Field) ([]Field, error) {
	inputs, err := FindAll(parents[0], a.Inputs)
	if err != nil {
		return nil, fmt.Errorf("vector assembler: %w", err)
	}
	for _, f := range inputs {
		if !f.Type.Numeric() && f.Type != column.Bool && f.Type != column.Vector {
			return nil, fmt.Errorf("vector assembler: column %q is %s; index it first", f.Name, f.Type)
		}
	}
	return put(parents[0], Field{Name: a.Output, Type: column.Vector}), nil
}

// Scale moves and stretches the slots of a feature vector: (v-Shift)*Scale +
// Offset, one number a slot; nil leaves the slots as they are.
type Scale struct {
	Input, Output        string
	Shift, Scale, Offset []float64
}

func (s Scale) Describe() string {
	return fmt.Sprintf("scale %s as %s", visible.Text(s.Input), visible.Text(s.Output))
}

func (s Scale) Fields(parents [][]Field) ([]Field, error) {
	f, err := Find(parents[0], s.Input)
	if err == nil && f.Type != column.Vector {
		err = fmt.Errorf("column %q is %s, not a feature vector", s.Input, f.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("scaler: %w", err)
	}
	return put(parents[0], Field{Name: s.Output, Type: column.Vector}), nil
}

// Slots describes the slots of a feature vector, a row each: name, column, mean,
// stddev (n-1), min, max. NaN counts for mean and stddev only.
type Slots struct{ Column string }

func (s Slots) Describe() string { return "slots of " + s.Column }

func (s Slots) Fields(parents [][]Field) ([]Field, error) {
	if _, err := (Scale{Input: s.Column, Output: s.Column}).Fields(parents); err != nil {
		return nil, err
	}
	fields := []Field{{Name: "name", Type: column.String}, {Name: "column", Type: column.String}}
	for _, name := range []string{"mean", "stddev", "min", "max"} {
		fields = append(fields, Field{Name: name, Type: column.Float64})
	}
	return fields, nil
}

// Predict adds what a tree model says of each row: the raw score, the
// probability of class 1 and the predicted class (1 where the probability is
// above one half).
type Predict struct {
	Model                        string // text, see internal/lightgbm
	Features                     string
	Raw, Probability, Prediction string

	Compiled *Memo `key:"-"` // the model made ready, if it is to be scored with again
}

func (p Predict) Describe() string { return "predict from " + p.Features }

func (p Predict) Fields(parents [][]Field) ([]Field, error) {
	if _, err := (Scale{Input: p.Features, Output: p.Features}).Fields(parents); err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	fields := parents[0]
	for _, name := range []string{p.Raw, p.Probability, p.Prediction} {
		fields = put(fields, Field{Name: name, Type: column.Float64})
	}
	return fields, nil
}

// What trees are grown for, see the methods of internal/tree.
const (
	OneTree    = ""
	Boosting   = "boosting"
	Newton     = "newton"
	TreeForest = "forest"
)

// Trees says which trees to grow, and on which columns. Zero values are the
// method's defaults.
type Trees struct {
	Label, Features    string
	Weight, Validation string // columns; "": none
	Method             string

	MaxIter, MaxDepth, MaxLeaves, MaxBins int
	StepSize                              float64

	MinInstancesPerNode      int
	MinInfoGain              float64
	MinWeightFractionPerNode float64
	MinHessian, L2           float64

	SubsamplingRate  float64
	WithoutBootstrap bool
	FeatureSubset    string
	Seed             uint64
	ValidationTol    float64
	KeepEqualLeaves  bool
	AllowMissing     bool
}

// Columns returns the columns that training reads.
func (t Trees) Columns() []string {
	columns := []string{t.Label, t.Features}
	for _, name := range []string{t.Weight, t.Validation} {
		if name != "" && !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	return columns
}
