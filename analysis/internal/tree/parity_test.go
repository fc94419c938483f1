package tree_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// testdata/parity.py has LightGBM, scikit-learn and this package learn the same
// rows. Over its ten seeds, our mean area under the ROC curve is no less than the
// least of each of the others, and our mean log-loss no more than the most.
func TestParityKept(t *testing.T) {
	type result struct {
		AUC     float64
		LogLoss float64 `json:"log_loss"`
	}
	var kept struct {
		Results map[string]map[string][]result
	}
	b, err := os.ReadFile("testdata/parity.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &kept); err != nil || len(kept.Results) != 3 {
		t.Fatalf("%d data sets, %v", len(kept.Results), err)
	}
	for name, of := range kept.Results {
		var mean result
		for _, r := range of["kelpie"] {
			mean.AUC += r.AUC / 10
			mean.LogLoss += r.LogLoss / 10
		}
		for _, who := range []string{"lightgbm", "scikit-learn"} {
			least, most := 1.0, 0.0
			for _, r := range of[who] {
				least, most = min(least, r.AUC), max(most, r.LogLoss)
			}
			if len(of[who]) != 10 || !(mean.AUC >= least && mean.LogLoss <= most) {
				t.Errorf("%s: AUC %v, log-loss %v; %s has at least %v, at most %v", name, mean.AUC, mean.LogLoss, who, least, most)
			}
		}
	}
}

// TestParity learns the problems in the folder KELPIE_PARITY for parity.py.
func TestParity(t *testing.T) {
	dir := os.Getenv("KELPIE_PARITY")
	if dir == "" {
		t.Skip("KELPIE_PARITY is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		var problem struct {
			Seed        uint64
			Train, Test [][]float64
			Labels      []float64
		}
		b, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(b, &problem)
		}
		if err != nil {
			t.Fatal(err)
		}
		m := train(t, columns(problem.Train), problem.Labels, tree.Parameters{Method: tree.NewtonBoosting, Seed: problem.Seed})
		scores := predict(t, m, columns(problem.Test), len(problem.Test))
		for i, s := range scores {
			scores[i] = m.Transform(s)
		}
		b, _ = json.Marshal(scores)
		if err := os.WriteFile(strings.TrimSuffix(file, ".json")+".out", b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// columns turns rows into features.
func columns(rows [][]float64) *column.Features {
	f := &column.Features{}
	for k := range rows[0] {
		values := make([]float64, len(rows))
		for i, row := range rows {
			values[i] = row[k]
		}
		f.Parts = append(f.Parts, floats("x"+strconv.Itoa(k), values...))
	}
	return f
}
