package plan_test

import (
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// A round is how many draws of the kind and seed the rows have been through.
func TestRound(t *testing.T) {
	source := plan.New(plan.FromColumns{Batch: &column.Batch{Columns: []*column.Column{column.FromInt32s("a", nil, nil)}}})
	sample := func(of *plan.Node) *plan.Node { return plan.New(plan.Sample{Fraction: 0.5, Seed: 7}, of) }
	part := func(of *plan.Node, from, to float64) *plan.Node {
		return plan.New(plan.Part{From: from, To: to, Seed: 7}, of)
	}
	of := func(by string, fold bool, of *plan.Node) *plan.Node {
		return plan.New(plan.Part{By: by, Column: "a", Fold: fold, To: 0.5, Seed: 7}, of)
	}
	under := func(of *plan.Node, bernoulli bool) *plan.Node {
		return plan.New(plan.Undersample{Label: "a", Keep: 1, Ratio: 1, Seed: 7, Bernoulli: bernoulli}, of)
	}
	computed := func(of *plan.Node) *plan.Node {
		return plan.New(plan.FromColumns{Batch: source.Op.(plan.FromColumns).Batch, Of: of})
	}
	model := plan.New(plan.Fitted{}, sample(source))
	shaped := plan.New(plan.Deferred{Shape: sample(source)}, model, source)
	twice := plan.New(plan.Union{}, sample(sample(source)), source)
	for _, test := range []struct {
		what string
		n    *plan.Node
		want int
	}{
		{"the first", sample(source), 0},
		{"the second", sample(sample(source)), 1},
		{"the fourth", sample(sample(sample(sample(source)))), 3},
		{"another fraction", plan.New(plan.Sample{Fraction: 0.1, Seed: 7}, sample(source)), 1},
		{"another seed", plan.New(plan.Sample{Fraction: 0.5, Seed: 8}, sample(source)), 0},
		{"another kind", part(sample(source), 0, 0.5), 0},
		{"the other part", part(part(source, 0, 0.5), 0.5, 1), 1},
		{"a kind between", sample(part(sample(source), 0, 0.5)), 1},
		{"levels", of(plan.ByLevel, false, of(plan.ByLevel, false, source)), 1},
		{"groups", of(plan.ByGroup, false, of(plan.ByGroup, false, source)), 1},
		{"folds", of(plan.ByRow, true, of(plan.ByRow, true, source)), 1},
		{"other folds", of(plan.ByGroup, true, of(plan.ByRow, true, source)), 0},
		{"folds of a split", of(plan.ByLevel, true, of(plan.ByLevel, false, source)), 0},
		{"rows of levels", of(plan.ByRow, false, of(plan.ByLevel, false, source)), 0},
		{"by time", of(plan.ByRow, false, plan.New(plan.TimePart{Column: "a"}, part(source, 0, 1))), 1},
		{"undersample", under(under(source, false), false), 1},
		{"each row", under(under(source, true), true), 1},
		{"one way and the other", under(under(source, true), false), 0},
		{"what draws nothing", plan.New(plan.Limit{Rows: 1}, sample(source)), 0},
		{"through what draws nothing", sample(plan.New(plan.Rename{From: "a", To: "b"}, plan.New(plan.Limit{Rows: 1}, sample(source)).Keep(true))), 1},
		{"a union", sample(twice), 2},
		{"a join", sample(plan.New(plan.Join{On: []string{"a"}, Kind: plan.LeftJoin}, source, sample(source))), 1},
		{"rows at hand", sample(computed(nil)), 0},
		{"rows computed before", sample(computed(sample(source))), 1},
		{"below a model", sample(plan.New(plan.Deferred{}, model, source)), 0},
		{"below a model, of a draw", sample(plan.New(plan.Deferred{}, model, sample(source))), 1},
		{"below a stage that draws", sample(shaped), 1},
	} {
		if got := plan.Round(test.n); test.n.Err != nil || got != test.want {
			t.Errorf("%s: round %d, want %d (%v)", test.what, got, test.want, test.n.Err)
		}
	}
	// A recipe of 2^200 ways up.
	for range 200 {
		twice = plan.New(plan.Union{}, twice, twice)
	}
	if got := plan.Round(sample(twice)); got != 2 {
		t.Errorf("a union of unions: round %d, want 2", got)
	}
}
