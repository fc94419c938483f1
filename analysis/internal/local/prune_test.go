package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// fold gives a text for the values of its arguments.
type fold struct{}

func (fold) Map(values []any) (any, error) { return fmt.Sprint(values...), nil }

// randomRecipe makes a chain of operations, with names that go and come back.
func randomRecipe(random *rand.Rand, n *plan.Node, steps int) *plan.Node {
	w := writer{random, false}
	for range steps {
		pick := func() string { return n.Fields[random.IntN(len(n.Fields))].Name }
		name := []string{"small", "long", "number", "text", "x", "y"}[random.IntN(6)]
		safe := func(e plan.Expr) plan.Expr { // only columns there are, and no mistakes in values
			if _, err := e.Type(n.Fields); err != nil {
				return plan.Unary{Function: plan.IsNull, Of: ref(pick())}
			}
			if _, err := evaluate(e, collectNode(n)); err != nil {
				return plan.Unary{Function: plan.IsNotNull, Of: ref(pick())}
			}
			return e
		}
		var op plan.Op
		others := []*plan.Node{n}
		switch random.IntN(15) {
		case 0:
			op = plan.Select{Columns: slices.Compact(slices.Sorted(slices.Values([]string{pick(), pick(), pick(), pick()})))}
		case 1:
			op = plan.Drop{Columns: []string{pick()}}
		case 2, 3:
			op = plan.Rename{From: pick(), To: name}
		case 4:
			op = plan.Filter{Condition: safe(w.write(column.Bool, 2))}
		case 5, 6:
			op = plan.WithColumn{Name: name, Value: safe(w.write([]column.Type{column.Bool, column.Float64, column.String}[random.IntN(3)], 2))}
		case 7:
			op = plan.FillNulls{Value: plan.Literal{Value: []any{int64(1), "z", true}[random.IntN(3)]}}
		case 8:
			op = plan.DropNulls{Columns: []string{pick()}}
		case 9:
			op = plan.OrderBy{Keys: []plan.OrderKey{{Column: pick(), Descending: random.IntN(2) == 0}, {Column: pick()}}}
		case 10:
			op = plan.Part{By: []string{plan.ByRow, plan.ByLevel, plan.ByGroup}[random.IntN(3)], Column: pick(), From: 0.1, To: 0.9, Seed: 1}
		case 11:
			op = plan.Map{Output: plan.Field{Name: name, Type: column.String}, Inputs: []string{pick(), pick()}, Mapper: fold{}}
		case 12:
			op, others = plan.Union{}, append(others, plan.New(plan.Limit{Rows: 3}, n))
		case 13:
			kind := []string{plan.InnerJoin, plan.LeftJoin}[random.IntN(2)]
			op, others = plan.Join{On: []string{pick()}, Kind: kind}, append(others, plan.New(plan.Limit{Rows: 3}, n))
		case 14:
			others[0] = plan.New(plan.OrderBy{Keys: []plan.OrderKey{{Column: pick(), Descending: random.IntN(2) == 0}}}, n)
			op = plan.Limit{Rows: random.IntN(20)}
		}
		if next := plan.New(op, others...); next.Err == nil && len(next.Fields) > 0 {
			n = next
		}
	}
	return n
}

func collectNode(n *plan.Node) *column.Batch {
	b, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, n)
	if err != nil {
		panic(err)
	}
	return b
}

// A column comes out the same whether it is asked for alone or with all others,
// and whatever is asked for, the rows keep their numbers.
func TestPruningChangesNothing(t *testing.T) {
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 2))
		n := randomRecipe(random, plan.New(plan.FromColumns{Batch: sampleBatch(random, 30)}), 1+random.IntN(9))
		all := collect(t, n)
		want := dump(all)
		for _, f := range n.Fields {
			one := collect(t, plan.New(plan.Select{Columns: []string{f.Name}}, n))
			if len(one.Columns) != 1 || one.Len != all.Len {
				t.Fatalf("seed %d: %d columns, %d rows of %d\n%s", seed, len(one.Columns), one.Len, all.Len, n)
			}
			if got := dump(one)[f.Name]; !slices.Equal(got, want[f.Name]) {
				t.Fatalf("seed %d: column %s alone is %v, with the others %v\n%s", seed, f.Name, got, want[f.Name], n)
			}
			for i := range all.Len {
				if one.Row(i) != all.Row(i) {
					t.Fatalf("seed %d: row %d is number %d, with the others %d\n%s", seed, i, one.Row(i), all.Row(i), n)
				}
			}
			if c := one.Columns[0]; c.Type != f.Type || c.Name != f.Name {
				t.Fatalf("seed %d: %s %s, declared %s %s", seed, c.Name, c.Type, f.Name, f.Type)
			}
		}
		if none := collect(t, plan.New(plan.Select{}, n)); none.Len != all.Len {
			t.Fatalf("seed %d: %d rows without columns, %d with\n%s", seed, none.Len, all.Len, n)
		}
	}
}
