package ml_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/ml"
)

// changed returns a JSON value with one change somewhere in it: a number or a
// text becomes another, a list or an object loses, doubles or exchanges members.
func changed(r *rand.Rand, v any) any {
	others := []any{nil, true, "", "x", "NaN", 0.0, -1.0, 0.5, 1e308, 4294967296.0, []any{}, map[string]any{}, []any{nil}, []any{-1.0, "x"}}
	switch v := v.(type) {
	case []any:
		if len(v) == 0 || r.IntN(8) == 0 {
			break
		}
		i, j := r.IntN(len(v)), r.IntN(len(v))
		out := append([]any{}, v...)
		switch r.IntN(6) {
		case 0:
			return append(out[:i], out[i+1:]...)
		case 1:
			return append(out, out[i])
		case 2:
			out[i], out[j] = out[j], out[i]
		default:
			out[i] = changed(r, out[i])
		}
		return out
	case map[string]any:
		if len(v) == 0 || r.IntN(16) == 0 {
			break
		}
		out, at := map[string]any{}, r.IntN(len(v))
		for _, name := range sortedKeys(v) {
			switch at--; {
			case at != -1:
				out[name] = v[name]
			case r.IntN(8) > 0: // else it is lost
				out[name] = changed(r, v[name])
			}
		}
		return out
	}
	return others[r.IntN(len(others))]
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// A pipeline.json whose checksum fits but whose content was changed is refused,
// or gives a model that can be used.
func TestPipelineMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rows := commands().Limit(12)
	accepted, count := 0, 0
	for _, classifier := range []ml.Stage{ml.GBTClassifier{FeaturesCol: "features_scaled", MaxIter: 1, MaxDepth: 2}, ml.ConstantClassifier{}} {
		dir := saved(t, commandPipeline(classifier), rows)
		original := read(t, dir, "pipeline.json")
		var value map[string]any
		if err := json.Unmarshal(original, &value); err != nil {
			t.Fatal(err)
		}
		seal := value["sha256"]
		for range 2000 {
			text := changed(r, value)
			if m, ok := text.(map[string]any); ok {
				m["sha256"] = seal
			}
			data, err := json.MarshalIndent(text, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "pipeline.json"), ml.Seal(data), 0o644); err != nil {
				t.Fatal(err)
			}
			count++
			m, err := ml.Load(dir)
			if err != nil {
				continue
			}
			accepted++
			if _, err := m.Summary(); err != nil {
				t.Error(err)
			}
		}
	}
	if accepted < count/50 || accepted > count*9/10 {
		t.Errorf("%d of %d accepted: the mutations test nothing", accepted, count)
	}
}
