package eval

import (
	"fmt"
	"math"
)

// A ROCCurve is the points of a receiver operating characteristic, from (0, 0) to
// (1, 1). Point k is what [Score] finds at the threshold Thresholds[k], that is by
// predicting positive where the score is greater.
type ROCCurve struct {
	FPR        []float64 // false positive rate, ascending: false alarms among the negative rows
	TPR        []float64 // true positive rate, ascending: the recall
	Thresholds []float64 // descending: every distinct score, then -Inf, at which all rows are positive
	AUC        float64   // the area under the points joined by lines, as in Report

	N, Positives int
}

// ROC returns the whole curve: (0, 0) and one point for each distinct score, however
// many rows share it. It fails as [Score] does, and with [ErrOneClass] if all labels
// are equal. O(n log n); the arguments are not changed.
func ROC(scores, labels []float64) (ROCCurve, error) {
	ranked, err := rank(scores, labels)
	if err != nil {
		return ROCCurve{}, err
	}
	positives, negatives := len(ranked.Positives), len(ranked.Negatives)
	if positives == 0 || negatives == 0 {
		return ROCCurve{}, fmt.Errorf("eval: no ROC curve: %w", ErrOneClass)
	}
	curve := ROCCurve{
		FPR: []float64{0}, TPR: []float64{0},
		AUC: ranked.AUC(), N: len(scores), Positives: positives,
	}
	tp, fp := 0, 0
	ranked.Steps(func(score float64, p, n int) {
		curve.Thresholds = append(curve.Thresholds, score) // of the point before: these rows are not above it
		tp, fp = tp+p, fp+n
		curve.FPR = append(curve.FPR, ratio(fp, negatives))
		curve.TPR = append(curve.TPR, ratio(tp, positives))
	})
	curve.Thresholds = append(curve.Thresholds, math.Inf(-1))
	return curve, nil
}

// String says how large the curve is and its area.
func (c ROCCurve) String() string {
	return fmt.Sprintf("ROC curve of %d points, AUC %s, n = %d, positives = %d", len(c.FPR), number(c.AUC), c.N, c.Positives)
}
