package ml_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// Names of columns and categories are seen in the errors and warnings about them.
func TestMessagesShowNames(t *testing.T) {
	for _, name := range visibletest.Names {
		if name == "" { // which no stage takes
			_, err := ml.Pipeline{ml.VectorAssembler{InputCols: []string{""}}}.Fit(frame(analysis.Float64s("x", 1))).Stages()
			wantError(t, err, "InputCols[0] is empty")
			continue
		}
		label := analysis.Int64s("label", 0, 1, 0, 1)
		texts, numbers := analysis.Strings(name, "a", "b", "a", "b"), analysis.Float64s(name, 1, 2, 3, 4)
		index := ml.Pipeline{ml.StringIndexer{InputCols: []string{name}, OutputCols: []string{"i"}}}
		assemble := ml.Pipeline{ml.VectorAssembler{InputCols: []string{name}}}
		fit := func(p ml.Pipeline, columns ...analysis.Values) error {
			_, err := p.Fit(frame(columns...)).Stages()
			return err
		}
		transform := func(p ml.Pipeline, with, of analysis.Values) error {
			_, err := p.Fit(frame(with, label)).Transform(frame(of, label)).Collect()
			return err
		}
		odd := analysis.Strings("text", "a", name, "a", "b")
		for what, err := range map[string]error{
			"an unknown column":        fit(index, label),
			"the list of columns":      fit(ml.Pipeline{ml.StringIndexer{InputCols: []string{"none"}}}, texts),
			"a null":                   transform(index, texts, texts.Nulls(1)),
			"an unseen text of it":     transform(index, texts, analysis.Strings(name, "a", "z", "a", "b")),
			"an unseen text":           transform(ml.Pipeline{ml.StringIndexer{InputCols: []string{"text"}}}, analysis.Strings("text", "a", "b", "a", "b"), odd),
			"no UTF-8":                 fit(index, analysis.Strings(name, "a", "\xff", "b", "b"), label),
			"a NaN":                    transform(assemble, numbers, analysis.Float64s(name, 1, math.NaN(), 3, 4)),
			"a text in a vector":       fit(assemble, texts, label),
			"one-hot of a fraction":    fit(ml.Pipeline{ml.OneHotEncoder{InputCols: []string{name}}}, analysis.Float64s(name, 0, .5, 1, 1), label),
			"one-hot of another":       transform(ml.Pipeline{ml.OneHotEncoder{InputCols: []string{name}}}, analysis.Float64s(name, 0, 1, 1, 0), analysis.Float64s(name, 0, 9, 1, 1)),
			"no value to impute":       fit(ml.Pipeline{ml.Imputer{InputCols: []string{name}}}, numbers.Nulls(0, 1, 2, 3), label),
			"infinite":                 fit(append(assemble, ml.MinMaxScaler{}), analysis.Float64s(name, 1, math.Inf(1), 3, 4), label),
			"a label of 2":             fit(ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.GBTClassifier{LabelCol: name}}, analysis.Float64s("x", 1, 2), analysis.Int64s(name, 0, 2)),
			"a label of texts":         fit(ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.GBTClassifier{LabelCol: name}}, analysis.Float64s("x", 1, 2), analysis.Strings(name, "0", "1")),
			"another type":             transform(assemble, numbers, texts),
			"an output that is there":  fit(ml.Pipeline{ml.StringIndexer{InputCols: []string{"text"}, OutputCols: []string{name}}}, odd, texts),
			"an Other that is a value": fit(ml.Pipeline{ml.CategoryPooler{InputCol: "text", TopK: 9, Other: name}}, odd),
		} {
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
		m := ml.Pipeline{ml.StringIndexer{InputCols: []string{name}, OutputCols: []string{"i"}, HandleInvalid: "keep"}, ml.VectorAssembler{InputCols: []string{"i"}}, ml.GBTClassifier{MaxIter: 2}}.Fit(frame(texts, label))
		strangers, err := m.Transform(frame(analysis.Strings(name, "x", name, "x", "y"), label)).Collect()
		if err != nil || len(strangers.Warnings()) == 0 {
			t.Errorf("no warning about %+q: %v", name, err)
		}
		summary, err := m.Summary()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range append(strangers.Warnings(), strings.Split(strings.TrimSpace(summary.String()), "\n")...) {
			visibletest.Shown(t, strings.TrimRight(text, " "), name+"?") // columns of the table are filled with blanks
		}
		visibletest.Check(t, summary.String(), strings.TrimSpace(name))
	}
}

// So are names of directories and files.
func TestErrorsShowFiles(t *testing.T) {
	p := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"CPU time"}}, ml.GBTClassifier{MaxIter: 2}}
	for _, name := range visibletest.Files {
		dir := t.TempDir()
		at := func(of string) string { return filepath.Join(dir, of+name) }
		if err := errors.Join(os.WriteFile(at("file"), []byte("x"), 0o600), os.Mkdir(at("foreign"), 0o700), os.WriteFile(filepath.Join(at("foreign"), name), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		load := func(path string) error {
			_, err := ml.Load(path)
			return err
		}
		direct := func(path string) error {
			_, err := ml.LoadLightGBM(path)
			return err
		}
		for what, err := range map[string]error{
			"no model": load(at("none")), "a file": load(at("file")), "an empty model": load(at("foreign")),
			"no file": direct(at("none")), "no LightGBM": direct(at("file")), "a folder": direct(at("foreign")),
			"saved over a file": saving(p.Fit(commands()).Save(at("file"))), "saved over others": saving(p.Fit(commands()).Save(at("foreign"))),
			"saved below a file": saving(p.Fit(commands()).Save(filepath.Join(at("file"), "model"))),
		} {
			if err == nil {
				t.Errorf("%s: no error about %+q", what, name)
				continue
			}
			visibletest.Check(t, err.Error(), name)
		}
		model := saved(t, p, commands())
		path := filepath.Join(model, "pipeline.json")
		text := string(read(t, model, "pipeline.json"))
		quoted := strings.NewReplacer("\u202e", `\u202e`, "\x1b", `\u001b`).Replace(name)
		if err := os.WriteFile(path, change(`"model.txt": "[0-9a-f]*"`, `"model.txt": "`+quoted+`"`)([]byte(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := load(model); err == nil {
			t.Errorf("no error about the checksum %+q", name)
		} else {
			visibletest.Check(t, err.Error(), name)
		}
	}
}
