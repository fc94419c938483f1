package eval

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// The reasons why scores and labels cannot be evaluated; the error that wraps one
// says which row.
var (
	ErrEmpty      = errors.New("no rows")
	ErrLength     = errors.New("scores and what belongs to them differ in number")
	ErrScore      = errors.New("a score is not finite")
	ErrLabel      = errors.New("a label is neither 0 nor 1")
	ErrThreshold  = errors.New("the threshold is not a number")
	ErrOneClass   = errors.New("all labels are equal")
	ErrWeight     = errors.New("a weight is negative or not finite")
	ErrRule       = errors.New("a rule asks for what cannot be")
	ErrDays       = errors.New("the days are unknown: the sample has no times, or they are all equal; set Days")
	ErrBins       = errors.New("a number of bins lies from 1 to 10000")
	ErrPrevalence = errors.New("a prevalence lies between 0 and 1")
	ErrCorrected  = errors.New("the probabilities are corrected already")
	ErrNoGroups   = errors.New("the sample keeps no groups: set Columns.Group or Rows.Groups")
	ErrNoTimes    = errors.New("the sample keeps no times: set Columns.Time or Rows.Times")
	ErrWidth      = errors.New("a stretch of time is whole seconds, one or more")
	ErrBootstrap  = errors.New("a bootstrap of what cannot be")
	ErrRows       = errors.New("the samples are not of the same rows")
	ErrWeighted   = errors.New("DeLong's test knows no weights: use ComparePaired")
	ErrTime       = errors.New("a time is out of range: it should be a moment that was set, or Unix seconds, not milliseconds")
	ErrSpan       = errors.New("a share lies in (0, 1], a number of days is positive and finite")
)

// A Report is what [Sample.Report] and [Score] find. Counts are of rows; rates lie in
// [0, 1] and are weighted where the sample is.
type Report struct {
	Name       string  // whose predictions they are; may be ""
	N          int     // rows
	Positives  int     // rows with label 1
	Prevalence float64 // Positives / N
	Weighted   bool    // the rates below do not follow from the counts
	Correction string  // how the probabilities were corrected; "" is not
	Threshold  float64 // predicted positive: score > Threshold

	TP int // predicted positive, and are
	FP int // predicted positive, and are not: false alarms
	FN int // predicted negative, but are positive: missed
	TN int // predicted negative, and are

	// AUC is the area under the ROC curve: the chance that a positive row scores
	// higher than a negative one, equal scores counting half. It is exact and does
	// not depend on Threshold. NaN if all labels are equal.
	AUC float64

	Accuracy  float64 // (TP+TN) / N
	Recall    float64 // TP / (TP+FN); NaN without positives
	Precision float64 // TP / (TP+FP); NaN if nothing is predicted positive
	F1        float64 // 2TP / (2TP+FP+FN); NaN if that is 0/0
	Baseline  float64 // accuracy of always giving the more frequent label

	Warnings []Warning // what a reader should know before believing the numbers
}

// Score evaluates scores against labels at a threshold, for example 0.5: a row is
// predicted positive where its score is greater. At -Inf all rows are.
//
// It fails with [ErrEmpty], [ErrLength], [ErrScore] (NaN or infinite), [ErrLabel]
// or [ErrThreshold] (NaN). O(n); the arguments are not changed.
func Score(scores, labels []float64, threshold float64) (Report, error) {
	s, err := Of(Rows{Scores: scores, Labels: labels})
	if err != nil {
		return Report{}, err
	}
	return s.Report(threshold)
}

// Report says what the predictions are worth at a threshold, for example 0.5: a row
// is predicted positive where its score is greater. It fails with [ErrThreshold] for
// NaN. O(n).
func (s *Sample) Report(threshold float64) (Report, error) {
	if err := s.check(); err != nil {
		return Report{}, err
	}
	if math.IsNaN(threshold) {
		return Report{}, fmt.Errorf("eval: %w", ErrThreshold)
	}
	v := s.whole
	tp, fp := v.above(threshold)
	fn, tn := v.positives-tp, v.negatives-fp
	r := Report{
		Name: s.name, N: s.Len(), Positives: s.positives, Prevalence: v.prevalence(), Threshold: threshold,
		Weighted: s.weights != nil, Correction: s.correction,
		AUC:       v.AUC(),
		Accuracy:  (tp + tn) / (v.positives + v.negatives),
		Recall:    tp / v.positives,
		Precision: tp / (tp + fp),
		F1:        tp / (tp + (fp+fn)/2), // twice which may be out of range
		Baseline:  max(v.positives, v.negatives) / (v.positives + v.negatives),
	}
	r.TP, r.FP, r.FN, r.TN = s.count(threshold)
	r.Warnings = append(r.warnings(), slices.Clone(s.notes)...)
	return r, nil
}

// count counts rows by label and prediction.
func (s *Sample) count(threshold float64) (tp, fp, fn, tn int) {
	above := s.rowsAbove(threshold)
	for _, row := range s.ranks.Order[:above] {
		tp += int(s.labels[row])
	}
	fp = above - tp
	fn = s.positives - tp
	return tp, fp, fn, s.Len() - above - fn
}

// ratio is NaN for 0/0.
func ratio(a, b int) float64 { return float64(a) / float64(b) }
