package ml_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/eval"
	"github.com/stophacking/kelpie/analysis/ml"
	"github.com/stophacking/kelpie/plots"
)

// mllib/src/main/scala/org/apache/spark/ml/tree/treeModels.scala: a feature's
// gains times rows, added up; one tree is normalised to 1.
//
// One tree, by hand. The root has 6 of 10 rows of class 1, gini 2 x .6 x .4 = .48.
// z > 0.5 sends 5 rows right, all of class 1, and 5 left with 1 of class 1, gini
// .32: it saves .48 - .5 x .32 = .32 a row, 3.2 in all. The left side is then
// parted by CMD, which is <b> in one row: it saves .32 a row, 1.6 in all.
func TestSparkFeatureImportances(t *testing.T) {
	f := frame(
		analysis.Strings("CMD", "a", "a", "a", "a", "<b>", "a", "a", "a", "a", "a"),
		analysis.Float64s("z", 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
		analysis.Int64s("label", 0, 0, 0, 0, 1, 1, 1, 1, 1, 1))
	m := ml.Pipeline{
		ml.CategoryPooler{InputCol: "CMD"}, ml.StringIndexer{InputCols: []string{"CMD_pooled"}},
		ml.OneHotEncoder{InputCols: []string{"CMD_pooled_index"}, KeepLast: true},
		ml.VectorAssembler{InputCols: []string{"CMD_pooled_index_vec", "z"}}, ml.DecisionTreeClassifier{},
	}.Fit(f)
	gains, err := m.GainImportances()
	if err != nil || !near(gains.Values, []float64{2. / 3, 1. / 3, 0}) || gains.Names[0] != "z" || !strings.HasPrefix(gains.Names[1], "CMD_pooled_") {
		t.Errorf("%v, %v", gains, err)
	}
	if got := gains.ByColumn(); !near(got.Values, []float64{2. / 3, 1. / 3}) || join(got.Names) != "z CMD" || join(got.Columns) != "z CMD" {
		t.Errorf("by column: %v", got)
	}
	splits, err := m.SplitImportances()
	if err != nil || !slices.Equal(splits.Values, []float64{1, 1, 0}) || !slices.Equal(splits.ByColumn().Values, []float64{1, 1}) {
		t.Errorf("%v, %v", splits, err)
	}
	list, err := m.FeatureImportances(0)
	if err != nil || list[0] != (ml.Importance{Feature: "z", Column: "z", Share: gains.Values[0]}) || list[1].Column != "CMD_pooled" {
		t.Errorf("%v, %v", list, err)
	}
	if got := gains.Top(1); len(got.Names) != 1 || len(gains.Names) != 3 || len(gains.Top(9).Names) != 3 || len(gains.Top(-1).Names) != 0 {
		t.Errorf("%v", got)
	}
}

// Any text is a name, in both views, and again after Load.
func TestImportancesOfOddNames(t *testing.T) {
	f := commands()
	p := commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"})
	loaded, err := ml.Load(saved(t, p, f))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*ml.PipelineModel{p.Fit(f), loaded} {
		gains, err := m.GainImportances()
		if err != nil {
			t.Fatal(err)
		}
		named := 0
		for _, text := range odd {
			if slices.Contains(gains.Names, "CMD_pooled_"+text) {
				named++
			}
		}
		if named != 9 || !slices.Contains(gains.Names, "CMD_pooled_rest") { // TopK 9 pools the tenth
			t.Errorf("%d of the texts have a feature: %q", named, gains.Names)
		}
		by := gains.ByColumn()
		sum := 0.
		for i, v := range gains.Values {
			if gains.Columns[i] == "CMD" {
				sum += v
			}
		}
		if at := slices.Index(by.Names, "CMD"); len(by.Names) != 2 || at < 0 || math.Abs(by.Values[at]-sum) > 1e-15 || by.Values[0]+by.Values[1] < 1-1e-12 {
			t.Errorf("%v", by)
		}
		html, err := gains.HTML()
		if err != nil || strings.Contains(html, "<vsftpd>") || !strings.Contains(html, "&lt;vsftpd&gt;") {
			t.Errorf("%s, %v", html, err)
		}
		if markdown, err := by.Markdown(); err != nil || !strings.Contains(markdown, "| CMD") {
			t.Errorf("%s, %v", markdown, err)
		}
		shuffled, err := m.PermutationImportances(f, ml.Permutation{Repeats: 2})
		if err != nil || len(shuffled.Names) != 2 || !slices.Contains(shuffled.Names, "CPU time") || !slices.Equal(shuffled.ByColumn().Values, shuffled.Values) {
			t.Errorf("%v, %v", shuffled, err)
		}
	}
}

// coins is a frame whose label is a, with b beside it, which says nothing.
func coins(n int) (analysis.Frame, []float64) {
	a, b := make([]float64, n), make([]int64, n)
	for i := range a {
		a[i], b[i] = float64(i*7%3%2), int64(i*5%11)
	}
	return frame(analysis.Float64s("a", a...), analysis.Int64s("b", b...), analysis.Float64s("y", a...)), a
}

var coinTree = ml.Pipeline{ml.VectorAssembler{InputCols: []string{"b", "a"}}, ml.DecisionTreeClassifier{LabelCol: "y"}}

// The tree predicts a, so with a shuffled the AUC is the mean of the shares of
// each class that still find their own value.
func TestPermutationImportance(t *testing.T) {
	f, a := coins(300)
	m := coinTree.Fit(f)
	got, err := m.PermutationImportances(f, ml.Permutation{Seed: 9, Repeats: 4})
	if err != nil {
		t.Fatal(err)
	}
	var losses []float64
	mean := 0.
	for repeat := range 4 {
		var right, of [2]float64
		for i, from := range ml.Shuffle(len(a), 9, "a", repeat) {
			of[int(a[i])]++
			if a[from] == a[i] {
				right[int(a[i])]++
			}
		}
		losses = append(losses, 1-(right[0]/of[0]+right[1]/of[1])/2)
		mean += losses[repeat] / 4
	}
	squares := 0.
	for _, v := range losses {
		squares += (v - mean) * (v - mean)
	}
	if join(got.Names) != "a b" || math.Abs(got.Values[0]-mean) > 1e-12 || math.Abs(got.Deviations[0]-math.Sqrt(squares/3)) > 1e-12 {
		t.Errorf("%+v, want a mean of %v and losses %v", got, mean, losses)
	}
	if mean < 0.3 || mean > 0.7 || got.Values[1] != 0 || got.Deviations[1] != 0 || got.Baseline != 1 || got.Rows != 300 || got.Repeats != 4 {
		t.Errorf("%+v", got)
	}
	one, err := m.PermutationImportances(f, ml.Permutation{Seed: 9, Repeats: 1, Columns: []string{"a"}})
	if err != nil || one.Deviations != nil || math.Abs(one.Values[0]-losses[0]) > 1e-12 || len(one.Values) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	accuracy := func(probabilities, labels []float64) (float64, error) {
		r, err := eval.Score(probabilities, labels, 0.5)
		return r.Accuracy, err
	}
	other, err := m.PermutationImportances(f, ml.Permutation{Metric: accuracy, MetricName: "accuracy", LabelCol: "y"})
	if err != nil || other.Repeats != 5 || !strings.Contains(other.String(), "loss of accuracy") || other.Values[0] < 0.2 {
		t.Errorf("%v, %v", other, err)
	}
	if before, _ := f.Collect(); before.Len() != 300 {
		t.Error("the frame changed")
	}
}

func TestPermutationForAnyNumberOfWorkers(t *testing.T) {
	var first string
	for _, master := range []string{"local[1]", "local[2]", "local[7]"} {
		s := analysis.NewSession(analysis.Config{Master: master})
		table, err := hashed(500).Collect()
		if err != nil {
			t.Fatal(err)
		}
		var columns []analysis.Values
		for _, name := range table.Columns() {
			values, _ := table.Floats(name)
			columns = append(columns, analysis.Float64s(name, values...))
		}
		f := s.FromColumns(columns...)
		m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"a", "b", "c", "d"}}, ml.GBTClassifier{MaxIter: 3}}.Fit(f)
		got, err := m.PermutationImportances(f, ml.Permutation{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%v", got.Values) + fmt.Sprint(got.Deviations) + got.String()
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%s: %s, want %s", master, text, first)
		}
		if again, err := m.PermutationImportances(f, ml.Permutation{Seed: 4}); err != nil || slices.Equal(again.Values, got.Values) {
			t.Errorf("another seed gives the same numbers, %v", err)
		}
	}
}

// Over 2,400 shuffles of four each of the 24 orders comes about 100 times. The
// sum of the squared errors over 100 is at most 49.7 but once in a thousand
// seeds (chi-squared, 23 degrees of freedom, scipy 1.15).
func TestShuffleIsEven(t *testing.T) {
	counts := map[string]float64{}
	for repeat := range 2400 {
		counts[fmt.Sprint(ml.Shuffle(4, 1, "x", repeat))]++
	}
	chi := 0.
	for _, n := range counts {
		chi += (n - 100) * (n - 100) / 100
	}
	if len(counts) != 24 || chi > 49.7 {
		t.Errorf("%d orders, chi-squared %v: %v", len(counts), chi, counts)
	}
	if slices.Equal(ml.Shuffle(50, 1, "x", 0), ml.Shuffle(50, 1, "y", 0)) || slices.Equal(ml.Shuffle(50, 1, "x", 0), ml.Shuffle(50, 1, "x", 1)) {
		t.Error("columns or repeats are shuffled alike")
	}
}

func TestPermutationRefuses(t *testing.T) {
	f, _ := coins(30)
	m := coinTree.Fit(f)
	scaler := ml.VectorAssembler{InputCols: []string{"a"}}
	nothing := func([]float64, []float64) (float64, error) { return math.NaN(), nil }
	for _, c := range []struct {
		model *ml.PipelineModel
		frame analysis.Frame
		p     ml.Permutation
		words []string
	}{
		{m, f.Drop("y"), ml.Permutation{}, []string{`no column "y"`}},
		{m, f.Drop("a"), ml.Permutation{}, []string{`no column "a"`}},
		{m, f.Limit(0), ml.Permutation{}, []string{"no rows"}},
		{m, f.Filter(analysis.Col("y").Equal(1)), ml.Permutation{}, []string{"all labels are 1", "AUC is undefined"}},
		{m, f.WithColumn("y", analysis.Lit(2)), ml.Permutation{}, []string{`label "y" is 2 in row 0`}},
		{m, f, ml.Permutation{Columns: []string{"z"}}, []string{`column "z"`, `["a" "b"]`}},
		{m, f, ml.Permutation{Columns: []string{"a", "a"}}, []string{`Columns holds "a" twice`}},
		{m, f, ml.Permutation{Repeats: -1}, []string{"Repeats is -1"}},
		{m, f, ml.Permutation{Metric: nothing}, []string{"the metric is NaN"}},
		{m, f.WithColumn("a", analysis.Lit("text")), ml.Permutation{}, []string{"stage 1", `column "a" is string`, "it was float64"}},
		{ml.Pipeline{scaler}.Fit(f), f, ml.Permutation{}, []string{"VectorAssembler holds no classifier"}},
		{ml.ConstantClassifier{LabelCol: "gone"}.Fit(f), f, ml.Permutation{}, []string{`no column "gone"`}},
	} {
		_, err := c.model.PermutationImportances(c.frame, c.p)
		wantError(t, err, c.words...)
	}
}

func ExamplePipelineModel_PermutationImportances() {
	f := processes()
	model := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.VectorAssembler{InputCols: []string{"CMD_index", "CPU"}},
		ml.DecisionTreeClassifier{LabelCol: "attack"},
	}.Fit(f)
	importances, err := model.PermutationImportances(f, ml.Permutation{Repeats: 20, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(importances)
	fmt.Println(plots.Bars{Title: "What shuffling costs", Names: importances.Names, Values: importances.Values})
	// Output:
	// importance by permutation: decision tree, 1 tree of 3 leaves, 2 features; each column shuffled 20 times, AUC 1.0000 without
	// column  loss of AUC  deviation
	// CMD         0.42167    0.21852
	// CPU         0.21833    0.13133
	// 2 rows × 3 columns
	// Bar chart “What shuffling costs”: 2 names; from CMD (0.4217) to CPU (0.2183).
}

func ExampleImportances_ByColumn() {
	model := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"CMD"}},
		ml.OneHotEncoder{InputCols: []string{"CMD_index"}, KeepLast: true},
		ml.VectorAssembler{InputCols: []string{"CMD_index_vec", "CPU"}},
		ml.DecisionTreeClassifier{LabelCol: "attack"},
	}.Fit(processes())
	gains, err := model.GainImportances()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(gains)
	fmt.Println(gains.ByColumn())
	// Output:
	// importance by gain: decision tree, 1 tree of 3 leaves, 3 features
	// feature   column  share
	// CMD_nmap  CMD      60 %
	// CPU       CPU      40 %
	// CMD_sshd  CMD       0 %
	// 3 rows × 3 columns
	// importance by gain: decision tree, 1 tree of 3 leaves, 3 features
	// column  share
	// CMD      60 %
	// CPU      40 %
	// 2 rows × 2 columns
}

// same is a notebook's own stage that changes nothing: with it in the pipeline
// every stage is run again for each repeat.
type same struct{}

func (same) Version() string                           { return "1" }
func (same) Transform(f analysis.Frame) analysis.Frame { return f }

// Shuffling a column is shuffling what the stages make of it.
func TestPermutationBeforeAndAfterEncoding(t *testing.T) {
	f := commands().WithColumn("n", analysis.Col("CPU time").Times(3).Plus(1)).WithColumn("gap",
		analysis.When(analysis.Col("CPU time").Greater(1), analysis.Col("CPU time")).Otherwise(analysis.Null(analysis.Float64)))
	stages := ml.Pipeline{
		ml.CategoryPooler{InputCol: "CMD", TopK: 4},
		ml.StringIndexer{InputCols: []string{"CMD_pooled", "n"}},
		ml.OneHotEncoder{InputCols: []string{"CMD_pooled_index"}, KeepLast: true},
		ml.Imputer{InputCols: []string{"gap"}},
		ml.ValueMap{InputCol: "CMD", OriginalValues: odd[:5], NewValues: []float64{1, 2, 3, 4, 5}},
		ml.VectorAssembler{InputCols: []string{"CMD_pooled_index_vec", "n_index", "CPU time", "gap_imputed", "CMD_mapped"}, HandleInvalid: "keep"},
		ml.StandardScaler{WithMean: true},
		ml.GBTClassifier{FeaturesCol: "features_scaled", AllowMissing: true},
	}
	got, err := stages.Fit(f).PermutationImportances(f, ml.Permutation{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	want, err := append(ml.Pipeline{same{}}, stages...).Fit(f).PermutationImportances(f, ml.Permutation{Seed: 5, Columns: []string{"CMD", "CPU time", "n", "gap"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range got.Names {
		k := slices.Index(want.Names, name)
		if k < 0 || want.Values[k] != got.Values[i] || want.Deviations[k] != got.Deviations[i] {
			t.Errorf("%s: %v ± %v, want %v", name, got.Values[i], got.Deviations[i], want)
		}
	}
	if len(got.Names) != 4 || got.Values[0] <= 0 {
		t.Errorf("%v", got)
	}
}
