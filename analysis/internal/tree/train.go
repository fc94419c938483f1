package tree

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// Data is what to train on. Every list that is there has an item a row, and so
// have the parts' columns.
type Data struct {
	Rows     int
	Features *column.Features
	Dense    *Dense // in place of Features

	Labels     []float64 // 0 or 1
	Weights    []float64 // at least 0; nil: every row weighs 1. Rows of weight 0 are left out
	Validation []bool    // rows that are not trained on but end boosting in time; nil: none

	repeats repeats // of rows that were merged
}

// trains reports whether the row is trained on.
func (d *Data) trains(row int) bool {
	return (d.Validation == nil || !d.Validation[row]) && (d.Weights == nil || d.Weights[row] > 0)
}

func (d *Data) weight(row int) float64 {
	if d.Weights == nil {
		return 1
	}
	return d.Weights[row]
}

// A Log is what training reports beside the model.
type Log struct {
	Rows, Positive int       // training rows, and how many are of class 1
	Loss           []float64 // mean log-loss (natural) of the training rows after each tree; a forest has it of all trees together, each item the same
	Validation     []float64 // the same of the validation rows, if there are any
	Leaves         []int     // leaves of each tree
	Warnings       []string
}

// String returns the log as lines for people.
func (l Log) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, %d of class 1\n", l.Rows, l.Positive)
	for i, loss := range l.Loss {
		fmt.Fprintf(&b, "tree %d: %d leaves, log-loss %.6f", i+1, l.Leaves[i], loss)
		if l.Validation != nil {
			fmt.Fprintf(&b, ", validation %.6f", l.Validation[i])
		}
		b.WriteByte('\n')
	}
	for _, w := range l.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return b.String()
}

// Progress is how far training is.
type Progress struct {
	Tree, Trees int           // trees grown, and how many there will be at most
	Loss        float64       // mean log-loss of the training rows so far
	Rate        float64       // rows times trees a second
	Left        time.Duration // what the remaining trees will take at this rate
}

// A monitor tells of progress.
type monitor struct {
	tell  func(Progress)
	began time.Time
	rows  int
	trees int
}

func (m *monitor) grown(trees int, loss float64) {
	if m.tell == nil {
		return
	}
	took := max(time.Since(m.began).Seconds(), 1e-9)
	m.tell(Progress{Tree: trees, Trees: m.trees, Loss: loss, Rate: float64(m.rows) * float64(trees) / took,
		Left: time.Duration(took / float64(trees) * float64(m.trees-trees) * float64(time.Second))})
}

// Train fits a model to the data, which is not changed. The model's features are
// the slots of d.Features by their names, or the columns of d.Dense; see
// score.Predict for what its scores mean.
//
// progress, where not nil, is called after each tree. A cancelled context ends
// training with its error, within the time that one split takes.
//
// Nulls, NaN (unless allowed), infinite values, other labels than 0 and 1,
// weights that are negative or not finite, no rows, and categorical features of
// more levels than MaxBins are errors (NewtonBoosting pools the rarest of those
// levels instead). Labels of one class only are not: the model then says that
// class, and the log warns.
//
// The cost is about rows x parts x MaxDepth / 2 additions a tree, where rows that
// are equal in the bins of all features, and in the label, count as one unless
// there are weights.
func Train(ctx context.Context, d Data, p Parameters, progress func(Progress)) (*lightgbm.Model, Log, error) {
	p, err := p.withDefaults()
	if err != nil {
		return nil, Log{}, err
	}
	log, err := d.check(p)
	if err != nil {
		return nil, log, err
	}
	names := d.names()
	m, err := newMatrix(d, p)
	if err != nil {
		return nil, log, err
	}
	if n := len(m.empty); n > 0 {
		log.Warnings = append(log.Warnings, fmt.Sprintf("%d features have no value in any row, the first of them %q: all are NaN", n, m.empty[0]))
	}
	d = m.merge(d)
	m.byColumn(p.Workers)
	if len(m.fields) == 0 {
		log.Warnings = append(log.Warnings, "no feature has two values")
	}
	model := &lightgbm.Model{Names: names, Infos: m.infos, Parameters: describe(p), Objective: lightgbm.Binary}
	watch := &monitor{progress, time.Now(), log.Rows, p.MaxIter}
	switch p.Method {
	case GradientBoosting:
		err = boost(ctx, m, d, p, model, &log, watch)
	case NewtonBoosting:
		err = newton(ctx, m, d, p, model, &log, watch)
	default:
		model.Objective, model.AverageOutput = lightgbm.Regression, true
		err = decide(ctx, m, d, p, model, &log, watch)
	}
	if err != nil {
		return nil, log, fmt.Errorf("tree: training: %w", err)
	}
	return model, log, nil
}

// names returns the names of the slots.
func (d *Data) names() []string {
	if d.Dense != nil {
		return slices.Clone(d.Dense.Columns)
	}
	return d.Features.Names()
}

// check reports data that cannot be trained on, apart from the features' values.
func (d *Data) check(p Parameters) (Log, error) {
	var log Log
	switch {
	case d.Rows == 0:
		return log, fmt.Errorf("tree: there are no rows to train on")
	case d.Rows > math.MaxInt32:
		return log, fmt.Errorf("tree: %d rows are more than %d", d.Rows, math.MaxInt32)
	case len(d.Labels) != d.Rows:
		return log, fmt.Errorf("tree: %d labels for %d rows", len(d.Labels), d.Rows)
	case d.Weights != nil && len(d.Weights) != d.Rows:
		return log, fmt.Errorf("tree: %d weights for %d rows", len(d.Weights), d.Rows)
	case d.Validation != nil && len(d.Validation) != d.Rows:
		return log, fmt.Errorf("tree: %d validation marks for %d rows", len(d.Validation), d.Rows)
	case d.Validation != nil && p.Method != GradientBoosting && p.Method != NewtonBoosting:
		return log, fmt.Errorf("tree: only boosting has a use for validation rows")
	case d.Dense != nil && len(d.Dense.Values) != d.Rows*len(d.Dense.Columns):
		return log, fmt.Errorf("tree: %d values for %d rows of %d columns", len(d.Dense.Values), d.Rows, len(d.Dense.Columns))
	case d.Dense != nil && len(d.Dense.Columns) == 0 || d.Dense == nil && d.Features.Size() == 0:
		return log, fmt.Errorf("tree: there are no features")
	}
	for i, y := range d.Labels {
		if y != 0 && y != 1 {
			return log, fmt.Errorf("tree: labels must be in {0, 1}, but row %d is %v", i, y)
		}
		if w := d.weight(i); !(w >= 0 && w <= math.MaxFloat64) {
			return log, fmt.Errorf("tree: weights must be finite and at least 0, but row %d has %v", i, w)
		}
		if d.trains(i) {
			log.Rows++
			log.Positive += int(y)
		}
	}
	switch least, most, total := d.weightLimits(p.Method); {
	case log.Rows == 0:
		return log, fmt.Errorf("tree: there are no rows to train on: all %d are for validation or have weight 0", d.Rows)
	case d.Validation != nil && !slices.Contains(d.Validation, true):
		return log, fmt.Errorf("tree: no row is marked for validation")
	case total > most:
		return log, fmt.Errorf("tree: the weights add up to %.3g, more than %.3g: divide all of them by the same number", total, most)
	case total < least:
		return log, fmt.Errorf("tree: the weights add up to %.3g, less than %.3g: multiply all of them by the same number", total, least)
	case log.Positive == 0:
		log.Warnings = append(log.Warnings, "all labels are 0")
	case log.Positive == log.Rows:
		log.Warnings = append(log.Warnings, "all labels are 1")
	}
	return log, nil
}

// describe returns the parameters under LightGBM's names, which its loader knows.
func describe(p Parameters) []lightgbm.Field {
	trees, rate, objective := p.MaxIter, p.StepSize, "binary"
	if p.Method == DecisionTree || p.Method == RandomForest {
		rate, objective = 1, "regression"
	}
	list := []lightgbm.Field{
		{Key: "boosting", Value: "gbdt"},
		{Key: "objective", Value: objective},
		{Key: "num_iterations", Value: strconv.Itoa(trees)},
		{Key: "learning_rate", Value: strconv.FormatFloat(rate, 'g', -1, 64)},
		{Key: "max_depth", Value: strconv.Itoa(p.MaxDepth)},
		{Key: "max_bin", Value: strconv.Itoa(min(p.MaxBins, maxNumericBins))},
	}
	if p.MaxLeaves < math.MaxInt32 {
		list = append(list, lightgbm.Field{Key: "num_leaves", Value: strconv.Itoa(p.MaxLeaves)})
	}
	if p.L2 > 0 {
		list = append(list, lightgbm.Field{Key: "lambda_l2", Value: strconv.FormatFloat(p.L2, 'g', -1, 64)})
	}
	return list
}
