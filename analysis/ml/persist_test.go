package ml_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dmitryikh/leaves"
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

var odd = []string{"kworker/2:1", "<vsftpd>", "a=b", "größe 漢", " ", "", `"quoted"`, "x,y:[z]{}", "line\nbreak", "\x00"}

// commands is a frame of odd texts and numbers, with a label that both decide.
func commands() analysis.Frame {
	var cmd []string
	var cpu []float64
	var label []int64
	for i := range 200 {
		cmd = append(cmd, odd[i%len(odd)])
		cpu = append(cpu, float64(i*37%50)/7)
		y := int64(0)
		if i%len(odd) < 3 != (cpu[i] > 4) {
			y = 1
		}
		label = append(label, y)
	}
	return frame(analysis.Strings("CMD", cmd...), analysis.Float64s("CPU time", cpu...), analysis.Int64s("label", label...))
}

func commandPipeline(classifier ml.Stage) ml.Pipeline {
	return ml.Pipeline{
		ml.CategoryPooler{InputCol: "CMD", TopK: 9, Other: "rest"},
		ml.StringIndexer{InputCols: []string{"CMD_pooled"}, HandleInvalid: "keep"},
		ml.OneHotEncoder{InputCols: []string{"CMD_pooled_index"}},
		ml.VectorAssembler{InputCols: []string{"CMD_pooled_index_vec", "CPU time"}},
		ml.StandardScaler{WithMean: true},
		classifier,
	}
}

// saved fits and saves a pipeline and returns the directory.
func saved(t testing.TB, p ml.Pipeline, f analysis.Frame) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "model")
	if _, err := p.Fit(f).Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSaveAndLoad(t *testing.T) {
	f := commands()
	for _, classifier := range []ml.Stage{
		ml.GBTClassifier{FeaturesCol: "features_scaled"}, ml.DecisionTreeClassifier{FeaturesCol: "features_scaled"}, ml.ConstantClassifier{},
	} {
		p := commandPipeline(classifier)
		dir := saved(t, p, f)
		m, err := ml.Load(dir)
		if err != nil {
			t.Fatalf("%T: %v", classifier, err)
		}
		test := f.Drop("label").Union(frame(analysis.Strings("CMD", "never seen", "").Nulls(1), analysis.Float64s("CPU time", 3, 100)))
		for _, name := range []string{"rawPrediction", "probability", "prediction"} {
			if got, want := floats(t, m.Transform(test), name), floats(t, p.Fit(f).Transform(test), name); !slices.Equal(got, want) {
				t.Errorf("%T: %s changes by saving", classifier, name)
			}
		}
		was, _ := p.Fit(f).TopFeatures(0)
		is, _ := m.TopFeatures(0)
		if was.String() != is.String() {
			t.Errorf("%T: importances\n%s\nbecome\n%s", classifier, was, is)
		}
		was, _ = p.Fit(f).Summary()
		is, _ = m.Summary()
		if was.String() != is.String() || was.Len() != len(p) {
			t.Errorf("%T: the summary\n%s\nbecomes\n%s", classifier, was, is)
		}
		// What is loaded can be saved again, to the same bytes.
		again := filepath.Join(t.TempDir(), "again")
		if _, err := m.Save(again); err != nil {
			t.Fatal(err)
		}
		if one, two := read(t, dir, "pipeline.json"), read(t, again, "pipeline.json"); !bytes.Equal(one, two) {
			t.Errorf("%T: saved again it is another file", classifier)
		}
	}
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The leaves library opens model.txt itself and scores the slots the same.
func TestLeavesOpensTheFile(t *testing.T) {
	f := hashed(2000)
	p := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"a", "b", "c", "d"}}, ml.GBTClassifier{}}
	dir := saved(t, p, f)
	ensemble, err := leaves.LGEnsembleFromFile(filepath.Join(dir, "model.txt"), true)
	if err != nil {
		t.Fatal(err)
	}
	want := floats(t, p.Fit(f).Transform(f), "probability")
	columns := [][]float64{floats(t, f, "a"), floats(t, f, "b"), floats(t, f, "c"), floats(t, f, "d")}
	for i := range want {
		row := []float64{columns[0][i], columns[1][i], columns[2][i], columns[3][i]}
		if got := ensemble.PredictSingle(row, 0); math.Abs(got-want[i]) > 1e-12 {
			t.Fatalf("row %d: leaves has %v, the model %v", i, got, want[i])
		}
	}
}

func TestOddFeatureNamesSurvive(t *testing.T) {
	p := commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"})
	m, err := ml.Load(saved(t, p, commands()))
	if err != nil {
		t.Fatal(err)
	}
	list, err := m.FeatureImportances(0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range list {
		got = append(got, f.Feature)
		if want := map[bool]string{true: "CPU time", false: "CMD_pooled"}[f.Feature == "CPU time"]; f.Column != want {
			t.Errorf("feature %q comes from column %q", f.Feature, f.Column)
		}
	}
	want := []string{"CPU time", "CMD_pooled_rest"}
	for _, text := range odd {
		want = append(want, "CMD_pooled_"+text)
	}
	// One of the ten, the last by bytes of equal counts, is pooled.
	want = slices.DeleteFunc(want, func(s string) bool { return s == "CMD_pooled_kworker/2:1" || s == "CMD_pooled_größe 漢" })
	for _, name := range want {
		if !slices.Contains(got, name) && name != "CMD_pooled_x,y:[z]{}" {
			t.Errorf("%q is not among the features %q", name, got)
		}
	}
}

// change replaces the first match of a pattern in a file, and seals pipeline.json.
func change(pattern, with string) func([]byte) []byte {
	return func(data []byte) []byte {
		expr := regexp.MustCompile(pattern)
		at := expr.FindSubmatchIndex(data)
		if at == nil {
			panic("nothing in the file matches " + pattern)
		}
		return ml.Seal(slices.Concat(data[:at[0]], expr.Expand(nil, []byte(with), data, at), data[at[1]:]))
	}
}

func TestDamagedDirectories(t *testing.T) {
	dir := saved(t, commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"}), commands())
	flip := func(data []byte) []byte { data[len(data)/2] ^= 1; return data }
	for name, c := range map[string]struct {
		file   string
		change func([]byte) []byte // nil: remove it
		words  []string
	}{
		"no pipeline":          {"pipeline.json", nil, []string{"missing"}},
		"no model":             {"model.txt", nil, []string{"missing"}},
		"empty pipeline":       {"pipeline.json", func([]byte) []byte { return nil }, []string{"no model of this package"}},
		"foreign":              {"pipeline.json", func([]byte) []byte { return []byte(`{"class": "org.apache.spark.ml.PipelineModel"}`) }, []string{"no model of this package"}},
		"foreign list":         {"pipeline.json", func([]byte) []byte { return []byte(`[1, 2]`) }, []string{"no model of this package"}},
		"another version":      {"pipeline.json", change(`kelpie-pipeline/2`, "kelpie-pipeline/9"), []string{`"kelpie-pipeline/9"`, "save the model again"}},
		"truncated":            {"pipeline.json", func(d []byte) []byte { return d[:len(d)/2] }, []string{"line ", "unexpected end of JSON"}},
		"flipped":              {"pipeline.json", flip, []string{"pipeline.json"}},
		"edited":               {"pipeline.json", func(d []byte) []byte { return bytes.Replace(d, []byte("vsftpd"), []byte("vsftpx"), 1) }, []string{"not the file that was saved", "checksum"}},
		"text after":           {"pipeline.json", func(d []byte) []byte { return append(d, "{}"...) }, []string{"after top-level value"}},
		"truncated model":      {"model.txt", func(d []byte) []byte { return d[:len(d)/2] }, []string{"not the file that was saved"}},
		"flipped model":        {"model.txt", flip, []string{"not the file that was saved", "SHA-256"}},
		"model text after":     {"model.txt", func(d []byte) []byte { return append(d, "more"...) }, []string{"not the file that was saved"}},
		"wrong sha":            {"pipeline.json", change(`"model.txt": "[0-9a-f]{8}`, `"model.txt": "00000000`), []string{"model.txt", "not the file that was saved"}},
		"another size of file": {"pipeline.json", change(`"model.txt": (\d)`, `"model.txt": 1$1`), []string{"model.txt", "not the file that was saved", "bytes"}},
		"no versions":          {"pipeline.json", change(`"versions":`, `"version":`), []string{`versions: "" of Kelpie`}},
		"odd versions":         {"pipeline.json", change(`"go": "[^"]*"`, `"go": "1"`), []string{`"1" of Go`}},
		"metric of text":       {"pipeline.json", change(`"metrics": \[`, `"metrics": [{"name": "AUC", "value": "one"}`), []string{"line ", "metrics.value"}},
		"no schema":            {"pipeline.json", change(`"schema":`, `"scheme":`), []string{"schema: column", "is not there"}},
		"column not read":      {"pipeline.json", change(`"name": "CPU time"`, `"name": "CPU"`), []string{"schema: no stage reads column \"CPU\""}},
		"column twice":         {"pipeline.json", change(`"name": "CPU time"`, `"name": "CMD"`), []string{"schema: column \"CMD\" stands there twice"}},
		"no sha":               {"pipeline.json", change(`"model.txt": "[0-9a-f]*"`, `"other": ""`), []string{"model.txt", "not the file that was saved"}},
		"golden value":         {"pipeline.json", change(`"\d\.\d{6,}"`, `"700"`), []string{"golden rows: row", "this program scores", "the saved model scored"}},
		"golden text":          {"pipeline.json", change(`"\d\.\d{6,}"`, `"5,2"`), []string{"golden rows: row", `column "CPU time"`, "5,2"}},
		"golden score":         {"pipeline.json", change(`"raw": \[\s*-?\d`, `"raw": [ 7`), []string{"golden rows: row 1: this program scores"}},
		"golden scores":        {"pipeline.json", change(`"raw": \[\s*`, `"raw": [ 1, `), []string{"golden rows: ", "65 scores"}},
		"golden column":        {"pipeline.json", change(`"type": "float64"`, `"type": "int4"`), []string{"schema: ", `"CPU time" is of type "int4"`}},
		"golden width":         {"pipeline.json", change(`"rows": \[\s*\[`, `"rows": [["x"],[`), []string{"golden rows: row 1 has 1 values for 2 columns"}},
		"stage unknown":        {"pipeline.json", change(`"stage": "OneHotEncoderModel"`, `"stage": "Bucketizer"`), []string{"stage 3", `"Bucketizer"`}},
		"own stage":            {"pipeline.json", change(`"stage": "OneHotEncoderModel"`, `"stage": "own"`), []string{"stage 3", `"own"`}},
		"stage of no data":     {"pipeline.json", change(`"stage": "OneHotEncoderModel",\s*"data":`, `"stage": "OneHotEncoderModel", "other":`), []string{"stage 3", "OneHotEncoderModel"}},
		"no stages":            {"pipeline.json", change(`"stages":`, `"stage":`), []string{"no stages"}},
		"negative size":        {"pipeline.json", change(`"CategorySizes": \[\s*11`, `"CategorySizes": [-10`), []string{"stage 3", "-10 categories"}},
		"huge size":            {"pipeline.json", change(`"CategorySizes": \[\s*11`, `"CategorySizes": [1000000000`), []string{"stage 3", "1000000000 categories"}},
		"sizes too many":       {"pipeline.json", change(`"CategorySizes": \[\s*11`, `"CategorySizes": [10, 10`), []string{"stage 3", "2 CategorySizes"}},
		"another size":         {"pipeline.json", change(`"CategorySizes": \[\s*11`, `"CategorySizes": [20`), []string{"golden rows", "features"}},
		"scaler too short":     {"pipeline.json", change(`"Std": \[\s*[^,]*,`, `"Std": [`), []string{"stage 5", "11 means and 10 standard deviations"}},
		"scaler of no size":    {"pipeline.json", change(`"Mean": \[[^\]]*\],\s*"Std": \[[^\]]*\]`, `"Mean": [1], "Std": [1]`), []string{"golden rows", "features"}},
		"text as number":       {"pipeline.json", change(`"Mean": \[`, `"Mean": ["one",`), []string{"stage 5", "one in a list of numbers"}},
		"list as number":       {"pipeline.json", change(`"Mean": \[`, `"Mean": [[1],`), []string{"stage 5", "in a list of numbers"}},
		"labels too many":      {"pipeline.json", change(`"Labels": \[`, `"Labels": [["x"],`), []string{"stage 2", "2 lists of labels"}},
		"names too many":       {"pipeline.json", change(`"FeatureNames": \[`, `"FeatureNames": ["x",`), []string{"model.txt", "11 features", "12"}},
		"missing name":         {"pipeline.json", change(`"Probability": "probability"`, `"Probability": "prediction"`), []string{"stage 6", "five different names"}},
	} {
		t.Run(name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "model")
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(copied, c.file)
			if c.change == nil {
				os.Remove(path)
			} else if err := os.WriteFile(path, c.change(read(t, copied, c.file)), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := ml.Load(copied)
			wantError(t, err, append([]string{"ml: load " + copied}, c.words...)...)
			if !strings.Contains(err.Error(), "pipeline.json") && !strings.Contains(err.Error(), "model.txt") {
				t.Errorf("the error does not name the file: %v", err)
			}
		})
	}
}

func TestLoadRefusesQuickly(t *testing.T) {
	dir := saved(t, commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"}), commands())
	file := filepath.Join(dir, "pipeline.json")
	empty := t.TempDir()
	huge := func(name string) string {
		d := filepath.Join(t.TempDir(), "huge")
		if err := os.CopyFS(d, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(d, name), 1<<33); err != nil {
			t.Skip(err)
		}
		return d
	}
	odd := filepath.Join(t.TempDir(), "odd")
	if err := os.MkdirAll(filepath.Join(odd, "pipeline.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, words := range map[string][]string{
		file:                           {"a file; a model is a directory"},
		filepath.Join(dir, "none"):     {"no such directory"},
		empty:                          {"pipeline.json", "missing"},
		odd:                            {"pipeline.json", "not a file"},
		huge("pipeline.json"):          {"pipeline.json", "8589934592 bytes", "more than"},
		huge("model.txt"):              {"model.txt", "8589934592 bytes", "more than"},
		filepath.Join(file, "further"): {"not a directory"},
	} {
		start := time.Now()
		_, err := ml.Load(path)
		wantError(t, err, words...)
		if took := time.Since(start); took > 2*time.Second { // milliseconds, were the machine not shared
			t.Errorf("%s: %v to say %v", path, took, err)
		}
	}
}

// Files of 200 MB that are no models are known by their heads, and a model.txt of
// another size than it was saved with is not read either.
func TestForeignFilesAreNotRead(t *testing.T) {
	const size = 200 << 20
	top := t.TempDir()
	model := saved(t, ml.Pipeline{ml.VectorAssembler{InputCols: []string{"CPU time"}}, ml.GBTClassifier{}}, commands())
	huge := func(name, head string, size int64) string {
		path := filepath.Join(top, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(head), 0o644), os.Truncate(path, size)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	second := filepath.Join(top, "second")
	if err := os.CopyFS(second, os.DirFS(model)); err != nil {
		t.Fatal(err)
	}
	trees := string(read(t, model, "model.txt"))
	huge("json/pipeline.json", `{"class": "x"}`, 60<<20)
	huge("second/model.txt", trees, size)
	_, direct := ml.LoadLightGBM(huge("binary.txt", "PK\x03\x04", size))
	_, empty := ml.LoadLightGBM(huge("zeros.txt", "tree\nversion=v4\n", size))
	_, pipeline := ml.Load(filepath.Join(top, "json"))
	_, another := ml.Load(second)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, path := range []string{"binary.txt", "zeros.txt"} {
		ml.LoadLightGBM(filepath.Join(top, path))
	}
	ml.Load(second)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 10<<20 {
		t.Errorf("%d bytes were allocated to refuse files", got)
	}
	wantError(t, direct, "line 1: not a LightGBM model but a zip archive")
	wantError(t, empty, "line 3: not a LightGBM model: there is a zero byte")
	wantError(t, pipeline, "pipeline.json: no model of this package")
	wantError(t, another, "model.txt: this is not the file that was saved: it has 209715200 bytes")
}

func TestPipelineFileMembers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	m := commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"}).Fit(commands())
	if _, err := m.Save(dir, ml.Card{Purpose: "a test", Metrics: []ml.Metric{{"AUC", 0.75}}}); err != nil {
		t.Fatal(err)
	}
	var file struct {
		Versions struct{ Kelpie, Go string }
		Recipe   string
		Metrics  []ml.Metric
		Card     ml.Card
		Stages   []struct{ Stage string }
		Schema   []struct{ Name, Type string }
		Bytes    map[string]int
	}
	if err := json.Unmarshal(read(t, dir, "pipeline.json"), &file); err != nil {
		t.Fatal(err)
	}
	switch {
	case file.Versions.Kelpie == "" || file.Versions.Go != runtime.Version():
		t.Errorf("versions %v", file.Versions)
	case !strings.Contains(file.Recipe, "rows from columns"):
		t.Errorf("recipe %q", file.Recipe)
	case len(file.Metrics) != 1 || file.Metrics[0] != ml.Metric{Name: "AUC", Value: 0.75} || file.Card.Metrics != nil || file.Card.Purpose != "a test":
		t.Errorf("metrics %v, card %v", file.Metrics, file.Card)
	case len(file.Stages) != 6 || file.Stages[5].Stage != "TreeModel":
		t.Errorf("stages %v", file.Stages)
	case fmt.Sprint(file.Schema) != "[{CMD string} {CPU time float64}]":
		t.Errorf("schema %v", file.Schema)
	case file.Bytes["model.txt"] != len(read(t, dir, "model.txt")):
		t.Errorf("bytes %v", file.Bytes)
	}
	loaded, err := ml.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	if _, err := loaded.Save(again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, dir, "model-card.md"), read(t, again, "model-card.md")) || !bytes.Equal(read(t, dir, "pipeline.json"), read(t, again, "pipeline.json")) {
		t.Error("saved again it is another model")
	}
}

func TestSaveReplacesModelsOnly(t *testing.T) {
	f := commands()
	m := commandPipeline(ml.DecisionTreeClassifier{FeaturesCol: "features_scaled"}).Fit(f)
	other := ml.ConstantClassifier{}.Fit(f)
	top := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(top, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("notes/notes.txt", "mine")
	write("foreign/pipeline.json", `{"class": "something"}`)
	write("file", "mine")
	for name, word := range map[string]string{"notes": "notes.txt", "foreign": "no model of this package", "file": "a file is there"} {
		wantError(t, saving(m.Save(filepath.Join(top, name))), "ml: save "+filepath.Join(top, name), word)
	}
	if string(read(t, top, "notes/notes.txt")) != "mine" || string(read(t, top, "file")) != "mine" {
		t.Error("something was replaced")
	}
	dir := filepath.Join(top, "deep", "model")
	os.MkdirAll(dir, 0o755) // empty: a model may take its place
	for i, model := range []*ml.PipelineModel{m, other, m} {
		if i == 2 { // a damaged model is replaced too
			os.WriteFile(filepath.Join(dir, "pipeline.json"), read(t, dir, "pipeline.json")[:200], 0o644)
		}
		if _, err := model.Save(dir); err != nil {
			t.Fatal(err)
		}
		loaded, err := ml.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := model.Summary()
		if got, _ := loaded.Summary(); got.String() != want.String() {
			t.Errorf("loaded\n%s\nwant\n%s", got, want)
		}
	}
	// One directory holds the whole model, and nothing else is left beside it.
	if list, _ := os.ReadDir(filepath.Dir(dir)); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
	if _, err := other.Save(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "model.txt")); err == nil {
		t.Error("the older model's trees are still there")
	}
}

// A link that leads to nothing may be to a disk that is not there now: it stays.
func TestSaveKeepsALinkToNothing(t *testing.T) {
	m := commandPipeline(ml.DecisionTreeClassifier{FeaturesCol: "features_scaled"}).Fit(commands())
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.Symlink(filepath.Join(t.TempDir(), "nothing"), broken); err != nil {
		t.Fatal(err)
	}
	wantError(t, saving(m.Save(broken)), "ml: save "+broken, "a link is there that leads to nothing")
	if _, err := os.Readlink(broken); err != nil {
		t.Error(err)
	}
}

// What somebody puts into a model's directory while it is replaced stays.
func TestARemovedModelKeepsWhatIsNone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"pipeline.json", "model-card.md", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := ml.RemoveModel(dir); err == nil {
		t.Error("no error for a directory that holds something else")
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 || list[0].Name() != "notes.txt" {
		t.Errorf("left %v", list)
	}
}

func TestOwnCodeIsNotSaved(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2), analysis.Int64s("label", 0, 1))
	dir := filepath.Join(t.TempDir(), "model")
	wantError(t, saving(ownPipeline(double{"save", "1"}).Fit(f).Save(dir)), "ml: save", "stage 1", "ml_test.double", "cannot be saved")
	if _, err := os.Stat(dir); err == nil {
		t.Error("a directory was made")
	}
}

// JSON has neither NaN nor integers beyond 2^53; golden rows are texts.
func TestGoldenRowsOfEveryType(t *testing.T) {
	f := frame(
		analysis.Float64s("x", 1, math.NaN(), math.Inf(1), math.Copysign(0, -1), 5e-324, 1),
		analysis.Int64s("n", math.MaxInt64, math.MinInt64, 1<<53+1, 1<<53, 0, 7).Nulls(5),
		analysis.Bools("b", true, false, true, false, true, false).Nulls(0),
		analysis.Strings("c", "", "null", "NaN", "é", "\t", "x").Nulls(3),
		analysis.Int64s("label", 0, 1, 0, 1, 0, 1),
	)
	p := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"x", "n", "b", "c"}, HandleInvalid: "keep"},
		ml.ValueMap{InputCol: "c", OriginalValues: []string{"x", "null", ""}, NewValues: []float64{math.NaN(), math.Inf(-1), 3}},
		ml.VectorAssembler{InputCols: []string{"x_index", "n_index", "b_index", "c_index"}},
		ml.GBTClassifier{},
	}
	m, err := ml.Load(saved(t, p, f))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"probability", "n_index", "c_mapped"} {
		if got, want := join(texts(t, m.Transform(f), name)), join(texts(t, p.Fit(f).Transform(f), name)); got != want {
			t.Errorf("%s: %s, before saving %s", name, got, want)
		}
	}
	var file struct {
		Golden struct{ Rows [][]*string }
	}
	if err := json.Unmarshal(read(t, saved(t, p, f), "pipeline.json"), &file); err != nil || *file.Golden.Rows[1][0] != "NaN" || *file.Golden.Rows[2][1] != "9007199254740993" || file.Golden.Rows[5][1] != nil {
		t.Errorf("%v, golden rows %v", err, file.Golden.Rows)
	}
}

// A model may be fitted to a frame that holds the feature vector already, and
// rows may be skipped on the way.
func TestSaveOtherInputs(t *testing.T) {
	f := commands()
	features := commandPipeline(ml.ConstantClassifier{})[:5].Fit(f)
	assembled := features.Transform(f)
	m := ml.GBTClassifier{FeaturesCol: "features_scaled"}.Fit(assembled)
	loaded, err := ml.Load(saved(t, ml.Pipeline{ml.GBTClassifier{FeaturesCol: "features_scaled"}}, assembled))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := floats(t, loaded.Transform(assembled), "probability"), floats(t, m.Transform(assembled), "probability"); !slices.Equal(got, want) {
		t.Error("scores change by saving")
	}
	if _, err := ml.Load(saved(t, commandPipeline(nil)[:5], f)); err != nil {
		t.Errorf("a pipeline without a classifier: %v", err)
	}
	gaps := frame(analysis.Float64s("x", 1, 2, 3, 4).Nulls(0, 2), analysis.Int64s("label", 0, 0, 1, 1))
	skipping := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "skip"}, ml.GBTClassifier{}}
	if _, err := ml.Load(saved(t, skipping, gaps)); err != nil {
		t.Errorf("a pipeline that skips rows: %v", err)
	}
	after := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "skip"}, ml.GBTClassifier{}, ml.StandardScaler{}}
	if m, err := ml.Load(saved(t, after, gaps)); err != nil {
		t.Errorf("a pipeline with a stage after the classifier: %v", err)
	} else if list, err := m.FeatureImportances(0); err != nil || list[0].Share != 1 {
		t.Errorf("%v, %v", list, err)
	}
	two := ml.Pipeline{ml.VectorAssembler{InputCols: []string{"x"}, HandleInvalid: "skip"}, ml.GBTClassifier{},
		ml.DecisionTreeClassifier{PredictionCol: "p", ProbabilityCol: "q", RawPredictionCol: "r"}}
	wantError(t, saving(two.Fit(gaps).Save(t.TempDir())), "ml: save", "two models of trees")
}

func TestLoadedModelNeedsItsInputs(t *testing.T) {
	f := commands()
	m, err := ml.Load(saved(t, commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"}), f))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, m.Transform(f.Drop("CPU time")).Err(), "persist_test.go:", "stage 4: vector assembler", `no column "CPU time"`)
	wantError(t, m.Transform(f.Drop("CMD")).Err(), "persist_test.go:", "stage 1, CategoryPooler", `no column "CMD"`)
	_, err = m.Transform(f.WithColumn("CMD", analysis.Lit(1))).Count()
	wantError(t, err, "persist_test.go:", "stage 1", "CMD")
	narrow := ml.VectorAssembler{InputCols: []string{"CPU time"}, OutputCol: "features_scaled"}.Transform(f)
	one, err := ml.Load(saved(t, ml.Pipeline{ml.GBTClassifier{FeaturesCol: "features_scaled"}}, narrow))
	if err != nil {
		t.Fatal(err)
	}
	_, err = one.Transform(commandPipeline(nil)[:5].Fit(f).Transform(f)).Collect()
	wantError(t, err, "persist_test.go:", "features_scaled", "11 features", "trained on 1")
	if strings.Contains(m.String(), "mistake") || !strings.Contains(m.String(), "rows from columns") {
		t.Errorf("the loaded model says %q", m)
	}
}

// FuzzLoad changes pipeline.json under a checksum that fits: whatever it says, Load
// returns an error or a model that can be used.
func FuzzLoad(f *testing.F) {
	dir := saved(f, commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled", MaxIter: 2}), commands().Limit(30))
	constant := saved(f, ml.Pipeline{ml.ValueMap{InputCol: "CMD", OriginalValues: []string{"a"}, NewValues: []float64{1}}, ml.ConstantClassifier{}}, commands().Limit(3))
	f.Add(read(f, dir, "pipeline.json"))
	f.Add(read(f, constant, "pipeline.json"))
	numbers := saved(f, ml.Pipeline{ml.Imputer{InputCols: []string{"CPU time"}, Strategy: ml.ImputeMode}, ml.VectorAssembler{InputCols: []string{"CPU time_imputed"}},
		ml.MinMaxScaler{Min: -1, Max: 1}, ml.ConstantClassifier{}}, commands().Limit(4))
	f.Add(read(f, numbers, "pipeline.json"))
	f.Add([]byte(`{"format": "kelpie-pipeline/2", "sha256": {"pipeline.json": "` + strings.Repeat("0", 64) + `"}, "versions": {"kelpie": "v1", "go": "go1"}, "stages": [{"stage": "OneHotEncoderModel", "data": {"InputCols": ["x"], "OutputCols": ["y"], "CategorySizes": [-1]}}], "schema": [{"name": "x", "type": "vector"}], "golden": {"rows": [["1 2"]]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, "pipeline.json"), ml.Seal(data), 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := ml.Load(dir)
		if err != nil {
			return
		}
		m.Summary()
		m.TopFeatures(3)
		m.Transform(commands()).Count()
	})
}

// A list of pipeline.json that is too long is refused before its items are made
// into anything: what is allocated does not grow with them.
func TestLongListsAreNotDecoded(t *testing.T) {
	dir := saved(t, commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled"}), commands())
	path := filepath.Join(dir, "pipeline.json")
	whole := read(t, path, "")
	for name, c := range map[string]struct {
		pattern, item, words string
	}{
		"stages":      {`"stages": \[`, `{"stage": "ValueMap", "data": {"InputCol": "a"}},`, "more than 1000 stages"},
		"no stages":   {`"stages": \[`, `0,`, "more than 1000 stages"},
		"golden rows": {`"rows": \[`, `["1", null],`, "more than 1000 golden rows"},
	} {
		allocated := func(n int) uint64 {
			if err := os.WriteFile(path, change(c.pattern, "${0}"+strings.Repeat(c.item, n))(whole), 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ml.Load(dir)
			runtime.ReadMemStats(&after)
			wantError(t, err, "pipeline.json", c.words)
			return after.Mallocs - before.Mallocs
		}
		one, two := allocated(100_000), allocated(200_000)
		if two > one+one/4+1000 || one > 50_000 {
			t.Errorf("%s: %d allocations for 100,000 items, %d for 200,000", name, one, two)
		}
	}
	trees := change(`"stages": \[`, `"stages": [{"stage": "TreeModel", "data": {}}, {"stage": "TreeModel", "data": {}},`)(whole)
	if err := os.WriteFile(path, trees, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := ml.Load(dir)
	wantError(t, err, "3 stages are of trees", "model.txt holds those of one")
	columns := strings.Repeat(`"x",`, 200_000) + `"x"`
	many := change(`"stages": \[`, `"stages": [{"stage": "VectorAssembler", "data": {"OutputCol": "v", "InputCols": [`+strings.Replace(columns, `"x"`, `"y"`, 1)+`]}},`)(whole)
	if err := os.WriteFile(path, many, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = ml.Load(dir)
	wantError(t, err, "stage 1", `holds "x" twice`)
}

// A list of numbers holds numbers and the names of those that JSON has not.
func TestListsOfNumbers(t *testing.T) {
	const n = 200_000
	text := []byte(`{"InputCol": "a", "NewValues": [` + strings.Repeat(`0,`, n-3) + `"NaN", "-Inf", 1e308]}`)
	var v ml.ValueMap
	err := json.Unmarshal(text, &v)
	if err != nil || len(v.NewValues) != n || v.NewValues[n-1] != 1e308 || !math.IsInf(v.NewValues[n-2], -1) || v.NewValues[n-3] == v.NewValues[n-3] {
		t.Fatalf("%d numbers, %v", len(v.NewValues), err)
	}
	for _, wrong := range []string{`[1, null]`, `[1, "x"]`, `[[1]]`, `{"a": 1}`, `"x"`, `[true]`} {
		if err := json.Unmarshal([]byte(`{"NewValues": `+wrong+`}`), &v); err == nil {
			t.Errorf("%s is read as %v", wrong, v.NewValues)
		}
	}
}
