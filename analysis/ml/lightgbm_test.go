package ml_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// Files that Python LightGBM wrote, and its answers.
const theirs = "../internal/lightgbm/testdata"

// theirRows returns the rows of the oracle as a frame of those columns, and what
// Python answers.
func theirRows(t testing.TB, file string, columns ...string) (analysis.Frame, []float64) {
	t.Helper()
	var oracle struct {
		Files map[string]struct {
			Rows   [][]any
			Answer []float64
		}
	}
	if err := json.Unmarshal(read(t, theirs, "oracle.json"), &oracle); err != nil {
		t.Fatal(err)
	}
	want, ok := oracle.Files[file]
	if !ok {
		t.Fatalf("no answers for %s", file)
	}
	var all []analysis.Values
	for k, name := range columns {
		values := make([]float64, len(want.Rows))
		var nulls []int
		for i, row := range want.Rows {
			switch v := row[k].(type) {
			case nil:
				nulls = append(nulls, i)
			case string:
				values[i] = map[string]float64{"+Inf": math.Inf(1), "-Inf": math.Inf(-1)}[v]
			case float64:
				values[i] = v
			}
		}
		column := analysis.Float64s(name, values...)
		if file == "foreign/pandas.txt" && name == "code" { // whose categories are c0, c1, ...
			texts := make([]string, len(values))
			for i, v := range values {
				texts[i] = fmt.Sprintf("c%d", int64(min(v, 1e9)))
			}
			column = analysis.Strings(name, texts...)
		}
		all = append(all, column.Nulls(nulls...))
	}
	return frame(all...), want.Answer
}

func equalAnswers(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d answers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Abs(got[i]-want[i]) > 1e-15 {
			t.Errorf("%s, row %d: %v, Python says %v", what, i, got[i], want[i])
		}
	}
}

// What Python wrote scores here as there, also after it was saved and loaded.
func TestLoadLightGBM(t *testing.T) {
	for _, name := range []string{
		"binary", "one_leaf", "sigmoid", "weighted", "dart", "forest", "forest_mean", "goss", "categories", "categories_one", "zero_missing",
		"zero_missing_categories", "none_missing", "monotone", "quantized", "cross_entropy",
	} {
		m, err := ml.LoadLightGBM(filepath.Join(theirs, "foreign", name+".txt"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f, want := theirRows(t, "foreign/"+name+".txt", "signed", "real", "code", "none")
		equalAnswers(t, name, floats(t, m.Transform(f), "probability"), want)

		dir := filepath.Join(t.TempDir(), name)
		if _, err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		again, err := ml.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		equalAnswers(t, name+" saved", floats(t, again.Transform(f), "probability"), want)
	}
}

// A pandas category is looked up by its text; what pandas does not know is
// missing, and so is a null.
func TestLoadLightGBMCategories(t *testing.T) {
	m, err := ml.LoadLightGBM(filepath.Join(theirs, "foreign/pandas.txt"))
	if err != nil {
		t.Fatal(err)
	}
	f, want := theirRows(t, "foreign/pandas.txt", "signed", "real", "code", "none")
	equalAnswers(t, "pandas", floats(t, m.Transform(f), "probability"), want)
}

func TestLoadLightGBMRefuses(t *testing.T) {
	file := func(name string) string { return filepath.Join(theirs, "foreign", name+".txt") }
	written := func(text string) string {
		path := filepath.Join(t.TempDir(), "model.txt")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pandas := string(read(t, theirs, "foreign/pandas.txt"))
	for _, c := range []struct {
		path    string
		columns []string
		words   []string
	}{
		{file("multiclass"), nil, []string{"num_class", "one output only"}},
		{file("linear"), nil, []string{"linear trees are not supported"}},
		{file("poisson"), nil, []string{`"poisson"`, "probability"}},
		{file("lambdarank"), nil, []string{`"lambdarank"`, "probability"}},
		{file("own_objective"), nil, []string{"no objective"}},
		{file("regression_l1"), nil, []string{"probability"}},
		{file("nothing"), nil, []string{"the file is missing"}},
		{theirs, nil, []string{"this is not a file"}},
		{file("binary"), []string{"a", "b"}, []string{"2 columns for 4 features"}},
		{file("binary"), []string{"a", "b", "b", "c"}, []string{`"b" stands for two features`}},
		{written("{}"), nil, []string{"JSON", "save_model"}},
		{written(""), nil, []string{"not a LightGBM model"}},
		{written(pandas[:2000]), nil, []string{"line "}},
		{written(strings.Replace(pandas, `"c0", `, `["c0"], `, 1)), nil, []string{"pandas_categorical", "neither a text nor a number"}},
		{written(strings.Replace(pandas, `[["c0"`, `[["x"], ["y"], ["c0"`, 1)), nil, []string{`the categories of 3 columns, but "code" is categorical`}},
		{written(strings.Replace(pandas, `[["c0"`, `[[`, 1)), nil, []string{"pandas_categorical"}},
	} {
		_, err := ml.LoadLightGBM(c.path, c.columns...)
		wantError(t, err, append(c.words, "ml: load "+c.path)...)
	}
	_, err := ml.Load(file("binary"))
	wantError(t, err, "LoadLightGBM")
}

// The model goes by the columns that it is told.
func TestLoadLightGBMColumns(t *testing.T) {
	m, err := ml.LoadLightGBM(filepath.Join(theirs, "foreign/binary.txt"), "a", "b", "c", "d")
	if err != nil {
		t.Fatal(err)
	}
	f, want := theirRows(t, "foreign/binary.txt", "a", "b", "c", "d")
	equalAnswers(t, "renamed", floats(t, m.Transform(f), "probability"), want)
	list, err := m.FeatureImportances(1)
	if err != nil || list[0].Feature != "signed" || list[0].Column != "a" {
		t.Errorf("%v, %v", list, err)
	}
	if !slices.Contains(m.Transform(f).Columns(), "prediction") || !strings.Contains(m.String(), "binary.txt") {
		t.Errorf("%v, %v", m.Transform(f).Columns(), m)
	}
	wantError(t, m.Transform(f.Drop("b")).Err(), `no column "b"`)
}

func ExampleLoadLightGBM() {
	model, err := ml.LoadLightGBM("../internal/lightgbm/testdata/foreign/pandas.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := session.FromColumns(analysis.Float64s("signed", 1, -2), analysis.Float64s("real", 0.3, 1.2),
		analysis.Strings("code", "c4", "c9"), analysis.Float64s("none", 0, 0))
	table, err := model.Transform(rows).Select("code", "probability", "prediction").Collect()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(table)
	// Output:
	// transform by LightGBMClassificationModel; select code, probability, prediction
	// code  probability  prediction
	// c4        0.53730           1
	// c9        0.54659           1
	// 2 rows × 3 columns
}

// FuzzLoadLightGBM: whatever the file says, LoadLightGBM returns an error or a
// model that can be used, at once or when it has been told which columns are texts.
func FuzzLoadLightGBM(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(theirs, "foreign/*.txt"))
	if err != nil || len(files) == 0 {
		f.Fatal("no files of LightGBM", err)
	}
	for _, file := range files {
		f.Add(read(f, file, ""))
	}
	path := filepath.Join(f.TempDir(), "model.txt")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := ml.LoadLightGBM(path)
		if err != nil {
			return
		}
		if _, err := m.Summary(); err != nil && strings.Contains(err.Error(), "say so, as in model.WithTextColumns(") {
			return
		} else if err != nil {
			t.Error(err)
		}
		if _, err := m.TopFeatures(3); err != nil {
			t.Error(err)
		}
	})
}
