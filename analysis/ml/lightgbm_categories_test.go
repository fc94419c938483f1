package ml_test

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/ml"
)

func handmade(name string) string { return filepath.Join(theirs, "handmade", name+".txt") }

// variant writes a file with texts replaced, in pairs.
func variant(t *testing.T, name string, replace ...string) string {
	t.Helper()
	text := string(read(t, handmade(name), ""))
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("%s holds no %q", name, replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	path := filepath.Join(t.TempDir(), "model.txt")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// answers scores rows with the model, and with it saved and loaded.
func answers(t *testing.T, what string, m *ml.PipelineModel, f analysis.Frame, want ...float64) {
	t.Helper()
	equalAnswers(t, what, floats(t, m.Transform(f), "probability"), want)
	dir := filepath.Join(t.TempDir(), "model")
	if _, err := m.Save(dir); err != nil {
		t.Fatal(what, err)
	}
	again, err := ml.Load(dir)
	if err != nil {
		t.Fatal(what, err)
	}
	equalAnswers(t, what+", saved", floats(t, again.Transform(f), "probability"), want)
}

// The answers are Python LightGBM's.
func TestInfiniteThreshold(t *testing.T) {
	inf := math.Inf(1)
	m, err := ml.LoadLightGBM(handmade("inf_threshold"))
	if err != nil {
		t.Fatal(err)
	}
	const number, missing = 0.3775406687981454, 0.6224593312018546
	answers(t, "inf", m, frame(analysis.Float64s("rss", 1, 1e308, inf, -inf, 0, 7).Nulls(5)), number, number, number, number, number, missing)
	m, err = ml.LoadLightGBM(variant(t, "inf_threshold", "threshold=inf", "threshold=-inf"))
	if err != nil {
		t.Fatal(err)
	}
	answers(t, "-inf", m, frame(analysis.Float64s("rss", 1, -inf, 0).Nulls(2)), missing, number, missing)
	if m, err = ml.LoadLightGBM(handmade("split_gain_inf")); err != nil {
		t.Fatal(err)
	}
	top, err := m.TopFeatures(2)
	if shares, _ := top.Floats("share"); err != nil || !slices.Contains(shares, 1) {
		t.Errorf("%v, %v", top, err)
	}
}

// Without a list of texts all categories are numbers.
func TestCategoriesThatAreNumbers(t *testing.T) {
	const left, right = 0.679178699175393, 0.3775406687981454
	f := frame(analysis.Float64s("port", 22, 22.9, 80, 443, -1, 22).Nulls(5), analysis.Float64s("bytes", 0, 0, 0, 0, 0, 0))
	for _, lists := range []string{"pandas_categorical:[]", "pandas_categorical:null", "pandas_categorical: [ ]", ""} {
		m, err := ml.LoadLightGBM(variant(t, "pandas_empty", "pandas_categorical:[]", lists))
		if err != nil {
			t.Errorf("%q: %v", lists, err)
			continue
		}
		answers(t, lists, m, f, left, left, right, right, right, right)
	}
}

// Categories of pandas are looked up as a frame has them as text: whole numbers,
// fractions and truth values too. Category 1 goes left.
func TestCategoriesOfAnyType(t *testing.T) {
	const left, right = 0.679178699175393, 0.3775406687981454
	bytes := analysis.Float64s("bytes", 0, 0, 0)
	for _, c := range []struct {
		list   string
		column analysis.Values
		want   []float64
	}{
		{`[1, 22, 3]`, analysis.Int64s("port", 22, 1, 99), []float64{left, right, right}},
		{`[1, 22, 3]`, analysis.Float64s("port", 22, 1, 99), []float64{left, right, right}},
		{`[1, 22, 3]`, analysis.Strings("port", "22", "1", "22.0"), []float64{left, right, right}},
		{`[0.5, 22.0, -0.0]`, analysis.Float64s("port", 22, 0.5, math.NaN()), []float64{left, right, right}},
		{`[false, true]`, analysis.Bools("port", true, false, true).Nulls(2), []float64{left, right, right}},
		{`[false, true]`, analysis.Strings("port", "true", "false", "TRUE"), []float64{left, right, right}},
		{`["a", "b"]`, analysis.Strings("port", "b", "a", "b "), []float64{left, right, right}},
	} {
		m, err := ml.LoadLightGBM(variant(t, "pandas_empty", "pandas_categorical:[]", "pandas_categorical:["+c.list+"]",
			"80:22:443", "0:1", "cat_threshold=4194304", "cat_threshold=2"))
		if err != nil {
			t.Errorf("%s: %v", c.list, err)
			continue
		}
		answers(t, c.list, m, frame(c.column, bytes), c.want...)
		s, err := m.Scorer()
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Probabilities(c.column, bytes)
		if err != nil {
			t.Errorf("%s: %v", c.list, err)
		}
		equalAnswers(t, c.list+", scorer", got, c.want)
	}
}

// Of a text category and a number category the infos of the file say which is
// which where they can, or the frame's types, or the caller.
func TestTextAndNumberCategories(t *testing.T) {
	want := []float64{0.679178699175393, 0.5621765008857981, 0.5621765008857981, 0.3775406687981454, 0.3775406687981454}
	protos, bytes := analysis.Strings("proto", "tcp", "tcp", "icmp", "udp", "").Nulls(4), analysis.Float64s("bytes", 0, 0, 0, 0, 0)
	f := frame(protos, analysis.Int64s("port", 22, 80, 443, 22, 22), bytes)
	m, err := ml.LoadLightGBM(handmade("mixed_categories"))
	if err != nil {
		t.Fatal(err)
	}
	answers(t, "by the infos", m, f, want...)

	path := variant(t, "mixed_categories", "80:22:443", "0:1", "cat_threshold=5 4194304", "cat_threshold=5 2")
	f = frame(protos, analysis.Int64s("port", 1, 80, 443, 1, 1), bytes)
	if m, err = ml.LoadLightGBM(path); err != nil {
		t.Fatal(err)
	}
	equalAnswers(t, "by the frame", floats(t, m.Transform(f), "probability"), want)
	inner := ml.Pipeline{m}.Fit(f)
	equalAnswers(t, "in a pipeline", floats(t, inner.Transform(f), "probability"), want)
	told, err := m.WithTextColumns("proto")
	if err != nil {
		t.Fatal(err)
	}
	answers(t, "by the caller", told, f, want...)

	const open = `the categories of 1 of the columns "proto", "port" are texts`
	_, err = m.Scorer()
	wantError(t, err, open, `WithTextColumns("proto")`)
	wantError(t, saving(m.Save(filepath.Join(t.TempDir(), "m"))), open)
	_, err = m.TopFeatures(1)
	wantError(t, err, open)
	for _, g := range []analysis.Frame{
		frame(protos, analysis.Strings("port", "1", "1", "1", "1", "1"), bytes),
		frame(analysis.Int64s("proto", 0, 0, 0, 0, 0), analysis.Int64s("port", 1, 80, 443, 1, 1), bytes),
	} {
		wantError(t, m.Transform(g).Err(), open)
		wantError(t, ml.Pipeline{m}.Fit(g).Err(), open)
	}
	wantError(t, m.Transform(f.Drop("port")).Err(), `no column "port"`)

	_, err = m.WithTextColumns("bytes")
	wantError(t, err, `"bytes" is not categorical`, `"proto" and "port" are categorical`)
	_, err = m.WithTextColumns("proto", "port")
	wantError(t, err, "2 columns", "the texts of 1")
	_, err = told.WithTextColumns("proto")
	wantError(t, err, "leaves nothing open")

	// Lists too many, and lists shorter than what the features had.
	_, err = ml.LoadLightGBM(variant(t, "mixed_categories", `[["tcp", "udp", "icmp"]]`, `[["tcp"], ["a"], ["b"]]`))
	wantError(t, err, `the categories of 3 columns, but "proto" and "port" are categorical`)
	_, err = ml.LoadLightGBM(variant(t, "mixed_categories", `[["tcp", "udp", "icmp"]]`, `[["tcp"]]`))
	wantError(t, err, `the lists are shorter`, `"proto" and "port"`)
	_, err = ml.LoadLightGBM(variant(t, "mixed_categories", `[["tcp", "udp", "icmp"]]`, `[["tcp", "udp", "icmp"], [1]]`))
	wantError(t, err, `"port"`, "443", "1 texts")

	// A category of one text only is in categorical_feature, not in the infos.
	both := variant(t, "mixed_categories", "[0:1e6]", "none", "categorical_feature: 0,1", "categorical_feature: 0,1,2",
		`"icmp"]]`, `"icmp"], ["only"]]`)
	if m, err = ml.LoadLightGBM(both); err != nil {
		t.Fatal(err)
	}
	answers(t, "one text only", m, frame(protos, analysis.Int64s("port", 22, 80, 443, 22, 22), analysis.Strings("bytes", "only", "only", "only", "", "")), want...)
}

// A column's name may be in the way of the stages' own.
func TestNamesOfCategories(t *testing.T) {
	m, err := ml.LoadLightGBM(handmade("mixed_categories"), "proto", "port", "proto_category")
	if err != nil {
		t.Fatal(err)
	}
	answers(t, "names", m, frame(analysis.Strings("proto", "tcp"), analysis.Int64s("port", 22), analysis.Float64s("proto_category", 0)), 0.679178699175393)
}

// A text column of which the model knows no value is scored, with a warning that
// names it and an example: in the table, in the report, by a scorer, and from
// models of any source.
func TestWarnsOfUnknownTexts(t *testing.T) {
	theirs, err := ml.LoadLightGBM(handmade("mixed_categories"))
	if err != nil {
		t.Fatal(err)
	}
	y, ports, bytes := analysis.Int64s("y", 0, 1, 0), analysis.Int64s("port", 22, 22, 22), analysis.Float64s("bytes", 1, 2, 3)
	fit := func(feature string, stages ...ml.Stage) *ml.PipelineModel {
		return append(ml.Pipeline(stages), ml.VectorAssembler{InputCols: []string{feature, "bytes"}, HandleInvalid: "keep"},
			ml.DecisionTreeClassifier{LabelCol: "y", AllowMissing: true}).Fit(frame(analysis.Strings("proto", "tcp", "udp", "icmp"), bytes, y))
	}
	indexed := func(input, invalid string) ml.Stage {
		return ml.StringIndexer{InputCols: []string{input}, OutputCols: []string{"index"}, HandleInvalid: invalid}
	}
	ours := func(invalid string) *ml.PipelineModel { return fit("index", indexed("proto", invalid)) }
	poolers := map[string]ml.CategoryPooler{"pooled": {InputCol: "proto", OutputCol: "p", TopK: 2}, "pooled in place": {InputCol: "proto", OutputCol: "proto", TopK: 2},
		"pooled, all kept": {InputCol: "proto", OutputCol: "p"}}
	mapping := ml.ValueMap{InputCol: "proto", OutputCol: "p", OriginalValues: []string{"tcp", "udp", "tcp"}, NewValues: []float64{6, 17, 6}}
	models := map[string]*ml.PipelineModel{"LightGBM's": theirs, "fitted": ours("keep"), "mapped": fit("p", mapping)}
	for name, p := range poolers {
		models[name] = fit("index", p, indexed(p.OutputCol, "keep"))
	}
	mapping.OutputCol = "proto"
	models["mapped in place"] = fit("proto", mapping)
	for name, m := range maps.Clone(models) {
		if m == theirs {
			continue
		}
		dir := filepath.Join(t.TempDir(), "m")
		if _, err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		if models[name+", loaded"], err = ml.Load(dir); err != nil {
			t.Fatal(err)
		}
	}
	for name, m := range models {
		for _, c := range []struct {
			texts analysis.Values
			says  string // "": nothing
		}{
			{analysis.Strings("proto", "TCP", "UDP", "x"), `no value of column "proto" is known to the model: it holds "TCP", for example, where the model knows "`},
			{analysis.Strings("proto", "", "tcp ", "udp ").Nulls(0), `"tcp ", for example`},
			{analysis.Strings("proto", "\x1b[31m", "a", "b"), `"\x1b[31m", for example`},
			{analysis.Strings("proto", "TCP", "tcp", "x"), ""},
			{analysis.Strings("proto", "", "", "").Nulls(0, 1, 2), ""},
		} {
			scored := m.Transform(frame(c.texts, ports, bytes, y))
			table, err := scored.Collect()
			if err != nil {
				t.Fatal(err)
			}
			report, err := eval.Evaluate(scored, "y")
			if err != nil {
				t.Fatal(err)
			}
			s, err := m.Scorer()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Probabilities(c.texts, ports, bytes); err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, w := range report.Warnings {
				if w.Code == eval.UnknownValues {
					codes = append(codes, w.Text)
				}
			}
			for where, said := range map[string][]string{"table": table.Warnings(), "report": codes, "scorer": s.Warnings()} {
				if text := strings.Join(said, "\n"); (text != "") != (c.says != "") || !strings.Contains(text, c.says) {
					t.Errorf("%s, %s: %q, want %q", name, where, text, c.says)
				}
			}
			if _, err := s.Probabilities(analysis.Strings("proto", "tcp"), analysis.Int64s("port", 1), analysis.Float64s("bytes", 1)); err != nil || len(s.Warnings()) > 0 {
				t.Errorf("%s: %q after a text that is known, %v", name, s.Warnings(), err)
			}
		}
	}
	// A column that a stage made is not known before its input has a value.
	s, err := models["pooled, all kept"].Scorer()
	if err != nil {
		t.Fatal(err)
	}
	for _, proto := range []analysis.Values{analysis.Strings("proto", "").Nulls(0), analysis.Strings("proto", "TCP")} {
		if _, err := s.Probabilities(proto, analysis.Float64s("bytes", 1)); err != nil {
			t.Fatal(err)
		}
	}
	if said := s.Warnings(); len(said) != 2 || !strings.Contains(said[0], `column "p"`) || !strings.Contains(said[1], `column "proto"`) {
		t.Errorf("after a null and a stranger: %q", said)
	}
	table, err := ours("skip").Transform(frame(analysis.Strings("proto", "a", "b", "c"), bytes)).Collect()
	if err != nil || table.Len() != 0 || !strings.Contains(strings.Join(table.Warnings(), ""), `"a", for example`) {
		t.Errorf("skipped: %d rows, %q, %v", table.Len(), table.Warnings(), err)
	}
}

// A file may hold a tree of one leaf, whose lists are empty.
func TestTreeOfOneLeaf(t *testing.T) {
	m, err := ml.LoadLightGBM(handmade("constant_tree"))
	if err != nil {
		t.Fatal(err)
	}
	answers(t, "one leaf", m, frame(analysis.Float64s("flag", 1, 0), analysis.Float64s("spare", 0, 0)), 0.5324543063873187, 0.4329070950345457)
}
