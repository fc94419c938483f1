package eval

import (
	"fmt"
	"math"
	"sort"

	"github.com/stophacking/kelpie/analysis/internal/ranking"
)

// A Rule says how a threshold is chosen. Rules are made by [AtThreshold],
// [AtFPR], [AtRecall], [AtAlertsPerDay] and [AtLeastCost].
//
// Rows of equal scores stand or fall together, so what a rule asks for is seldom met
// exactly. AtFPR and AtAlertsPerDay then take the nearest below, AtRecall the nearest
// above. Choose thresholds on validation rows: on the rows that they are judged by
// they look better than they are.
type Rule struct {
	name  string
	limit float64 // what is asked for; NaN is nothing
	daily bool    // needs alerts a day
	err   error

	// choose returns a threshold, or why there is none.
	choose func(v view) (threshold float64, undefined string)
	// reached is what a threshold's weights make of what is asked; nil is nothing.
	reached func(v view, tp, fp float64) float64
}

// String says what the rule asks for.
func (r Rule) String() string { return r.name }

// AtThreshold is a threshold that was fixed before: a row is predicted positive where
// its score is greater. Any number but NaN.
func AtThreshold(threshold float64) Rule {
	r := Rule{name: "score above " + short(threshold), limit: math.NaN()}
	if math.IsNaN(threshold) {
		r.err = ErrThreshold
	}
	r.choose = func(view) (float64, string) { return threshold, "" }
	return r
}

// AtFPR allows a share of the negative rows, from 0 to 1, to be false alarms: the
// lowest threshold at which not more of them are.
func AtFPR(rate float64) Rule {
	r := Rule{name: "false alarm rate at most " + short(rate), limit: rate, reached: falseAlarmRate}
	r.err = fraction("a false alarm rate", rate)
	r.choose = func(v view) (float64, string) {
		if v.negatives == 0 {
			return math.NaN(), "no row is negative, so there is no false alarm rate"
		}
		return v.atMost(rate, falseAlarmRate), ""
	}
	return r
}

// AtRecall demands a share of the positive rows, above 0 and up to 1: the highest
// threshold at which so many or more are found.
func AtRecall(recall float64) Rule {
	r := Rule{name: "recall at least " + short(recall), limit: recall, reached: recallOf}
	if r.err = fraction("a recall", recall); recall == 0 {
		r.err = fmt.Errorf("%w: a recall of 0", ErrRule)
	}
	r.choose = func(v view) (chosen float64, undefined string) {
		if v.positives == 0 {
			return math.NaN(), "no row is positive, so there is no recall"
		}
		chosen = math.Inf(-1) // all are found, whatever rounding says of their share
		v.walk(func(threshold, tp, fp float64) bool {
			if recallOf(v, tp, fp) >= recall {
				chosen = threshold
				return false
			}
			return true
		})
		return chosen, ""
	}
	return r
}

// AtAlertsPerDay allows so many alerts a day, false or not: the lowest threshold at
// which there are not more, on the average of the sample's days. The sample needs
// times or [Rows].Days.
func AtAlertsPerDay(alerts float64) Rule {
	r := Rule{name: fmt.Sprintf("at most %s alerts a day", short(alerts)), limit: alerts, daily: true, reached: alertsPerDay}
	if !(alerts >= 0) || math.IsInf(alerts, 1) {
		r.err = fmt.Errorf("%w: %v alerts a day", ErrRule, alerts)
	}
	r.choose = func(v view) (float64, string) { return v.atMost(alerts, alertsPerDay), "" }
	return r
}

// AtLeastCost takes the threshold at which the misses and false alarms cost least
// together, given what one of each costs, in any unit. Of equal ones it takes the
// highest. Costs are not negative, and not both 0.
func AtLeastCost(miss, falseAlarm float64) Rule {
	r := Rule{name: fmt.Sprintf("least cost: a miss %s, a false alarm %s", short(miss), short(falseAlarm)), limit: math.NaN()}
	if !(miss >= 0 && falseAlarm >= 0 && miss+falseAlarm > 0) || math.IsInf(miss+falseAlarm, 1) {
		r.err = fmt.Errorf("%w: costs of %v and %v", ErrRule, miss, falseAlarm)
	}
	r.reached = func(v view, tp, fp float64) float64 { return miss*(v.positives-tp) + falseAlarm*fp }
	unit := ranking.Unit(max(miss, falseAlarm)) // costs of many rows may be out of range
	ofMiss, ofAlarm := miss*unit, falseAlarm*unit
	r.choose = func(v view) (chosen float64, undefined string) {
		least := math.Inf(1)
		v.walk(func(threshold, tp, fp float64) bool {
			if cost := ofMiss*(v.positives-tp) + ofAlarm*fp; cost < least {
				chosen, least = threshold, cost
			}
			return true
		})
		return chosen, ""
	}
	return r
}

// check says whether the rule can be asked of the sample at all.
func (r Rule) check(s *Sample) error {
	if err := s.check(); err != nil {
		return err
	}
	switch {
	case r.choose == nil:
		return fmt.Errorf("eval: %w: it is the zero Rule", ErrRule)
	case r.err != nil:
		return fmt.Errorf("eval: %w", r.err)
	case r.daily && s.days == 0:
		return fmt.Errorf("eval: %s: %w", r.name, ErrDays)
	}
	return nil
}

func fraction(what string, value float64) error {
	if !(value >= 0 && value <= 1) {
		return fmt.Errorf("%w: %s of %v", ErrRule, what, value)
	}
	return nil
}

func falseAlarmRate(v view, _, fp float64) float64 { return fp / v.negatives }
func recallOf(v view, tp, _ float64) float64       { return tp / v.positives }
func alertsPerDay(v view, tp, fp float64) float64  { return (tp + fp) / v.days }

// atMost returns the lowest threshold at which a quantity that grows as thresholds
// fall is not above its limit.
func (v view) atMost(limit float64, quantity func(v view, tp, fp float64) float64) float64 {
	chosen := math.NaN()
	v.walk(func(threshold, tp, fp float64) bool {
		if quantity(v, tp, fp) > limit {
			return false
		}
		chosen = threshold
		return true
	})
	return chosen
}

// rowsAbove returns how many rows have a score above the threshold.
func (s *Sample) rowsAbove(threshold float64) int {
	step := sort.Search(len(s.ranks.Scores), func(k int) bool { return !(s.ranks.Scores[k] > threshold) })
	if step == 0 {
		return 0
	}
	return int(s.ranks.Ends[step-1])
}
