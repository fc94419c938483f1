package tree

import (
	"fmt"
	"math"
)

// What boosting may do without a warning.
const (
	risesBy  = 0.01 // share by which the loss may be above an earlier one
	noLoss   = 1e-6 // what is below counts as that
	mostStep = 10.0 // of a leaf, in log-odds: the odds times 22,000
)

// A leap is the greatest step of a leaf so far, and the tree it is in, from 1.
type leap struct {
	tree int
	step float64
}

func (l *leap) note(tree int, step float64) {
	if math.Abs(step) > math.Abs(l.step) {
		*l = leap{tree, step}
	}
}

// warn adds the warnings of boosting that went astray: a training loss that rose,
// and a leaf out of all scale, if the greatest is.
func (l *Log) warn(greatest leap) {
	least, from, to := 0, 0, 0
	rise := risesBy
	for i, loss := range l.Loss {
		if by := (loss - l.Loss[least]) / max(l.Loss[least], noLoss); by > rise {
			rise, from, to = by, least, i
		}
		if loss < l.Loss[least] {
			least = i
		}
	}
	if to > 0 {
		l.Warnings = append(l.Warnings, fmt.Sprintf("the training loss rose from %.4g after tree %d to %.4g after tree %d: use a smaller StepSize, fewer trees or, with SubsamplingRate, more rows per tree",
			l.Loss[from], from+1, l.Loss[to], to+1))
	}
	if math.Abs(greatest.step) > mostStep && greatest.tree <= len(l.Loss) {
		l.Warnings = append(l.Warnings, fmt.Sprintf("tree %d has a leaf that adds %.4g to the log-odds: nearly all of its weight is in rows that were sure to be right, but some were wrong; use a greater MinSumHessian or L2",
			greatest.tree, greatest.step))
	}
}
