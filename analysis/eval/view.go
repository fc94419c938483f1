package eval

import (
	"math"
	"slices"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
)

const secondsADay = 24 * 60 * 60

// A view is the weights of a sample at each distinct score, which is all that any
// measure looks at: of the sample as it is, or of one that was drawn from it.
type view struct {
	ranking.Steps
	positives, negatives float64
	days                 float64 // alerts a day are alerts over it; NaN is unknown
}

func newView(steps ranking.Steps, days float64) view {
	v := view{Steps: steps, days: days}
	v.positives, v.negatives = steps.Totals()
	return v
}

func (v view) prevalence() float64 { return v.positives / (v.positives + v.negatives) }

// above returns the weight of the rows of either class whose score is above the
// threshold.
func (v view) above(threshold float64) (tp, fp float64) {
	for k, score := range v.Scores {
		if !(score > threshold) {
			break
		}
		tp += v.Positives[k]
		fp += v.Negatives[k]
	}
	return tp, fp
}

// walk calls do with every threshold that tells rows apart, descending, and the
// weights above it: first the highest score, which none is above, then each distinct
// score, then -Inf, which all are above. It ends where do says false.
func (v view) walk(do func(threshold, tp, fp float64) bool) {
	tp, fp := 0.0, 0.0
	for k, score := range v.Scores {
		if !do(score, tp, fp) {
			return
		}
		tp += v.Positives[k]
		fp += v.Negatives[k]
	}
	do(math.Inf(-1), tp, fp)
}

// alertDays is how many days of all rows have as many alerts as the sample has; NaN is
// unknown.
func (s *Sample) alertDays() float64 {
	if s.days == 0 {
		return math.NaN()
	}
	return s.share * s.days
}

func span(times []int64) (first, last int64) { return slices.Min(times), slices.Max(times) }

func moment(seconds int64) string { return time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04") }
