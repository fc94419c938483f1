package analysis

import (
	"fmt"

	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Sample returns each row of f with probability fraction, so about that share of
// them, in order. On which draws a row depends, see the package comment.
func (f Frame) Sample(fraction float64, seed uint64) Frame {
	return f.with(plan.Sample{Fraction: fraction, Seed: seed})
}

// A Split is a frame in two disjoint parts.
type Split struct{ Train, Test Frame }

// Split divides the rows of f at random: each goes to Train with probability
// fraction, else to Test. Sizes are therefore near the fraction, not equal to it.
// A part can be split again, with the same seed or another.
func (f Frame) Split(fraction float64, seed uint64) Split {
	return Split{
		Train: f.with(plan.Part{From: 0, To: fraction, Seed: seed}),
		Test:  f.with(plan.Part{From: fraction, To: 1, Seed: seed}),
	}
}

// RandomSplit divides the rows at random in parts of the given weights, which
// need not sum to one. The parts are disjoint and hold every row; part i is the
// result's item i. Split(w, seed) equals RandomSplit of w and 1-w.
func (f Frame) RandomSplit(weights []float64, seed uint64) []Frame {
	total, valid := 0.0, true
	for _, w := range weights {
		total += w
		valid = valid && w >= 0
	}
	frames := make([]Frame, len(weights))
	from, sum := 0.0, 0.0
	for i, w := range weights {
		sum += w
		to := sum / total
		if i == len(weights)-1 {
			to = 1
		}
		if !valid || !(total > 0) {
			n := plan.New(plan.Part{}, f.Node())
			if n.Err == nil {
				n.Fail(fmt.Errorf("random split: weights %v must be positive", weights))
			}
			frames[i] = Frame{session: f.session, node: n}
			continue
		}
		frames[i] = f.with(plan.Part{From: from, To: to, Seed: seed})
		from = to
	}
	return frames
}

// An Undersample says how to balance two classes by leaving rows out.
type Undersample struct {
	// Keep is the share of the rows with label 1 to keep, in (0, 1]; 0 means 1.
	Keep float64
	// Ratio is how many rows with label 0 to keep for each of them; 0 means 1.
	Ratio float64
	Seed  uint64
	// Bernoulli draws each row by itself, so that the numbers are about, not
	// exactly, what Keep and Ratio say, as those of Sample. The rows have nothing
	// to do with those of the exact way, although the seeds are equal.
	Bernoulli bool
}

// Undersample returns a random share of the rows whose label is 1 and, at
// random, Ratio times as many of those whose label is 0 (all of them if there
// are fewer), in their order. The numbers are exact, rounded to whole rows, unless
// Bernoulli is set. A label other than 0 and 1, or a null, is an error.
func (f Frame) Undersample(label string, u Undersample) Frame {
	if u.Keep == 0 {
		u.Keep = 1
	}
	if u.Ratio == 0 {
		u.Ratio = 1
	}
	return f.with(plan.Undersample{Label: label, Keep: u.Keep, Ratio: u.Ratio, Seed: u.Seed, Bernoulli: u.Bernoulli})
}
