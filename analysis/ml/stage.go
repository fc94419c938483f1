package ml

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A Transformer turns a frame into another one. It must not compute anything:
// it adds verbs to the recipe.
//
// A notebook may write its own, from the verbs of [analysis.Frame]; where that
// takes Go code, through [analysis.Frame.Map]. In a pipeline its type, exported
// fields and Version method identify it; without Version the model is fitted
// again in every program.
type Transformer interface {
	Transform(analysis.Frame) analysis.Frame
}

// A Stage is a member of a pipeline: one of this package's stages, or a
// [Transformer].
type Stage any

// An estimator is a stage that has to be fitted. fit runs terminal calls.
type estimator interface {
	inputs() []string
	outputs() []plan.Field
	fit(ctx context.Context, f analysis.Frame) (fitted, error)
}

// A fitted is a transformer of this package: plain data, saved as JSON.
type fitted interface {
	Transformer
	inputs() []string
	outputs() []plan.Field
}

// kinds are the fitted stages by the name they are saved under.
var kinds = map[string]reflect.Type{}

func kind[T fitted](name string) { kinds[name] = reflect.TypeFor[T]() }

func init() {
	kind[StringIndexerModel]("StringIndexerModel")
	kind[CategoryPoolerModel]("CategoryPoolerModel")
	kind[OneHotEncoderModel]("OneHotEncoderModel")
	kind[StandardScalerModel]("StandardScalerModel")
	kind[VectorAssembler]("VectorAssembler")
	kind[ValueMap]("ValueMap")
	kind[TreeModel]("TreeModel")
	kind[ConstantModel]("ConstantModel")
}

// A savedStage is a stage as JSON. A transformer of the notebook's own is saved
// as its place in the pipeline only.
type savedStage struct {
	Stage string          `json:"stage"`
	Data  json.RawMessage `json:"data,omitempty"`
}

const ownCode = "own"

func encodeStage(t Transformer) (savedStage, error) {
	for name, of := range kinds {
		if reflect.TypeOf(t) == of {
			data, err := json.Marshal(t)
			return savedStage{name, data}, err
		}
	}
	return savedStage{Stage: ownCode}, nil
}

func decodeStage(s savedStage) (fitted, error) {
	of, known := kinds[s.Stage]
	if !known {
		return nil, fmt.Errorf("a stage of unknown kind %q", s.Stage)
	}
	v := reflect.New(of)
	if err := json.Unmarshal(s.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("stage %s: %w", s.Stage, err)
	}
	return v.Elem().Interface().(fitted), nil
}

// with returns f with op applied.
func with(f analysis.Frame, op plan.Op) analysis.Frame {
	return f.Session().Frame(plan.New(op, f.Node()))
}

// mistaken returns f with a mistake, which its first terminal call reports.
func mistaken(f analysis.Frame, err error) analysis.Frame {
	n := plan.New(plan.Select{Columns: f.Columns()}, f.Node())
	if n.Err == nil {
		n.Fail(err)
	}
	return f.Session().Frame(n)
}

func fieldsOf(t column.Type, names ...string) []plan.Field {
	fields := make([]plan.Field, len(names))
	for i, name := range names {
		fields[i] = plan.Field{Name: name, Type: t}
	}
	return fields
}

// paired checks that a stage has one output for each input, and fills in outputs
// that are not named: the input with a suffix.
func paired(stage string, inputs, outputs []string, suffix string) ([]string, error) {
	if len(inputs) == 0 {
		return nil, fmt.Errorf("%s: no InputCols", stage)
	}
	if len(outputs) == 0 {
		for _, name := range inputs {
			outputs = append(outputs, name+suffix)
		}
	}
	if len(inputs) != len(outputs) {
		return nil, fmt.Errorf("%s: %d InputCols and %d OutputCols", stage, len(inputs), len(outputs))
	}
	return outputs, nil
}

// orDefault returns s, or what the field means when it is empty.
func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// invalid checks a HandleInvalid field and fills in the default.
func invalid(stage, value string, allowed ...string) (string, error) {
	value = orDefault(value, plan.OnInvalidError)
	for _, a := range allowed {
		if value == a {
			return value, nil
		}
	}
	return "", fmt.Errorf("%s: HandleInvalid %q is not one of %q", stage, value, allowed)
}
