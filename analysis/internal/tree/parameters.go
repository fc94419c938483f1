package tree

import (
	"fmt"
	"runtime"
)

// A Method is a way to make a model of trees.
type Method uint8

// The methods.
const (
	// DecisionTree is one tree by gini impurity. A leaf is the share of class 1.
	DecisionTree Method = iota

	// GradientBoosting is a sum of trees by variance impurity, the first fitted
	// to the labels as -1 and 1, each further one to the residuals of the
	// logistic loss, 4y/(1+exp(2yF)). A leaf is their mean.
	GradientBoosting
)

// Parameters say how to train. The zero value is Spark ML's
// DecisionTreeClassifier with its defaults.
type Parameters struct {
	Method   Method
	MaxIter  int     // trees of GradientBoosting; 0 means 20
	StepSize float64 // what each tree after the first is multiplied by, in (0, 1]; 0 means 0.1

	MaxDepth int // splits from root to leaf at most, up to 30; 0 means 5
	MaxBins  int // bins of a numeric feature (255 at most are used) and limit to the levels of a categorical one; 0 means 32

	MinInstancesPerNode      int     // rows that each side of a split must have; 0 means 1
	MinInfoGain              float64 // least gain of a split, impurity per row
	MinWeightFractionPerNode float64 // share of all rows that each side of a split must have, in [0, 0.5)

	// KeepEqualLeaves keeps sibling leaves that predict the same: the same class
	// in a decision tree, the same value in boosting. Spark merges them, which
	// leaves predictions of the class as they are but coarsens probabilities.
	KeepEqualLeaves bool

	// AllowNaN takes NaN in a numeric feature as missing: it goes right at every
	// split. Otherwise NaN is an error.
	AllowNaN bool

	Workers int // goroutines; 0 means GOMAXPROCS. The model does not depend on it.
}

const maxNumericBins = 255

// withDefaults fills in the zero values and checks the ranges.
func (p Parameters) withDefaults() (Parameters, error) {
	for _, d := range []struct {
		value *int
		zero  int
	}{{&p.MaxIter, 20}, {&p.MaxDepth, 5}, {&p.MaxBins, 32}, {&p.MinInstancesPerNode, 1}, {&p.Workers, runtime.GOMAXPROCS(0)}} {
		if *d.value == 0 {
			*d.value = d.zero
		}
	}
	if p.StepSize == 0 {
		p.StepSize = 0.1
	}
	switch {
	case p.Method > GradientBoosting:
		return p, fmt.Errorf("tree: there is no method %d", p.Method)
	case p.MaxIter < 1:
		return p, fmt.Errorf("tree: MaxIter is %d, must be at least 1", p.MaxIter)
	case !(p.StepSize > 0 && p.StepSize <= 1):
		return p, fmt.Errorf("tree: StepSize is %v, must be in (0, 1]", p.StepSize)
	case p.MaxDepth < 1 || p.MaxDepth > 30:
		return p, fmt.Errorf("tree: MaxDepth is %d, must be 1 to 30", p.MaxDepth)
	case p.MaxBins < 2 || p.MaxBins > maxLevels:
		return p, fmt.Errorf("tree: MaxBins is %d, must be 2 to %d", p.MaxBins, maxLevels)
	case p.MinInstancesPerNode < 1:
		return p, fmt.Errorf("tree: MinInstancesPerNode is %d, must be at least 1", p.MinInstancesPerNode)
	case !(p.MinInfoGain >= 0):
		return p, fmt.Errorf("tree: MinInfoGain is %v, must be at least 0", p.MinInfoGain)
	case !(p.MinWeightFractionPerNode >= 0 && p.MinWeightFractionPerNode < 0.5):
		return p, fmt.Errorf("tree: MinWeightFractionPerNode is %v, must be in [0, 0.5)", p.MinWeightFractionPerNode)
	case p.Workers < 1:
		return p, fmt.Errorf("tree: Workers is %d, must be at least 1", p.Workers)
	}
	return p, nil
}
