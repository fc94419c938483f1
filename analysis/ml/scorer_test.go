package ml_test

import (
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// A scorer says what Transform says, of rows one by one and of all together, with
// columns in another order and others between them.
func TestScorerEqualsTransform(t *testing.T) {
	f := commands()
	cmd, cpu := texts(t, f, "CMD"), floats(t, f, "CPU time")
	for _, classifier := range []ml.Stage{
		ml.GBTClassifier{FeaturesCol: "features_scaled"}, ml.RandomForestClassifier{FeaturesCol: "features_scaled"}, ml.ConstantClassifier{},
	} {
		fitted := commandPipeline(classifier).Fit(f)
		loaded, err := ml.Load(saved(t, commandPipeline(classifier), f))
		if err != nil {
			t.Fatal(err)
		}
		want := floats(t, fitted.Transform(f), "probability")
		for name, m := range map[string]*ml.PipelineModel{"fitted": fitted, "loaded": loaded} {
			s, err := m.Scorer()
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			for range 3 {
				group.Go(func() {
					var got []float64
					for i := range cmd {
						one, err := s.Probabilities(analysis.Float64s("CPU time", cpu[i]), analysis.Int64s("other", 1), analysis.Strings("CMD", cmd[i]))
						if err != nil {
							t.Error(err)
							return
						}
						got = append(got, one...)
					}
					if !slices.Equal(got, want) {
						t.Errorf("%T, %s: one by one the scores are others", classifier, name)
					}
				})
			}
			group.Wait()
			got, err := s.Probabilities(analysis.Strings("CMD", cmd...), analysis.Float64s("CPU time", cpu...))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%T, %s: %v, or the scores are others", classifier, name, err)
			}
			if _, constant := classifier.(ml.ConstantClassifier); !constant && !slices.Equal(s.Inputs(), []string{"CMD", "CPU time"}) {
				t.Errorf("it reads %q", s.Inputs())
			}
		}
	}
}

func TestScorerRefuses(t *testing.T) {
	f := frame(analysis.Float64s("x", 1, 2, math.NaN(), 4), analysis.Int64s("n", 1, 2, 3, 4), analysis.Strings("c", "a", "b", "a", "b"), analysis.Int64s("label", 0, 0, 1, 1))
	p := ml.Pipeline{
		ml.StringIndexer{InputCols: []string{"c"}},
		ml.VectorAssembler{InputCols: []string{"x", "n", "c_index"}, HandleInvalid: "skip"},
		ml.DecisionTreeClassifier{},
	}
	s, err := p.Fit(f).Scorer()
	if err != nil {
		t.Fatal(err)
	}
	x, n, c := analysis.Float64s("x", 1), analysis.Int64s("n", 2), analysis.Strings("c", "a")
	for _, test := range []struct {
		columns []analysis.Values
		words   []string
	}{
		{nil, []string{"ml: scorer: there is no column \"x\"", `"n"`}},
		{[]analysis.Values{x, n}, []string{`there is no column "c"`}},
		{[]analysis.Values{x, n, c, c}, []string{"ml: scorer", `"c"`}},
		{[]analysis.Values{x, n, analysis.Strings("c", "a", "b")}, []string{"ml: scorer", "rows"}},
		{[]analysis.Values{analysis.Strings("x", "1"), n, c}, []string{`column "x" is string`, "float64"}},
		{[]analysis.Values{x, n, analysis.Int64s("c", 1)}, []string{`column "c" is int64`, "string"}},
		{[]analysis.Values{x, n, analysis.Strings("c", "z")}, []string{`"z" in row 0`, "HandleInvalid"}},
		{[]analysis.Values{x, n, c.Nulls(0)}, []string{"column c is null in row 0"}},
		{[]analysis.Values{analysis.Float64s("x", 1, math.NaN()), analysis.Int64s("n", 1, 2), analysis.Strings("c", "a", "a")}, []string{"skip 1 of 2 rows"}},
	} {
		_, err := s.Probabilities(test.columns...)
		wantError(t, err, test.words...)
		if strings.Count(err.Error(), "ml: ") != 1 || strings.Contains(err.Error(), "analysis: ") {
			t.Errorf("the package is not named once: %v", err)
		}
	}
	// Numbers stand for one another, and no row is no score.
	got, err := s.Probabilities(analysis.Int64s("x", 1), analysis.Float64s("n", 1), c)
	if err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	got, err = s.Probabilities(analysis.Int64s("x"), analysis.Float64s("n"), analysis.Strings("c"))
	if err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	_, err = ml.Pipeline{ml.VectorAssembler{InputCols: []string{"n"}}}.Fit(f).Scorer()
	wantError(t, err, "ml: scorer", "no classifier")
	assembled := ml.VectorAssembler{InputCols: []string{"n"}}.Transform(f)
	_, err = ml.DecisionTreeClassifier{}.Fit(assembled).Scorer()
	wantError(t, err, `feature vector "features"`)
}

func ExamplePipelineModel_Scorer() {
	model, err := ml.LoadLightGBM("../internal/lightgbm/testdata/foreign/pandas.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	scorer, err := model.Scorer() // once, when the service starts
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("reads", scorer.Inputs())
	for _, code := range []string{"c4", "c9"} { // with every request
		probabilities, err := scorer.Probabilities(analysis.Strings("code", code),
			analysis.Float64s("signed", 1), analysis.Float64s("real", 0.3), analysis.Float64s("none", 0))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %.4f\n", code, probabilities[0])
	}
	// Output:
	// reads [signed real code none]
	// c4 0.5373
	// c9 0.4136
}

// BenchmarkScorer scores rows at hand with 100 trees of 31 leaves behind a pooled
// and one-hot encoded text.
func BenchmarkScorer(b *testing.B) {
	f := commands()
	m := commandPipeline(ml.GBTClassifier{FeaturesCol: "features_scaled", Newton: true, MinInstancesPerNode: 1}).Fit(f)
	s, err := m.Scorer()
	if err != nil {
		b.Fatal(err)
	}
	for _, rows := range []int{1, 1000} {
		cmd, cpu := make([]string, rows), make([]float64, rows)
		for i := range cmd {
			cmd[i], cpu[i] = odd[i%len(odd)], float64(i%50)
		}
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Probabilities(analysis.Strings("CMD", cmd...), analysis.Float64s("CPU time", cpu...)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
		b.Run(fmt.Sprintf("%d by Transform", rows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f := session.FromColumns(analysis.Strings("CMD", cmd...), analysis.Float64s("CPU time", cpu...))
				if _, err := m.Transform(f).Floats("probability"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
	}
}

// The program of a service that loads models and scores with them links nothing
// of the trainer but tables that it begins with: the linker leaves out what no
// classifier calls for. A program that fits one has the trainer.
func TestServiceLinksNoTrainer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the linker is the same everywhere, files of programs are not")
	}
	const begin = `package main

import (
	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

func main() {
	rows := analysis.NewSession(analysis.Config{}).FromColumns(analysis.Float64s("x", 1))
`
	for source, trains := range map[string]bool{
		begin + `	m, err := ml.Load("model")
	if err != nil {
		m, err = ml.LoadLightGBM("model.txt")
	}
	println(m.Save("again"))
	s, err := m.Scorer()
	println(s.Probabilities(analysis.Float64s("x", 1)))
	println(m.Transform(rows).Collect())
	println(m.TopFeatures(5))
	println(m.PermutationImportances(rows, ml.Permutation{}))
}
`: false,
		begin + `	ml.GBTClassifier{}.Fit(rows).Save("model")
}
`: true,
	} {
		source = strings.ReplaceAll(source, "println(", "use(") + "\nfunc use(...any) {}\n"
		var trainer []string
		for _, name := range linked(t, source) {
			if strings.HasPrefix(name, "github.com/stophacking/kelpie/analysis/internal/tree.") {
				trainer = append(trainer, name)
			}
		}
		switch has := slices.Contains(trainer, "github.com/stophacking/kelpie/analysis/internal/tree.Train"); {
		case has != trains:
			t.Errorf("tree.Train is linked: %v, in\n%s", has, source)
		case !trains && len(trainer) > 1: // its package initialiser
			t.Errorf("the service links %q", trainer)
		}
	}
}

// linked builds a program and returns the names of its functions.
func linked(t *testing.T, source string) []string {
	t.Helper()
	folder := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	program, overlay, binary := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json"), filepath.Join(folder, "program")
	inModule, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, "service", "main.go"): program}})
	if err == nil {
		err = errors.Join(os.WriteFile(program, []byte(source), 0o600), os.WriteFile(overlay, inModule, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-o", binary, "./service")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range symbols {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC {
			names = append(names, s.Name)
		}
	}
	return names
}
