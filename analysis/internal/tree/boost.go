package tree

import (
	"context"
	"math"
	"math/bits"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// boost grows the trees of gradient boosting. A row's margin F starts at 0; the
// first tree is fitted to y and counts in full, each further one is fitted to the
// loss's negative gradient and counts StepSize. P(class 1) is 1/(1+exp(-2F)), so
// leaves are written doubled for a reader that takes 1/(1+exp(-F)).
//
// Splits are searched by targets in fixed point that leaves room for the count;
// leaf values are means of the same targets with all the bits of an int64.
func boost(ctx context.Context, m *matrix, labels []float64, p Parameters, model *lightgbm.Model, log *Log, progress func(tree, trees int, loss float64)) error {
	// Targets are at most 4, so a sum of n is below 2^(countBits+2).
	countBits := bits.Len(uint(m.rows))
	coarse := math.Ldexp(1, min(60-2*countBits, 40))
	fine := math.Ldexp(1, min(60-countBits, 50))
	packing := packing{countBits}
	g := newGrower(m, p, search{packing: packing, unit: 1 / coarse / coarse, minRows: p.minRows(m.rows), minGain: p.MinInfoGain})
	exact := make([]int64, m.rows) // the targets in units of 1/fine
	margins := make([]float64, m.rows)

	set := func(row int, target float64) {
		exact[row] = int64(math.RoundToEven(target * fine))
		g.packed[row] = packing.pack(int64(math.RoundToEven(target * coarse)))
	}
	for i, y := range labels {
		set(i, 2*y-1)
	}
	losses := make([]float64, (m.rows+blockRows-1)/blockRows)
	for i := range p.MaxIter {
		root, err := g.grow(ctx)
		if err != nil {
			return err
		}
		leaves := root.leaves(nil)
		parallel(p.Workers, len(leaves), 1, func(_, k, _ int) {
			for _, r := range g.rows[leaves[k].from:leaves[k].to] {
				leaves[k].exact += exact[r]
			}
		})
		root.settle(func(a, b *node) bool { return !p.KeepEqualLeaves && a.mean() == b.mean() })
		leaves = root.leaves(nil)
		weight := p.StepSize
		if i == 0 {
			weight = 1
		}
		parallel(p.Workers, len(leaves), 1, func(_, k, _ int) {
			value := weight * (leaves[k].mean() / fine)
			for _, r := range g.rows[leaves[k].from:leaves[k].to] {
				margins[r] += value
			}
		})
		t := root.emit(2*weight/fine, weight)
		model.Trees = append(model.Trees, t)
		parallel(p.Workers, m.rows, blockRows, func(_, from, to int) {
			sum, product := 0.0, 1.0 // one logarithm for many rows
			for r := from; r < to; r++ {
				target, linear, factor := gradient(2*labels[r]-1, margins[r])
				set(r, target)
				sum += linear
				product *= factor
				if product > 1e300 {
					sum += math.Log(product)
					product = 1
				}
			}
			losses[from/blockRows] = sum + math.Log(product)
		})
		loss := 0.0
		for _, sum := range losses {
			loss += sum
		}
		loss /= float64(m.rows)
		log.Loss = append(log.Loss, loss)
		log.Leaves = append(log.Leaves, len(leaves))
		progress(i+1, p.MaxIter, loss)
	}
	return nil
}

// gradient returns what the next tree is fitted to, 4y/(1+exp(2yF)), and the
// row's log-loss log(1+exp(-2yF)) as linear + log(factor), with a factor of 1 to
// 2. Neither overflows.
func gradient(y, margin float64) (target, linear, factor float64) {
	z := 2 * y * margin
	e := math.Exp(-math.Abs(z))
	if z >= 0 {
		return 4 * y * e / (1 + e), 0, 1 + e
	}
	return 4 * y / (1 + e), -z, 1 + e
}
