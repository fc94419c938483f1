package tree

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
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

	// NewtonBoosting is a sum of trees as LightGBM, XGBoost and others grow them:
	// from the log-odds of the labels on, splits gain G²/(H+L2) by the sums of
	// first and second derivatives of the logistic loss, leaves are -G/(H+L2).
	NewtonBoosting

	// RandomForest is the mean of decision trees, each grown on a sample of the
	// rows, each of its nodes split by one of a sample of the features.
	RandomForest
)

// Parameters say how to train. The zero value is Spark ML's
// DecisionTreeClassifier with its defaults, and so are the zero values of the
// other methods those of its GBTClassifier and RandomForestClassifier;
// NewtonBoosting has LightGBM's, given second where they differ.
type Parameters struct {
	Method   Method
	MaxIter  int     // trees of boosting and forests; 0 means 20, NewtonBoosting 100
	StepSize float64 // what boosting multiplies trees by (Spark's but the first), in (0, 1]; 0 means 0.1

	MaxDepth  int // splits from root to leaf at most, up to 30; 0 means 5, NewtonBoosting 30
	MaxLeaves int // leaves a tree at most, split off by descending gain; 0 means no limit, NewtonBoosting 31
	MaxBins   int // bins of a numeric feature (255 at most are used) and limit to the levels of a categorical one; 0 means 32, NewtonBoosting 255

	MinInstancesPerNode      int     // rows that each side of a split must have; 0 means 1, NewtonBoosting 20
	MinInfoGain              float64 // least gain of a split: impurity per row; NewtonBoosting: loss, doubled
	MinWeightFractionPerNode float64 // share of all rows' weight that each side of a split must have, in [0, 0.5)

	L2         float64 // NewtonBoosting: what is added to H
	MinHessian float64 // NewtonBoosting: the H that each side of a split must have; 0 means 0.001

	// SubsamplingRate is the share of the rows that a tree is grown on, drawn
	// anew for each, in (0, 1]; 0 means 1. RandomForest draws with replacement,
	// so that a row counts as often as a Poisson number of that mean says,
	// unless WithoutBootstrap is set.
	SubsamplingRate  float64
	WithoutBootstrap bool

	// FeatureSubset is how many features, drawn anew for each node, may split it, and
	// if none does, how many of the others are drawn next (Spark then has a leaf):
	// "all", "sqrt", "log2", "onethird", a number, or a share such as "0.5", all
	// rounded up. "auto" or "" means sqrt in a forest of several trees, else all.
	// The slots of a one-hot part are features of their own.
	FeatureSubset string

	Seed uint64 // of all that is drawn

	// ValidationTol ends boosting where the data has validation rows: when a tree
	// makes their doubled mean log-loss e less by under ValidationTol*max(e, 0.01),
	// the model is the trees up to the best, as in Spark. 0 means 0.01.
	ValidationTol float64

	// KeepEqualLeaves keeps sibling leaves that predict the same: the same class
	// in a decision tree, the same value in boosting. Spark merges them, which
	// leaves predictions of the class as they are but coarsens probabilities.
	KeepEqualLeaves bool

	// AllowNaN takes NaN in a numeric feature as missing: each split sends it to
	// the side that gains more, right where that is equal or where the node's
	// training rows have none. Otherwise NaN is an error.
	AllowNaN bool

	Workers int // goroutines; 0 means GOMAXPROCS. The model does not depend on it.
}

const (
	maxNumericBins = 255
	maxDepth       = 30
)

// withDefaults fills in the zero values and checks the ranges.
func (p Parameters) withDefaults() (Parameters, error) {
	newton := p.Method == NewtonBoosting
	for _, d := range []struct {
		value        *int
		zero, newton int
	}{{&p.MaxIter, 20, 100}, {&p.MaxDepth, 5, maxDepth}, {&p.MaxLeaves, math.MaxInt32, 31}, {&p.MaxBins, 32, maxNumericBins},
		{&p.MinInstancesPerNode, 1, 20}, {&p.Workers, runtime.GOMAXPROCS(0), runtime.GOMAXPROCS(0)}} {
		if *d.value == 0 {
			*d.value = d.zero
			if newton {
				*d.value = d.newton
			}
		}
	}
	for _, d := range []struct {
		value *float64
		zero  float64
	}{{&p.StepSize, 0.1}, {&p.SubsamplingRate, 1}, {&p.ValidationTol, 0.01}, {&p.MinHessian, 1e-3}} {
		if *d.value == 0 {
			*d.value = d.zero
		}
	}
	if p.Method == DecisionTree {
		p.MaxIter = 1
	}
	switch {
	case p.Method > RandomForest:
		return p, fmt.Errorf("tree: there is no method %d", p.Method)
	case p.MaxIter < 1:
		return p, fmt.Errorf("tree: MaxIter is %d, must be at least 1", p.MaxIter)
	case !(p.StepSize > 0 && p.StepSize <= 1):
		return p, fmt.Errorf("tree: StepSize is %v, must be in (0, 1]", p.StepSize)
	case p.MaxDepth < 1 || p.MaxDepth > maxDepth:
		return p, fmt.Errorf("tree: MaxDepth is %d, must be 1 to %d", p.MaxDepth, maxDepth)
	case p.MaxLeaves < 2:
		return p, fmt.Errorf("tree: MaxLeaves is %d, must be at least 2", p.MaxLeaves)
	case p.MaxBins < 2 || p.MaxBins > maxLevels:
		return p, fmt.Errorf("tree: MaxBins is %d, must be 2 to %d", p.MaxBins, maxLevels)
	case newton && p.MaxBins > maxNumericBins:
		return p, fmt.Errorf("tree: MaxBins is %d, must be 2 to %d with Newton steps", p.MaxBins, maxNumericBins)
	case newton && p.MaxLeaves > math.MaxUint16:
		return p, fmt.Errorf("tree: MaxLeaves is %d, must be 2 to %d with Newton steps", p.MaxLeaves, math.MaxUint16)
	case p.MinInstancesPerNode < 1:
		return p, fmt.Errorf("tree: MinInstancesPerNode is %d, must be at least 1", p.MinInstancesPerNode)
	case !(p.MinInfoGain >= 0):
		return p, fmt.Errorf("tree: MinInfoGain is %v, must be at least 0", p.MinInfoGain)
	case !(p.MinWeightFractionPerNode >= 0 && p.MinWeightFractionPerNode < 0.5):
		return p, fmt.Errorf("tree: MinWeightFractionPerNode is %v, must be in [0, 0.5)", p.MinWeightFractionPerNode)
	case !(p.L2 >= 0 && p.L2 <= math.MaxFloat64):
		return p, fmt.Errorf("tree: L2 is %v, must be at least 0", p.L2)
	case !(p.MinHessian > 0 && p.MinHessian <= math.MaxFloat64):
		return p, fmt.Errorf("tree: MinHessian is %v, must be above 0", p.MinHessian)
	case !(p.SubsamplingRate > 0 && p.SubsamplingRate <= 1):
		return p, fmt.Errorf("tree: SubsamplingRate is %v, must be in (0, 1]", p.SubsamplingRate)
	case !(p.ValidationTol >= 0 && p.ValidationTol <= math.MaxFloat64):
		return p, fmt.Errorf("tree: ValidationTol is %v, must be at least 0", p.ValidationTol)
	case p.Workers < 1:
		return p, fmt.Errorf("tree: Workers is %d, must be at least 1", p.Workers)
	}
	_, err := p.subset(1)
	return p, err
}

// subset returns how many of that many features may split a node.
func (p Parameters) subset(features int) (int, error) {
	n := float64(features)
	switch p.FeatureSubset {
	case "", "auto":
		if p.Method == RandomForest && p.MaxIter > 1 {
			n = math.Sqrt(n)
		}
	case "all":
	case "sqrt":
		n = math.Sqrt(n)
	case "log2":
		n = math.Log2(n)
	case "onethird":
		n /= 3
	default:
		if whole, err := strconv.Atoi(p.FeatureSubset); err == nil && whole > 0 {
			n = min(n, float64(whole))
			break
		}
		share, err := strconv.ParseFloat(p.FeatureSubset, 64)
		if err != nil || !(share > 0 && share <= 1) {
			return 0, fmt.Errorf("tree: FeatureSubset is %q, must be auto, all, sqrt, log2, onethird, a number of features or a share in (0, 1]", p.FeatureSubset)
		}
		n *= share
	}
	return max(1, int(math.Ceil(n))), nil
}
