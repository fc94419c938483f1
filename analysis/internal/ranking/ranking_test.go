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

// The area does not depend on the unit of the weights, however large or small.
func TestAUCOfLargeAndSmallWeights(t *testing.T) {
	scores, labels := []float64{0.5, 0.9, 0.5, 0.1, 0.7}, []float64{1, 1, 0, 0, 0}
	const want = (1*4 + 3*1 + 3*2*0.5) / 16.0 // as above
	for _, unit := range []float64{1e300, 1e-300, 0x1p-1074, 1e160, 1e-160} {
		weights := []float64{3 * unit, unit, 2 * unit, unit, unit}
		if got := ranking.Of(scores).Count(labels, weights).AUC(); !(math.Abs(got-want) <= 1e-15) {
			t.Errorf("weights of %v: %v, want %v", unit, got, want)
		}
		for i, l := range labels { // one class alone
			weights[i] = 1
			if l == 1 {
				weights[i] = unit
			}
		}
		if got := ranking.Of(scores).Count(labels, weights).AUC(); !(math.Abs(got-0.75) <= 1e-15) {
			t.Errorf("positives of %v: %v, want 0.75", unit, got)
		}
	}
}

// Two million rows, all pairs of which are counted: 10^12 and half of them tied.
func TestAUCOfManyRows(t *testing.T) {
	steps := ranking.Steps{Scores: []float64{2, 1, 0}, Positives: []float64{400_001, 599_999, 0}, Negatives: []float64{0, 999_999, 1}}
	want := (400_001*1e6 + 599_999*(999_999/2.+1)) / 1e12
	if got := steps.AUC(); got != want {
		t.Errorf("%v, want %v", got, want)
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
