package tree

import (
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// losses adds up log-losses, of training and of validation rows, in blocks of
// rows whose sums are then added in order, so that workers make no difference.
type losses struct {
	data   Data
	blocks [][2]lossSum
}

// A lossSum is the losses of rows, added up, and what they weigh.
type lossSum struct{ loss, weight float64 }

func newLosses(d Data) *losses {
	return &losses{d, make([][2]lossSum, (d.Rows+blockRows-1)/blockRows)}
}

// add adds the loss of a row. One worker adds the rows of a block.
func (l *losses) add(row int, loss float64) {
	which := 0
	if l.data.Validation != nil && l.data.Validation[row] {
		which = 1
	}
	l.blocks[row/blockRows][which].add(loss, l.data.weight(row)*float64(l.data.repeats.count(row)))
}

func (s *lossSum) add(loss, weight float64) {
	s.loss += loss * weight
	s.weight += weight
}

// means returns the mean losses, NaN of no rows.
func (l *losses) means() (training, validation float64) {
	var sums [2]lossSum
	for _, block := range l.blocks {
		for i, s := range block {
			sums[i].loss += s.loss
			sums[i].weight += s.weight
		}
	}
	return sums[0].loss / sums[0].weight, sums[1].loss / sums[1].weight
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
