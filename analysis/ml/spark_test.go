package ml_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// A sparkCase is one statement about what a stage of Spark ML does, with the
// values worked out by hand from its source.
type sparkCase struct {
	says   string
	stages ml.Pipeline
	train  analysis.Frame
	test   analysis.Frame // default: train
	column string         // of the result
	want   string         // its values; rows of a feature vector with "; " between
	built  []string       // words of the error that Fit finds without computing
	fit    []string       // words of the error of fitting
	apply  []string       // words of the error of the first call on the transformed frame
}

func (c sparkCase) run(t *testing.T) {
	t.Helper()
	m := c.stages.Fit(c.train)
	if c.built != nil {
		wantError(t, m.Err(), append(c.built, "spark_test.go:", "stage ")...)
		return
	}
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	_, err := m.Stages()
	if c.fit != nil {
		wantError(t, err, append(c.fit, "spark_test.go:", "stage ")...)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if c.test.Session() == nil {
		c.test = c.train
	}
	out := m.Transform(c.test)
	if c.apply != nil {
		if err := out.Err(); err != nil {
			t.Errorf("found before it was looked for: %v", err)
		}
		_, err := out.Collect()
		wantError(t, err, append(c.apply, "spark_test.go:")...)
		return
	}
	if got := shownColumn(t, out, c.column); got != c.want {
		t.Errorf("%s\ngot  %s\nwant %s", c.says, got, c.want)
	}
}

// shownColumn writes a column on one line.
func shownColumn(t *testing.T, f analysis.Frame, name string) string {
	t.Helper()
	for _, field := range f.Schema().Fields {
		if field.Name != name || field.Type != analysis.Vector {
			continue
		}
		rows, _, err := ml.Slots(f, name)
		if err != nil {
			t.Fatal(err)
		}
		lines := make([]string, len(rows))
		for i, row := range rows {
			lines[i] = strings.Trim(fmt.Sprint(row), "[]")
		}
		return strings.Join(lines, "; ")
	}
	return join(texts(t, f, name))
}

func runAll(t *testing.T, cases []sparkCase) {
	for _, c := range cases {
		t.Run(c.says, c.run)
	}
}

func one(stages ...ml.Stage) ml.Pipeline { return stages }

// mllib/src/main/scala/org/apache/spark/ml/feature/StringIndexer.scala
func TestSparkStringIndexer(t *testing.T) {
	c := frame(analysis.Strings("c", "b", "a", "b", "", "a", "c", "", "x", "").Nulls(7)) // "" 3, a 2, b 2, c 1
	seen := frame(analysis.Strings("c", "", "a", "b", "c"))
	train := frame(analysis.Strings("c", "u", "v", "u"))
	unseen := frame(analysis.Strings("c", "u", "w", "v"))
	null := frame(analysis.Strings("c", "u", "", "v").Nulls(1))
	index := func(order, invalid string) ml.Pipeline {
		return one(ml.StringIndexer{InputCols: []string{"c"}, OutputCols: []string{"i"}, StringOrderType: order, HandleInvalid: invalid})
	}
	runAll(t, []sparkCase{
		{says: "the default is frequencyDesc, ties ascending", stages: index("", ""), train: c, test: seen, column: "i", want: "0 1 2 3"},
		{says: "frequencyDesc", stages: index(ml.FrequencyDesc, ""), train: c, test: seen, column: "i", want: "0 1 2 3"},
		{says: "frequencyAsc, ties ascending too", stages: index(ml.FrequencyAsc, ""), train: c, test: seen, column: "i", want: "3 1 2 0"},
		{says: "alphabetAsc", stages: index(ml.AlphabetAsc, ""), train: c, test: seen, column: "i", want: "0 1 2 3"},
		{says: "alphabetDesc", stages: index(ml.AlphabetDesc, ""), train: c, test: seen, column: "i", want: "3 2 1 0"},
		{says: "the order is that of UTF-8 bytes", stages: index(ml.AlphabetAsc, ""), train: frame(analysis.Strings("c", "é", "z", "Z")), column: "i", want: "2 1 0"},
		{says: "numbers are texts", stages: index(ml.AlphabetAsc, ""), train: frame(analysis.Float64s("c", 10, 9, 10)), column: "i", want: "0 1 0"},
		{says: "NaN is not counted", stages: index("", "keep"), train: frame(analysis.Float64s("c", math.NaN(), 2, math.NaN())), column: "i", want: "1 0 1"},
		{says: "unseen, error", stages: index("", ""), train: train, test: unseen, apply: []string{"string indexer", "column c", `"w"`, "row 1"}},
		{says: "null, error", stages: index("", "error"), train: train, test: null, apply: []string{"string indexer", "column c", "null", "row 1"}},
		{says: "unseen, skip", stages: index("", "skip"), train: train, test: unseen, column: "c", want: "u v"},
		{says: "null, skip", stages: index("", "skip"), train: train, test: null, column: "c", want: "u v"},
		{says: "unseen, keep: the number of labels", stages: index("", "keep"), train: train, test: unseen, column: "i", want: "0 2 1"},
		{says: "null, keep: the same index", stages: index("", "keep"), train: train, test: null, column: "i", want: "0 2 1"},
		{says: "all null, error", stages: index("", ""), train: frame(analysis.Strings("c", "", "").Nulls(0, 1)), apply: []string{"column c", "null", "row 0"}},
		{says: "the output exists", stages: one(ml.StringIndexer{InputCols: []string{"c"}, OutputCols: []string{"c"}}), train: train, built: []string{"string indexer", `"c" exists already`}},
		{says: "outputs of one name", stages: one(ml.StringIndexer{InputCols: []string{"c", "d"}, OutputCols: []string{"i", "i"}}), train: train, built: []string{"StringIndexer", `OutputCols holds "i" twice`}},
		{says: "no such order", stages: index("random", ""), train: train, built: []string{"StringIndexer", `StringOrderType "random"`}},
		{says: "no such handling", stages: index("", "drop"), train: train, built: []string{"StringIndexer", `HandleInvalid "drop"`}},
	})
	// keep adds a label, __unknown, which one-hot slots are named after.
	kept := one(ml.StringIndexer{InputCols: []string{"c"}, HandleInvalid: "keep"}, ml.OneHotEncoder{InputCols: []string{"c_index"}, KeepLast: true}).Fit(train)
	if _, names, err := ml.Slots(kept.Transform(train), "c_index_vec"); err != nil || join(names) != "c_u c_v c___unknown" {
		t.Errorf("%q, %v", names, err)
	}
}

// mllib/src/main/scala/org/apache/spark/ml/feature/OneHotEncoder.scala
func TestSparkOneHotEncoder(t *testing.T) {
	i := frame(analysis.Int64s("i", 0, 1, 2, 0))
	hot := func(keepLast bool, invalid string) ml.Pipeline {
		return one(ml.OneHotEncoder{InputCols: []string{"i"}, OutputCols: []string{"v"}, KeepLast: keepLast, HandleInvalid: invalid})
	}
	outside := frame(analysis.Float64s("i", 1, 2, 3, 99, -1, math.NaN()))
	values := func(v ...float64) analysis.Frame { return frame(analysis.Float64s("i", v...)) }
	indexed := one(ml.StringIndexer{InputCols: []string{"c"}}, keepRows{"a"}, ml.OneHotEncoder{InputCols: []string{"c_index"}, OutputCols: []string{"v"}, KeepLast: true})
	runAll(t, []sparkCase{
		{says: "dropLast by default", stages: hot(false, ""), train: i, column: "v", want: "1 0; 0 1; 0 0; 1 0"},
		{says: "without dropLast", stages: hot(true, ""), train: i, column: "v", want: "1 0 0; 0 1 0; 0 0 1; 1 0 0"},
		{says: "keep with dropLast: the extra category is all zeros", stages: hot(false, "keep"), train: i, test: outside, column: "v",
			want: "0 1 0; 0 0 1; 0 0 0; 0 0 0; 0 0 0; 0 0 0"},
		{says: "keep without dropLast: the extra category has a slot", stages: hot(true, "keep"), train: i, test: outside, column: "v",
			want: "0 1 0 0; 0 0 1 0; 0 0 0 1; 0 0 0 1; 0 0 0 1; 0 0 0 1"},
		{says: "the size is the greatest index plus one", stages: hot(true, ""), train: values(0, 3), column: "v", want: "1 0 0 0; 0 0 0 1"},
		{says: "the size is that of the labels where there are any", stages: indexed, train: frame(analysis.Strings("c", "a", "b", "c")), column: "v", want: "1 0 0"},
		{says: "fit: not an index", stages: hot(false, ""), train: values(0, 0.5), fit: []string{"OneHotEncoder", `column "i"`, "0.5", "row 1"}},
		{says: "fit: negative", stages: hot(false, "keep"), train: values(0, -2), fit: []string{"OneHotEncoder", `column "i"`, "-2", "row 1"}},
		{says: "unseen, error", stages: hot(false, ""), train: i, test: values(0, 3), apply: []string{"one-hot encoder", "column i", "3 in row 1"}},
		{says: "NaN is unseen, error", stages: hot(false, ""), train: i, test: values(0, math.NaN()), apply: []string{"one-hot encoder", "column i", "NaN in row 1"}},
		{says: "negative, error", stages: hot(false, ""), train: i, test: values(-1), apply: []string{"one-hot encoder", "column i", "-1 in row 0"}},
		{says: "a text is no index", stages: hot(false, ""), train: frame(analysis.Strings("i", "0")), built: []string{"one-hot encoder", `"i"`, "string"}},
		{says: "skip is no way to handle", stages: hot(false, "skip"), train: i, built: []string{"OneHotEncoder", `HandleInvalid "skip"`}},
		{says: "the output exists", stages: one(ml.OneHotEncoder{InputCols: []string{"i"}, OutputCols: []string{"i"}}), train: i, built: []string{"one-hot encoder", `"i" exists already`}},
		// On purpose: Spark cuts 0.5 to 0, and gives null for null.
		{says: "difference: a fraction", stages: hot(false, "keep"), train: i, test: values(0.5), apply: []string{"one-hot encoder", "column i", "0.5 in row 0"}},
		{says: "difference: null, error", stages: hot(false, ""), train: i, test: frame(analysis.Int64s("i", 0, 0).Nulls(1)), apply: []string{"one-hot encoder", "column i", "null in row 1"}},
		{says: "difference: null, keep", stages: hot(true, "keep"), train: i, test: frame(analysis.Int64s("i", 0, 0).Nulls(1)), column: "v", want: "1 0 0 0; 0 0 0 1"},
	})
}

// keepRows keeps the rows whose c is one text.
type keepRows struct{ Text string }

func (k keepRows) Version() string { return "1" }
func (k keepRows) Transform(f analysis.Frame) analysis.Frame {
	return f.Filter(analysis.Col("c").Equal(k.Text))
}

// mllib/src/main/scala/org/apache/spark/ml/feature/VectorAssembler.scala
func TestSparkVectorAssembler(t *testing.T) {
	nan := math.NaN()
	f := frame(analysis.Int64s("n", 1, 2, 3).Nulls(1), analysis.Float64s("x", 0.5, 1, nan), analysis.Bools("b", true, false, true),
		analysis.Strings("s", "u", "v", "w"))
	join := func(invalid string, columns ...string) ml.VectorAssembler {
		return ml.VectorAssembler{InputCols: columns, OutputCol: "v", HandleInvalid: invalid}
	}
	inner := ml.VectorAssembler{InputCols: []string{"x"}, OutputCol: "inner", HandleInvalid: "keep"}
	runAll(t, []sparkCase{
		{says: "columns in the order given, booleans as numbers", stages: one(join("", "b", "n")), train: f.Limit(1), column: "v", want: "1 1"},
		{says: "null, error", stages: one(join("", "b", "n")), train: f, apply: []string{"vector assembler", "column n", "null", "row 1"}},
		{says: "NaN, error", stages: one(join("error", "x")), train: f, apply: []string{"vector assembler", "column x", "NaN", "row 2"}},
		{says: "skip drops rows by the input columns", stages: one(join("skip", "n")), train: f, column: "v", want: "1; 3"},
		{says: "keep gives NaN", stages: one(join("keep", "n", "x")), train: f, column: "v", want: "1 0.5; NaN 1; 3 NaN"},
		{says: "NaN inside a vector passes", stages: one(inner, join("", "b", "inner")), train: f, column: "v", want: "1 0.5; 0 1; 1 NaN"},
		{says: "and is not skipped", stages: one(inner, join("skip", "b", "inner")), train: f, column: "v", want: "1 0.5; 0 1; 1 NaN"},
		{says: "a text", stages: one(join("", "s")), train: f, built: []string{"vector assembler", `"s"`, "string"}},
		{says: "the output exists", stages: one(ml.VectorAssembler{InputCols: []string{"n"}, OutputCol: "x"}), train: f, built: []string{"vector assembler", `"x" exists already`}},
		// On purpose: Spark takes a column twice.
		{says: "difference: a column twice", stages: one(join("", "n", "n")), train: f, built: []string{"vector assembler", `InputCols holds "n" twice`}},
	})
}

var (
	assembleXK = ml.VectorAssembler{InputCols: []string{"x", "k"}, OutputCol: "f", HandleInvalid: "keep"}
	// The sample deviation of x is 2, its mean 3; k is constant.
	scalable = frame(analysis.Float64s("x", 1, 3, 5), analysis.Float64s("k", 7, 7, 7))
	beyond   = frame(analysis.Float64s("x", 7, -1), analysis.Float64s("k", 7, 8))
)

// mllib/src/main/scala/org/apache/spark/ml/feature/StandardScaler.scala
func TestSparkStandardScaler(t *testing.T) {
	scale := func(mean, withoutStd bool) ml.Pipeline {
		return one(assembleXK, ml.StandardScaler{InputCol: "f", OutputCol: "g", WithMean: mean, WithoutStd: withoutStd})
	}
	gap := frame(analysis.Float64s("x", 1, math.NaN(), 5), analysis.Float64s("k", 1, 2, 3))
	runAll(t, []sparkCase{
		{says: "by default divides by the sample deviation, a constant becomes 0", stages: scale(false, false), train: scalable, test: beyond, column: "g", want: "3.5 0; -0.5 0"},
		{says: "withMean", stages: scale(true, false), train: scalable, test: beyond, column: "g", want: "2 0; -2 0"},
		{says: "withMean without withStd", stages: scale(true, true), train: scalable, test: beyond, column: "g", want: "4 0; -4 1"},
		{says: "neither", stages: scale(false, true), train: scalable, test: beyond, column: "g", want: "7 7; -1 8"},
		{says: "NaN spreads in its slot", stages: scale(false, false), train: gap, column: "g", want: "NaN 1; NaN 2; NaN 3"},
		{says: "not a vector", stages: one(ml.StandardScaler{InputCol: "x"}), train: scalable, built: []string{"standard scaler", `"x"`, "float64"}},
		{says: "the output exists", stages: one(assembleXK, ml.StandardScaler{InputCol: "f", OutputCol: "k"}), train: scalable, built: []string{"standard scaler", `"k" exists already`}},
		{says: "scaled again", stages: append(scale(true, false), ml.StandardScaler{InputCol: "g", OutputCol: "h", WithMean: true}), train: scalable, test: beyond, column: "h", want: "2 0; -2 0"},
	})
}

// mllib/src/main/scala/org/apache/spark/ml/feature/MinMaxScaler.scala
func TestSparkMinMaxScaler(t *testing.T) {
	scale := func(low, high float64) ml.Pipeline {
		return one(assembleXK, ml.MinMaxScaler{InputCol: "f", OutputCol: "g", Min: low, Max: high})
	}
	gap := frame(analysis.Float64s("x", 1, math.NaN(), 5), analysis.Float64s("k", 1, 2, 3))
	empty := frame(analysis.Float64s("x", 1, 2), analysis.Float64s("k", math.NaN(), math.NaN()))
	hot := one(ml.StringIndexer{InputCols: []string{"c"}, HandleInvalid: "keep"}, ml.OneHotEncoder{InputCols: []string{"c_index"}, OutputCols: []string{"f"}, KeepLast: true},
		ml.MinMaxScaler{InputCol: "f", OutputCol: "g"})
	narrow := ml.MinMaxScaler{InputCol: "f", OutputCol: "g"}.Fit(ml.VectorAssembler{InputCols: []string{"x"}, OutputCol: "f"}.Transform(scalable))
	runAll(t, []sparkCase{
		{says: "to 0 and 1 by default, a constant to 0.5; other rows may leave the range", stages: scale(0, 0), train: scalable, test: beyond, column: "g", want: "1.5 0.5; -0.5 0.5"},
		{says: "to -1 and 3, a constant to 1", stages: scale(-1, 3), train: scalable, test: beyond, column: "g", want: "5 1; -3 1"},
		{says: "NaN stays NaN and does not count", stages: scale(0, 1), train: gap, column: "g", want: "0 0; NaN 0.5; 1 1"},
		{says: "NaN stays NaN in a constant slot", stages: scale(0, 1), train: scalable, test: frame(analysis.Float64s("x", 1), analysis.Float64s("k", math.NaN())), column: "g", want: "0 NaN"},
		{says: "one-hot slots; that of the unknown, which no row has, is constant", stages: hot, train: frame(analysis.Strings("c", "a", "b")),
			test: frame(analysis.Strings("c", "a", "b", "z")), column: "g", want: "1 0 0.5; 0 1 0.5; 0 0 0.5"},
		{says: "min is not less than max", stages: scale(2, 2), train: scalable, built: []string{"MinMaxScaler", "Min 2", "Max 2"}},
		{says: "not a vector", stages: one(ml.MinMaxScaler{InputCol: "x"}), train: scalable, built: []string{"min-max scaler", `"x"`, "float64"}},
		{says: "the output exists", stages: one(assembleXK, ml.MinMaxScaler{InputCol: "f", OutputCol: "x"}), train: scalable, built: []string{"min-max scaler", `"x" exists already`}},
		{says: "a vector of another size", stages: one(assembleXK, narrow), train: scalable, apply: []string{"scaler", "column f", "2 features", "fitting saw 1"}},
		// On purpose: Spark scales by what it has for the range of no number, and
		// makes NaN or 0 of a slot whose range is infinite.
		{says: "difference: a slot without a number", stages: scale(0, 1), train: empty, test: scalable, column: "g", want: "0 NaN; 2 NaN; 4 NaN"},
		{says: "difference: infinite", stages: scale(0, 1), train: frame(analysis.Float64s("x", 1, math.Inf(1)), analysis.Float64s("k", 1, 2)),
			fit: []string{"MinMaxScaler", `column "f"`, `"x"`, "+Inf in row 1"}},
	})
}

// mllib/src/main/scala/org/apache/spark/ml/feature/Imputer.scala
func TestSparkImputer(t *testing.T) {
	nan := math.NaN()
	x := frame(analysis.Float64s("x", 1, nan, 4, 0, 4, 1, 9).Nulls(3)) // there are 1 1 4 4 9
	impute := func(strategy string, missing ...float64) ml.Pipeline {
		return one(ml.Imputer{InputCols: []string{"x"}, OutputCols: []string{"y"}, Strategy: strategy, MissingValues: missing})
	}
	runAll(t, []sparkCase{
		{says: "the mean by default, of NaN and null", stages: impute(""), train: x, column: "y", want: "1 3.8 4 3.8 4 1 9"},
		{says: "mean", stages: impute(ml.ImputeMean), train: x, column: "y", want: "1 3.8 4 3.8 4 1 9"},
		{says: "median", stages: impute(ml.ImputeMedian), train: x, column: "y", want: "1 4 4 4 4 1 9"},
		{says: "median of an even number: the lower one", stages: impute(ml.ImputeMedian), train: frame(analysis.Float64s("x", 4, 1, 2, 3, nan)), column: "y", want: "4 1 2 3 2"},
		{says: "mode: the smallest of equals", stages: impute(ml.ImputeMode), train: x, column: "y", want: "1 1 4 1 4 1 9"},
		{says: "a placeholder; then NaN is not replaced, and does not count", stages: impute("", 1), train: x, column: "y", want: "5.666666666666667 NaN 4 5.666666666666667 4 5.666666666666667 9"},
		{says: "the surrogate is that of the training rows", stages: impute(""), train: x, test: frame(analysis.Float64s("x", nan, 100)), column: "y", want: "3.8 100"},
		{says: "integers stay integers, the surrogate is cut", stages: impute(""), train: frame(analysis.Int64s("x", 1, 2, 5, 0).Nulls(3)), column: "y", want: "1 2 5 2"},
		{says: "of 32 bits too", stages: impute("", -1), train: frame(analysis.Int32s("x", 7, -1, 0)), column: "y", want: "7 3 0"},
		{says: "in place", stages: one(ml.Imputer{InputCols: []string{"x"}, OutputCols: []string{"x"}}), train: x, column: "x", want: "1 3.8 4 3.8 4 1 9"},
		{says: "nothing to go by", stages: impute(""), train: frame(analysis.Float64s("x", nan, 0).Nulls(1)), fit: []string{"Imputer", `column "x"`, "2 rows", "null"}},
		{says: "nothing but the placeholder", stages: impute("median", 0), train: frame(analysis.Float64s("x", 0, 0)), fit: []string{"Imputer", `column "x"`, "median"}},
		{says: "no such strategy", stages: impute("max"), train: x, built: []string{"Imputer", `Strategy "max"`}},
		{says: "a column twice", stages: one(ml.Imputer{InputCols: []string{"x", "x"}}), train: x, built: []string{"Imputer", `InputCols holds "x" twice`}},
		{says: "a text", stages: impute(""), train: frame(analysis.Strings("x", "1")), built: []string{"imputer", `"x"`, "string"}},
		// On purpose: Spark puts the infinite mean in.
		{says: "difference: an infinite mean", stages: impute(""), train: frame(analysis.Float64s("x", 1, math.Inf(-1))), fit: []string{"Imputer", `column "x"`, "-Inf in row 1"}},
	})
}

// mllib/src/main/scala/org/apache/spark/ml/tree/impl/RandomForest.scala,
// DecisionTreeMetadata.scala, ml/tree/Node.scala (merging of siblings) and
// ml/tree/impl/GradientBoostedTrees.scala (the first tree fits the labels -1 and
// 1 themselves, with weight 1, and a leaf is their mean).
func TestSparkTrees(t *testing.T) {
	six := frame(analysis.Float64s("x", 1, 2, 3, 4, 5, 6), analysis.Int64s("label", 0, 0, 1, 0, 1, 1),
		analysis.Strings("c", "a", "b", "c", "d", "e", "f"))
	assemble := ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "keep"}
	indexed := one(ml.StringIndexer{InputCols: []string{"c"}}, ml.VectorAssembler{InputCols: []string{"c_index"}})
	with := func(x analysis.Values, label analysis.Values) analysis.Frame { return frame(x, label) }
	x := analysis.Float64s("x", 1, 2, 3)
	y := analysis.Int64s("label", 0, 1, 1)
	runAll(t, []sparkCase{
		// 0 0 1 0 1 1: cutting at 2.5 saves as much as at 4.5, and comes first.
		{says: "the first of equal gains, x <= t left", stages: one(assemble, ml.DecisionTreeClassifier{MaxDepth: 1}), train: six, column: "probability", want: "0 0 0.75 0.75 0.75 0.75"},
		{says: "siblings of one class are merged", stages: one(assembleX, ml.DecisionTreeClassifier{}), train: frame(analysis.Float64s("x", 1, 2, 2, 2, 2, 3, 3), analysis.Int64s("label", 1, 1, 1, 1, 0, 0, 0)),
			test: frame(analysis.Float64s("x", 1, 2, 3)), column: "probability", want: "0.8 0.8 0"},
		{says: "NaN goes right", stages: one(assemble, ml.DecisionTreeClassifier{}), train: with(x, y), test: frame(analysis.Float64s("x", 1, math.NaN())), column: "prediction", want: "0 1"},
		{says: "more categories than bins", stages: append(slices.Clone(indexed), ml.DecisionTreeClassifier{MaxBins: 5}), train: six, fit: []string{"stage 3", "DecisionTreeClassifier", `"c"`, "6", "MaxBins", "5"}},
		{says: "as many categories as bins", stages: append(slices.Clone(indexed), ml.DecisionTreeClassifier{MaxBins: 6}), train: six, column: "prediction", want: "0 0 1 0 1 1"},
		{says: "a tree of one leaf for one class", stages: one(assemble, ml.DecisionTreeClassifier{}), train: with(x, analysis.Int64s("label", 1, 1, 1)), column: "probability", want: "1 1 1"},
		{says: "no rows", stages: one(assemble, ml.DecisionTreeClassifier{}), train: with(x, y).Limit(0), fit: []string{"DecisionTreeClassifier", "no rows"}},
		{says: "infinite", stages: one(assemble, ml.DecisionTreeClassifier{}), train: with(analysis.Float64s("x", 1, 2, math.Inf(1)), y), fit: []string{"DecisionTreeClassifier", `"x"`, "+Inf", "row 2"}},
		{says: "a label that is no class", stages: one(assemble, ml.DecisionTreeClassifier{}), train: with(x, analysis.Float64s("label", 0, 1, 0.5)), fit: []string{"DecisionTreeClassifier", `"label" is 0.5 in row 2`}},
		{says: "boosting: the first tree has weight 1", stages: one(assemble, ml.GBTClassifier{MaxIter: 1}), train: with(x, y), column: "rawPrediction", want: "-2 2 2"},
		{says: "boosting: labels are 0 or 1", stages: one(assemble, ml.GBTClassifier{}), train: with(x, analysis.Int64s("label", 0, 1, 2)), fit: []string{"GBTClassifier", `"label" is 2 in row 2`, "0 or 1"}},
	})
}
