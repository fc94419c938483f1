package eval

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/grid"
	"github.com/stophacking/kelpie/analysis/number"
)

// An OperatingPoint is what a model does at a threshold that a [Rule] chose. Counts
// are of rows; rates lie in [0, 1] and are weighted where the sample is. What has no
// value is NaN and comes with a [Warning].
type OperatingPoint struct {
	Rule      string  // what was asked for
	Asked     float64 // the rate or number a day of the rule; NaN for a threshold and for costs
	Reached   float64 // what it is at the threshold; for [AtLeastCost] the cost, weighted
	Threshold float64 // predicted positive: score > Threshold

	TP, FP, FN, TN int
	Recall         float64 // of the positive rows, those found
	Precision      float64 // of the alerts, those that are right
	FPR            float64 // false alarm rate: of the negative rows, those with an alert

	AlertsPerDay, FalseAlarmsPerDay float64 // NaN where the sample's days are unknown

	Warnings []Warning
}

// Operating is operating points of one sample, to show as a table.
type Operating struct {
	Points       []OperatingPoint // in the order of the rules
	N, Positives int
	Prevalence   float64
	Days         float64   // by which alerts a day are counted; 0 is unknown
	Share        float64   // of all rows, those in the sample
	Warnings     []Warning // about all points

	title string
	rules []Rule
	moved bool // the thresholds were chosen on other rows
}

// Operating finds the threshold of each rule and what the model does there. It fails
// with [ErrRule] or [ErrThreshold] for a rule that asks for the impossible, and with
// [ErrDays]. A rule that has no answer in these rows, such as a recall without
// positives, gives a point of NaN with a warning. O(n) a rule.
func (s *Sample) Operating(rules ...Rule) (Operating, error) {
	if err := s.check(); err != nil {
		return Operating{}, err
	}
	if len(rules) == 0 {
		return Operating{}, fmt.Errorf("eval: %w: there are no rules, such as AtFPR(0.01)", ErrRule)
	}
	o := s.operating(rules)
	for _, r := range rules {
		if err := r.check(s); err != nil {
			return Operating{}, err
		}
		threshold, undefined := r.choose(s.whole)
		o.Points = append(o.Points, s.point(r, threshold, undefined, s.whole.next(r)))
	}
	return o, nil
}

// On says what the model does on other rows at the same thresholds: choose them on
// validation rows, and judge them on test rows. Each point keeps the rule by which its
// threshold was chosen; Reached is what that comes to in s. It fails with [ErrDays] if a
// rule asks for alerts a day and s knows no days, and with [ErrRule] if there are no
// points. O(n) a rule.
func (o Operating) On(s *Sample) (Operating, error) {
	if err := s.check(); err != nil {
		return Operating{}, err
	}
	if len(o.rules) == 0 {
		return Operating{}, fmt.Errorf("eval: %w: there are no points to move; make them with Operating", ErrRule)
	}
	on := s.operating(o.rules)
	on.moved = true
	on.title += "; thresholds chosen on other rows"
	for k, r := range o.rules {
		if err := r.check(s); err != nil {
			return Operating{}, err
		}
		threshold, undefined := o.Points[k].Threshold, ""
		if math.IsNaN(threshold) {
			undefined = "there is no threshold: where it was to be chosen, " + o.Points[k].Warnings[0].Text
		}
		on.Points = append(on.Points, s.point(r, threshold, undefined, ""))
	}
	return on, nil
}

// operating is what all points have in common.
func (s *Sample) operating(rules []Rule) Operating {
	o := Operating{N: s.Len(), Positives: s.positives, Prevalence: s.whole.prevalence(), Days: s.days, Share: s.share, Warnings: slices.Clone(s.notes), title: "Operating points, " + s.title(), rules: slices.Clone(rules)}
	if s.days > 0 {
		o.title += fmt.Sprintf("; alerts a day over %s, %s", strings.Replace(number.Lasting(s.days*secondsADay), ".0 ", " ", 1), s.daysFrom)
		if s.share < 1 {
			o.title += fmt.Sprintf(", the rows being %s of all", percent(s.share))
		}
	}
	return o
}

// Thresholds tabulates what the model does at these thresholds; without any, at 0.1,
// 0.2 … 0.9.
func (s *Sample) Thresholds(thresholds ...float64) (Operating, error) {
	var rules []Rule
	for k := 1; k < 10 && len(thresholds) == 0; k++ {
		rules = append(rules, AtThreshold(float64(k)/10))
	}
	for _, t := range thresholds {
		rules = append(rules, AtThreshold(t))
	}
	return s.Operating(rules...)
}

// point is what the model does at a threshold that the rule chose, here or elsewhere,
// or why it chose none; next is what to say where there is no alert.
func (s *Sample) point(r Rule, threshold float64, undefined, next string) OperatingPoint {
	p := OperatingPoint{Rule: r.name, Asked: r.limit, Reached: math.NaN()}
	warn := func(code, text string) { p.Warnings = append(p.Warnings, Warning{code, text}) }
	v := s.whole
	p.Threshold = threshold
	if undefined != "" {
		nan := math.NaN()
		p.Recall, p.Precision, p.FPR, p.AlertsPerDay, p.FalseAlarmsPerDay = nan, nan, nan, nan, nan
		warn(OneClass, undefined)
		return p
	}
	tp, fp := v.above(threshold)
	p.TP, p.FP, p.FN, p.TN = s.count(threshold)
	p.Recall, p.Precision, p.FPR = tp/v.positives, tp/(tp+fp), fp/v.negatives
	p.AlertsPerDay, p.FalseAlarmsPerDay = alertsPerDay(v, tp, fp), alertsPerDay(v, 0, fp)
	if r.reached != nil {
		p.Reached = r.reached(v, tp, fp)
	}
	switch {
	case v.positives == 0:
		warn(OneClass, "no row is positive, so the recall is undefined")
	case v.negatives == 0:
		warn(OneClass, "no row is negative, so the false alarm rate is undefined")
	}
	if p.TP+p.FP == 0 {
		text := fmt.Sprintf("no score is above the threshold %s, so the precision is undefined", short(threshold))
		if next != "" {
			text += "; " + next
		}
		warn(NothingPredicted, text)
	}
	return p
}

// next says what the first alerts would mean where a rule allows none.
func (v view) next(r Rule) string {
	if math.IsNaN(r.limit) {
		return ""
	}
	return fmt.Sprintf("the rows of the highest score, %s, already make it %s", short(v.Scores[0]), short(r.reached(v, v.Positives[0], v.Negatives[0])))
}

// HTML returns the points as a table, one row each.
func (o Operating) HTML() (string, error) { return o.grid().HTML(), nil }

// Markdown returns the points as a table, one row each.
func (o Operating) Markdown() (string, error) { return o.grid().Markdown(), nil }

// String returns the points as lines of text.
func (o Operating) String() string { return o.grid().String() }

func (o Operating) grid() grid.Grid {
	head := []string{"asked for", "reached", "threshold", "recall", "precision", "false alarm rate", "TP", "FP", "FN", "TN"}
	if o.Days > 0 {
		head = append(head, "alerts a day", "false alarms a day")
	}
	var rows [][]string
	var notes []string
	inexact := false
	var thresholds, alerts, falseAlarms []float64
	for _, p := range o.Points {
		thresholds, alerts, falseAlarms = append(thresholds, p.Threshold), append(alerts, p.AlertsPerDay), append(falseAlarms, p.FalseAlarmsPerDay)
	}
	shownThresholds, shownAlerts, shownFalse := column(number.Plain, thresholds), column(number.Counts, alerts), column(number.Counts, falseAlarms)
	for i, p := range o.Points {
		row := []string{p.Rule, short(p.Reached), shownThresholds[i], rate(p.Recall), rate(p.Precision), rate(p.FPR)}
		for _, count := range []int{p.TP, p.FP, p.FN, p.TN} {
			row = append(row, number.Count(count))
		}
		if math.IsNaN(p.Threshold) {
			for k := 6; k < 10; k++ {
				row[k] = "–"
			}
		}
		if o.Days > 0 {
			row = append(row, shownAlerts[i], shownFalse[i])
		}
		rows = append(rows, row)
		inexact = inexact || !o.moved && p.Asked != p.Reached && !math.IsNaN(p.Asked) && !math.IsNaN(p.Reached)
		for _, w := range p.Warnings {
			notes = append(notes, p.Rule+": "+w.Text)
		}
	}
	for _, w := range o.Warnings {
		notes = append(notes, w.Text)
	}
	g := gridOf(o.title, head, rows, notes)
	g.Footer = "Predicted 1 where the score is above the threshold."
	if inexact {
		g.Footer += " Rows of equal scores stand or fall together: where what was asked for cannot be met exactly, this is the nearest below, of a recall the nearest above."
	}
	return g
}
