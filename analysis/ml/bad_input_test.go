package ml_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/ml"
)

// A badCase is a pipeline over bad rows, and what is said of them by the first
// step that can know it: all of the words, in the error or a warning.
type badCase struct {
	name  string
	rows  []analysis.Values // of the training frame, and of the other one if there is none
	test  []analysis.Values
	p     ml.Pipeline // default: good
	at    string      // "build", "fit", "transform", "evaluate", "warning", "report"
	words []string
}

// TestBadInput carries bad input through Fit, Transform and Evaluate. A message
// names the stage, and what it knows of column, value and row.
func TestBadInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	cmd := analysis.Strings("CMD", "a", "b", "a", "b", "a", "b")
	x := analysis.Float64s("x", 1, 2, 3, 4, 5, 6)
	y := analysis.Int64s("y", 0, 1, 0, 1, 0, 1)
	good := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.OneHotEncoder{InputCols: []string{"CMD_index"}},
		ml.VectorAssembler{InputCols: []string{"CMD_index_vec", "x"}},
		ml.GBTClassifier{LabelCol: "y"},
	}
	direct := ml.Pipeline{good[0], ml.VectorAssembler{InputCols: []string{"CMD_index"}}, ml.DecisionTreeClassifier{LabelCol: "y", MaxBins: 4}}
	with := func(i int, s ml.Stage) ml.Pipeline {
		p := slices.Clone(good)
		p[i] = s
		return p
	}
	const none = "no column"
	for _, c := range []badCase{
		{"good input", []analysis.Values{cmd, x, y}, nil, nil, "", nil},

		{"NaN in a column", []analysis.Values{cmd, analysis.Float64s("x", 1, nan, 3, 4, 5, 6), y}, nil, nil, "fit",
			[]string{"stage 3: vector assembler", "column x", "NaN", "row 1"}},
		{"null in a column", []analysis.Values{cmd, x.Nulls(4), y}, nil, nil, "fit",
			[]string{"stage 3: vector assembler", "column x", "null", "row 4"}},
		{"NaN in a test column", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, analysis.Float64s("x", 1, nan, 3, 4, 5, 6), y}, nil, "transform",
			[]string{"vector assembler", "column x", "NaN", "row 1"}},
		{"Inf in a column", []analysis.Values{cmd, analysis.Float64s("x", 1, 2, 3, inf, 5, 6), y}, nil, nil, "fit",
			[]string{"stage 4", "GBTClassifier", `"x"`, "+Inf", "row 3"}},
		{"Inf before a scaler", []analysis.Values{cmd, analysis.Float64s("x", 1, 2, -inf, 4, 5, 6), y}, nil, with(3, ml.MinMaxScaler{}), "fit",
			[]string{"stage 4", "MinMaxScaler", `"x"`, "-Inf", "row 2"}},
		{"a column all null", []analysis.Values{cmd, x.Nulls(0, 1, 2, 3, 4, 5), y}, nil, nil, "fit",
			[]string{"stage 3: vector assembler", "column x", "null", "row 0"}},
		{"a column all null, imputed", []analysis.Values{cmd, x.Nulls(0, 1, 2, 3, 4, 5), y}, nil, append(ml.Pipeline{ml.Imputer{InputCols: []string{"x"}}}, good...), "fit",
			[]string{"stage 1", "Imputer", `column "x"`, "6 rows", "null"}},
		{"texts all null", []analysis.Values{cmd.Nulls(0, 1, 2, 3, 4, 5), x, y}, nil, nil, "fit",
			[]string{"stage 1: string indexer", "column CMD", "null", "row 0", "6 rows"}},
		{"constant columns", []analysis.Values{analysis.Strings("CMD", "a", "a", "a", "a", "a", "a"), analysis.Float64s("x", 2, 2, 2, 2, 2, 2), y}, nil, nil, "warning",
			[]string{"GBTClassificationModel", "no feature has two values"}},

		{"a text that fitting did not see", []analysis.Values{cmd, x, y}, []analysis.Values{analysis.Strings("CMD", "a", "b", "a", "b", "z", "b"), x, y}, nil, "transform",
			[]string{"string indexer", "column CMD", `"z"`, "row 4"}},
		{"more categories than bins", []analysis.Values{analysis.Strings("CMD", "a", "b", "c", "d", "e", "f"), x, y}, nil, direct, "fit",
			[]string{"stage 3", "DecisionTreeClassifier", `"CMD"`, "6", "MaxBins", "4"}},
		{"more categories than slots", []analysis.Values{cmd, analysis.Int64s("CMD_index", 0, 1, 70000, 0, 1, 0), x, y}, nil, good[1:], "fit",
			[]string{"stage 1", "OneHotEncoder", `column "CMD_index"`, "65535 categories"}},
		{"a text that is no UTF-8", []analysis.Values{analysis.Strings("CMD", "a", "b", "\xff", "b", "a", "b"), x, y}, nil, nil, "fit",
			[]string{"stage 1", "StringIndexer", `column "CMD"`, `"\xff"`}},

		{"one class only", []analysis.Values{cmd, x, analysis.Int64s("y", 1, 1, 1, 1, 1, 1)}, nil, nil, "warning",
			[]string{"GBTClassificationModel", "all labels are 1"}},
		{"no positive training row after a split", []analysis.Values{cmd, x, analysis.Int64s("y", 0, 0, 0, 0, 0, 0)}, []analysis.Values{cmd, x, y}, nil, "warning",
			[]string{"GBTClassificationModel", "all labels are 0"}},
		{"no positive test row after a split", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, x, analysis.Int64s("y", 0, 0, 0, 0, 0, 0)}, nil, "report",
			[]string{eval.OneClass, "no row is positive", "AUC is undefined"}},
		{"no training row after a split", []analysis.Values{analysis.Strings("CMD"), analysis.Float64s("x"), analysis.Int64s("y")}, nil, direct, "fit",
			[]string{"stage 3", "DecisionTreeClassifier", "no rows"}},
		{"no test row after a split", []analysis.Values{cmd, x, y}, []analysis.Values{analysis.Strings("CMD"), analysis.Float64s("x"), analysis.Int64s("y")}, nil, "evaluate",
			[]string{"no rows"}},

		{"a label of 2", []analysis.Values{cmd, x, analysis.Int64s("y", 0, 1, 2, 1, 0, 1)}, nil, nil, "fit",
			[]string{"stage 4", "GBTClassifier", `label "y" is 2 in row 2`, "0 or 1"}},
		{"a label that is null", []analysis.Values{cmd, x, y.Nulls(5)}, nil, nil, "fit", []string{"stage 4", "GBTClassifier", `label "y" is null in row 5`}},
		{"a label that is NaN", []analysis.Values{cmd, x, analysis.Float64s("y", 0, nan, 0, 1, 0, 1)}, nil, nil, "fit", []string{"stage 4", "GBTClassifier", `label "y" is NaN in row 1`}},
		{"a label that is a text", []analysis.Values{cmd, x, analysis.Strings("y", "0", "1", "0", "1", "0", "1")}, nil, nil, "build",
			[]string{"stage 4", "GBTClassifier", `label "y" is string`}},
		{"a test label of -1", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, x, analysis.Int64s("y", 0, 1, 0, -1, 0, 1)}, nil, "evaluate",
			[]string{`column "y"`, "row 3", "-1", "neither 0 nor 1"}},
		{"a test label that is null", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, x, y.Nulls(1)}, nil, "evaluate", []string{`column "y"`, "1 nulls"}},
		{"no test label", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, x}, nil, "evaluate", []string{none, `"y"`}},

		{"a column missing", []analysis.Values{cmd, y}, nil, nil, "build", []string{"stage 3: vector assembler", none, `"x"`, "there are CMD, y, CMD_index, CMD_index_vec"}},
		{"the label missing", []analysis.Values{cmd, x}, nil, nil, "build", []string{"stage 4", "GBTClassifier", none, `"y"`}},
		{"a test column missing", []analysis.Values{cmd, x, y}, []analysis.Values{x, y}, nil, "transform", []string{"stage 1: string indexer", none, `"CMD"`}},
		{"two columns of one name", []analysis.Values{cmd, x, x, y}, nil, nil, "build", []string{"two columns", `"x"`}},
		{"an input twice", []analysis.Values{cmd, x, y}, nil, with(2, ml.VectorAssembler{InputCols: []string{"x", "x"}}), "build",
			[]string{"stage 3", "vector assembler", `"x" twice`}},
		{"an output that exists", []analysis.Values{cmd, x, analysis.Float64s("features", 1, 2, 3, 4, 5, 6), y}, nil, nil, "build",
			[]string{"stage 3", "vector assembler", `"features" exists already`}},
		{"a label in the way", []analysis.Values{cmd, x, y}, nil, append(ml.Pipeline{ml.Imputer{InputCols: []string{"x"}, OutputCols: []string{"y"}}}, good...), "build",
			[]string{"stage 1: imputer", `"y" exists already`}},
		{"a mapped column in the way", []analysis.Values{cmd, x, y}, nil, append(ml.Pipeline{ml.ValueMap{InputCol: "CMD", OutputCol: "x"}}, good...), "build",
			[]string{"stage 1: value map", `"x" exists already`}},
		{"a pooled column in the way", []analysis.Values{cmd, x, y}, nil, append(ml.Pipeline{ml.CategoryPooler{InputCol: "CMD", OutputCol: "x"}}, good...), "build",
			[]string{"stage 1: category pooler", `"x" exists already`}},
		{"a column pooled in place", []analysis.Values{cmd, x, y}, nil, append(ml.Pipeline{ml.CategoryPooler{InputCol: "CMD", OutputCol: "CMD"}}, good...), "", nil},
		{"a prediction that exists", []analysis.Values{cmd, x, y, analysis.Float64s("prediction", 1, 2, 3, 4, 5, 6)}, nil, nil, "build",
			[]string{"stage 4", "GBTClassifier", `"prediction" exists already`}},
		{"a test column that exists", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, x, y, analysis.Strings("probability", "", "", "", "", "", "")}, nil, "transform",
			[]string{"stage 4", "GBTClassifier", `"probability" exists already`}},
		{"an empty name", []analysis.Values{cmd, x, y}, nil, with(0, ml.StringIndexer{InputCols: []string{""}}), "build", []string{"stage 1", "StringIndexer", "InputCols[0] is empty"}},

		{"a text where a number was", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, analysis.Strings("x", "1", "2", "3", "4", "5", "6"), y}, nil, "transform",
			[]string{"stage 3, VectorAssembler", `column "x" is string`, "it was float64"}},
		{"a number where a text was", []analysis.Values{cmd, x, y}, []analysis.Values{analysis.Int64s("CMD", 1, 2, 3, 4, 5, 6), x, y}, nil, "transform",
			[]string{"stage 1, StringIndexer", `column "CMD" is int64`, "it was string"}},
		{"a truth value where a number was", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, analysis.Bools("x", true, true, true, true, true, true), y}, nil, "transform",
			[]string{"stage 3, VectorAssembler", `column "x" is bool`, "it was float64"}},
		{"an integer where a float was", []analysis.Values{cmd, x, y}, []analysis.Values{cmd, analysis.Int32s("x", 1, 2, 3, 4, 5, 6), y}, nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.p == nil {
				c.p = good
			}
			c.run(t)
		})
	}
}

func (c badCase) run(t *testing.T) {
	train := frame(c.rows...)
	test := train
	if c.test != nil {
		test = frame(c.test...)
	}
	m := c.p.Fit(train)
	done := func(step string, err error) bool {
		t.Helper()
		switch {
		case c.at == step:
			wantError(t, err, c.words...)
			return true
		case err != nil:
			t.Fatalf("%s: %v", step, err)
		}
		return false
	}
	if done("build", m.Err()) {
		return
	}
	_, err := m.Stages()
	if done("fit", err) {
		return
	}
	warnings, err := m.Warnings()
	if err != nil {
		t.Fatal(err)
	}
	if c.at == "warning" {
		says(t, strings.Join(warnings, "\n"), c.words)
	} else if len(warnings) > 0 {
		t.Errorf("warnings %q", warnings)
	}
	scored := m.Transform(test)
	_, err = scored.Collect()
	if done("transform", err) {
		return
	}
	report, err := eval.Evaluate(scored, "y")
	if done("evaluate", err) {
		return
	}
	var all []string
	for _, w := range report.Warnings {
		all = append(all, w.Error())
	}
	if c.at == "report" {
		says(t, strings.Join(all, "\n"), c.words)
	}
}

func says(t *testing.T, text string, words []string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not say %q", text, w)
		}
	}
}

// Errors name the row of the frame that the rows were chosen from, whichever
// stage finds them.
func TestRowsOfFilteredFrames(t *testing.T) {
	inf := math.Inf(1)
	f := frame(analysis.Float64s("x", 1, 2, 3, inf, 5, 6), analysis.Int64s("n", 0, 1, 2, -3, 4, 5), analysis.Int64s("y", 0, 1, 0, 1, 0, 1),
		analysis.Float64s("w", 1, 1, 1, -1, 1, 1)).Filter(analysis.Col("n").NotEqual(1))
	clean := f.WithColumn("x", analysis.Col("n"))
	assemble := ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "keep"}
	for name, p := range map[string]ml.Pipeline{
		"tree":    {assemble, ml.DecisionTreeClassifier{LabelCol: "y"}},
		"forest":  {assemble, ml.RandomForestClassifier{LabelCol: "y"}},
		"newton":  {assemble, ml.GBTClassifier{LabelCol: "y", Newton: true}},
		"scaler":  {assemble, ml.MinMaxScaler{}},
		"one-hot": {ml.OneHotEncoder{InputCols: []string{"n"}}},
		"weights": {ml.VectorAssembler{InputCols: []string{"n"}}, ml.DecisionTreeClassifier{LabelCol: "y", WeightCol: "w"}},
	} {
		_, err := p.Fit(f).Stages()
		if err == nil || !strings.Contains(err.Error(), "row 3") {
			t.Errorf("%s: %v, want row 3", name, err)
		}
	}
	trained := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.DecisionTreeClassifier{LabelCol: "y"}}.Fit(clean)
	_, err := trained.Transform(f.WithColumn("x", analysis.Col("x").Divide(analysis.Col("n").Plus(3)))).Collect()
	wantError(t, err, "column x is null or NaN in row 3")
}
