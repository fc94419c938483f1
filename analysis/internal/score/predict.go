package score

import (
	"fmt"
	"slices"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// blockRows is how many rows go through all trees before the next ones come: few
// enough that their codes stay in cache.
const blockRows = 512

// Predict fills raw with the model's raw score of each row, and probability,
// unless it is nil, with what [lightgbm.Model.Transform] makes of it. It compiles
// the model for these features and uses it once, see [Compile].
func Predict(m *lightgbm.Model, features *column.Features, rows int, raw, probability []float64) error {
	s, err := Compile(m, features)
	if err != nil {
		return err
	}
	return s.Predict(features, rows, raw, probability)
}

// Predict fills raw with the model's raw score of each row: the log-odds of class
// 1 of a boosted model (Spark's margin is half of it), the mean share of class 1
// in the leaves of the others. probability, unless it is nil, gets what
// [lightgbm.Model.Transform] makes of it. Both must be as long as the columns of
// the parts, and the parts those that the scorer was compiled for, but for their
// values.
//
// Values that the model has rules for, NaN and categories it has not seen, go as
// LightGBM sends them; nulls are an error. The scores are [lightgbm.Model.Raw]'s
// to the last bit, for any number of processors: it works on all of them, and
// allocates nothing by row.
func (s *Scorer) Predict(features *column.Features, rows int, raw, probability []float64) error {
	if len(raw) != rows || probability != nil && len(probability) != rows {
		return fmt.Errorf("score: room for %d scores and %d probabilities, but %d rows", len(raw), len(probability), rows)
	}
	if !s.Suits(features) {
		return fmt.Errorf("score: the features are encoded in another way than the scorer was made for")
	}
	for i := range features.Parts {
		if err := features.Parts[i].Check(rows); err != nil {
			return fmt.Errorf("score: %w", err)
		}
	}
	transform := s.model.Transformation()
	column.EachBlock(rows, func(_, from, to int) {
		w := s.take()
		defer s.spare.Put(w)
		for ; from < to; from += blockRows {
			end := min(to, from+blockRows)
			s.score(w, features, from, raw[from:end])
			if probability != nil {
				for i, v := range raw[from:end] {
					probability[from+i] = transform(v)
				}
			}
		}
	})
	return nil
}

// Suits reports whether the parts are encoded as those that the scorer was
// compiled for: as many, with as many slots, shifted and scaled by the same
// numbers. Names, labels and values do not matter.
func (s *Scorer) Suits(features *column.Features) bool {
	return slices.EqualFunc(features.Parts, s.parts, func(p, made column.Part) bool {
		return p.OneHot == made.OneHot && p.Slots() == made.Slots() && alike(p.Shift, made.Shift) && alike(p.Scale, made.Scale) && alike(p.Offset, made.Offset)
	})
}

// alike reports whether two lists hold the same, NaN in the same places.
func alike(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(v, w float64) bool { return v == w || v != v && w != w })
}

// work is room for the values and the codes of a block of rows: those of source k
// stand from k*blockRows on.
type work struct {
	values []float64
	codes  []uint16
}

// take returns room that is left of an earlier call, or new one.
func (s *Scorer) take() *work {
	if w, left := s.spare.Get().(*work); left {
		return w
	}
	w := &work{values: make([]float64, blockRows)}
	if len(s.rest.roots) > 0 {
		w.values = make([]float64, len(s.sources)*blockRows)
	}
	if len(s.groups) > 0 {
		w.codes = make([]uint16, len(s.sources)*blockRows)
	}
	return w
}

// score fills raw with the scores of as many rows from that row on.
func (s *Scorer) score(w *work, features *column.Features, from int, raw []float64) {
	for k := range s.sources {
		values := w.values
		if len(s.rest.roots) > 0 {
			values = values[k*blockRows:]
		}
		values = values[:len(raw)]
		features.Parts[s.sources[k].part].Read(from, values)
		if len(s.groups) > 0 {
			s.sources[k].encode(values, w.codes[k*blockRows:])
		}
	}
	clear(raw)
	for k := range s.groups {
		s.groups[k].score(w.codes, raw)
	}
	s.rest.score(w.values, raw)
	if s.model.AverageOutput {
		for i := range raw {
			raw[i] /= float64(len(s.model.Trees))
		}
	}
}
