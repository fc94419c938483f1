package tree

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// A Log is what training reports beside the model.
type Log struct {
	Rows, Positive int       // training rows, and how many are of class 1
	Loss           []float64 // mean log-loss (natural) of the training rows after each tree
	Leaves         []int     // leaves of each tree
	Warnings       []string
}

// String returns the log as lines for people.
func (l Log) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, %d of class 1\n", l.Rows, l.Positive)
	for i, loss := range l.Loss {
		fmt.Fprintf(&b, "tree %d: %d leaves, log-loss %.6f\n", i+1, l.Leaves[i], loss)
	}
	for _, w := range l.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return b.String()
}

// Train fits a model to the features and the labels, 0 or 1, of that many rows:
// every part's column and labels must have that length. Neither is changed. The
// model's features are the slots of features, by their names; see package score for
// what its scores mean.
//
// progress, where not nil, is called after each tree with its number from 1, how
// many there will be, and the mean log-loss so far. A cancelled context ends
// training with its error.
//
// Nulls, NaN (unless allowed), infinite values, other labels than 0 and 1, no
// rows, and categorical features of more levels than MaxBins are errors. Labels
// of one class only are not: the model then says that class, and the log warns.
//
// The cost is about rows x parts x MaxDepth / 2 additions a tree.
func Train(ctx context.Context, features *column.Features, rows int, labels []float64, p Parameters, progress func(tree, trees int, loss float64)) (*lightgbm.Model, Log, error) {
	log := Log{Rows: rows}
	p, err := p.withDefaults()
	if err != nil {
		return nil, log, err
	}
	switch {
	case rows == 0:
		return nil, log, fmt.Errorf("tree: there are no rows to train on")
	case rows > math.MaxInt32:
		return nil, log, fmt.Errorf("tree: %d rows are more than %d", rows, math.MaxInt32)
	case len(labels) != rows:
		return nil, log, fmt.Errorf("tree: %d labels for %d rows", len(labels), rows)
	case features.Size() == 0:
		return nil, log, fmt.Errorf("tree: there are no features")
	}
	for i, y := range labels {
		if y != 0 && y != 1 {
			return nil, log, fmt.Errorf("tree: labels must be in {0, 1}, but row %d is %v", i, y)
		}
		log.Positive += int(y)
	}
	if log.Positive == 0 || log.Positive == rows {
		log.Warnings = append(log.Warnings, fmt.Sprintf("all labels are %v", labels[0]))
	}
	m, err := newMatrix(features, rows, p)
	if err != nil {
		return nil, log, err
	}
	if len(m.fields) == 0 {
		log.Warnings = append(log.Warnings, "no feature has two values")
	}
	if progress == nil {
		progress = func(int, int, float64) {}
	}
	model := &lightgbm.Model{Names: features.Names(), Infos: m.infos, Parameters: describe(p)}
	if p.Method == DecisionTree {
		model.Objective, model.AverageOutput = lightgbm.Regression, true
		err = decide(ctx, m, labels, p, model, &log)
		if err == nil {
			progress(1, 1, log.Loss[0])
		}
	} else {
		model.Objective = lightgbm.Binary
		err = boost(ctx, m, labels, p, model, &log, progress)
	}
	if err != nil {
		return nil, log, fmt.Errorf("tree: training: %w", err)
	}
	return model, log, nil
}

// describe returns the parameters under LightGBM's names, which its loader knows.
func describe(p Parameters) []lightgbm.Field {
	trees, rate, objective := 1, 1.0, "regression"
	if p.Method == GradientBoosting {
		trees, rate, objective = p.MaxIter, p.StepSize, "binary"
	}
	return []lightgbm.Field{
		{Key: "boosting", Value: "gbdt"},
		{Key: "objective", Value: objective},
		{Key: "num_iterations", Value: strconv.Itoa(trees)},
		{Key: "learning_rate", Value: strconv.FormatFloat(rate, 'g', -1, 64)},
		{Key: "max_depth", Value: strconv.Itoa(p.MaxDepth)},
		{Key: "max_bin", Value: strconv.Itoa(min(p.MaxBins, maxNumericBins))},
	}
}

// minRows returns how many rows each side of a split must have.
func (p Parameters) minRows(rows int) int64 {
	return max(int64(p.MinInstancesPerNode), int64(math.Ceil(p.MinWeightFractionPerNode*float64(rows))))
}

// decide grows the decision tree. Targets are the labels themselves, so that a
// node's sum is its rows of class 1.
func decide(ctx context.Context, m *matrix, labels []float64, p Parameters, model *lightgbm.Model, log *Log) error {
	packing := packing{bits.Len(uint(m.rows))}
	g := newGrower(m, p, search{packing: packing, unit: 2, minRows: p.minRows(m.rows), minGain: p.MinInfoGain, byCount: true})
	for i, y := range labels {
		g.packed[i] = packing.pack(int64(y))
	}
	root, err := g.grow(ctx)
	if err != nil {
		return err
	}
	for _, leaf := range root.leaves(nil) {
		leaf.exact = leaf.totals.sum
	}
	class := func(n *node) bool { return 2*n.exact > n.totals.count }
	root.settle(func(a, b *node) bool { return !p.KeepEqualLeaves && class(a) == class(b) })
	loss := 0.0
	leaves := root.leaves(nil)
	for _, leaf := range leaves {
		for _, count := range [2]int64{leaf.exact, leaf.totals.count - leaf.exact} {
			if count > 0 {
				loss -= float64(count) * math.Log(float64(count)/float64(leaf.totals.count))
			}
		}
	}
	log.Loss = []float64{loss / float64(m.rows)}
	log.Leaves = []int{len(leaves)}
	model.Trees = []lightgbm.Tree{root.emit(1, 1)}
	return nil
}
