package tree_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

var update = flag.Bool("update", false, "rewrite the golden models and rows")

// The models in testdata stay as they are, byte for byte, and Python LightGBM
// scores them as we do: oracle.json has its answers for rows.json, made by
// oracle.py.
func TestGoldenModels(t *testing.T) {
	f, labels := problem(1500, 12)
	f.Parts[0].Name = "größe, a = <b>" // no reader would take that name
	rows := make([][]float64, 60)
	for i := range rows {
		rows[i] = dense(f, i)
	}
	write := func(path string, b []byte) {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var oracle map[string]json.RawMessage
	if err := json.Unmarshal(read("testdata/oracle.json"), &oracle); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]tree.Parameters{
		"tree":  {MaxDepth: 4},
		"boost": {Method: tree.GradientBoosting, MaxIter: 5, MaxDepth: 4},
		"leaf":  {MinInstancesPerNode: 1500},

		"newton": {Method: tree.NewtonBoosting, MaxIter: 5, MaxLeaves: 8, L2: 1, Seed: 1},
		"forest": {Method: tree.RandomForest, MaxIter: 4, MaxDepth: 4, Seed: 1},
	} {
		m := train(t, f, labels, p)
		got := []byte(text(t, m))
		if *update {
			b, _ := json.Marshal(rows)
			write("testdata/rows.json", append(b, '\n'))
			write("testdata/"+name+".txt", got)
		}
		// Elsewhere math.Exp may differ in the last bit.
		if want := read("testdata/" + name + ".txt"); runtime.GOARCH == "amd64" && !bytes.Equal(got, want) {
			t.Errorf("%s: another model:\n%s", name, got)
		}
		again, err := lightgbm.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		if again.Names[0] != f.Parts[0].Name {
			t.Errorf("%s: name %q", name, again.Names[0])
		}
		var importance struct{ Split, Gain []float64 }
		if err := json.Unmarshal(oracle[name+" importance"], &importance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		equalImportances(t, name, again, importance.Split, importance.Gain)
		var want []float64
		if err := json.Unmarshal(oracle[name], &want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		scores := predict(t, again, f, len(labels))
		for i, p := range want {
			if math.Abs(again.Transform(scores[i])-p) > 1e-12 {
				t.Errorf("%s: row %d is %v, Python LightGBM says %v", name, i, again.Transform(scores[i]), p)
			}
		}
		if len(want) != len(rows) {
			t.Errorf("%s: %d answers", name, len(want))
		}
	}
}

// equalImportances compares a model's splits by feature, and its gains, with what
// Python LightGBM reads. It adds up gains that it has read as float32.
func equalImportances(t *testing.T, name string, m *lightgbm.Model, splits, gains []float64) {
	t.Helper()
	ours, gained, total := make([]float64, len(m.Names)), make([]float64, len(m.Names)), 0.0
	for _, grown := range m.Trees {
		for i, feature := range grown.SplitFeature {
			ours[feature]++
			gained[feature] += grown.SplitGain[i]
		}
	}
	if !slices.Equal(ours, splits) {
		t.Errorf("%s: splits %v, Python LightGBM reads %v", name, ours, splits)
	}
	for i, gain := range gains {
		if total += gain; math.Abs(gain-gained[i]) > 1e-6*gain {
			t.Errorf("%s: the gain of feature %d is %v, Python LightGBM reads %v", name, i, gained[i], gain)
		}
	}
	if m.AverageOutput || total == 0 { // shares are of each tree, as in Spark
		return
	}
	for i, share := range m.Importances() {
		if math.Abs(share-gains[i]/total) > 1e-6 {
			t.Errorf("%s: the share of feature %d is %v, of what Python LightGBM reads %v", name, i, share, gains[i]/total)
		}
	}
}
