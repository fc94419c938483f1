package eval

import (
	"errors"
	"fmt"
	"math"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
)

// The reasons why scores and labels cannot be evaluated; the error that wraps one
// says which row.
var (
	ErrEmpty     = errors.New("no rows")
	ErrLength    = errors.New("scores and labels differ in number")
	ErrScore     = errors.New("a score is not finite")
	ErrLabel     = errors.New("a label is neither 0 nor 1")
	ErrThreshold = errors.New("the threshold is not a number")
	ErrOneClass  = errors.New("all labels are equal")
)

// A Report is what [Score] finds. Rates lie in [0, 1].
type Report struct {
	N          int     // rows
	Positives  int     // rows with label 1
	Prevalence float64 // Positives / N
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
// or [ErrThreshold] (NaN). O(n log n); the arguments are not changed.
func Score(scores, labels []float64, threshold float64) (Report, error) {
	if math.IsNaN(threshold) {
		return Report{}, fmt.Errorf("eval: %w", ErrThreshold)
	}
	ranked, err := rank(scores, labels)
	if err != nil {
		return Report{}, err
	}
	r := Report{N: len(scores), Positives: len(ranked.Positives), Threshold: threshold}
	for i, s := range scores {
		switch predicted := s > threshold; {
		case predicted && labels[i] == 1:
			r.TP++
		case predicted:
			r.FP++
		case labels[i] == 1:
			r.FN++
		default:
			r.TN++
		}
	}
	r.AUC = ranked.AUC()
	r.Prevalence = ratio(r.Positives, r.N)
	r.Accuracy = ratio(r.TP+r.TN, r.N)
	r.Recall = ratio(r.TP, r.Positives)
	r.Precision = ratio(r.TP, r.TP+r.FP)
	r.F1 = ratio(2*r.TP, 2*r.TP+r.FP+r.FN)
	r.Baseline = ratio(max(r.Positives, r.N-r.Positives), r.N)
	r.Warnings = r.warnings()
	return r, nil
}

// ratio is NaN for 0/0.
func ratio(a, b int) float64 { return float64(a) / float64(b) }

// rank checks the scores and labels and sorts them by class.
func rank(scores, labels []float64) (ranking.Ranking, error) {
	var none ranking.Ranking
	if len(scores) != len(labels) {
		return none, fmt.Errorf("eval: %w: %d and %d", ErrLength, len(scores), len(labels))
	}
	if len(scores) == 0 {
		return none, fmt.Errorf("eval: %w", ErrEmpty)
	}
	for i, s := range scores {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return none, fmt.Errorf("eval: row %d: %w: %v", i, ErrScore, s)
		}
		if labels[i] != 0 && labels[i] != 1 {
			return none, fmt.Errorf("eval: row %d: %w: %v", i, ErrLabel, labels[i])
		}
	}
	return ranking.Of(scores, labels), nil
}
