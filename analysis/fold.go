package analysis

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// maxFolds bounds the recipes that one call makes.
const maxFolds = 10_000

// KFold divides the rows of f at random in k folds, from 2 to 10,000, and returns a
// split for each, in which Test is the fold and Train all other folds. So the Tests
// are disjoint and hold every row. Each row is drawn by itself, with equal chances
// for all folds: sizes are near a k-th, not equal to it, as those of [Frame.Split],
// with which these draws have nothing in common. Of fewer rows than folds, or few
// more, some Test is empty, which is no error but gives a warning.
//
// Where k is not valid, the result is one split that reports the mistake.
func (f Frame) KFold(k int, seed uint64) []Split {
	return f.folds(plan.Part{Seed: seed}, k)
}

// StratifiedKFold is [Frame.KFold] with an equal share of each level of the column
// in each fold: of a level of n rows, a fold has n/k, rounded up or down. What a
// level is, and what a filter above may change, see [Frame.StratifiedSplit]. A
// level of fewer than k rows has no row in some folds, which they say in a warning.
func (f Frame) StratifiedKFold(column string, k int, seed uint64) []Split {
	return f.folds(plan.Part{By: plan.ByLevel, Column: column, Seed: seed}, k)
}

// GroupKFold is [Frame.KFold] with all rows of a group in one fold. What a group is,
// and how it is drawn, see [Frame.GroupSplit]: folds have about equal numbers of
// groups. Of fewer groups than folds, or few more, some Test is empty, with a warning.
func (f Frame) GroupKFold(column string, k int, seed uint64) []Split {
	return f.folds(plan.Part{By: plan.ByGroup, Column: column, Seed: seed}, k)
}

// folds returns the splits whose Tests tile [0, 1) in k equal parts.
func (f Frame) folds(p plan.Part, k int) []Split {
	p.Fold = true
	if k < 2 || k > maxFolds {
		failed := f.failed(p, fmt.Errorf("k-fold: k is %d; it must be from 2 to %d", k, maxFolds))
		return []Split{{Train: failed, Test: failed}}
	}
	splits := make([]Split, k)
	for i := range splits {
		p.From, p.To = float64(i)/float64(k), float64(i+1)/float64(k)
		train := p
		train.Rest = true
		splits[i] = Split{Train: f.with(train), Test: f.with(p)}
	}
	return splits
}
