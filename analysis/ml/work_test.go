package ml_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/ml"
)

// wide returns a model text of that many features, trees of that many leaves, and
// that many texts in each of the lists of pandas categories.
func wide(features, trees, leaves, lists, texts int) string {
	var names, infos, sizes, all []string
	for k := range features {
		names, infos = append(names, fmt.Sprintf("f%d", k)), append(infos, "[0:1]")
		if k < lists {
			infos[k] = "0:1"
			var labels []string
			for i := range texts {
				labels = append(labels, fmt.Sprintf("%q", fmt.Sprint("t", i)))
			}
			all = append(all, "["+strings.Join(labels, ", ")+"]")
		}
	}
	var blocks strings.Builder
	list := func(n int, item func(i int) any) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprint(item(i))
		}
		return strings.Join(items, " ")
	}
	always := func(v any) func(int) any { return func(int) any { return v } }
	for i := range trees {
		n := leaves - 1
		block := fmt.Sprintf("Tree=%d\nnum_leaves=%d\nnum_cat=0\nsplit_feature=%s\nsplit_gain=%s\nthreshold=%s\ndecision_type=%s\nleft_child=%s\nright_child=%s\nleaf_value=%s\n"+
			"leaf_weight=%s\nleaf_count=%s\ninternal_value=%s\ninternal_weight=%s\ninternal_count=%s\nis_linear=0\nshrinkage=1\n\n\n", i, leaves,
			list(n, func(j int) any { return lists + (i*n+j)%(features-lists) }), list(n, always(1)), list(n, func(j int) any { return float64(j) / 8 }), list(n, always(8)),
			list(n, func(j int) any { return ^j }), list(n, func(j int) any {
				if j == n-1 {
					return ^n
				}
				return j + 1
			}), list(leaves, always(0.001)), list(leaves, always(1)), list(leaves, always(1)), list(n, always(0)), list(n, always(2)), list(n, always(2)))
		sizes = append(sizes, fmt.Sprint(len(block)))
		blocks.WriteString(block)
	}
	return fmt.Sprintf("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=%d\nobjective=binary sigmoid:1\nfeature_names=%s\nfeature_infos=%s\ntree_sizes=%s\n\n%s"+
		"end of trees\n\npandas_categorical:[%s]\n", features-1, strings.Join(names, " "), strings.Join(infos, " "), strings.Join(sizes, " "), blocks.String(), strings.Join(all, ", "))
}

// works are inputs of a width, and what is done with them.
var works = map[string]struct {
	width int
	do    func(t *testing.T, n int)
}{
	"features":            {400, func(t *testing.T, n int) { useFile(t, wide(n, 16, 8, 0, 0), n, 0) }},
	"features that split": {400, func(t *testing.T, n int) { useFile(t, wide(n, n/8, 9, 0, 0), n, 0) }},
	"trees":               {400, func(t *testing.T, n int) { useFile(t, wide(8, n, 8, 0, 0), 8, 0) }},
	"leaves":              {2000, func(t *testing.T, n int) { useFile(t, wide(8, 2, n, 0, 0), 8, 0) }},
	"lists":               {200, func(t *testing.T, n int) { useFile(t, wide(n+8, 16, 8, n, 2), n+8, n) }},
	"texts":               {2000, func(t *testing.T, n int) { useFile(t, wide(9, 16, 8, 1, n), 9, 1) }},
	"columns of a frame":  {400, useFrame},
	"one-hot slots":       {1000, useSlots},
	"imputed columns":     {400, useImputed},
	"one-hot columns":     {200, useOneHot},
}

// useFile loads the text, saves and loads the model, and scores rows.
func useFile(t *testing.T, text string, features, lists int) {
	path := filepath.Join(t.TempDir(), "model.txt")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := ml.LoadLightGBM(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "model")
	if _, err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	if m, err = ml.Load(dir); err != nil {
		t.Fatal(err)
	}
	var columns []analysis.Values
	for k := range features {
		name := fmt.Sprintf("f%d", k)
		if k < lists {
			columns = append(columns, analysis.Strings(name, "t0", "t1"))
		} else {
			columns = append(columns, analysis.Float64s(name, 0, 1))
		}
	}
	use(t, m, frame(columns...), columns)
}

func use(t *testing.T, m *ml.PipelineModel, f analysis.Frame, columns []analysis.Values) {
	if _, err := m.Transform(f).Select("probability").Collect(); err != nil {
		t.Fatal(err)
	}
	s, err := m.Scorer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Probabilities(columns...); err != nil {
		t.Fatal(err)
	}
	if _, err := m.TopFeatures(3); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Summary(); err != nil {
		t.Fatal(err)
	}
}

// useFrame fits a pipeline to a frame of n columns.
func useFrame(t *testing.T, n int) {
	columns := []analysis.Values{analysis.Int64s("label", 0, 1, 0, 1)}
	names := make([]string, n)
	for k := range n {
		names[k] = fmt.Sprintf("f%d", k)
		columns = append(columns, analysis.Float64s(names[k], 0, 1, float64(k), 3))
	}
	f := frame(columns...)
	m := ml.Pipeline{ml.VectorAssembler{InputCols: names}, ml.StandardScaler{}, ml.GBTClassifier{MaxIter: 2, FeaturesCol: "features_scaled"}}.Fit(f)
	use(t, m, f, columns)
}

// useSlots fits a pipeline to a column of n texts, one-hot.
func useSlots(t *testing.T, n int) {
	texts, labels := make([]string, 2*n), make([]int64, 2*n)
	for i := range texts {
		texts[i], labels[i] = fmt.Sprint("t", i/2), int64(i/2%2)
	}
	columns := []analysis.Values{analysis.Int64s("label", labels...), analysis.Strings("c", texts...)}
	f := frame(columns...)
	m := ml.Pipeline{ml.StringIndexer{InputCols: []string{"c"}}, ml.OneHotEncoder{InputCols: []string{"c_index"}}, ml.VectorAssembler{InputCols: []string{"c_index_vec"}}, ml.GBTClassifier{MaxIter: 2, MaxDepth: 2}}.Fit(f)
	use(t, m, f, columns)
}

// useImputed fits a pipeline to n columns with nulls.
func useImputed(t *testing.T, n int) {
	columns := []analysis.Values{analysis.Int64s("label", 0, 1, 0, 1)}
	names := make([]string, n)
	for k := range n {
		names[k] = fmt.Sprintf("f%d", k)
		columns = append(columns, analysis.Float64s(names[k], 0, 1, float64(k), 3).Nulls(k%4))
	}
	f := frame(columns...)
	m := ml.Pipeline{ml.Imputer{InputCols: names}, ml.VectorAssembler{InputCols: suffixed(names, "_imputed")}, ml.GBTClassifier{MaxIter: 2}}.Fit(f)
	use(t, m, f, columns)
}

// useOneHot fits a pipeline to n columns of texts, each one-hot.
func useOneHot(t *testing.T, n int) {
	columns := []analysis.Values{analysis.Int64s("label", 0, 1, 0, 1)}
	names := make([]string, n)
	for k := range n {
		names[k] = fmt.Sprintf("f%d", k)
		columns = append(columns, analysis.Strings(names[k], "a", "b", "c", "c"))
	}
	f := frame(columns...)
	m := ml.Pipeline{ml.StringIndexer{InputCols: names}, ml.OneHotEncoder{InputCols: suffixed(names, "_index")}, ml.VectorAssembler{InputCols: suffixed(names, "_index_vec")},
		ml.GBTClassifier{MaxIter: 2}}.Fit(f)
	use(t, m, f, columns)
}

func suffixed(names []string, suffix string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name + suffix
	}
	return out
}

// TestWork does one of the works, of the width that KELPIE_WORK says after a colon:
// for TestWorkGrowsAsWidth, which counts its statements.
func TestWork(t *testing.T) {
	name, width, ok := strings.Cut(os.Getenv("KELPIE_WORK"), ":")
	if !ok {
		t.Skip("KELPIE_WORK is not set")
	}
	n, err := strconv.Atoi(width)
	if err != nil {
		t.Fatal(err)
	}
	works[name].do(t, n)
}

// Twice as wide an input is about twice the work, counted in statements that are
// carried out, of this module and of the packages whose loops it uses: none of it
// grows as the square.
func TestWorkGrowsAsWidth(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	binary := filepath.Join(t.TempDir(), "ml.test")
	const own = "github.com/stophacking/kelpie/analysis"
	var packages []string
	for _, name := range []string{"", "/ml", "/internal/column", "/internal/lightgbm", "/internal/local", "/internal/plan", "/internal/score", "/internal/tree"} {
		packages = append(packages, own+name)
	}
	packages = append(packages, "github.com/dmitryikh/leaves", "slices")
	build := exec.Command("go", "test", "-c", "-covermode=count", "-coverpkg="+strings.Join(packages, ","), "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	statements := func(name string, width int) float64 {
		profile := filepath.Join(t.TempDir(), "profile")
		run := exec.Command(binary, "-test.run=^TestWork$", "-test.coverprofile="+profile)
		run.Env = append(os.Environ(), fmt.Sprintf("KELPIE_WORK=%s:%d", name, width), "GOMAXPROCS=1")
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		f, err := os.Open(profile)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		total := 0.0
		for lines := bufio.NewScanner(f); lines.Scan(); { // file:from,to statements count
			fields := strings.Fields(lines.Text())
			if len(fields) != 3 {
				continue
			}
			many, _ := strconv.ParseFloat(fields[1], 64)
			times, _ := strconv.ParseFloat(fields[2], 64)
			total += many * times
		}
		return total
	}
	for name, w := range works {
		fixed, one, two := statements(name, w.width/8), statements(name, w.width), statements(name, 2*w.width)
		if ratio := (two - fixed) / (one - fixed); !(ratio < 2.6) || one < 1000 {
			t.Errorf("%s: %.3g statements for %d, %.3g for %d: %.2f times as many beyond those for %d", name, one, w.width, two, 2*w.width, ratio, w.width/8)
		} else {
			t.Logf("%s: %.3g, %.3g: %.2f", name, one, two, ratio)
		}
	}
}
