package ranking_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
)

// Pairs won, of 2 positives and 3 negatives: 0.9 beats all three, 0.5 one, and
// ties with one.
func TestAUC(t *testing.T) {
	scores, labels := []float64{0.5, 0.9, 0.5, 0.1, 0.7}, []float64{1, 1, 0, 0, 0}
	r := ranking.Of(scores, labels)
	if got, want := r.AUC(), 4.5/6; got != want {
		t.Errorf("AUC %v, want %v", got, want)
	}
	steps := ""
	r.Steps(func(score float64, positives, negatives int) { steps += fmt.Sprint(score, positives, negatives, "; ") })
	if want := "0.9 1 0; 0.7 0 1; 0.5 1 1; 0.1 0 1; "; steps != want {
		t.Errorf("steps %q, want %q", steps, want)
	}
	if scores[0] != 0.5 || labels[0] != 1 {
		t.Error("the arguments were changed")
	}
	if auc := ranking.Of(scores[:2], labels[:2]).AUC(); !math.IsNaN(auc) {
		t.Errorf("without negatives: %v", auc)
	}
}
