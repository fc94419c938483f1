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
// Leaf values are means of targets in fixed point with all the bits of an int64.
// Splits are searched by the same targets with room left for the count, or for
// count and weight where there are weights.
func boost(ctx context.Context, m *matrix, d Data, p Parameters, model *lightgbm.Model, log *Log, watch *monitor) error {
	b, err := newBooster(m, d, p, log)
	if err != nil {
		return err
	}
	b.aim(0, func(_, from int, targets []float64) {
		for i := range targets {
			targets[i] = 2*d.Labels[from+i] - 1
		}
	})
	margins := make([]float64, m.rows)
	g := b.grower
	stop := stopper{tolerance: p.ValidationTol}
	for i := range p.MaxIter {
		g.all()
		root, err := g.grow(ctx, i)
		if err != nil {
			return err
		}
		b.settle(root)
		leaves := root.leaves(nil)
		weight := p.StepSize
		if i == 0 {
			weight = 1
		}
		g.eachLeaf(leaves, func(_, leaf int, rows []uint32) {
			value := weight * (leaves[leaf].mean() / b.divisor)
			for _, r := range rows {
				margins[r] += value
			}
		})
		model.Trees = append(model.Trees, root.emit(style{
			shrinkage: weight,
			value:     func(n *node) float64 { return n.mean() * (2 * weight / b.divisor) },
			weight:    b.weightOf,
		}))
		losses := newLosses(d)
		b.aim(i+1, func(worker, from int, targets []float64) {
			known := &b.known[worker]
			for i := range targets {
				row := from + i
				y := 2*d.Labels[row] - 1
				pull := known.at(2 * y * margins[row])
				losses.add(row, pull.loss)
				targets[i] = y * pull.target
			}
		})
		loss, validation := losses.means()
		log.Loss = append(log.Loss, loss)
		log.Leaves = append(log.Leaves, len(leaves))
		watch.grown(i+1, loss)
		if d.Validation != nil {
			log.Validation = append(log.Validation, validation)
			if stop.after(i+1, validation) {
				break
			}
		}
	}
	stop.cut(model, log)
	log.warn(leap{}) // leaves hold means of targets, so none is above 8 times StepSize
	return nil
}

// A pull is what a row of margin F gives, for z = 2yF: the target times y of the
// next tree, 4/(1+exp(z)), and the row's log-loss, log(1+exp(-z)). Neither
// overflows.
type pull struct {
	key          uint64 // the complement of z's bits
	target, loss float64
}

func newPull(z float64) pull {
	e := math.Exp(-math.Abs(z))
	if z >= 0 {
		return pull{^math.Float64bits(z), 4 * e / (1 + e), math.Log1p(e)}
	}
	return pull{^math.Float64bits(z), 4 / (1 + e), math.Log1p(e) - z}
}

// pulls remembers some, as most rows share their margin with many others.
type pulls [1 << 10]pull

func (p *pulls) at(z float64) *pull {
	key := ^math.Float64bits(z)
	known := &p[key*weyl>>54]
	if known.key != key {
		*known = newPull(z)
	}
	return known
}

// A booster keeps what trees are fitted to.
type booster struct {
	data    Data
	p       Parameters
	grower  *grower
	scale   scale
	fine    float64 // units of an exact target
	coarse  float64 // of a packed one, where rows weigh the same
	divisor float64 // of the mean of exact targets
	known   []pulls // by worker
	targets [][blockRows]float64
	exact   []int64 // the targets, times the weights; 0 for rows that the next tree leaves out
}

func newBooster(m *matrix, d Data, p Parameters, log *Log) (*booster, error) {
	// Targets are at most 4, so a sum of n is below 2^(countBits+2).
	countBits := bits.Len(uint(d.repeats.total(m.rows)))
	b := &booster{data: d, p: p, scale: newScale(d, p.Seed, 1), exact: make([]int64, m.rows), known: make([]pulls, p.Workers), targets: make([][blockRows]float64, p.Workers)}
	b.coarse = math.Ldexp(1, min(60-2*countBits, 40))
	b.fine = math.Ldexp(1, min(60-countBits, 50))
	b.divisor = b.fine
	packing := counting(countBits)
	if d.Weights != nil {
		b.divisor, packing = 1, weighing
	}
	s := search{targetUnit: 1 / b.coarse, factor: 1, minGain: p.MinInfoGain, minRows: int64(p.MinInstancesPerNode)}
	s.minWeight = int64(math.Ceil(p.MinWeightFractionPerNode * d.totalWeight() / b.scale.unit))
	var err error
	b.grower, err = newGrower(m, p, packing, s)
	return b, err
}

// aim sets what tree t is fitted to on the rows of its bag: what fill says of the
// rows from that one on.
func (b *booster) aim(t int, fill func(worker, from int, targets []float64)) {
	bag := newBag(b.p.Seed, t, b.p.SubsamplingRate, false)
	g := b.grower
	tops := make([]int64, (len(b.exact)+blockRows-1)/blockRows)
	g.team.run(len(b.exact), blockRows, func(worker, from, to int) {
		targets := b.targets[worker][:to-from]
		fill(worker, from, targets)
		for r := from; r < to; r++ {
			target := targets[r-from]
			rows := b.data.drawn(r, &bag, b.p)
			switch {
			case rows == 0:
				g.words[r], b.exact[r] = 0, 0
			case b.data.Weights == nil:
				b.exact[r] = int64(math.RoundToEven(target*b.fine)) * int64(rows)
				g.words[r] = g.packing.pack(int64(math.RoundToEven(target*b.coarse)), 0) * uint64(rows)
			default:
				b.exact[r] = int64(math.RoundToEven(target * b.share(r) * b.fine))
				g.words[r] = 1
				tops[from/blockRows] = max(tops[from/blockRows], b.exact[r], -b.exact[r])
			}
		}
	})
	if b.data.Weights == nil {
		return
	}
	top := int64(1)
	for _, v := range tops {
		top = max(top, v)
	}
	rounding := newStream(b.p.Seed, forRounding, t)
	units := (topUnits - 1) / float64(top)
	g.team.run(len(b.exact), blockRows, func(_, from, to int) {
		for r := from; r < to; r++ {
			if g.words[r] != 0 {
				g.words[r] = g.packing.pack(stochastic(float64(b.exact[r])*units, rounding.at(uint64(r))), b.scale.units(r, b.data.Weights[r]))
			}
		}
	})
	g.search.targetUnit = b.scale.most / (units * b.fine) / b.scale.unit // beside a weight in units
}

// share returns the row's weight as a share of the greatest.
func (b *booster) share(row int) float64 { return b.data.Weights[row] / b.scale.most }

// settle gives the leaves their exact sums and joins those that are alike.
func (b *booster) settle(root *node) {
	leaves := root.leaves(nil)
	targets, weights := make([][]int64, b.p.Workers), make([][]int64, b.p.Workers)
	for worker := range b.p.Workers {
		targets[worker], weights[worker] = make([]int64, len(leaves)), make([]int64, len(leaves))
	}
	b.grower.eachLeaf(leaves, func(worker, leaf int, rows []uint32) {
		target, weight := int64(0), int64(0)
		for _, r := range rows {
			target += b.exact[r]
			if b.data.Weights != nil && b.grower.words[r] != 0 {
				weight += int64(math.RoundToEven(b.share(int(r)) * b.fine))
			}
		}
		targets[worker][leaf] += target
		weights[worker][leaf] += weight
	})
	for worker := range b.p.Workers {
		for i, leaf := range leaves {
			leaf.exact += targets[worker][i]
			leaf.exactWeight += weights[worker][i]
		}
	}
	if b.data.Weights == nil {
		for _, leaf := range leaves {
			leaf.exactWeight = leaf.totals.count
		}
	}
	root.settle(func(x, y *node) bool { return !b.p.KeepEqualLeaves && x.mean() == y.mean() })
}

// weightOf returns the weight of a node's rows.
func (b *booster) weightOf(n *node) float64 {
	if b.data.Weights == nil {
		return float64(n.exactWeight)
	}
	return float64(n.exactWeight) / b.fine * b.scale.most
}

// mean returns the mean of the exact targets, 0 without rows.
func (n *node) mean() float64 {
	if n.exactWeight == 0 {
		return 0
	}
	return float64(n.exact) / float64(n.exactWeight)
}
