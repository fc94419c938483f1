package ml_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// ticks has how often own code ran, under a name that one test uses.
var ticks sync.Map

func count(name string) *atomic.Int64 {
	n, _ := ticks.LoadOrStore(name, new(atomic.Int64))
	return n.(*atomic.Int64)
}

// A double is a notebook's own transformer: x times two, by Go code.
type double struct{ Name, Revision string }

func (d double) Version() string { return d.Revision }

func (d double) Map(values []any) (any, error) {
	count(d.Name).Add(1)
	v, _ := values[0].(float64)
	return 2 * v, nil
}

func (d double) Transform(f analysis.Frame) analysis.Frame {
	return f.Map("y", analysis.Float64, d, "x")
}

// A nameless is the same without a version.
type nameless struct{ Name string }

func (n nameless) Map(values []any) (any, error) { return double{Name: n.Name}.Map(values) }
func (n nameless) Transform(f analysis.Frame) analysis.Frame {
	return f.Map("y", analysis.Float64, n, "x")
}

func ownPipeline(s ml.Stage) ml.Pipeline {
	return ml.Pipeline{s, ml.VectorAssembler{InputCols: []string{"y"}}, ml.DecisionTreeClassifier{}}
}

func entries(t *testing.T) int {
	t.Helper()
	kept, _, err := analysis.Kept()
	if err != nil {
		t.Fatal(err)
	}
	return kept.Len()
}

func TestPipelineOrder(t *testing.T) {
	f := frame(analysis.Strings("c", "a", "b", "a", "z"), analysis.Int64s("label", 0, 1, 0, 1))
	right := ml.Pipeline{
		ml.CategoryPooler{InputCol: "c", TopK: 1},
		ml.StringIndexer{InputCols: []string{"c_pooled"}},
		ml.VectorAssembler{InputCols: []string{"c_pooled_index"}},
		ml.GBTClassifier{},
	}
	m := right.Fit(f)
	if got := stage[ml.StringIndexerModel](t, m, 1).Labels[0]; !slices.Equal(got, []string{"a", "other"}) {
		t.Errorf("the indexer saw %q, not what the pooler made", got)
	}
	if got := floats(t, m.Transform(f), "prediction"); !slices.Equal(got, []float64{0, 1, 0, 1}) {
		t.Errorf("%v", got)
	}
	slices.Reverse(right)
	wantError(t, right.Fit(f).Err(), "pipeline_test.go:", "stage 1", "GBTClassifier", `no column "features"`)
}

func TestFitSeesTrainingRowsOnly(t *testing.T) {
	all := frame(analysis.Strings("c", "a", "b", "a", "test only"), analysis.Int64s("set", 0, 0, 0, 1))
	train, test := all.Filter(analysis.Col("set").Equal(0)), all.Filter(analysis.Col("set").Equal(1))
	m := ml.StringIndexer{InputCols: []string{"c"}, HandleInvalid: "keep"}.Fit(train)
	if got := stage[ml.StringIndexerModel](t, m, 0).Labels[0]; !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("labels %q", got)
	}
	if got := join(texts(t, m.Transform(test), "c_index")); got != "2" {
		t.Errorf("the unseen text has index %s", got)
	}
	before, err := all.Collect()
	if err != nil {
		t.Fatal(err)
	}
	m.Transform(all).Collect()
	after, err := all.Collect()
	if err != nil || before.String() != after.String() {
		t.Errorf("transforming changed its input: %v\n%s\n%s", err, before, after)
	}
}

func TestMistakesAreFoundAtBuild(t *testing.T) {
	f := frame(analysis.Strings("c", "a"), analysis.Int64s("label", 0))
	m := ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}}, ml.OneHotEncoder{InputCols: []string{"c_indx"}}}.Fit(f)
	words := []string{"pipeline_test.go:", "stage 2: one-hot encoder", `no column "c_indx"`, "c_index"}
	wantError(t, m.Err(), words...)
	for name, call := range map[string]func() error{
		"Count":              func() error { _, err := m.Transform(f).Count(); return err },
		"Stages":             func() error { _, err := m.Stages(); return err },
		"Seconds":            func() error { _, err := m.Seconds(); return err },
		"Warnings":           func() error { _, err := m.Warnings(); return err },
		"Summary":            func() error { _, err := m.Summary(); return err },
		"TrainingLog":        func() error { _, err := m.TrainingLog(); return err },
		"FeatureImportances": func() error { _, err := m.FeatureImportances(1); return err },
		"TopFeatures":        func() error { _, err := m.TopFeatures(1); return err },
		"Save":               func() error { return saving(m.Save(t.TempDir())) },
	} {
		if err := call(); err == nil || err.Error() != m.Err().Error() {
			t.Errorf("%s: %v, want the mistake as it was found", name, err)
		}
	}
	// A mistake of the frame comes first and alone.
	_, err := ml.StringIndexer{InputCols: []string{"c"}}.Fit(f.Drop("nothing")).Stages()
	wantError(t, err, "pipeline_test.go:", "drop", `no column "nothing"`)
	// Transforming a frame without an input column fails at Transform's line.
	good := ml.StringIndexer{InputCols: []string{"c"}}.Fit(f)
	wantError(t, good.Transform(f.Drop("c")).Err(), "pipeline_test.go:", "string indexer", `no column "c"`)
	wantError(t, good.Transform(analysis.Frame{}).Err(), "never made")
	wantError(t, ml.ConstantClassifier{}.Fit(analysis.Frame{}).Err(), "never made")
	// What fails only when a later stage needs its rows is blamed on its own stage.
	gaps := frame(analysis.Float64s("x", 1, 2).Nulls(1), analysis.Int64s("label", 0, 1))
	_, err = ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.GBTClassifier{}}.Fit(gaps).Stages()
	wantError(t, err, "pipeline_test.go:", "stage 1: vector assembler: column x is null or NaN in row 1")
}

func TestFeaturesInAnotherOrder(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2), analysis.Float64s("z", 2, 1), analysis.Int64s("label", 0, 1))
	m := ml.DecisionTreeClassifier{}.Fit(ml.VectorAssembler{InputCols: []string{"x", "z"}}.Transform(f))
	_, err := m.Transform(ml.VectorAssembler{InputCols: []string{"z", "x"}}.Transform(f)).Collect()
	wantError(t, err, "pipeline_test.go:", "predict: column features", `number 1 is "z", it was "x"`)
	// Other columns of the same number may stand in.
	renamed := f.Rename("x", "u")
	if _, err := m.Transform(ml.VectorAssembler{InputCols: []string{"u", "z"}}.Transform(renamed)).Collect(); err != nil {
		t.Error(err)
	}
}

func TestStagesMayBePointersPipelinesAndModels(t *testing.T) {
	f := frame(analysis.Strings("c", "a", "b", "a", "b"), analysis.Int64s("label", 0, 1, 0, 1))
	indexer := ml.StringIndexer{InputCols: []string{"c"}}.Fit(f)
	rest := ml.Pipeline{&ml.VectorAssembler{InputCols: []string{"c_index"}}, &ml.DecisionTreeClassifier{}}
	m := ml.Pipeline{indexer, rest}.Fit(f)
	if got := floats(t, m.Transform(f), "prediction"); !slices.Equal(got, []float64{0, 1, 0, 1}) {
		t.Errorf("%v", got)
	}
	if stages, err := m.Stages(); err != nil || len(stages) != 3 {
		t.Errorf("%v, %v", stages, err)
	}
	dir := t.TempDir()
	if _, err := m.Save(dir); err != nil {
		t.Error(err)
	}
	if _, err := ml.Load(dir); err != nil {
		t.Error(err)
	}
	if w, err := m.Warnings(); err != nil || len(w) > 0 {
		t.Errorf("%q, %v", w, err)
	}
	// Another model inside is another recipe.
	other := ml.StringIndexer{InputCols: []string{"c"}, StringOrderType: ml.AlphabetDesc}.Fit(f)
	if got := stage[ml.StringIndexerModel](t, ml.Pipeline{other, rest}.Fit(f), 0).Labels[0][0]; got != "b" {
		t.Errorf("the first label is %q", got)
	}
}

func TestATransformerMayDropColumns(t *testing.T) {
	f := frame(analysis.Strings("c", "a", "b"), analysis.Int64s("label", 0, 1))
	out := ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}}, dropper{"c"}}.Fit(f).Transform(f)
	if got := out.Columns(); !slices.Equal(got, []string{"label", "c_index"}) {
		t.Errorf("columns %q", got)
	}
	if got, err := out.Collect(); err != nil || !slices.Equal(got.Columns(), out.Columns()) {
		t.Errorf("%v, %v", got, err)
	}
}

type dropper struct{ Name string }

func (d dropper) Transform(f analysis.Frame) analysis.Frame { return f.Drop(d.Name) }
func (d dropper) Version() string                           { return "1" }

func TestFieldsAndVersionAreTheKey(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, 3, 4), analysis.Int64s("label", 0, 0, 1, 1))
	fits := func(s ml.Stage, name string) bool {
		before := count(name).Load()
		if _, err := ownPipeline(s).Fit(f).Stages(); err != nil {
			t.Fatal(err)
		}
		return count(name).Load() > before
	}
	for i, c := range []struct {
		stage ml.Stage
		name  string
		want  bool
	}{
		{double{"key", "1"}, "key", true},
		{double{"key", "1"}, "key", false},
		{double{"key", "2"}, "key", true},
		{double{"key 2", "1"}, "key 2", true},
		{&double{"key", "1"}, "key", true}, // another type
		{nameless{"key 3"}, "key 3", true},
		{nameless{"key 3"}, "key 3", true},
	} {
		if got := fits(c.stage, c.name); got != c.want {
			t.Errorf("step %d: fitting %+v: %v, want %v", i, c.stage, got, c.want)
		}
	}
}

func TestWithoutVersionNotKept(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, 3, 5), analysis.Int64s("label", 0, 0, 1, 1))
	before := entries(t)
	m := ownPipeline(nameless{"warned"}).Fit(f)
	warnings, err := m.Warnings()
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "not kept") || !strings.Contains(warnings[0], "ml_test.nameless") || !strings.Contains(warnings[0], "Version") {
		t.Errorf("%q, %v", warnings, err)
	}
	if got := entries(t); got != before {
		t.Errorf("%d values kept, there were %d", got, before)
	}
	if w, err := ownPipeline(double{"kept", "1"}).Fit(f).Warnings(); err != nil || len(w) > 0 || entries(t) != before+1 {
		t.Errorf("with a version: %q, %v, %d values kept, there were %d", w, err, entries(t), before)
	}
}

func TestKept(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, 3, 5), analysis.Int64s("label", 0, 0, 1, 1))
	m := ownPipeline(double{"asked", "1"}).Fit(f)
	before := entries(t)
	if bytes, kept := m.Kept(); bytes != -1 || kept || entries(t) != before {
		t.Errorf("before it is fitted: %d bytes, kept %v", bytes, kept)
	}
	if _, err := m.Stages(); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*ml.PipelineModel{"fitted": m, "the same recipe": ownPipeline(double{"asked", "1"}).Fit(f)} {
		if bytes, kept := m.Kept(); bytes <= 0 || !kept {
			t.Errorf("%s: %d bytes, kept %v", name, bytes, kept)
		}
	}
	dir := t.TempDir() + "/model"
	plain := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}}, ml.DecisionTreeClassifier{}}.Fit(f)
	if _, err := plain.Save(dir); err != nil {
		t.Fatal(err)
	}
	loaded, err := ml.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if bytes, kept := loaded.Kept(); bytes != -1 || kept {
		t.Errorf("loaded: %d bytes, kept %v", bytes, kept)
	}
}

func TestFittedOnceUnderConcurrentUse(t *testing.T) {
	f := frame(analysis.Float64s("x", 5, 6, 7, 8), analysis.Int64s("label", 0, 0, 1, 1))
	m := ownPipeline(double{"concurrent", "1"}).Fit(f)
	other := ownPipeline(double{"concurrent", "1"}).Fit(f)
	var group sync.WaitGroup
	for i := range 16 {
		group.Add(1)
		go func() {
			defer group.Done()
			of := m
			if i%2 == 0 {
				of = other
			}
			if n, err := of.Transform(f.Select("x")).Filter(analysis.Col("prediction").Equal(1)).Select("x").Count(); n != 2 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
			if _, err := of.Summary(); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	stages, err := m.Stages()
	if err != nil || len(stages) != 3 {
		t.Fatal(stages, err)
	}
	// Fitting maps the 4 training rows, one to look at, and 4 golden ones; each of
	// the 16 goroutines maps its 4.
	if got := count("concurrent").Load(); got != 4+1+4+16*4 {
		t.Errorf("the code ran %d times: fitted more than once", got)
	}
}

// A second program finds the model and does not fit it again.
func TestKeptForTheNextProgram(t *testing.T) {
	type result struct {
		Seconds float64
		Labels  []float64
		Kept    int
	}
	run := func() result {
		f := hashed(3000)
		m := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"a", "b", "c", "d"}}, ml.GBTClassifier{MaxIter: 7}}.Fit(f)
		seconds, err := m.Seconds()
		if err != nil {
			t.Fatal(err)
		}
		return result{seconds, floats(t, m.Transform(f).Select("probability").Limit(5), "probability"), entries(t)}
	}
	if os.Getenv("KELPIE_TEST_CHILD") != "" {
		line, err := json.Marshal(run())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("result %s\n", line)
		return
	}
	here := run()
	child := exec.Command(os.Args[0], "-test.run=^TestKeptForTheNextProgram$")
	child.Env = append(os.Environ(), "KELPIE_TEST_CHILD=1")
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, line, _ := strings.Cut(string(out), "result ")
	line, _, _ = strings.Cut(line, "\n")
	var there result
	if err := json.Unmarshal([]byte(line), &there); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if here.Seconds <= 0 || here.Seconds != there.Seconds || !slices.Equal(here.Labels, there.Labels) || here.Kept != there.Kept {
		t.Errorf("here %+v, in the next program %+v", here, there)
	}
}
