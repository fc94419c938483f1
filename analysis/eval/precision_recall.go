package eval

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/number"
)

// A PrecisionRecallCurve is precision against recall. Point k is what [Score] finds at
// Thresholds[k], that is by predicting positive where the score is greater. There is
// no point at which nothing is predicted: it has no precision.
type PrecisionRecallCurve struct {
	Recall     []float64 // ascending, the last is 1
	Precision  []float64
	Thresholds []float64 // descending: each distinct score but the highest, then -Inf
	Average    float64   // the average precision, as [AveragePrecision]
	Prevalence float64   // the precision of a guess, at any recall

	N, Positives int
}

// PrecisionRecall returns the whole curve, one point for each distinct score, weighted
// where the sample is. It fails with [ErrOneClass] if no row is positive. O(n).
func (s *Sample) PrecisionRecall() (PrecisionRecallCurve, error) {
	if err := s.check(); err != nil {
		return PrecisionRecallCurve{}, err
	}
	v := s.whole
	if v.positives == 0 {
		return PrecisionRecallCurve{}, fmt.Errorf("eval: no precision-recall curve: %w", errNoPositives)
	}
	c := PrecisionRecallCurve{Average: averagePrecision(v), Prevalence: v.prevalence(), N: s.Len(), Positives: s.positives}
	v.walk(func(threshold, tp, fp float64) bool {
		if tp+fp > 0 {
			c.Thresholds = append(c.Thresholds, threshold)
			c.Recall = append(c.Recall, tp/v.positives)
			c.Precision = append(c.Precision, tp/(tp+fp))
		}
		return true
	})
	return c, nil
}

// String says how large the curve is and its average precision.
func (c PrecisionRecallCurve) String() string {
	return fmt.Sprintf("Precision-recall curve of %s points, average precision %s (by chance %s), n = %s, positives = %s",
		number.Count(len(c.Recall)), short(c.Average), short(c.Prevalence), number.Count(c.N), number.Count(c.Positives))
}
