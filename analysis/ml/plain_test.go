package ml_test

import (
	"fmt"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/ml"
)

// Texts that are mostly distinct have no dictionary. The stages read them as they
// read others.
func TestStagesReadTextsWithoutDictionary(t *testing.T) {
	values, label := make([]string, column.PlainRows+6), make([]int64, column.PlainRows+6)
	for i := range values {
		values[i] = fmt.Sprintf("t%06d", i)
		if i%3 == 0 {
			values[i], label[i] = "sshd", 1
		}
	}
	f := frame(analysis.Strings("c", values...).Nulls(4), analysis.Int64s("label", label...))
	if !ml.Plain(f, "c") {
		t.Fatal("the column has a dictionary: this tests nothing")
	}
	few := f.Limit(6)
	if !ml.Plain(few, "c") {
		t.Fatal("the first rows have a dictionary")
	}
	indexer := ml.StringIndexer{InputCols: []string{"c"}, HandleInvalid: "keep"}.Fit(f)
	labels := stage[ml.StringIndexerModel](t, indexer, 0).Labels[0]
	if labels[0] != "sshd" || labels[1] != "t000001" || len(labels) != 1+len(values)*2/3-1 {
		t.Errorf("%d labels, first %q", len(labels), labels[:2])
	}
	if got, want := join(texts(t, indexer.Transform(few), "c_index")), fmt.Sprintf("0 1 2 0 %d 3", len(labels)); got != want {
		t.Errorf("indices %s, want %s", got, want)
	}
	alphabet := ml.StringIndexer{InputCols: []string{"c"}, HandleInvalid: "skip", StringOrderType: ml.AlphabetDesc}.Fit(few)
	if got := join(texts(t, alphabet.Transform(f).Limit(5), "c_index")); got != "3 2 1 3 0" {
		t.Errorf("indices %s", got)
	}
	_, err := ml.StringIndexer{InputCols: []string{"c"}}.Fit(few.Limit(3)).Transform(f.DropNulls("c")).Count()
	wantError(t, err, "string indexer", `"t000005"`, "row 5")
	if got := join(texts(t, ml.ValueMap{InputCol: "c", OriginalValues: []string{"sshd", "t000002"}, NewValues: []float64{7, 8}}.Transform(few), "c_mapped")); got != "7 null 8 7 null null" {
		t.Errorf("mapped %s", got)
	}
	m := ml.Pipeline{
		ml.CategoryPooler{InputCol: "c", TopK: 1}, ml.StringIndexer{InputCols: []string{"c_pooled"}, HandleInvalid: "keep"},
		ml.OneHotEncoder{InputCols: []string{"c_pooled_index"}}, ml.VectorAssembler{InputCols: []string{"c_pooled_index_vec"}}, ml.DecisionTreeClassifier{},
	}.Fit(f)
	if got := join(texts(t, m.Transform(few), "c_pooled")); got != "sshd other other sshd null other" {
		t.Errorf("pooled %s", got)
	}
	importances, err := m.PermutationImportances(f, ml.Permutation{Repeats: 1})
	if err != nil || importances.Baseline != 1 || importances.Values[0] < 0.45 || importances.Values[0] > 0.55 {
		t.Errorf("%v, %v", importances, err)
	}
	_, err = ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}, HandleInvalid: "keep"}, ml.OneHotEncoder{InputCols: []string{"c_index"}}}.Fit(f).Stages()
	wantError(t, err, "stage 2", "OneHotEncoder", `column "c_index"`, "65535 categories")
}
