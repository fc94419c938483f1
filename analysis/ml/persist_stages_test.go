package ml_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// Every kind of stage is in the file and does the same after Load, with NaN and
// null, with texts and categories that fitting did not see.
func TestEveryStageIsSaved(t *testing.T) {
	nan := math.NaN()
	f := frame(
		analysis.Strings("CMD", odd...).Nulls(9),
		analysis.Strings("POLI", "norm", "0", "-", "norm", "0", "-", "norm", "0", "-", "?"),
		analysis.Float64s("CPU", 1, nan, 3, 0, 5, 6, 7, 8, 9, 10).Nulls(3),
		analysis.Int64s("threads", 1, -1, 3, 4, 5, 6, 7, 8, 9, 3),
		analysis.Bools("root", true, false, true, false, true, false, true, false, true, true),
		analysis.Float64s("gap", 1, nan, nan, nan, nan, nan, nan, nan, nan, nan),
		analysis.Int64s("label", 0, 1, 0, 1, 0, 1, 0, 1, 1, 0))
	p := ml.Pipeline{
		ml.ValueMap{InputCol: "POLI", OriginalValues: []string{"norm", "0", "-"}, NewValues: []float64{0, 5, 6}},
		ml.Imputer{InputCols: []string{"CPU", "POLI_mapped"}, Strategy: ml.ImputeMedian},
		ml.Imputer{InputCols: []string{"threads"}, OutputCols: []string{"threads"}, Strategy: ml.ImputeMode, MissingValues: []float64{-1, nan}},
		ml.CategoryPooler{InputCol: "CMD", TopK: 3},
		ml.StringIndexer{InputCols: []string{"CMD_pooled", "POLI"}, OutputCols: []string{"cmd", "poli"}, HandleInvalid: "keep", StringOrderType: ml.AlphabetDesc},
		ml.OneHotEncoder{InputCols: []string{"cmd"}, HandleInvalid: "keep"},
		ml.VectorAssembler{InputCols: []string{"gap"}, OutputCol: "gaps", HandleInvalid: "keep"},
		ml.StandardScaler{InputCol: "gaps", OutputCol: "NaN throughout"},
		ml.MinMaxScaler{InputCol: "gaps", OutputCol: "NaN but one", Min: -1, Max: 2},
		ml.VectorAssembler{InputCols: []string{"CPU_imputed", "threads", "root", "POLI_mapped_imputed", "cmd_vec"}, OutputCol: "numbers"},
		ml.StandardScaler{InputCol: "numbers", WithMean: true},
		ml.MinMaxScaler{InputCol: "numbers_scaled", OutputCol: "scaled", Min: -3, Max: 4},
		ml.VectorAssembler{InputCols: []string{"scaled", "poli"}},
		ml.GBTClassifier{MaxIter: 5},
	}
	fitted := p.Fit(f)
	loaded, err := ml.Load(saved(t, p, f))
	if err != nil {
		t.Fatal(err)
	}
	was, err := fitted.Stages()
	if err != nil {
		t.Fatal(err)
	}
	is, err := loaded.Stages()
	if err != nil || fmt.Sprintf("%#v", was[:len(was)-1]) != fmt.Sprintf("%#v", is[:len(is)-1]) {
		t.Errorf("%v\n%#v\nbecome\n%#v", err, was, is)
	}
	test := f.Union(frame(analysis.Strings("CMD", "never seen"), analysis.Strings("POLI", "rr"), analysis.Float64s("CPU", nan), analysis.Int64s("threads", -1),
		analysis.Bools("root", true), analysis.Float64s("gap", 2), analysis.Int64s("label", 1)))
	one, two := fitted.Transform(test), loaded.Transform(test)
	for _, name := range []string{"POLI_mapped", "CPU_imputed", "threads", "CMD_pooled", "cmd", "poli", "cmd_vec", "NaN throughout", "NaN but one", "numbers_scaled", "scaled", "features", "probability"} {
		if got, want := shownColumn(t, two, name), shownColumn(t, one, name); got != want {
			t.Errorf("%s: %s becomes %s", name, want, got)
		}
	}
	if got := shownColumn(t, two, "NaN but one"); got != "0.5; NaN; NaN; NaN; NaN; NaN; NaN; NaN; NaN; NaN; 0.5" {
		t.Error(got)
	}
}

// A file cannot name a column of an imputer twice: one would be lost.
func TestImputerOfAFileNamesItsColumnsOnce(t *testing.T) {
	dir := saved(t, ml.Pipeline{ml.Imputer{InputCols: []string{"a", "b"}}, ml.ConstantClassifier{}},
		frame(analysis.Float64s("a", 1, 2), analysis.Float64s("b", 3, 4), analysis.Int64s("label", 0, 1)))
	path := filepath.Join(dir, "pipeline.json")
	if err := os.WriteFile(path, change(`"b_imputed"`, `"a_imputed"`)(read(t, path, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := ml.Load(dir)
	wantError(t, err, "stage 1", `OutputCols holds "a_imputed" twice`)
}
