package eval

import "fmt"

// CorrectPrevalence returns the sample with the probabilities that a model would give
// had it been trained on rows of another prevalence: odds times
// (actual/(1-actual)) / (trained/(1-trained)), after Elkan (2001) and Saerens and
// others (2002). trained is the share of positive rows in training, such as 1/3 after
// rebalancing to 1:2; actual is that of the rows to judge, best taken from the training
// rows before they were rebalanced. It holds where rebalancing drew within each class
// at random.
//
// The order of the rows, and so AUC and curves, stay, but for probabilities so close
// that they become one; those of 0 and 1 stay too. Tables of the new sample say the
// correction. It fails with [ErrProbability], with
// [ErrPrevalence] unless both lie between 0 and 1, and with [ErrCorrected] the second
// time.
func (s *Sample) CorrectPrevalence(trained, actual float64) (*Sample, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	for _, share := range []float64{trained, actual} {
		if !(share > 0 && share < 1) {
			return nil, fmt.Errorf("eval: %w: %v", ErrPrevalence, share)
		}
	}
	if !s.whole.probable() {
		return nil, fmt.Errorf("eval: no correction: %w", ErrProbability)
	}
	if s.correction != "" {
		return nil, fmt.Errorf("eval: %w: %s", ErrCorrected, s.correction)
	}
	corrected := *s
	corrected.correction = fmt.Sprintf("probabilities corrected for prevalence from %s to %s", percent(trained), percent(actual))
	corrected.scores = make([]float64, len(s.scores))
	// Odds of p/(1-p) times a/b, without dividing by 1-p.
	a, b := actual*(1-trained), trained*(1-actual)
	for i, p := range s.scores {
		corrected.scores[i] = p
		if p > 0 && p < 1 {
			corrected.scores[i] = p * a / (p*a + (1-p)*b)
		}
	}
	corrected.rank() // close probabilities may have become one
	return &corrected, nil
}
