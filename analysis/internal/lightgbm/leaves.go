package lightgbm

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"

	"github.com/dmitryikh/leaves"
)

// A Scorer scores rows with the leaves library. It is meant for comparing: it
// allocates, and reads one row at a time.
type Scorer struct {
	raw, transformed *leaves.Ensemble
	features         int
	knows            bool // the library knows the objective, and means the same by it
}

// Leaves opens the text of a model with the leaves library. As that library
// trusts what it reads, it never sees the text itself: the text goes through
// [Parse], and the library gets what [Model.Marshal] makes of the result.
func Leaves(text []byte) (s *Scorer, err error) {
	m, err := Parse(text)
	if err != nil {
		return nil, err
	}
	s = &Scorer{features: len(m.Names), knows: m.Objective == Regression || m.Objective == Binary && !m.AverageOutput}
	if !s.knows {
		m.Objective = Regression
	}
	if text, err = m.Marshal(); err != nil {
		return nil, err
	}
	defer guard(&err)
	ensemble, err := leaves.LGEnsembleFromReader(bufio.NewReader(bytes.NewReader(text)), true)
	if err != nil {
		return nil, fmt.Errorf("lightgbm: leaves: %w", err)
	}
	s.raw, s.transformed = ensemble.EnsembleWithRawPredictions(), ensemble
	return s, nil
}

// guard turns a panic of the library into an error.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("lightgbm: leaves: %v", r)
	}
}

// Raw returns the sum of the trees for one row (their mean where the model
// averages). The row must hold one value a feature.
func (s *Scorer) Raw(row []float64) (float64, error) { return s.predict(s.raw, row) }

// Transformed returns the objective's answer: the probability of class 1, or the
// raw score of a regression. It is an error for objectives that the library does
// not know, or understands otherwise than LightGBM.
func (s *Scorer) Transformed(row []float64) (float64, error) {
	if !s.knows {
		return 0, errors.New("lightgbm: leaves: the library does not know the objective")
	}
	return s.predict(s.transformed, row)
}

func (s *Scorer) predict(e *leaves.Ensemble, row []float64) (v float64, err error) {
	if len(row) != s.features {
		return 0, fmt.Errorf("lightgbm: leaves: the row has %d values, the model %d features", len(row), s.features)
	}
	defer guard(&err)
	out := [1]float64{}
	err = e.Predict(row, 0, out[:])
	return out[0], err
}
