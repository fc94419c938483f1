package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// Filters and draws on one another, gathered once, give what they give when every
// one of them is computed from the rows of the one before.
func TestSelectionsAsGatheredOneByOne(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 5))
		b := sampleBatch(random, random.IntN(60))
		ids := make([]int64, b.Len)
		for i := range ids {
			ids[i] = int64(i)
		}
		b.Columns = append(b.Columns, column.FromInt64s("id", ids, nil))
		whole := plan.New(plan.FromColumns{Batch: b})
		step := whole
		for range 1 + random.IntN(5) {
			var op plan.Op
			switch random.IntN(10) {
			case 0:
				op = plan.Filter{Condition: plan.Binary{Operator: plan.Less, Left: ref("small"), Right: literal(int64(7))}}
			case 1:
				op = plan.Filter{Condition: plan.TextMatch{Function: plan.Contains, Of: ref("word"), Pattern: "a"}}
			case 2:
				op = plan.DropNulls{Columns: []string{"number"}}
			case 3:
				op = plan.DropNulls{}
			case 4:
				op = plan.Sample{Fraction: 0.8, Seed: seed}
			case 5:
				op = plan.Part{From: 0.1, To: 0.9, Seed: seed}
			case 6:
				op = plan.Part{By: plan.ByLevel, Column: []string{"word", "small", "number"}[random.IntN(3)], From: 0.1, To: 0.9, Rest: random.IntN(9) == 0, Seed: seed}
			case 7:
				op = plan.Part{By: plan.ByGroup, Column: []string{"word", "small", "number"}[random.IntN(3)], From: 0.1, To: 0.9, Seed: seed}
			case 8:
				op = plan.TimePart{Column: "id", Cut: int64(random.IntN(30)), From: random.IntN(2) == 0}
			case 9:
				op = plan.Limit{Rows: random.IntN(50)}
			}
			whole = plan.New(op, whole)
			step = plan.New(op, step)
			step = plan.New(plan.FromColumns{Batch: collect(t, step), Of: step})
		}
		got, want := collect(t, whole), collect(t, step)
		if !reflect.DeepEqual(dump(got), dump(want)) || got.Len != want.Len {
			t.Fatalf("seed %d: %v\nwant %v\n%s", seed, dump(got), dump(want), whole)
		}
		for i := range got.Len {
			if got.Row(i) != want.Row(i) {
				t.Fatalf("seed %d: row %d is number %d, want %d\n%s", seed, i, got.Row(i), want.Row(i), whole)
			}
		}
	}
}

// What a filter left out is no mistake of the next one, and a mistake is said of the
// filter that makes it, with the row's number in the source.
func TestMistakesOfFiltersOnFilters(t *testing.T) {
	texts := column.FromStrings("text", []string{"1", "x", "3", "y"}, nil)
	keep := column.FromBools("keep", []bool{true, false, true, true}, nil)
	source := plan.New(plan.FromColumns{Batch: &column.Batch{Len: 4, Columns: []*column.Column{texts, keep}}})
	number := plan.Binary{Operator: plan.Greater, Left: plan.Cast{Of: ref("text"), To: column.Int64}, Right: literal(int64(1))}
	numbers := func(of *plan.Node) *plan.Node { return plan.New(plan.Filter{Condition: number}, of) }
	kept := plan.New(plan.Filter{Condition: ref("keep")}, source)
	if got := collect(t, numbers(plan.New(plan.Limit{Rows: 2}, kept))); got.Len != 1 || got.Row(0) != 2 {
		t.Errorf("%d rows", got.Len)
	}
	mistaken := numbers(kept)
	outer := plan.New(plan.Sample{Fraction: 1}, mistaken)
	mistaken.Site, outer.Site = "main.go:7", "main.go:8"
	_, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, outer)
	if err == nil || !strings.HasPrefix(err.Error(), "analysis: main.go:7: ") || !strings.Contains(fmt.Sprint(err), "row 3") {
		t.Error(err)
	}
}
