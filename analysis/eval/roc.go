package eval

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/number"
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
// are equal. O(n); the arguments are not changed.
func ROC(scores, labels []float64) (ROCCurve, error) {
	s, err := Of(Rows{Scores: scores, Labels: labels})
	if err != nil {
		return ROCCurve{}, err
	}
	return s.ROC()
}

// ROC returns the whole curve of the sample, weighted where that is; see the function
// [ROC]. It fails with [ErrOneClass] if all labels are equal.
func (s *Sample) ROC() (ROCCurve, error) {
	if err := s.check(); err != nil {
		return ROCCurve{}, err
	}
	v := s.whole
	if v.positives == 0 || v.negatives == 0 {
		return ROCCurve{}, fmt.Errorf("eval: no ROC curve: %w", ErrOneClass)
	}
	points := len(v.Scores) + 1
	curve := ROCCurve{
		FPR: make([]float64, 0, points), TPR: make([]float64, 0, points), Thresholds: make([]float64, 0, points),
		AUC: v.AUC(), N: s.Len(), Positives: s.positives,
	}
	v.walk(func(threshold, tp, fp float64) bool {
		curve.Thresholds = append(curve.Thresholds, threshold)
		curve.FPR = append(curve.FPR, fp/v.negatives)
		curve.TPR = append(curve.TPR, tp/v.positives)
		return true
	})
	return curve, nil
}

// String says how large the curve is and its area.
func (c ROCCurve) String() string {
	return fmt.Sprintf("ROC curve of %s points, AUC %s, n = %s, positives = %s", number.Count(len(c.FPR)), short(c.AUC), number.Count(c.N), number.Count(c.Positives))
}
