package plan

import (
	"fmt"
	"math"
	"strconv"

	"github.com/stophacking/kelpie/analysis/visible"
)

// The random operations draw one number in [0, 1) for each row, a function of
// the seed, the kind of the draw, its [Round] and the row's number in the source
// files, or, for a group, its value. So a draw does not depend on what was filtered
// before, nor on threads.

// A Drawing operation draws.
type Drawing interface {
	Op
	// Draws returns what tells the numbers of one draw from those of another:
	// operations of one kind and seed draw equal numbers in equal rounds.
	Draws() (kind string, seed uint64)
}

// Round returns how many draws of n's kind and seed its rows have been through
// above n: 0 for the first. Each round has numbers of its own. Without them a
// second draw would choose by the numbers that brought its rows there, and keep
// all of them or none. Where rows come from two recipes, the greater number counts.
func Round(n *Node) int {
	op, ok := n.Op.(Drawing)
	if !ok {
		return 0
	}
	kind, seed := op.Draws()
	known := map[*Node]int{}
	var through func(n *Node) int
	through = func(n *Node) int {
		if rounds, seen := known[n]; seen {
			return rounds
		}
		rounds := 0
		for _, p := range rowsOf(n) {
			rounds = max(rounds, through(p))
		}
		if op, ok := n.Op.(Drawing); ok {
			if k, s := op.Draws(); k == kind && s == seed {
				rounds++
			}
		}
		known[n] = rounds
		return rounds
	}
	return through(n) - 1
}

// rowsOf returns the recipes that the rows of n come from. A model is none of them.
func rowsOf(n *Node) []*Node {
	switch op := n.Op.(type) {
	case FromColumns:
		if op.Of != nil {
			return []*Node{op.Of}
		}
	case Deferred:
		if op.Shape != nil {
			return []*Node{op.Shape}
		}
		return n.Parents[1:]
	}
	return n.Parents
}

// Sample is each row with probability Fraction.
type Sample struct {
	Fraction float64
	Seed     uint64
}

func (s Sample) Draws() (kind string, seed uint64) { return "sample", s.Seed }

func (s Sample) Describe() string {
	return fmt.Sprintf("sample %s (seed %d)", written(s.Fraction), s.Seed)
}

func (s Sample) Fields(parents [][]Field) ([]Field, error) {
	if !(s.Fraction >= 0 && s.Fraction <= 1) {
		return nil, fmt.Errorf("sample: fraction %v is outside [0, 1]", s.Fraction)
	}
	return parents[0], nil
}

// Undersample is a share Keep of the rows whose label is 1, rounded to the
// nearest whole row, and Ratio times as many rows whose label is 0 (all of them
// if there are fewer): of each class those with the smallest draws, in the order
// of the parent. With Bernoulli the numbers are expected ones: each row is drawn
// by itself.
type Undersample struct {
	Label string
	Keep  float64
	Ratio float64
	Seed  uint64

	Bernoulli bool
}

func (u Undersample) Draws() (kind string, seed uint64) {
	if u.Bernoulli {
		return "undersample each row", u.Seed
	}
	return "undersample", u.Seed // each class by numbers of its own
}

func (u Undersample) Describe() string {
	way := ""
	if u.Bernoulli {
		way = "about "
	}
	return fmt.Sprintf("undersample by %s: %s%s of the positive rows, %s times as many others (seed %d)",
		visible.Text(u.Label), way, written(u.Keep), written(u.Ratio), u.Seed)
}

func (u Undersample) Fields(parents [][]Field) ([]Field, error) {
	f, err := Find(parents[0], u.Label)
	if err != nil {
		return nil, fmt.Errorf("undersample: %w", err)
	}
	if !f.Type.Numeric() {
		return nil, fmt.Errorf("undersample: label %q is %s, not a number", u.Label, f.Type)
	}
	if !(u.Keep > 0 && u.Keep <= 1) || !(u.Ratio > 0) || math.IsInf(u.Ratio, 0) {
		return nil, fmt.Errorf("undersample: keep %v is outside (0, 1], or ratio %v is not a positive number", u.Keep, u.Ratio)
	}
	return parents[0], nil
}

func written(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }
