package ml_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestModelCard(t *testing.T) {
	fitted, err := ml.LoadLightGBM(filepath.Join(theirs, "foreign/pandas.txt"), "kworker/2:1", "<vsftpd>", "a = b", "größe")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "model")
	card := ml.Card{
		Purpose: "Tells attacks\nfrom other <commands>.", Data: "Made up for this test | by hand.", Synthetic: true,
		Metrics:   []ml.Metric{{Name: "area under the ROC curve", Value: 0.875}, {Name: "recall", Value: 1}},
		Evaluated: "the same rows", Threshold: "the highest with recall 1", Caveats: []string{"Not for *use*."},
	}
	if _, err := fitted.Save(dir, card); err != nil {
		t.Fatal(err)
	}
	got := string(read(t, dir, "model-card.md"))
	path := "testdata/model-card.md"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(read(t, "testdata", "model-card.md")); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if strings.Contains(got, dir) || strings.Contains(got, os.TempDir()) {
		t.Error("the card names a path of this machine")
	}

	m, err := ml.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	for _, cards := range [][]ml.Card{nil, {{}}} { // keeps its own, or takes the one that it is given
		if _, err := m.Save(again, cards...); err != nil {
			t.Fatal(err)
		}
		if same := string(read(t, again, "model-card.md")) == got; same != (cards == nil) {
			t.Errorf("with %d cards the card stays the same: %v", len(cards), same)
		}
	}
	wantError(t, saving(m.Save(again, card, card)), "2 cards for one model")
	wantError(t, saving(m.Save(again, ml.Card{Metrics: []ml.Metric{{Name: "precision", Value: math.NaN()}}})), `metric "precision" is NaN`)
}

// A card of any model can be written, and no name in it is markup.
func TestModelCardOfOddModels(t *testing.T) {
	for name, p := range map[string]ml.Pipeline{
		"constant": commandPipeline(ml.ConstantClassifier{}), "no classifier": commandPipeline(nil)[:5],
		"tree": commandPipeline(ml.DecisionTreeClassifier{FeaturesCol: "features_scaled"}),
	} {
		f := commands()
		hostile := "x|<script>`[a](b)\n# y"
		p = append(ml.Pipeline{ml.VectorAssembler{InputCols: []string{hostile}, OutputCol: "|\n<b>"}}, p...)
		text := string(read(t, saved(t, p, f.WithColumn(hostile, analysis.Lit(1.5))), "model-card.md"))
		for line := range strings.SplitSeq(text, "\n") {
			if strings.Contains(line, "<") || strings.HasPrefix(line, "# y") || strings.Contains(line, "](") {
				t.Errorf("%s: the line %q is markup", name, line)
			}
			if strings.HasPrefix(line, "|") != strings.HasSuffix(line, "|") {
				t.Errorf("%s: the row %q is broken", name, line)
			}
		}
	}
}

func ExamplePipelineModel_Save() {
	rows := session.FromColumns(analysis.Float64s("cpu", 1, 2, 40, 50), analysis.Int64s("label", 0, 0, 1, 1))
	model := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"cpu"}}, ml.DecisionTreeClassifier{}}.Fit(rows)
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	_, err = model.Save(dir, ml.Card{
		Purpose: "Tells busy machines.",
		Metrics: []ml.Metric{{Name: "accuracy", Value: 1}},
	})
	fmt.Println(err)
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		fmt.Println(f.Name())
	}
	// Output:
	// <nil>
	// model-card.md
	// model.txt
	// pipeline.json
}
