package tree_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/tree"
)

// An oracle grows trees the slow way: it looks at every row for every cut, in
// floating point, with impurities as the textbook has them.
type oracle struct {
	x           [][]float64 // one row a row
	levels      []int       // by feature: levels of a categorical one, else 0
	gini        bool
	depth       int
	minRows     int
	keep        bool
	target      []float64
	predictions []float64 // what the tree last grown says for each row
}

func (o *oracle) mean(rows []int) float64 {
	sum := 0.0
	for _, r := range rows {
		sum += o.target[r]
	}
	return sum / float64(len(rows))
}

func (o *oracle) impurity(rows []int) float64 {
	mean := o.mean(rows)
	if o.gini {
		return 1 - mean*mean - (1-mean)*(1-mean)
	}
	sum := 0.0
	for _, r := range rows {
		sum += (o.target[r] - mean) * (o.target[r] - mean)
	}
	return sum / float64(len(rows))
}

// cuts returns every split of the rows by the feature, as the rows going left.
func (o *oracle) cuts(rows []int, feature int) [][]int {
	order := map[float64]float64{} // value to its place
	for _, r := range rows {
		order[o.x[r][feature]] = o.x[r][feature]
	}
	var values []float64
	for v := range order {
		values = append(values, v)
	}
	slices.Sort(values)
	if o.levels[feature] > 0 {
		for _, v := range values {
			var members []int
			for _, r := range rows {
				if o.x[r][feature] == v {
					members = append(members, r)
				}
			}
			order[v] = o.mean(members)
			if o.gini {
				order[v] *= float64(len(members)) // Spark: the number of class 1
			}
			order[v] = math.Round(order[v] * 1e9)
		}
		slices.SortStableFunc(values, func(a, b float64) int { return cmp.Compare(order[a], order[b]) })
	}
	var cuts [][]int
	for i := range len(values) - 1 {
		var left []int
		for _, r := range rows {
			if slices.Contains(values[:i+1], o.x[r][feature]) {
				left = append(left, r)
			}
		}
		cuts = append(cuts, left)
	}
	return cuts
}

// grow returns whether the node is a leaf, and its class or value.
func (o *oracle) grow(rows []int, depth int) (leaf bool, says float64) {
	says = o.mean(rows)
	var bestLeft, bestRight []int
	best := 1e-12
	if depth < o.depth {
		for feature := range o.levels {
			for _, left := range o.cuts(rows, feature) {
				var right []int
				for _, r := range rows {
					if !slices.Contains(left, r) {
						right = append(right, r)
					}
				}
				if len(left) < o.minRows || len(right) < o.minRows {
					continue
				}
				share := float64(len(left)) / float64(len(rows))
				gain := o.impurity(rows) - share*o.impurity(left) - (1-share)*o.impurity(right)
				if gain > best*(1+1e-9)+1e-12 {
					best, bestLeft, bestRight = gain, left, right
				}
			}
		}
	}
	leaf = bestLeft == nil
	if !leaf {
		leftLeaf, left := o.grow(bestLeft, depth+1)
		rightLeaf, right := o.grow(bestRight, depth+1)
		if o.gini {
			left, right = math.Ceil(left-0.5), math.Ceil(right-0.5)
		}
		leaf = !o.keep && leftLeaf && rightLeaf && math.Abs(left-right) < 1e-12
	}
	if leaf {
		for _, r := range rows {
			o.predictions[r] = says
		}
	}
	return leaf, says
}

func TestEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for round := range 150 {
		rows := 5 + r.IntN(40)
		a, b := make([]float64, rows), make([]float64, rows)
		hot, group := make([]int32, rows), make([]int32, rows)
		labels := make([]float64, rows)
		for i := range rows {
			a[i], b[i] = float64(r.IntN(8)), r.NormFloat64()
			hot[i], group[i] = int32(r.IntN(5)), int32(r.IntN(6))
			labels[i] = math.Round(r.Float64()*0.5 + 0.1*a[i]*float64(group[i]%2))
			labels[i] = min(labels[i], 1)
		}
		f := of(floats("a", a...), indexes("hot", 4, true, hot...), indexes("group", 6, false, group...), floats("b", b...))
		p := tree.Parameters{MaxBins: 255, MaxDepth: 1 + r.IntN(4), MinInstancesPerNode: 1 + r.IntN(3), KeepEqualLeaves: r.IntN(2) == 0, MaxIter: 3}
		o := &oracle{depth: p.MaxDepth, minRows: p.MinInstancesPerNode, keep: p.KeepEqualLeaves, levels: []int{0, 0, 0, 0, 0, 6, 0}, predictions: make([]float64, rows)}
		all := make([]int, rows)
		for i := range rows {
			all[i] = i
			o.x = append(o.x, dense(f, i))
		}

		o.gini, o.target = true, labels
		o.grow(all, 0)
		equal(t, "decision tree", predict(t, train(t, f, labels, p), f, rows), o.predictions)

		p.Method = tree.GradientBoosting
		o.gini, o.target = false, make([]float64, rows)
		margins := make([]float64, rows)
		for k := range p.MaxIter {
			weight := 0.1
			for i, label := range labels {
				y := 2*label - 1
				o.target[i] = 4 * y / (1 + math.Exp(2*y*margins[i]))
				if k == 0 {
					weight, o.target[i] = 1, y
				}
			}
			o.grow(all, 0)
			for i, v := range o.predictions {
				margins[i] += weight * v
			}
		}
		for i := range margins {
			margins[i] *= 2
		}
		got := predict(t, train(t, f, labels, p), f, rows)
		for i := range got {
			if math.Abs(got[i]-margins[i]) > 1e-7 {
				t.Fatalf("round %d, boosting: row %d is %v, want %v", round, i, got[i], margins[i])
			}
		}
	}
}

// Bins hold about equally many rows where there are more values than bins.
func TestQuantileBins(t *testing.T) {
	rows := 10_000
	values, labels := make([]float64, rows), make([]float64, rows)
	for i := range rows {
		values[i] = math.Pow(float64(i), 3) // far from uniform
		labels[i] = float64(i % 2)
	}
	for k := range 31 { // class 1 from the k-th of 32 quantiles on
		cut := rows * (k + 1) / 32
		for i := range labels {
			labels[i] = 0
			if i >= cut {
				labels[i] = 1
			}
		}
		m := train(t, of(column.Part(floats("x", values...))), labels, tree.Parameters{MaxDepth: 1})
		at := math.Cbrt(m.Trees[0].Threshold[0])
		if math.Abs(at-float64(cut)) > 2 {
			t.Errorf("cut %d: threshold at row %v", cut, at)
		}
	}
}
