package analysis

import "github.com/stophacking/kelpie/analysis/internal/plan"

// Sample returns each row of f with probability fraction, so about that share of
// them, in order. On which draws a row depends, see the package comment.
func (f Frame) Sample(fraction float64, seed uint64) Frame {
	return f.with(plan.Sample{Fraction: fraction, Seed: seed})
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
