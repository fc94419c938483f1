package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Columns names the columns of predictions, for [Take].
type Columns struct {
	Label  string // 0 or 1
	Score  string // default "probability"
	Weight string // "" counts each row once
	Group  string // any type; "" is no groups
	Time   string // a timestamp, or Unix seconds, whose fraction is dropped; "" is no times

	Share, Days float64 // as in [Rows]
	Name        string  // as in [Rows]
}

// Take makes a sample of the predictions of a model, a frame with the label and the
// column "probability", as ml's classifiers add it. The frame is computed once. A
// null in a numeric column is an error; one in the column of groups is the group "".
// It fails as [Of] does; the error says the column and the row, counted from 0. What
// scoring warns of, such as a text column that the model knows no value of, the
// reports of the sample do too.
func Take(predictions analysis.Frame, c Columns) (*Sample, error) {
	if c.Score == "" {
		c.Score = "probability"
	}
	names := []string{c.Label}
	for _, name := range []string{c.Score, c.Weight, c.Group, c.Time} {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	table, err := predictions.Select(names...).Collect()
	if err != nil && c.Label == "" {
		return nil, fmt.Errorf("%w; set Columns.Label to the column of labels", err)
	}
	if err != nil {
		return nil, err
	}
	floats := func(name string) []float64 {
		if err != nil || name == "" {
			return nil
		}
		var values []float64
		values, err = table.Floats(name)
		return values
	}
	r := Rows{Scores: floats(c.Score), Labels: floats(c.Label), Weights: floats(c.Weight), Share: c.Share, Days: c.Days, Name: c.Name}
	seconds := floats(c.Time)
	if err == nil && c.Group != "" {
		r.Groups, err = table.Texts(c.Group)
	}
	if err != nil {
		return nil, err
	}
	var times []int64
	if c.Time != "" {
		times = make([]int64, len(seconds))
		for i, t := range seconds {
			if !(t > -maxSeconds && t < maxSeconds) { // int64 may not hold it
				return nil, fmt.Errorf("eval: column %q, row %d: %w: %v", c.Time, i, ErrTime, t)
			}
			times[i] = int64(t)
		}
	}
	s, err := newSample(r, times, inColumn(c.Score), inColumn(c.Label), inColumn(c.Weight), inColumn(c.Time))
	if err != nil {
		return nil, err
	}
	for _, text := range table.Warnings() {
		if strings.Contains(text, plan.NoneKnown) {
			s.notes = append(s.notes, Warning{UnknownValues, text})
		}
	}
	return s, nil
}

// inColumn is where a row of a frame's column is.
func inColumn(name string) string { return fmt.Sprintf("column %q, ", name) }

// Evaluate scores the predictions of a model at one half; see [Take] for the columns
// and the errors.
func Evaluate(predictions analysis.Frame, label string) (Report, error) {
	s, err := Take(predictions, Columns{Label: label})
	if err != nil {
		return Report{}, err
	}
	return s.Report(0.5)
}

// Curve returns the ROC curve of the predictions of a model; see [Take] for the
// columns and the errors.
func Curve(predictions analysis.Frame, label string) (ROCCurve, error) {
	s, err := Take(predictions, Columns{Label: label})
	if err != nil {
		return ROCCurve{}, err
	}
	return s.ROC()
}
