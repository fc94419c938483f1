package tree

import (
	"context"
	"math"
	"math/bits"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// A slope is the first and second derivative of a row's loss.
type slope struct{ gradient, hessian float32 }

// A newtonian grows the trees of Newton boosting. A row's score S starts at the
// log-odds of the labels; P(class 1) is 1/(1+exp(-S)).
//
// Splits are searched by derivatives in few bits, scaled by the greatest of the
// round and rounded at random, so that the small ones of late rounds count what
// they are worth on average. Leaf values are made of the derivatives themselves.
type newtonian struct {
	data   Data
	p      Parameters
	grower *grower
	scores []float64
	slopes []slope // 0 for rows that the tree leaves out
	most   float64 // greatest weight
	worst  float64 // least margin of a training row, (2y-1)S: the greatest gradient is there
	fine   float64 // units of an exact sum
}

func newton(ctx context.Context, m *matrix, d Data, p Parameters, model *lightgbm.Model, log *Log, watch *monitor) error {
	s := search{newton: true, l2: p.L2, minHessian: p.MinHessian, minGain: p.MinInfoGain}
	s.minRows = max(int64(p.MinInstancesPerNode), int64(math.Ceil(p.MinWeightFractionPerNode*float64(log.Rows))))
	g, err := newGrower(m, p, weighing, s)
	if err != nil {
		return err
	}
	n := &newtonian{data: d, p: p, grower: g, scores: make([]float64, m.rows), slopes: make([]slope, m.rows), most: newScale(d, 0, 1).most}
	start := n.start()
	stop := stopper{tolerance: p.ValidationTol}
	for i := range p.MaxIter {
		loss, validation := n.derive(i)
		if i > 0 {
			n.note(i, loss, validation, log, watch)
			if d.Validation != nil && stop.after(i, validation) {
				break
			}
		}
		g.all()
		root, err := g.grow(ctx, i)
		if err != nil {
			return err
		}
		leaves := root.leaves(nil)
		n.settle(root, leaves)
		n.move(leaves)
		added := 0.0
		if i == 0 {
			added = start
		}
		shrinkage := p.StepSize
		if added != 0 {
			shrinkage = 1
		}
		model.Trees = append(model.Trees, root.emit(style{
			shrinkage: shrinkage, newton: true,
			value:  func(x *node) float64 { return n.value(x) + added },
			weight: n.hessian,
		}))
		log.Leaves = append(log.Leaves, len(leaves))
	}
	if len(log.Loss) < len(model.Trees) {
		loss, validation := n.loss()
		n.note(len(model.Trees), loss, validation, log, watch)
		if d.Validation != nil {
			stop.after(len(model.Trees), validation)
		}
	}
	stop.cut(model, log)
	return nil
}

func (n *newtonian) note(trees int, loss, validation float64, log *Log, watch *monitor) {
	log.Loss = append(log.Loss, loss)
	if n.data.Validation != nil {
		log.Validation = append(log.Validation, validation)
	}
	watch.grown(trees, loss)
}

// start sets all scores to the log-odds of the training rows. Where all are of one
// class it is cut at the log-odds of 1e-15, as LightGBM does.
func (n *newtonian) start() float64 {
	var of [2]float64
	for i, y := range n.data.Labels {
		if n.data.trains(i) {
			of[int(y)] += n.data.weight(i)
		}
	}
	share := min(max(of[1]/(of[0]+of[1]), 1e-15), 1-1e-15)
	score := math.Log(share / (1 - share))
	for i := range n.scores {
		n.scores[i] = score
	}
	n.worst = -math.Abs(score)
	n.fine = math.Ldexp(1/n.most, 61-bits.Len(uint(len(n.scores))))
	return score
}

// derive sets the slopes and words of the rows for tree t from their scores, and
// returns the mean losses of these.
func (n *newtonian) derive(t int) (training, validation float64) {
	// No gradient is above this one. It is made from the round before and the
	// greatest step since, so the derivatives need be gone through but once.
	bound := 1 / (1 + exp(max(n.worst, -mostMargin)))
	steepest := bound * (1 - bound)
	if bound > 0.5 {
		steepest = 0.25
	}
	bound, steepest = max(bound*n.most, 1e-300), max(steepest*n.most, 1e-300)
	gradientUnits, hessianUnits := (topUnits-1)/bound, (topUnits-1)/steepest
	g := n.grower
	g.search.targetUnit, g.search.weightUnit = 1/gradientUnits, 1/hessianUnits

	rounding := newStream(n.p.Seed, forRounding, t)
	bag := newBag(n.p.Seed, t, n.p.SubsamplingRate, false)
	sums := newLosses(n.data)
	worst := make([]float64, len(sums.blocks))
	plain := n.data.Weights == nil && n.data.Validation == nil
	parallel(n.p.Workers, len(n.scores), blockRows, func(_, from, to int) {
		least := math.Inf(1)
		var sum lossSum
		for r := from; r < to; r++ {
			y := 2*n.data.Labels[r] - 1
			margin := y * n.scores[r]
			e := exp(-min(max(margin, -mostMargin), mostMargin))
			right := 1 / (1 + e) // probability of the row's class
			wrong := e * right
			gradient, hessian := -y*wrong, wrong*right
			if plain {
				sum.multiply(1 + e)
			} else {
				sums.add(r, 0, 1+e)
				w := n.data.weight(r)
				gradient *= w
				hessian *= w
			}
			if !plain && !n.data.trains(r) {
				n.slopes[r], g.words[r] = slope{}, 0
				continue
			}
			if margin < least {
				least = margin
			}
			if n.p.SubsamplingRate < 1 && bag.times(r) == 0 {
				n.slopes[r], g.words[r] = slope{}, 0
				continue
			}
			random := rounding.at(uint64(r))
			n.slopes[r] = slope{float32(gradient), float32(hessian)}
			g.words[r] = g.packing.pack(stochastic(gradient*gradientUnits, random), stochastic(hessian*hessianUnits, random>>32))
		}
		worst[from/blockRows] = least
		if plain {
			sum.weight = float64(to - from)
			sums.blocks[from/blockRows][0] = sum
		}
	})
	n.worst = math.Inf(1)
	for _, least := range worst {
		n.worst = min(n.worst, least)
	}
	return sums.means()
}

// loss returns the mean losses of the scores as they are.
func (n *newtonian) loss() (training, validation float64) {
	sums := newLosses(n.data)
	parallel(n.p.Workers, len(n.scores), blockRows, func(_, from, to int) {
		for r := from; r < to; r++ {
			margin := (2*n.data.Labels[r] - 1) * n.scores[r]
			sums.add(r, 0, 1+exp(-min(max(margin, -mostMargin), mostMargin)))
		}
	})
	return sums.means()
}

// settle gives all nodes their exact sums.
func (n *newtonian) settle(root *node, leaves []*node) {
	gradients, hessians := make([]int64, pieces(leaves)), make([]int64, pieces(leaves))
	owners := n.grower.eachLeaf(leaves, func(piece, _ int, rows []uint32) {
		var g, h int64
		for _, r := range rows {
			s := n.slopes[r]
			g += int64(float64(s.gradient) * n.fine)
			h += int64(float64(s.hessian) * n.fine)
		}
		gradients[piece], hessians[piece] = g, h
	})
	for piece, leaf := range owners {
		leaves[leaf].exact += gradients[piece]
		leaves[leaf].exactWeight += hessians[piece]
	}
	root.settle(func(a, b *node) bool { return false })
}

func (n *newtonian) hessian(x *node) float64 { return float64(x.exactWeight) / n.fine }

// value returns what a leaf adds to the score.
func (n *newtonian) value(x *node) float64 {
	h := n.hessian(x) + n.p.L2
	if h <= 0 {
		return 0
	}
	return -(float64(x.exact) / n.fine) / h * n.p.StepSize
}

// move adds the leaves' values to the scores.
func (n *newtonian) move(leaves []*node) {
	step := 0.0
	for _, leaf := range leaves {
		step = max(step, math.Abs(n.value(leaf)))
	}
	n.worst -= step
	n.grower.eachLeaf(leaves, func(_, leaf int, rows []uint32) {
		value := n.value(leaves[leaf])
		for _, r := range rows {
			n.scores[r] += value
		}
	})
}
