package tree

import (
	"context"
	"math"
	"math/bits"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// A newtonian grows the trees of Newton boosting. A row's score S starts at the
// log-odds of the labels; P(class 1) is 1/(1+exp(-S)).
//
// Splits are searched by derivatives in few bits, scaled by the greatest of the
// round and rounded at random, so that the small ones of late rounds count what
// they are worth on average. Leaf values are made of the derivatives themselves.
//
// A row's score is kept as the odds against its own class, exp(-(2y-1)S): a step
// of the score is a product with one of few factors, and no exponential is taken
// by row. Products come out the same on every processor.
type newtonian struct {
	data   Data
	p      Parameters
	grower *grower
	odds   []float64 // with the sign of 2y-1
	leaf   []uint16  // of the tree last grown
	steps  []float64 // what a leaf multiplies the odds of class 1 and 0 by, two a leaf
	fine   float64   // units of an exact sum
	most   float64   // greatest weight
	worst  float64   // greatest odds of a training row: the greatest gradient is there
}

func newton(ctx context.Context, m *matrix, d Data, p Parameters, model *lightgbm.Model, log *Log, watch *monitor) error {
	s := search{newton: true, l2: p.L2, minHessian: p.MinHessian, minGain: p.MinInfoGain}
	s.minRows = max(int64(p.MinInstancesPerNode), int64(math.Ceil(p.MinWeightFractionPerNode*float64(log.Rows))))
	g, err := newGrower(m, p, weighing, s)
	if err != nil {
		return err
	}
	n := &newtonian{data: d, p: p, grower: g, odds: make([]float64, m.rows), leaf: make([]uint16, m.rows), most: newScale(d, 0, 1).most}
	start := n.start()
	stop := stopper{tolerance: p.ValidationTol}
	var greatest leap
	for i := range p.MaxIter {
		loss, validation := n.derive(i)
		if i > 0 {
			n.note(i, loss, validation, log, watch)
			if d.Validation != nil && stop.after(i, validation) {
				break
			}
		}
		root, err := g.grow(ctx, i)
		if err != nil {
			return err
		}
		leaves := root.leaves(nil)
		n.settle(root, leaves)
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
		for _, leaf := range leaves {
			greatest.note(i+1, n.value(leaf))
		}
	}
	if len(log.Loss) < len(model.Trees) {
		loss, validation := n.derive(len(model.Trees))
		n.note(len(model.Trees), loss, validation, log, watch)
		if d.Validation != nil {
			stop.after(len(model.Trees), validation)
		}
	}
	stop.cut(model, log)
	log.warn(greatest)
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
			of[int(y)] += n.data.weight(i) * float64(n.data.repeats.count(i))
		}
	}
	share := min(max(of[1]/(of[0]+of[1]), 1e-15), 1-1e-15)
	score := rounded(math.Log(share / (1 - share)))
	n.steps = []float64{1, 1}
	for i, y := range n.data.Labels {
		n.odds[i] = math.Copysign(exp((1-2*y)*score), 2*y-1)
	}
	n.worst = exp(math.Abs(score))
	n.fine = math.Ldexp(1/n.most, 61-bits.Len(uint(n.data.repeats.total(len(n.odds)))))
	return score
}

// rounded returns v to 40 bits behind the point: the last bit of a logarithm of
// package math differs between processors.
func rounded(v float64) float64 { return math.Ldexp(math.RoundToEven(math.Ldexp(v, 40)), -40) }

const (
	sign     = 1 << 63
	mostOdds = 1e200 // beyond, probabilities are 0 or 1 to any digit

	surelyDown = 1.75 // below 1.79, where exp(d)-1-d is d²
)

// derive takes the last tree's step, sets the words of the rows for tree t, and
// counts them for its root, if there is to be a tree t. It returns the mean losses
// before it.
func (n *newtonian) derive(t int) (training, validation float64) {
	// No gradient is above this one. It is made from the round before and the
	// greatest step since, so the rows need be gone through but once.
	bound := n.worst / (1 + n.worst)
	steepest := 0.25
	if bound < 0.5 {
		steepest = bound * (1 - bound)
	}
	bound, steepest = max(bound*n.most, 1e-290), max(steepest*n.most, 1e-290)
	g := n.grower
	g.search.targetUnit, g.search.weightUnit = bound/(topUnits-1), steepest/(topUnits-1)
	gradientUnits, hessianUnits := (1<<32)/g.search.targetUnit, (1<<32)/g.search.weightUnit

	rounding := newStream(n.p.Seed, forRounding, t)
	bag := newBag(n.p.Seed, t, n.p.SubsamplingRate, false)
	sums := newLosses(n.data)
	worst := make([]float64, len(sums.blocks))
	plain := n.data.Weights == nil && n.data.Validation == nil && n.p.SubsamplingRate == 1
	steps, repeats := n.steps, n.data.repeats
	n.grower.team.run(len(n.odds), blockRows, func(worker, from, to int) {
		odds, leaf, words := n.odds[from:to], n.leaf[from:to], g.words[from:to]
		most := 0.0
		var sum lossSum
		for i := range odds {
			label := math.Float64bits(odds[i]) & sign
			e := math.Abs(odds[i]) * steps[uint64(leaf[i])<<1|label>>63]
			if !(e < mostOdds) {
				e = mostOdds
			}
			if e < 1/mostOdds {
				e = 1 / mostOdds
			}
			odds[i] = math.Float64frombits(math.Float64bits(e) | label)
			right := 1 / (1 + e) // probability of the row's class
			wrong := e * right
			hessian := wrong * right
			var rows uint64
			switch {
			case !plain:
				row := from + i
				sums.add(row, ln(1+e))
				if words[i] = 0; !n.data.trains(row) {
					continue
				}
				most = max(most, e)
				if rows = uint64(n.data.drawn(row, &bag, n.p)); rows == 0 {
					continue
				}
				w := n.data.weight(row) * float64(rows)
				wrong, hessian = wrong*w, hessian*w
			default:
				count := repeats.count(from + i)
				sum.add(ln(1+e), float64(count))
				if e > most {
					most = e
				}
				rows = uint64(count)
				wrong, hessian = wrong*float64(count), hessian*float64(count)
			}
			// The gradient is the probability of the other class, less for class 1.
			gradient := math.Float64frombits(math.Float64bits(wrong) | label ^ sign)
			random := rounding.at(uint64(from + i))
			words[i] = uint64((int64(gradient*gradientUnits)+int64(random&(1<<32-1)))>>32)<<targetShift +
				uint64((int64(hessian*hessianUnits)+int64(random>>32))>>32)<<weightShift + rows
		}
		worst[from/blockRows] = most
		if plain {
			sums.blocks[from/blockRows][0] = sum
		}
		if t == n.p.MaxIter {
			return
		}
		rows := g.rows[from:to]
		for i := range rows {
			rows[i] = uint32(from + i)
		}
		g.hands[worker].counter.add(rows, g.words)
	})
	g.counted = true
	n.worst = 0
	for _, most := range worst {
		n.worst = max(n.worst, most)
	}
	return sums.means()
}

// settle gives all nodes their exact sums, and the rows their next step.
func (n *newtonian) settle(root *node, leaves []*node) {
	g := n.grower
	type exact struct{ gradient, hessian int64 }
	sums := make([][]exact, len(g.hands))
	for worker := range sums {
		sums[worker] = make([]exact, len(leaves))
	}
	g.eachLeaf(leaves, func(worker, leaf int, rows []uint32) {
		var sum exact
		units := n.fine
		for _, r := range rows {
			n.leaf[r] = uint16(leaf)
			rows := int64(g.words[r] & g.packing.countMask)
			if n.data.Weights != nil {
				units = n.fine * n.data.Weights[r]
			}
			o := n.odds[r]
			right := 1 / (1 + math.Abs(o))
			sum.gradient -= int64(o*right*units) * rows
			sum.hessian += int64(math.Abs(o)*right*right*units) * rows
		}
		sums[worker][leaf].gradient += sum.gradient
		sums[worker][leaf].hessian += sum.hessian
	})
	for _, own := range sums {
		for i, sum := range own {
			leaves[i].exact += sum.gradient
			leaves[i].exactWeight += sum.hessian
		}
	}
	root.settle(func(a, b *node) bool { return false })
	n.steps = n.steps[:0]
	step := 1.0
	for _, leaf := range leaves {
		v := min(max(n.value(leaf), -mostMargin), mostMargin)
		n.steps = append(n.steps, exp(-v), exp(v))
		step = max(step, exp(math.Abs(v)))
	}
	n.worst = min(n.worst*step, mostOdds)
}

func (n *newtonian) hessian(x *node) float64 { return float64(x.exactWeight) / n.fine }

// value returns what a leaf adds to the score: StepSize times the Newton step
// -G/(H+L2), but no more than a step that lowers the loss for sure.
//
// Where the rows' second derivatives are nearly 0 and one of them is on the wrong
// side, G/H has thousands, and a step of a tenth of that sends the other rows over
// to the wrong side too. The loss's third derivative is nowhere above its second,
// so a step d against G changes it by at most H(exp(|d|)-1-|d|) - |G||d|. That is
// least at |d| = ln(1+|G|/H), and not above 0 for any |d| up to surelyDown that is
// at most |G|/H. At a rate of 0.1 only steps above 3.58 are cut.
func (n *newtonian) value(x *node) float64 {
	h := n.hessian(x) + n.p.L2
	if h <= 0 {
		return 0
	}
	newton := -(float64(x.exact) / n.fine) / h
	step := float64(newton * n.p.StepSize)
	if math.Abs(step) <= surelyDown {
		return step
	}
	bound := max(surelyDown, rounded(math.Log1p(math.Abs(newton))))
	return math.Copysign(min(math.Abs(step), bound), step)
}
