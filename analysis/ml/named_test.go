package ml_test

import (
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// Tables of a model say whose they are: the name it was given, or what it is.
func TestTablesNameTheirModel(t *testing.T) {
	rows := session.FromColumns(analysis.Int64s("x", 1, 2, 3, 4, 5, 6), analysis.Float64s("label", 0, 0, 0, 1, 1, 1))
	fit := func() *ml.PipelineModel {
		return ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.DecisionTreeClassifier{}}.Fit(rows)
	}
	for want, m := range map[string]*ml.PipelineModel{"decision tree, 1 tree of 2 leaves, 1 feature": fit(), `my\u202e tree`: fit().Named("my\u202e tree")} {
		for what, make := range map[string]func() (analysis.Table, error){
			"fitted pipeline": m.Summary, "training log": m.TrainingLog, "feature importances": func() (analysis.Table, error) { return m.TopFeatures(1) },
			"importance by gain": func() (analysis.Table, error) { i, err := m.GainImportances(); return i.Table(), err },
		} {
			table, err := make()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := table.String(), what+": "+want; !strings.HasPrefix(got, want+"\n") {
				t.Errorf("no %q in\n%s", want, got)
			}
			html, err := table.HTML()
			if err != nil || !strings.Contains(html, `scope="row"`) {
				t.Errorf("%s: %v, no heads of rows in\n%s", what, err, html)
			}
		}
	}
	text, err := fit().Named("a name").Transform(rows).GroupBy("prediction").Count().Text()
	if err != nil || !strings.HasPrefix(text, "transform by a name; count by prediction\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if a, b := fit().Transform(rows), fit().Named("b").Transform(rows); a.String() != b.String() {
		t.Errorf("a name changes the recipe:\n%s\n%s", a, b)
	}
}
