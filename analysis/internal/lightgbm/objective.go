package lightgbm

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The objectives that our own models have.
const (
	Binary     = "binary sigmoid:1"
	Regression = "regression"
)

// A transformation makes the answer of a raw score.
type transformation int

const (
	identity    transformation = iota
	logistic                   // 1/(1+exp(-s*raw))
	exponential                // exp(raw)
	square                     // raw*|raw|
	intensity                  // log(1+exp(raw))
)

// objectives are LightGBM's of one output. The first word of a file's line names
// the objective, the others are settings, such as sigmoid:1.
var objectives = map[string]transformation{
	"":       identity, // one of the user's own: LightGBM writes none
	"binary": logistic, "cross_entropy": logistic,
	"cross_entropy_lambda": intensity,
	"regression":           identity, "regression_l1": identity, "huber": identity, "fair": identity, "quantile": identity, "mape": identity,
	"poisson": exponential, "gamma": exponential, "tweedie": exponential,
	"lambdarank": identity, "rank_xendcg": identity,
}

// readObjective returns what the objective does with a raw score; sigmoid is the
// factor of a logistic one.
func readObjective(text string) (kind transformation, sigmoid float64, err error) {
	name, settings, _ := strings.Cut(text, " ")
	kind, known := objectives[name]
	switch {
	case strings.HasPrefix(name, "multiclass"):
		return 0, 0, fmt.Errorf("%.40q is not supported: models of one output only", text)
	case !known:
		return 0, 0, fmt.Errorf("%.40q is not known", text)
	}
	sigmoid = 1
	for _, setting := range strings.Fields(settings) {
		key, value, _ := strings.Cut(setting, ":")
		switch {
		case setting == "sqrt" && kind == identity:
			kind = square
		case key == "sigmoid" && name == "binary":
			sigmoid, err = strconv.ParseFloat(value, 64)
			if err != nil || !(sigmoid > 0) || math.IsInf(sigmoid, 0) {
				return 0, 0, fmt.Errorf("%.40q: sigmoid must be a number above 0", text)
			}
		default:
			return 0, 0, fmt.Errorf("%.40q: the setting %.40q is not known", text, setting)
		}
	}
	return kind, sigmoid, nil
}

// Transform turns a raw score into the objective's answer: the probability of
// class 1 of "binary" and "cross_entropy", the score as it is of "regression".
func (m *Model) Transform(raw float64) float64 { return m.Transformation()(raw) }

// Transformation returns [Model.Transform] for use on many scores. The model must
// be valid.
func (m *Model) Transformation() func(raw float64) float64 {
	kind, sigmoid, err := readObjective(m.Objective)
	if err != nil {
		panic("lightgbm: " + err.Error())
	}
	switch kind {
	case logistic:
		if sigmoid == 1 {
			return func(raw float64) float64 { return 1 / (1 + math.Exp(-raw)) }
		}
		return func(raw float64) float64 { return 1 / (1 + math.Exp(-sigmoid*raw)) }
	case exponential:
		return math.Exp
	case square:
		return func(raw float64) float64 { return raw * math.Abs(raw) }
	case intensity:
		return func(raw float64) float64 { return math.Log1p(math.Exp(raw)) }
	}
	return func(raw float64) float64 { return raw }
}

// Bounds returns the lowest and the highest raw score that the trees can give.
func (m *Model) Bounds() (low, high float64) {
	for _, t := range m.Trees {
		low, high = low+slices.Min(t.LeafValue), high+slices.Max(t.LeafValue)
	}
	if m.AverageOutput {
		low, high = low/float64(len(m.Trees)), high/float64(len(m.Trees))
	}
	return low, high
}

// CheckProbability returns why the answers are not probabilities of class 1, or
// nil. Those of "binary" and "cross_entropy" are. Those of "regression", a mean,
// are where the trees cannot leave the range from 0 to 1, as those of a forest
// whose leaves hold shares.
func (m *Model) CheckProbability() error {
	kind, _, err := readObjective(m.Objective)
	if err != nil {
		return err
	}
	const rounding = 1e-9
	switch low, high := m.Bounds(); {
	case m.Objective == "":
		return errors.New("lightgbm: the file names no objective, so that nothing says how a score becomes a probability of class 1")
	case m.Objective == Regression && (low < -rounding || high > 1+rounding):
		return fmt.Errorf("lightgbm: objective %q with scores from %.4g to %.4g: no probability of class 1", m.Objective, low, high)
	case m.Objective != Regression && kind != logistic:
		return fmt.Errorf("lightgbm: objective %q does not say a probability of class 1", m.Objective)
	}
	return nil
}
