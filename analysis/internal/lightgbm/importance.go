package lightgbm

// Importances returns each feature's share of what the splits gained, adding up
// to 1, or all zeros where no tree splits. Index i belongs to m.Names[i].
//
// A split counts SplitGain: the impurity it saved per row times its rows. As in
// Spark, the trees of a model that averages (one decision tree, a forest) count
// equally, each as its shares; those of a boosted model count as they are,
// without regard to the step size.
func (m *Model) Importances() []float64 {
	total := make([]float64, len(m.Names))
	one := make([]float64, len(m.Names))
	for _, t := range m.Trees {
		clear(one)
		for i, f := range t.SplitFeature {
			if t.SplitGain != nil {
				one[f] += t.SplitGain[i]
			}
		}
		if m.AverageOutput {
			normalise(one)
		}
		for i, v := range one {
			total[i] += v
		}
	}
	normalise(total)
	return total
}

func normalise(list []float64) {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	if sum > 0 {
		for i := range list {
			list[i] /= sum
		}
	}
}
