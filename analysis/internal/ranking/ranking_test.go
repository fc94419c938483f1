package ranking_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
)

// Pairs won, of 2 positives and 3 negatives: 0.9 beats all three, 0.5 one, and
// ties with one.
func TestAUC(t *testing.T) {
	scores, labels := []float64{0.5, 0.9, 0.5, 0.1, 0.7}, []float64{1, 1, 0, 0, 0}
	r := ranking.Of(scores)
	steps := r.Count(labels, nil)
	if got, want := steps.AUC(), 4.5/6; got != want {
		t.Errorf("AUC %v, want %v", got, want)
	}
	if got, want := fmt.Sprint(steps), "{[0.9 0.7 0.5 0.1] [1 0 1 0] [0 1 1 1]}"; got != want {
		t.Errorf("steps %s, want %s", got, want)
	}
	if scores[0] != 0.5 || labels[0] != 1 {
		t.Error("the arguments were changed")
	}
	if auc := ranking.Of(scores[:2]).Count(labels[:2], nil).AUC(); !math.IsNaN(auc) {
		t.Errorf("without negatives: %v", auc)
	}
	// The tie between two rows that count three times and twice is one of 3·2 of
	// (1+3)·(2+1+1) pairs.
	if got, want := r.Count(labels, []float64{3, 1, 2, 1, 1}).AUC(), (1*4+3*1+3*2*0.5)/16; got != want {
		t.Errorf("weighted AUC %v, want %v", got, want)
	}
	if r := ranking.Of(nil); len(r.Order) != 0 || len(r.Ends) != 0 || !math.IsNaN(r.Count(nil, nil).AUC()) {
		t.Errorf("no rows: %v", r)
	}
}

// Sorting by digits agrees with comparing, for all kinds of numbers.
func TestOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		scores := make([]float64, rng.IntN(80))
		for i := range scores {
			switch round % 3 {
			case 0:
				scores[i] = math.Float64frombits(rng.Uint64())
			case 1:
				scores[i] = rng.NormFloat64()
			default:
				scores[i] = []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), 5e-324, -5e-324, math.MaxFloat64}[rng.IntN(9)]
			}
			if math.IsNaN(scores[i]) {
				scores[i] = 0
			}
		}
		want := make([]int32, len(scores))
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(a, b int32) int {
			switch {
			case scores[a] > scores[b]:
				return -1
			case scores[a] < scores[b]:
				return 1
			}
			return 0
		})
		r := ranking.Of(scores)
		if !slices.Equal(r.Order, want) {
			t.Fatalf("%v: order %v, want %v", scores, r.Order, want)
		}
		start := int32(0)
		for k, end := range r.Ends {
			for _, row := range r.Order[start:end] {
				if scores[row] != r.Scores[k] {
					t.Fatalf("%v: row %d is in the step of %v", scores, row, r.Scores[k])
				}
			}
			if k > 0 && r.Scores[k] >= r.Scores[k-1] {
				t.Fatalf("%v: steps %v", scores, r.Scores)
			}
			start = end
		}
		if int(start) != len(scores) {
			t.Fatalf("%v: steps end at %d", scores, start)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	scores := make([]float64, 400_000)
	for i := range scores {
		scores[i] = rng.Float64()
	}
	b.ReportAllocs()
	for b.Loop() {
		ranking.Of(scores)
	}
}
