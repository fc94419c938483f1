package eval_test

import (
	"math"
	"testing"

	"github.com/stophacking/kelpie/analysis/eval"
)

// Each three bytes are a row: score, label and weight. What a sample says agrees with
// the definitions, taken pair by pair.
func FuzzSample(f *testing.F) {
	f.Add([]byte{1, 0, 4, 2, 1, 4, 2, 0, 4, 3, 1, 0})
	f.Add([]byte{7, 1, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var r eval.Rows
		for ; len(data) >= 3 && len(r.Scores) < 60; data = data[3:] {
			r.Scores = append(r.Scores, float64(data[0])/255)
			r.Labels = append(r.Labels, float64(data[1]%2))
			r.Weights = append(r.Weights, float64(data[2])/4)
		}
		s, err := eval.Of(r)
		sum := 0.0
		for _, w := range r.Weights {
			sum += w
		}
		if sum == 0 {
			if err == nil {
				t.Fatalf("%v: no error", r)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		won, pairs, precision, positives, squares := 0.0, 0.0, 0.0, 0.0, 0.0
		for i, a := range r.Scores {
			w := r.Weights[i]
			squares += w * (a - r.Labels[i]) * (a - r.Labels[i])
			if r.Labels[i] == 0 || w == 0 {
				continue
			}
			positives += w
			tp, fp := 0.0, 0.0 // of the rows that score as much or more
			for j, b := range r.Scores {
				switch {
				case r.Labels[j] == 1 && b >= a:
					tp += r.Weights[j]
				case r.Labels[j] == 0:
					pairs += w * r.Weights[j]
					if b >= a {
						fp += r.Weights[j]
					}
					if a > b {
						won += w * r.Weights[j]
					} else if a == b {
						won += w * r.Weights[j] / 2
					}
				}
			}
			precision += w * tp / (tp + fp)
		}
		for _, c := range []struct {
			metric eval.Metric
			want   float64
		}{{eval.AUC, won / pairs}, {eval.AveragePrecision, precision / positives}, {eval.Brier, squares / sum}} {
			if got, err := s.Measure(c.metric); !close(got, c.want) || (err != nil) != math.IsNaN(c.want) {
				t.Errorf("%v: %v %v, want %v; %v", r, c.metric, got, c.want, err)
			}
		}
	})
}
