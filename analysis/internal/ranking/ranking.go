// Package ranking orders scores by class, which is what the area under the ROC
// curve, and the curve itself, are made of.
//
//	r := ranking.Of(scores, labels) // of equal length, labels 0 or 1, no NaN
//	auc := r.AUC()
package ranking

import (
	"math"
	"slices"
)

// A Ranking is the scores of each class, descending.
type Ranking struct{ Positives, Negatives []float64 }

// Of sorts the scores of class 1 and those of class 0. labels[i], 0 or 1, belongs
// to scores[i], which is no NaN; the arguments are not changed. O(n log n).
func Of(scores, labels []float64) Ranking {
	positive := 0
	for i := range scores {
		if labels[i] == 1 {
			positive++
		}
	}
	r := Ranking{make([]float64, 0, positive), make([]float64, 0, len(scores)-positive)}
	for i, s := range scores {
		if labels[i] == 1 {
			r.Positives = append(r.Positives, s)
		} else {
			r.Negatives = append(r.Negatives, s)
		}
	}
	for _, class := range [][]float64{r.Positives, r.Negatives} {
		slices.Sort(class)
		slices.Reverse(class)
	}
	return r
}

// Steps calls do for each distinct score, descending, with how many positives and
// negatives have it.
func (r Ranking) Steps(do func(score float64, positives, negatives int)) {
	p, n := r.Positives, r.Negatives
	for len(p) > 0 || len(n) > 0 {
		score := math.Inf(-1)
		if len(p) > 0 {
			score = p[0]
		}
		if len(n) > 0 {
			score = max(score, n[0])
		}
		var ties [2]int
		for k, class := range []*[]float64{&p, &n} {
			for len(*class) > 0 && (*class)[0] == score {
				*class = (*class)[1:]
				ties[k]++
			}
		}
		do(score, ties[0], ties[1])
	}
}

// AUC is the area under the ROC curve, the chance that a positive row scores
// higher than a negative one, equal scores counting half: Mann and Whitney's U
// over the number of pairs of a positive and a negative row. NaN where a class has
// no row. Half pairs are counted as integers, so it is rounded once.
func (r Ranking) AUC() float64 {
	if len(r.Positives) == 0 || len(r.Negatives) == 0 {
		return math.NaN()
	}
	halves, above := 0, 0
	r.Steps(func(_ float64, positives, negatives int) {
		halves += negatives * (2*above + positives)
		above += positives
	})
	return float64(halves) / (2 * float64(len(r.Positives)) * float64(len(r.Negatives)))
}
