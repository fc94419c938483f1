package eval

import (
	"fmt"
	"math"
	"strings"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Evaluate scores the predictions of a model, a frame with the column label, 0
// or 1, and the column "probability", as ml's classifiers add it. Class 1 is
// predicted where the probability is above one half. A null in either column is
// an error, and so is a label that is neither or a probability that is not finite:
// the error says the column and the row, counted from 0. What scoring warns of,
// such as a text column that the model knows no value of, the report does too.
func Evaluate(predictions analysis.Frame, label string) (Report, error) {
	probabilities, labels, warnings, err := scored(predictions, label)
	if err != nil {
		return Report{}, err
	}
	r, err := Score(probabilities, labels, 0.5)
	for _, text := range warnings {
		if strings.Contains(text, plan.NoneKnown) {
			r.Warnings = append(r.Warnings, Warning{UnknownValues, text})
		}
	}
	return r, err
}

// Curve returns the ROC curve of the predictions of a model; see [Evaluate] for
// the columns.
func Curve(predictions analysis.Frame, label string) (ROCCurve, error) {
	probabilities, labels, _, err := scored(predictions, label)
	if err != nil {
		return ROCCurve{}, err
	}
	return ROC(probabilities, labels)
}

// scored returns the two columns, and what computing the first warned of.
func scored(predictions analysis.Frame, label string) (probabilities, labels []float64, warnings []string, err error) {
	table, err := predictions.Select("probability").Collect()
	if err != nil {
		return nil, nil, nil, err
	}
	if probabilities, err = table.Floats("probability"); err != nil {
		return nil, nil, nil, err
	}
	if labels, err = predictions.Floats(label); err != nil {
		return nil, nil, nil, err
	}
	for i := range labels {
		if p := probabilities[i]; math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, nil, nil, fmt.Errorf("eval: column \"probability\", row %d: %w: %v", i, ErrScore, p)
		}
		if labels[i] != 0 && labels[i] != 1 {
			return nil, nil, nil, fmt.Errorf("eval: column %q, row %d: %w: %v", label, i, ErrLabel, labels[i])
		}
	}
	return probabilities, labels, table.Warnings(), nil
}
