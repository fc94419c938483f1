package lightgbm_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// rewritten are the models of testdata/foreign that testdata/rewritten holds as
// we write them, so that Python LightGBM reads those too.
var rewritten = []string{"categories", "dart", "forest", "none_missing", "own_objective", "pandas", "sigmoid", "zero_missing_categories"}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A cell of the oracle is a number, null for a missing one, or "+Inf" or "-Inf".
type cell float64

func (c *cell) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "null":
		*c = cell(math.NaN())
	case `"+Inf"`:
		*c = cell(math.Inf(1))
	case `"-Inf"`:
		*c = cell(math.Inf(-1))
	default:
		var v float64
		err := json.Unmarshal(data, &v)
		*c = cell(v)
		return err
	}
	return nil
}

// What Python LightGBM wrote is read, and what we write of it is read there, with
// the same scores. The answers in oracle.json are from Python LightGBM, by
// oracle.py.
func TestEqualsPython(t *testing.T) {
	var oracle struct {
		Files map[string]struct {
			Rows        [][]cell
			Raw, Answer []float64
		}
	}
	if err := json.Unmarshal(read(t, "testdata", "oracle.json"), &oracle); err != nil {
		t.Fatal(err)
	}
	if len(oracle.Files) != 3+31+len(rewritten) {
		t.Errorf("%d files", len(oracle.Files))
	}
	for file, want := range oracle.Files {
		text := read(t, "testdata", file)
		m := parse(t, text)
		again := parse(t, marshal(t, m))
		second, err := lightgbm.Leaves(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		low, high := m.Bounds()
		for i, cells := range want.Rows {
			row := make([]float64, len(cells))
			for j, c := range cells {
				row[j] = float64(c)
			}
			if m.AverageOutput { // Python's raw score is the sum
				want.Raw[i] /= float64(len(m.Trees))
			}
			raw := m.Raw(row)
			if raw != want.Raw[i] || again.Raw(row) != raw || raw < low || raw > high {
				t.Errorf("%s, row %v: raw %v, rewritten %v, want %v, within %v and %v", file, row, raw, again.Raw(row), want.Raw[i], low, high)
			}
			if answer := m.Transform(raw); math.Abs(answer-want.Answer[i]) > 1e-15*math.Abs(answer) {
				t.Errorf("%s, row %v: %v, want %v", file, row, answer, want.Answer[i])
			}
			compare(t, m, second, row)
		}
	}
	for _, name := range rewritten {
		text := marshal(t, parse(t, read(t, "testdata/foreign", name+".txt")))
		path := "testdata/rewritten/" + name + ".txt"
		if *update {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := read(t, path); !slices.Equal(text, want) {
			t.Errorf("%s: written:\n%s", path, text)
		}
	}
}

func TestRefusedByReason(t *testing.T) {
	for name, want := range map[string]string{
		"multiclass":    `line 3: num_class: "3" is not supported: must be 1, models of one output only`,
		"multiclassova": `line 3: num_class: "3" is not supported: must be 1, models of one output only`,
		"linear":        "line 27: is_linear: linear trees are not supported: their leaves hold equations",
	} {
		if _, err := lightgbm.Parse(read(t, "testdata/foreign", name+".txt")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestCheckProbability(t *testing.T) {
	files, err := filepath.Glob("testdata/foreign/*.txt")
	if err != nil || len(files) != 34 {
		t.Fatal(files, err)
	}
	refused := map[string]string{
		"poisson": "does not say a probability", "gamma": "does not say a probability", "tweedie": "does not say a probability",
		"cross_entropy_lambda": "does not say a probability", "sqrt": "does not say a probability", "mape": "does not say a probability",
		"lambdarank": "does not say a probability", "rank_xendcg": "does not say a probability", "regression_l1": "does not say a probability",
		"huber": "does not say a probability", "fair": "does not say a probability", "quantile": "does not say a probability",
		"own_objective": "names no objective",
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		m, err := lightgbm.Parse(read(t, file))
		if err != nil {
			continue // TestRefusedByReason
		}
		err = m.CheckProbability()
		if want := refused[name]; err == nil != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			low, high := m.Bounds()
			t.Errorf("%s: %v, within %v and %v", name, err, low, high)
		}
	}
}
