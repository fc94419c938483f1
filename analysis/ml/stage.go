package ml

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Transformer turns a frame into another one. It must not compute anything:
// it adds verbs to the recipe. It is called when a pipeline is put together, to
// see which columns it adds, and again when a frame is transformed.
//
// A notebook may write its own, from the verbs of [analysis.Frame]; where that
// takes Go code, through [analysis.Frame.Map]. In a pipeline its type, exported
// fields and method Version() string identify it; without Version the model is
// fitted again in every program.
type Transformer interface {
	Transform(analysis.Frame) analysis.Frame
}

// A Stage is a member of a pipeline: one of this package's stages, a
// [Transformer], a [Pipeline], which stands for its stages, or a
// [PipelineModel].
type Stage any

// An estimator is a stage that has to be fitted.
type estimator interface {
	// blank returns the fitted stage without what fitting finds, or the mistake
	// in the fields. Its Transform says which columns there are afterwards.
	blank() (fitted, error)
	// fit runs terminal calls on the training rows. few has some of these rows
	// only: it is for looking at what the columns are.
	fit(ctx context.Context, f, few analysis.Frame) (fitted, error)
}

// A supervised estimator learns a label.
type supervised interface{ label() string }

// A marked estimator reads columns that say something of the rows: what they
// weigh, what they are for. "" stands for none.
type marked interface{ marks() []string }

// A validated estimator says which rows are not trained on but end training in
// time, by the name of a column. "" stands for none.
type validated interface{ validation() string }

// A fitted is a transformer of this package: plain data, saved as JSON.
type fitted interface {
	Transformer
	inputs() []string
	outputs() []string
	check() error // whether the fields go together, as those of a file may not
}

// kinds are the fitted stages by the name they are saved under.
var kinds = map[string]reflect.Type{}

func init() {
	for _, s := range []fitted{StringIndexerModel{}, CategoryPoolerModel{}, OneHotEncoderModel{}, StandardScalerModel{}, MinMaxScalerModel{},
		ImputerModel{}, VectorAssembler{}, ValueMap{}, TreeModel{}, ConstantModel{}} {
		kinds[reflect.TypeOf(s).Name()] = reflect.TypeOf(s)
	}
}

// A savedStage is a stage as JSON. A transformer of the notebook's own is saved
// as its place in the pipeline only.
type savedStage struct {
	Stage string          `json:"stage"`
	Data  json.RawMessage `json:"data,omitempty"`
}

const ownCode = "own"

func encodeStage(t Transformer) (savedStage, error) {
	if _, ours := t.(fitted); !ours {
		return savedStage{Stage: ownCode}, nil
	}
	data, err := json.Marshal(t)
	return savedStage{reflect.TypeOf(t).Name(), data}, err
}

func decodeStage(s savedStage) (fitted, error) {
	of, known := kinds[s.Stage]
	if !known {
		return nil, fmt.Errorf("%q is no kind of stage", s.Stage)
	}
	v := reflect.New(of)
	if err := json.Unmarshal(s.Data, v.Interface()); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Stage, err)
	}
	t := v.Elem().Interface().(fitted)
	if trees, ok := t.(TreeModel); ok {
		trees.compiled = &plan.Memo{}
		t = trees
	}
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Stage, err)
	}
	return t, nil
}

// numbers are floats that JSON can hold: NaN and the infinities as texts.
type numbers []float64

// MarshalJSON writes the numbers as a list.
func (n numbers) MarshalJSON() ([]byte, error) {
	list := make([]any, len(n))
	for i, v := range n {
		list[i] = v
		if math.IsNaN(v) || math.IsInf(v, 0) {
			list[i] = fmt.Sprint(v)
		}
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (n *numbers) UnmarshalJSON(data []byte) error {
	special := map[string]float64{"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1)}
	*n = nil
	if string(data) == "null" {
		return nil
	}
	// One by one: a list of any takes ten times the memory of the text.
	list := json.NewDecoder(bytes.NewReader(data))
	if begin, err := list.Token(); err != nil || begin != json.Delim('[') {
		return fmt.Errorf("%v in the place of a list of numbers", begin)
	}
	*n = numbers{}
	for list.More() {
		v, err := list.Token()
		if err != nil {
			return err
		}
		number, ok := v.(float64)
		if text, isText := v.(string); isText {
			number, ok = special[text]
		}
		if !ok {
			return fmt.Errorf("%v in a list of numbers", v)
		}
		*n = append(*n, number)
	}
	return nil
}

// with returns f with op applied.
func with(f analysis.Frame, op plan.Op) analysis.Frame {
	return f.Session().Frame(plan.New(op, f.Node()))
}

// mistaken returns f with a mistake, which its first terminal call reports.
func mistaken(f analysis.Frame, err error) analysis.Frame {
	n := plan.New(plan.Select{Columns: f.Columns()}, f.Node())
	if n.Err == nil {
		blame(n, err)
	}
	return f.Session().Frame(n)
}

// blame makes err the mistake of n.
func blame(n *plan.Node, err error) {
	n.Fields, n.Err = nil, located{at(n.Site, err)}
}

// at words an error: package and place once, before anything else.
func at(site string, err error) error {
	if site == "" {
		return fmt.Errorf("ml: %w", bare(err))
	}
	return fmt.Errorf("ml: %s: %w", site, bare(err))
}

// A located error says its place already.
type located struct{ error }

// Located tells the engine to leave the error as it is.
func (located) Located() {}

func (l located) Unwrap() error { return l.error }

// place is what an error begins with that names its package, and maybe file:line.
var place = regexp.MustCompile(`^((analysis|ml|tree|score): ([^\s:]+:\d+: )?)+`)

// A reworded error says the same as another one in fewer words.
type reworded struct {
	text string
	error
}

func (r reworded) Error() string { return r.text }
func (r reworded) Unwrap() error { return r.error }

// bare returns err without the package names and places before its message.
func bare(err error) error {
	err = visible.Error(err)
	return reworded{place.ReplaceAllString(err.Error(), ""), err}
}

// paired checks that a stage has one output for each input, and fills in outputs
// that are not named: the input with a suffix.
func paired(inputs, outputs []string, suffix string) ([]string, error) {
	if len(inputs) == 0 {
		return nil, fmt.Errorf("no InputCols")
	}
	if len(outputs) == 0 {
		for _, name := range inputs {
			outputs = append(outputs, name+suffix)
		}
	}
	if len(inputs) != len(outputs) {
		return nil, fmt.Errorf("%d InputCols and %d OutputCols", len(inputs), len(outputs))
	}
	if err := distinct("InputCols", inputs); err != nil {
		return nil, err
	}
	return outputs, distinct("OutputCols", outputs)
}

// distinct refuses a list with an empty name or one that stands there twice.
func distinct(list string, names []string) error {
	before := map[string]bool{}
	for i, name := range names {
		switch {
		case name == "":
			return fmt.Errorf("%s[%d] is empty", list, i)
		case before[name]:
			return fmt.Errorf("%s holds %q twice", list, name)
		}
		before[name] = true
	}
	return nil
}

// setOf returns the names as a set.
func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// fresh refuses a frame that has a column that a stage is to add: stages replace
// no column unless they say so, as in Spark.
func fresh(f analysis.Frame, outputs ...string) error {
	there := types(f)
	for _, name := range outputs {
		if _, exists := there[name]; exists {
			return fmt.Errorf("output column %q exists already; name another one, or drop it before", name)
		}
	}
	return nil
}

// inPlace is fresh for a stage whose output may take the place of its input.
func inPlace(f analysis.Frame, input, output string) error {
	if input == output {
		return nil
	}
	return fresh(f, output)
}

// orDefault returns s, or what the field means when it is empty.
func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// invalid checks a HandleInvalid field and fills in the default.
func invalid(value string, allowed ...string) (string, error) {
	value = orDefault(value, plan.OnInvalidError)
	for _, a := range allowed {
		if value == a {
			return value, nil
		}
	}
	return "", fmt.Errorf("HandleInvalid %q is not one of %q", value, allowed)
}

// typeOf returns the type of a column of f, or an error that says what there is.
func typeOf(f analysis.Frame, name string) (column.Type, error) {
	field, err := plan.Find(f.Node().Fields, name)
	return field.Type, err
}

// types returns the types of f's columns.
func types(f analysis.Frame) map[string]column.Type {
	fields := f.Node().Fields
	out := make(map[string]column.Type, len(fields))
	for _, field := range fields {
		out[field.Name] = field.Type
	}
	return out
}

// vector checks that a column of f is a feature vector.
func vector(f analysis.Frame, name string) error {
	t, err := typeOf(f, name)
	if err == nil && t != column.Vector {
		err = fmt.Errorf("column %q is %s, not a feature vector; make one with a VectorAssembler", name, t)
	}
	return err
}
