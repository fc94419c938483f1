package lightgbm

import (
	"math"
	"slices"
)

// Importances returns each feature's share of what the splits gained, adding up
// to 1, or all zeros where no tree splits. Index i belongs to m.Names[i].
//
// A split counts SplitGain: the impurity it saved per row times its rows. As in
// Spark, the trees of a model that averages (one decision tree, a forest) count
// equally, each as its shares; those of a boosted model count as they are,
// without regard to the step size.
//
// Gains of 0 or less, and NaN, count nothing, as in LightGBM. Where some are
// infinite, as files of LightGBM have them, each of those counts 1 and no other
// anything.
func (m *Model) Importances() []float64 {
	counts := m.gainCounts()
	total := make([]float64, len(m.Names))
	one := make([]float64, len(m.Names)) // of a tree; all 0 between trees
	for _, t := range m.Trees {
		if t.SplitGain == nil {
			continue
		}
		split := slices.Clone(t.SplitFeature)
		slices.Sort(split)
		split = slices.Compact(split)
		for i, f := range t.SplitFeature {
			one[f] += counts(t.SplitGain[i])
		}
		sum := 0.0
		for _, f := range split {
			sum += one[f]
		}
		for _, f := range split {
			if m.AverageOutput && sum > 0 {
				one[f] /= sum
			}
			total[f] += one[f]
			one[f] = 0
		}
	}
	normalise(total)
	return total
}

// gainCounts returns what a gain counts, such that all of them together are finite.
func (m *Model) gainCounts() func(float64) float64 {
	greatest := 0.0
	for _, t := range m.Trees {
		for _, gain := range t.SplitGain {
			greatest = max(greatest, positive(gain))
		}
	}
	switch {
	case math.IsInf(greatest, 1):
		return func(gain float64) float64 {
			if math.IsInf(gain, 1) {
				return 1
			}
			return 0
		}
	case greatest > 1e280:
		return func(gain float64) float64 { return math.Ldexp(positive(gain), -200) }
	}
	return positive
}

// positive returns v, or 0 if it is not above 0.
func positive(v float64) float64 {
	if v > 0 {
		return v
	}
	return 0
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
