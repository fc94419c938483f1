package ml_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

var colours = analysis.Strings("c", "b", "a", "b", "", "a", "c", "", "x", "").Nulls(7)

func TestStringIndexerOrders(t *testing.T) {
	// Counts: "" 3, a 2, b 2, c 1; the x is null.
	for order, want := range map[string][]string{
		"":               {"", "a", "b", "c"},
		ml.FrequencyDesc: {"", "a", "b", "c"},
		ml.FrequencyAsc:  {"c", "a", "b", ""},
		ml.AlphabetAsc:   {"", "a", "b", "c"},
		ml.AlphabetDesc:  {"c", "b", "a", ""},
	} {
		m := ml.StringIndexer{InputCols: []string{"c"}, StringOrderType: order}.Fit(frame(colours))
		got := stage[ml.StringIndexerModel](t, m, 0)
		if !slices.Equal(got.Labels[0], want) || got.OutputCols[0] != "c_index" || got.HandleInvalid != "error" {
			t.Errorf("%s: %+v, want labels %q", order, got, want)
		}
	}
	wantError(t, ml.StringIndexer{InputCols: []string{"c"}, StringOrderType: "random"}.Fit(frame(colours)).Err(),
		"features_test.go:", "StringIndexer", `StringOrderType "random"`)
}

func TestStringIndexerTiesByBytes(t *testing.T) {
	m := ml.StringIndexer{InputCols: []string{"c"}}.Fit(frame(analysis.Strings("c", "é", "z", "Z", "a", "10", "9")))
	if got := stage[ml.StringIndexerModel](t, m, 0).Labels[0]; !slices.Equal(got, []string{"10", "9", "Z", "a", "z", "é"}) {
		t.Errorf("%q", got)
	}
}

func TestStringIndexerTakesOtherTypes(t *testing.T) {
	f := frame(
		analysis.Float64s("float", 1, math.Copysign(0, -1), 0, 2.5, math.NaN(), 1e21, 2.5, 2.5),
		analysis.Int64s("int", 3, 3, -1, 9007199254740993, 9007199254740993, 9007199254740993, 5, 5).Nulls(6, 7),
		analysis.Bools("bool", true, true, true, false, true, true, true, true),
	)
	names := []string{"float", "int", "bool"}
	m := ml.StringIndexer{InputCols: names, HandleInvalid: "keep"}.Fit(f)
	got := stage[ml.StringIndexerModel](t, m, 0).Labels
	want := [][]string{{"2.5", "0", "1", "1e+21"}, {"9007199254740993", "3", "-1"}, {"true", "false"}}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s: %q, want %q", names[i], got[i], want[i])
		}
	}
	out := m.Transform(f)
	for name, want := range map[string]string{
		"float_index": "2 1 1 0 4 3 0 0", // NaN and null are kept as the index after the last
		"int_index":   "1 1 2 0 0 0 3 3",
		"bool_index":  "0 0 0 1 0 0 0 0",
	} {
		if got := join(texts(t, out, name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestTextsThatAreNoUTF8(t *testing.T) {
	_, err := ml.StringIndexer{InputCols: []string{"c"}}.Fit(frame(analysis.Strings("c", "a", "\xff"))).Stages()
	wantError(t, err, "StringIndexer", `column "c" holds "\xff", which is no UTF-8`)
}

func TestStringIndexerInvalid(t *testing.T) {
	train := frame(analysis.Strings("c", "a", "b", "a"))
	test := frame(analysis.Strings("c", "b", "new", "a", "a").Nulls(3), analysis.Int64s("row", 0, 1, 2, 3))
	fit := func(how string) analysis.Frame {
		return ml.StringIndexer{InputCols: []string{"c"}, OutputCols: []string{"i"}, HandleInvalid: how}.Fit(train).Transform(test)
	}
	for how, want := range map[string][2]string{"skip": {"1 0", "0 2"}, "keep": {"1 2 0 2", "0 1 2 3"}} {
		if got := join(texts(t, fit(how), "i")); got != want[0] {
			t.Errorf("%s: indices %s, want %s", how, got, want[0])
		}
		if got := join(texts(t, fit(how), "row")); got != want[1] {
			t.Errorf("%s: rows %s, want %s", how, got, want[1])
		}
	}
	for _, how := range []string{"", "error"} {
		f := fit(how)
		if err := f.Err(); err != nil {
			t.Errorf("found before it was looked for: %v", err)
		}
		_, err := f.Count() // of another column's rows too: Spark fails as well
		wantError(t, err, "features_test.go:", "string indexer", "column c", `"new"`, "row 1", "skip or keep")
	}
	nulls := ml.StringIndexer{InputCols: []string{"c"}}.Fit(train).Transform(frame(analysis.Strings("c", "a", "").Nulls(1)))
	_, err := nulls.Count()
	wantError(t, err, "column c", "null", "row 1")
	wantError(t, fit("drop").Err(), `HandleInvalid "drop"`, "skip")
}

func TestStringIndexerFields(t *testing.T) {
	f := frame(colours, analysis.Float64s("n", 1, 2, 3, 4, 5, 6, 7, 8, 9))
	for _, c := range []struct {
		stage ml.Stage
		words []string
	}{
		{ml.StringIndexer{}, []string{"StringIndexer", "no InputCols"}},
		{ml.StringIndexer{InputCols: []string{"c", "n"}, OutputCols: []string{"x"}}, []string{"StringIndexer", "2 InputCols and 1 OutputCols"}},
		{ml.StringIndexer{InputCols: []string{"d"}}, []string{"string indexer", `no column "d"`, "there are c, n"}},
		{ml.OneHotEncoder{InputCols: []string{"c"}}, []string{"one-hot encoder", `"c"`, "string"}},
		{ml.OneHotEncoder{InputCols: []string{"n"}, HandleInvalid: "skip"}, []string{"OneHotEncoder", `HandleInvalid "skip"`}},
		{ml.VectorAssembler{InputCols: []string{"n", "c"}}, []string{"vector assembler", `"c"`, "string", "index it first"}},
		{ml.VectorAssembler{}, []string{"vector assembler", "no InputCols"}},
		{ml.VectorAssembler{InputCols: []string{"n"}, HandleInvalid: "x"}, []string{"vector assembler", `HandleInvalid "x"`}},
		{ml.StandardScaler{InputCol: "n"}, []string{"standard scaler", `"n"`, "float64, not a feature vector", "VectorAssembler"}},
		{ml.StandardScaler{}, []string{"standard scaler", `no column "features"`}},
		{ml.ValueMap{InputCol: "n"}, []string{"ValueMap", "n_mapped"}},
		{ml.ValueMap{InputCol: "c", OriginalValues: []string{"a"}}, []string{"value map", "1 OriginalValues and 0 NewValues"}},
		{ml.CategoryPooler{InputCol: "n"}, []string{"CategoryPooler", "n"}},
		{ml.CategoryPooler{InputCol: "c", TopK: -1}, []string{"CategoryPooler", "TopK is -1"}},
		{ml.DecisionTreeClassifier{LabelCol: "n"}, []string{"DecisionTreeClassifier", `no column "features"`}},
		{ml.GBTClassifier{}, []string{"GBTClassifier", `no column "label"`}},
		{ml.ConstantClassifier{LabelCol: "c"}, []string{"ConstantClassifier", `label "c" is string`}},
		{42, []string{"a int, is neither a transformer nor an estimator"}},
		{nil, []string{"is neither a transformer nor an estimator"}},
	} {
		m := ml.Pipeline{c.stage}.Fit(f)
		words := append([]string{"features_test.go:", "stage 1"}, c.words...)
		wantError(t, m.Err(), words...)
		_, err := m.Transform(f).Count()
		wantError(t, err, words...)
		_, err = m.Summary()
		wantError(t, err, words...)
	}
	wantError(t, ml.Pipeline{}.Fit(f).Err(), "without stages")
}

func TestOneHotEncoder(t *testing.T) {
	f := frame(analysis.Strings("c", "b", "a", "b", "c"))
	for _, c := range []struct {
		encoder ml.OneHotEncoder
		want    []string // features of the model
	}{
		{ml.OneHotEncoder{}, []string{"c_b", "c_a"}},
		{ml.OneHotEncoder{KeepLast: true}, []string{"c_b", "c_a", "c_c"}},
		{ml.OneHotEncoder{HandleInvalid: "keep"}, []string{"c_b", "c_a", "c_c"}},
		{ml.OneHotEncoder{HandleInvalid: "keep", KeepLast: true}, []string{"c_b", "c_a", "c_c", "c_3"}},
	} {
		c.encoder.InputCols, c.encoder.OutputCols = []string{"c_index"}, []string{"v"}
		m := ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}}, c.encoder}.Fit(f)
		if got := slotNames(t, m.Transform(f), "v"); !slices.Equal(got, c.want) {
			t.Errorf("%+v: slots %q, want %q", c.encoder, got, c.want)
		}
		if got := stage[ml.OneHotEncoderModel](t, m, 1).CategorySizes[0]; got != 3 {
			t.Errorf("%+v: %d categories", c.encoder, got)
		}
	}
	// The values are seen through a scaler that does nothing but describe: the
	// means of the slots are the shares of the categories.
	scaled := ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}}, ml.OneHotEncoder{InputCols: []string{"c_index"}},
		ml.StandardScaler{InputCol: "c_index_vec"}}.Fit(f)
	if got := stage[ml.StandardScalerModel](t, scaled, 2).Mean; !slices.Equal(got, []float64{0.5, 0.25}) {
		t.Errorf("means %v", got)
	}
}

// slotNames returns the names of a vector's slots, by way of a model of it.
func slotNames(t *testing.T, f analysis.Frame, vector string) []string {
	t.Helper()
	m := ml.DecisionTreeClassifier{FeaturesCol: vector}.Fit(f.WithColumn("label", analysis.Lit(1)))
	return stage[ml.TreeModel](t, m, 0).FeatureNames
}

func TestOneHotEncoderPlainColumn(t *testing.T) {
	train := frame(analysis.Int64s("i", 0, 4, 1))
	m := ml.OneHotEncoder{InputCols: []string{"i"}}.Fit(train)
	if got := stage[ml.OneHotEncoderModel](t, m, 0).CategorySizes[0]; got != 5 {
		t.Errorf("%d categories, want the greatest index plus one", got)
	}
	_, err := m.Transform(frame(analysis.Int64s("i", 0, 5))).Count()
	wantError(t, err, "one-hot encoder", "column i", "holds 5 in row 1", "0 to 4")
	keep := ml.OneHotEncoder{InputCols: []string{"i"}, HandleInvalid: "keep"}.Fit(train)
	if n, err := keep.Transform(frame(analysis.Int64s("i", 0, 5))).Count(); n != 2 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	for _, bad := range []analysis.Values{
		analysis.Float64s("i", 0, 1.5), analysis.Float64s("i", 0, -1), analysis.Float64s("i", 0, math.NaN()),
		analysis.Float64s("i", 0, math.Inf(1)), analysis.Float64s("i", 0, 1).Nulls(1), analysis.Float64s("i", 0, 1e9),
	} {
		_, err := ml.OneHotEncoder{InputCols: []string{"i"}}.Fit(frame(bad)).Stages()
		wantError(t, err, "features_test.go:", "OneHotEncoder", `column "i"`)
		_, err = m.Transform(frame(bad)).Count()
		wantError(t, err, "features_test.go:", "one-hot encoder", "column i", "row 1")
	}
	_, err = ml.OneHotEncoder{InputCols: []string{"i"}}.Fit(frame(analysis.Int64s("i"))).Stages()
	wantError(t, err, `column "i" has no row`)
}

func TestVectorAssembler(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, 3, 4), analysis.Bools("b", true, false, true, true),
		analysis.Strings("c", "u", "v", "u", "w"), analysis.Int64s("n", 5, 6, 7, 8))
	m := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"c"}},
		ml.OneHotEncoder{InputCols: []string{"c_index"}},
		ml.VectorAssembler{InputCols: []string{"n", "c_index_vec", "b", "x", "c_index"}},
		ml.StandardScaler{InputCol: "features"},
	}.Fit(f)
	want := []string{"n", "c_u", "c_v", "b", "x", "c"}
	if got := slotNames(t, m.Transform(f), "features"); !slices.Equal(got, want) {
		t.Errorf("slots %q, want %q", got, want)
	}
	if got := stage[ml.StandardScalerModel](t, m, 3).Mean; !slices.Equal(got, []float64{6.5, 0.5, 0.25, 0.75, 2.5, 0.75}) {
		t.Errorf("means %v", got)
	}
}

func TestVectorAssemblerInvalid(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, math.NaN(), 3, 4), analysis.Int64s("n", 5, 6, 7, 8).Nulls(3))
	for how, rows := range map[string]string{"skip": "5 7", "keep": "5 6 7 null"} {
		out := ml.VectorAssembler{InputCols: []string{"n", "x"}, HandleInvalid: how}.Transform(f)
		if got := join(texts(t, out.Select("n"), "n")); got != rows {
			t.Errorf("%s: rows %s, want %s", how, got, rows)
		}
	}
	keep := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"n", "x"}, HandleInvalid: "keep"}, ml.StandardScaler{}}.Fit(f)
	scaler := stage[ml.StandardScalerModel](t, keep, 1)
	if !math.IsNaN(scaler.Mean[0]) || !math.IsNaN(scaler.Std[1]) {
		t.Errorf("NaN does not spread: %+v", scaler)
	}
	_, err := ml.VectorAssembler{InputCols: []string{"n", "x"}}.Transform(f).Count()
	wantError(t, err, "features_test.go:", "vector assembler", "null or NaN in row", "to keep and AllowMissing")
}

func TestStandardScaler(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, 3, 6), analysis.Float64s("k", 7, 7, 7, 7), analysis.Float64s("label", 0, 0, 1, 1))
	assemble := ml.VectorAssembler{InputCols: []string{"x", "k"}}
	m := stage[ml.StandardScalerModel](t, ml.Pipeline{assemble, ml.StandardScaler{}}.Fit(f), 1)
	// The sample deviation: sqrt((4+1+0+9)/3).
	if sd := math.Sqrt(14. / 3); m.Mean[0] != 3 || math.Abs(m.Std[0]-sd) > 1e-15 || m.Std[1] != 0 || m.Mean[1] != 7 {
		t.Errorf("%+v", m)
	}
	// A tree on scaled features splits between scaled values: (2/sd + 3/sd)/2.
	tree := ml.Pipeline{assemble, ml.StandardScaler{WithMean: true}, ml.DecisionTreeClassifier{FeaturesCol: "features_scaled"}}.Fit(f)
	if got := floats(t, tree.Transform(f), "prediction"); !slices.Equal(got, []float64{0, 0, 1, 1}) {
		t.Errorf("%v", got)
	}
	if list, err := tree.FeatureImportances(0); err != nil || list[0].Feature != "x" || list[0].Share != 1 || list[1].Share != 0 {
		t.Errorf("a constant feature takes part: %v, %v", list, err)
	}
	_, err := ml.Pipeline{assemble, ml.StandardScaler{}}.Fit(f.Filter(analysis.Col("x").Greater(10))).Stages()
	wantError(t, err, "features_test.go:", "StandardScaler", "no rows")
}

// Scalers at the ends of a float64: what can be scaled is, and what cannot be is said.
func TestScalersKeepToTheRange(t *testing.T) {
	const large = 1.5e308
	scaled := func(s ml.Stage, values ...float64) ([]float64, error) {
		f := frame(analysis.Float64s("x", values...))
		out, _, err := ml.Slots(ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, s}.Fit(f).Transform(f), "features_scaled")
		if err != nil {
			return nil, err
		}
		column := make([]float64, len(out))
		for i, row := range out {
			column[i] = row[0]
		}
		return column, nil
	}
	for name, test := range map[string]struct {
		stage  ml.Stage
		values []float64
		want   []float64 // rounded to thousandths; nil is an error
		err    string
	}{
		"large constant":     {ml.StandardScaler{WithMean: true}, []float64{large, large, large}, []float64{0, 0, 0}, ""},
		"large":              {ml.StandardScaler{WithMean: true}, []float64{large, -large, -large, -large}, []float64{1.5, -0.5, -0.5, -0.5}, ""},
		"large without mean": {ml.StandardScaler{}, []float64{large, 0, 0, 0}, []float64{2, 0, 0, 0}, ""},
		"large squares":      {ml.StandardScaler{WithMean: true}, []float64{1e200, -1e200, 0}, []float64{1, -1, 0}, ""},
		"small squares":      {ml.StandardScaler{WithMean: true}, []float64{1e-200, -1e-200, 0}, []float64{1, -1, 0}, ""},
		"too large":          {ml.StandardScaler{}, []float64{large, -large}, nil, `the deviation of feature "x" is more than a float64 holds`},
		"too small":          {ml.StandardScaler{}, []float64{1e-320, 2e-320}, nil, `feature "x", 7.07e-321, is too small to be divided by`},
		"range":              {ml.MinMaxScaler{}, []float64{large, -2e307, large}, []float64{1, 0, 1}, ""},
		"large range":        {ml.MinMaxScaler{}, []float64{large, -large}, nil, `the range of feature "x" is more than a float64 holds`},
		"small range":        {ml.MinMaxScaler{}, []float64{0, 1e-320}, nil, `the range of feature "x", 1e-320, is too small to be divided by`},
	} {
		got, err := scaled(test.stage, test.values...)
		if test.want == nil {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: %v, %v, want %q", name, got, err, test.err)
			}
			continue
		}
		for i := range got {
			got[i] = math.Round(1000*got[i]) / 1000
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
	}
}

// A mean is found where the values' sum is out of range.
func TestImputerMeanKeepsToTheRange(t *testing.T) {
	const large = 1.5e308
	f := frame(analysis.Float64s("x", large, -large, -large, -large, 0).Nulls(4))
	m := stage[ml.ImputerModel](t, ml.Imputer{InputCols: []string{"x"}}.Fit(f), 0)
	if m.Surrogates[0] != -large/2 {
		t.Errorf("mean %v, want %v", m.Surrogates[0], -large/2)
	}
}

func TestStandardScalerDropsCategories(t *testing.T) {
	f := frame(analysis.Strings("c", "a", "b", "c", "a", "b", "c", "a"), analysis.Int64s("label", 0, 1, 0, 0, 1, 0, 0))
	indexed := ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}}, ml.VectorAssembler{InputCols: []string{"c_index"}}}
	depth := func(p ...ml.Stage) int {
		m := append(append(ml.Pipeline{}, indexed...), p...).Fit(f)
		return stage[ml.TreeModel](t, m, len(p)+1).Log.Leaves[0]
	}
	// One subset {b} parts the classes; as numbers 0, 1, 2 they take two cuts.
	if got := depth(ml.DecisionTreeClassifier{}); got != 2 {
		t.Errorf("categories: %d leaves", got)
	}
	if got := depth(ml.StandardScaler{}, ml.DecisionTreeClassifier{FeaturesCol: "features_scaled"}); got != 3 {
		t.Errorf("scaled categories: %d leaves, want a number's", got)
	}
}

func TestValueMap(t *testing.T) {
	poli := ml.ValueMap{InputCol: "POLI", OutputCol: "poli", OriginalValues: []string{"norm", "btch", "idle", "fifo", "rr", "0", "-", "norm"},
		NewValues: []float64{0, 1, 2, 3, 4, 5, 6, 99}}
	f := frame(analysis.Strings("POLI", "-", "0", "rr", "fifo", "idle", "btch", "norm", "new", "", "norm").Nulls(9))
	if got := join(texts(t, poli.Transform(f), "poli")); got != "6 5 4 3 2 1 0 null null null" {
		t.Error(got)
	}
}

func TestCategoryPooler(t *testing.T) {
	f := frame(colours) // "" 3, a 2, b 2, c 1, null
	m := ml.CategoryPooler{InputCol: "c", TopK: 2}.Fit(f)
	if got := stage[ml.CategoryPoolerModel](t, m, 0).Kept; !slices.Equal(got, []string{"", "a"}) {
		t.Errorf("kept %q", got)
	}
	test := frame(analysis.Strings("c", "a", "b", "", "new", "z").Nulls(4))
	if got := texts(t, m.Transform(test), "c_pooled"); !slices.Equal(got, []string{"a", "other", "", "other", "null"}) {
		t.Errorf("%q", got)
	}
	_, err := ml.CategoryPooler{InputCol: "c", Other: "b"}.Fit(f).Stages()
	wantError(t, err, "features_test.go:", "CategoryPooler", `column "c" itself holds the text "b"`)
	empty := ml.CategoryPooler{InputCol: "c"}.Fit(f.Limit(0))
	if got := texts(t, empty.Transform(test), "c_pooled"); !slices.Equal(got, []string{"other", "other", "other", "other", "null"}) {
		t.Errorf("fitted to nothing: %q", got)
	}
}
