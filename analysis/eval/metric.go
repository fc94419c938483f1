package eval

import (
	"errors"
	"fmt"
	"math"
)

// A Metric is one number that says what scores are worth: [AUC],
// [AveragePrecision], [LogLoss], [Brier], [RecallAt] or [PrecisionAt] a rule.
type Metric struct {
	name      string
	of        func(v view) float64 // NaN is undefined
	undefined error                // why it may be
	rule      *Rule
}

// String returns the metric's name.
func (m Metric) String() string { return m.name }

// ErrProbability is the reason why a sample has no log-loss and no Brier score.
var ErrProbability = errors.New("a score is no probability: it lies outside [0, 1]; AUC, curves and rules do with any")

var errNoPositives = fmt.Errorf("%w: no row is positive", ErrOneClass)

var (
	// AUC is the area under the ROC curve: see [Report].
	AUC = Metric{name: "AUC", of: func(v view) float64 { return v.AUC() }, undefined: ErrOneClass}

	// AveragePrecision is the sum over the distinct scores, descending, of the
	// precision down to there times what recall it adds. Lines between the points,
	// which would flatter, are not drawn. By chance it is the prevalence. It needs
	// positive rows.
	AveragePrecision = Metric{name: "average precision", of: averagePrecision, undefined: errNoPositives}

	// LogLoss is the mean over the rows of -ln of the probability that was given to
	// the true label; less is better. Probabilities below 2^-52 are taken for that, as
	// scikit-learn does, so that a certain and wrong row costs 36 and not infinity.
	LogLoss = Metric{name: "log-loss", of: logLoss, undefined: ErrProbability}

	// Brier is the mean over the rows of the squared difference between probability
	// and label, from 0 to 1; less is better. Always giving the prevalence π has a
	// score of π(1-π).
	Brier = Metric{name: "Brier score", of: brier, undefined: ErrProbability}
)

// RecallAt is the recall at the threshold of a rule, which is chosen anew where rows
// are drawn anew.
func RecallAt(rule Rule) Metric { return at("recall", rule, recallOf, errNoPositives) }

// PrecisionAt is the precision at the threshold of a rule, which is chosen anew where
// rows are drawn anew. It is undefined where nothing is predicted positive.
func PrecisionAt(rule Rule) Metric {
	return at("precision", rule, func(_ view, tp, fp float64) float64 { return tp / (tp + fp) }, errors.New("no score is above the threshold"))
}

func at(name string, rule Rule, quantity func(v view, tp, fp float64) float64, undefined error) Metric {
	return Metric{name: name + " at " + rule.name, undefined: undefined, rule: &rule, of: func(v view) float64 {
		threshold, why := rule.choose(v)
		if why != "" {
			return math.NaN()
		}
		tp, fp := v.above(threshold)
		return quantity(v, tp, fp)
	}}
}

// Measure returns the metric of the sample. Where it is undefined it returns NaN and
// an error that says why, such as [ErrOneClass] or [ErrProbability]. O(n).
func (s *Sample) Measure(m Metric) (float64, error) {
	if err := m.check(s); err != nil {
		return math.NaN(), err
	}
	value := m.of(s.whole)
	if math.IsNaN(value) {
		return value, fmt.Errorf("eval: no %s: %w", m.name, m.why(s))
	}
	return value, nil
}

// check says whether the metric can be asked of the sample at all.
func (m Metric) check(s *Sample) error {
	if err := s.check(); err != nil {
		return err
	}
	switch {
	case m.of == nil:
		return fmt.Errorf("eval: %w: it is the zero Metric", ErrRule)
	case m.rule != nil:
		return m.rule.check(s)
	}
	return nil
}

func (m Metric) why(s *Sample) error {
	if m.rule != nil {
		if _, undefined := m.rule.choose(s.whole); undefined != "" {
			return fmt.Errorf("%w: %s", ErrOneClass, undefined)
		}
	}
	return m.undefined
}

func averagePrecision(v view) float64 {
	sum, tp, fp := 0.0, 0.0, 0.0
	for k, positives := range v.Positives {
		tp += positives
		fp += v.Negatives[k]
		if positives > 0 {
			sum += positives * (tp / (tp + fp))
		}
	}
	return sum / tp // 0/0 without positives
}

// probable reports whether all scores lie in [0, 1].
func (v view) probable() bool { return v.Scores[0] <= 1 && v.Scores[len(v.Scores)-1] >= 0 }

func brier(v view) float64 {
	return v.mean(func(p float64) float64 { return (1 - p) * (1 - p) }, func(p float64) float64 { return p * p })
}

const least = 0x1p-52 // the spacing of float64 at 1

func logLoss(v view) float64 {
	return v.mean(func(p float64) float64 { return -math.Log(clip(p)) }, func(p float64) float64 { return -math.Log(clip(1 - p)) })
}

func clip(p float64) float64 { return min(max(p, least), 1-least) }

// mean is the mean loss of the rows, NaN where scores are no probabilities. A loss is
// computed only where a class has weight: logarithms are what takes long.
func (v view) mean(ofPositive, ofNegative func(p float64) float64) float64 {
	if !v.probable() {
		return math.NaN()
	}
	sum := 0.0
	for k, p := range v.Scores {
		if w := v.Positives[k]; w > 0 {
			sum += w * ofPositive(p)
		}
		if w := v.Negatives[k]; w > 0 {
			sum += w * ofNegative(p)
		}
	}
	return sum / (v.positives + v.negatives)
}
