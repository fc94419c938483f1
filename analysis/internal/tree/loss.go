package tree

import (
	"math"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// losses adds up log-losses, of training and of validation rows, in blocks of
// rows whose sums are then added in order, so that workers make no difference.
type losses struct {
	data   Data
	blocks [][2]lossSum
}

// A lossSum is linear + log(product), so that many rows share one logarithm.
type lossSum struct{ linear, product, weight float64 }

func newLosses(d Data) *losses {
	return &losses{d, make([][2]lossSum, (d.Rows+blockRows-1)/blockRows)}
}

// add adds the loss linear + log(factor) of a row, where factor is at most
// exp(mostMargin). One worker adds the rows of a block.
func (l *losses) add(row int, linear, factor float64) {
	which := 0
	if l.data.Validation != nil && l.data.Validation[row] {
		which = 1
	}
	s := &l.blocks[row/blockRows][which]
	if l.data.Weights != nil {
		w := l.data.Weights[row]
		s.linear += w * (linear + math.Log(factor))
		s.weight += w
		return
	}
	s.weight++
	s.linear += linear
	s.multiply(factor)
}

func (s *lossSum) multiply(factor float64) {
	if s.product == 0 {
		s.product = 1
	}
	s.product *= factor
	if s.product > 1e80 {
		s.linear += math.Log(s.product)
		s.product = 1
	}
}

// means returns the mean losses, NaN of no rows.
func (l *losses) means() (training, validation float64) {
	var sums [2]lossSum
	for _, block := range l.blocks {
		for i, s := range block {
			sums[i].linear += s.linear
			if s.product > 0 {
				sums[i].linear += math.Log(s.product)
			}
			sums[i].weight += s.weight
		}
	}
	return sums[0].linear / sums[0].weight, sums[1].linear / sums[1].weight
}

// A stopper ends boosting by Spark's rule, on Spark's loss, which is the log-loss
// doubled.
type stopper struct {
	tolerance float64
	best      float64
	trees     int // of the best model so far; 0: not asked yet
}

// after reports whether boosting is to end after that many trees.
func (s *stopper) after(trees int, logLoss float64) bool {
	loss := 2 * logLoss
	if s.trees > 0 && s.best-loss < s.tolerance*max(loss, 0.01) {
		return true
	}
	s.best, s.trees = loss, trees
	return false
}

// cut drops the trees after the best model.
func (s *stopper) cut(model *lightgbm.Model, log *Log) {
	if s.trees > 0 {
		model.Trees = model.Trees[:s.trees]
		log.Loss, log.Leaves, log.Validation = log.Loss[:s.trees], log.Leaves[:s.trees], log.Validation[:s.trees]
	}
}
