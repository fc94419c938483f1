package tree

import (
	"context"
	"math"
	"math/bits"
	"sync"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// decide grows one decision tree, or a forest of them. Targets are the labels
// themselves, so that a node's sum is its weight of class 1.
//
// A forest's trees do not wait for each other, so every worker grows its own.
func decide(ctx context.Context, m *matrix, d Data, p Parameters, model *lightgbm.Model, log *Log, watch *monitor) error {
	trees := make([]lightgbm.Tree, p.MaxIter)
	loss, leaves, errs := make([]float64, p.MaxIter), make([]int, p.MaxIter), make([]error, p.MaxIter)
	foresters := make([]*forester, p.Workers)
	var told sync.Mutex
	grown, total := 0, 0.0
	parallel(p.Workers, p.MaxIter, 1, func(worker, t, _ int) {
		if foresters[worker] == nil {
			foresters[worker], errs[t] = newForester(m, d, p)
		}
		if errs[t] != nil {
			return
		}
		trees[t], loss[t], errs[t] = foresters[worker].tree(ctx, t)
		if errs[t] != nil {
			return
		}
		leaves[t] = len(trees[t].LeafValue)
		told.Lock()
		defer told.Unlock()
		grown++
		total += loss[t]
		watch.grown(grown, total/float64(grown))
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	model.Trees, log.Loss, log.Leaves = trees, loss, leaves
	return nil
}

// A forester grows trees one after the other.
type forester struct {
	data   Data
	p      Parameters
	grower *grower
	scale  scale
	equal  bool    // all rows weigh the same in all trees
	fine   float64 // units of an exact sum, where weights are not whole
}

func newForester(m *matrix, d Data, p Parameters) (*forester, error) {
	if p.MaxIter > 1 {
		p.Workers = 1
	}
	f := &forester{data: d, p: p}
	f.equal = d.Weights == nil && (p.Method == DecisionTree || p.WithoutBootstrap)
	most := 1
	if p.Method == RandomForest {
		bag := f.bag(0)
		most = len(bag.until)
	}
	f.scale = newScale(d, p.Seed, most)
	f.fine = math.Ldexp(1/f.scale.most, 60-bits.Len(uint(d.repeats.total(m.rows))))
	packing := weighing
	if f.equal {
		packing = counting(bits.Len(uint(d.repeats.total(m.rows))))
	}
	s := search{targetUnit: 1, factor: 2, minRows: int64(p.MinInstancesPerNode), minGain: p.MinInfoGain, byCount: true}
	s.minWeight = int64(math.Ceil(p.MinWeightFractionPerNode * d.totalWeight() / f.scale.unit))
	var err error
	f.grower, err = newGrower(m, p, packing, s)
	return f, err
}

func (f *forester) bag(t int) bag {
	return newBag(f.p.Seed, t, f.p.SubsamplingRate, !f.p.WithoutBootstrap)
}

// weight returns what a row weighs in a tree, and how many rows of it count there.
func (f *forester) weight(bag *bag, row int) (weight float64, rows int) {
	if !f.data.trains(row) {
		return 0, 0
	}
	from, rows := f.data.repeats.of(row)
	times := rows
	if f.p.Method == RandomForest {
		times, rows = bag.times(from, rows)
	}
	return f.data.weight(row) * float64(times), rows
}

// tree grows tree number t and returns it with its mean log-loss on its own rows.
func (f *forester) tree(ctx context.Context, t int) (lightgbm.Tree, float64, error) {
	g := f.grower
	bag := f.bag(t)
	f.take(&bag)
	if len(g.rows) == 0 { // few rows and bad luck
		bag.until = []uint64{0}
		f.take(&bag)
	}
	root, err := g.grow(ctx, t)
	if err != nil {
		return lightgbm.Tree{}, 0, err
	}
	for _, leaf := range root.leaves(nil) {
		leaf.exact, leaf.exactWeight = leaf.totals.target, leaf.totals.weight
		if f.scale.unit != 1 {
			f.measure(leaf, &bag)
		}
	}
	class := func(n *node) bool { return 2*n.exact > n.exactWeight }
	root.settle(func(a, b *node) bool { return !f.p.KeepEqualLeaves && class(a) == class(b) })
	loss := 0.0
	for _, leaf := range root.leaves(nil) {
		for _, part := range [2]int64{leaf.exact, leaf.exactWeight - leaf.exact} {
			if part > 0 {
				loss -= float64(part) * math.Log(float64(part)/float64(leaf.exactWeight))
			}
		}
	}
	weight := func(n *node) float64 {
		if f.scale.unit != 1 {
			return float64(n.exactWeight) / f.fine
		}
		return float64(n.exactWeight)
	}
	return root.emit(style{shrinkage: 1, value: (*node).mean, weight: weight}), loss / float64(root.exactWeight), nil
}

// take makes the rows of the bag those of the next tree.
func (f *forester) take(bag *bag) {
	g := f.grower
	g.rows = g.rows[:0]
	for r, y := range f.data.Labels {
		w, rows := f.weight(bag, r)
		switch {
		case w == 0:
			continue
		case f.equal:
			g.words[r] = g.packing.pack(int64(y), 0) * uint64(rows)
		default:
			units := f.scale.units(r, w)
			g.words[r] = g.packing.pack(int64(y)*units, units) + uint64(rows-1)
		}
		g.rows = append(g.rows, uint32(r))
	}
}

// measure gives a leaf the sums of the weights before they were rounded.
func (f *forester) measure(leaf *node, bag *bag) {
	leaf.exact, leaf.exactWeight = 0, 0
	for _, s := range leaf.spans {
		for _, r := range f.grower.of(s) {
			weight, _ := f.weight(bag, int(r))
			w := int64(math.RoundToEven(weight * f.fine))
			leaf.exactWeight += w
			leaf.exact += w * int64(f.data.Labels[r])
		}
	}
}
