package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// large is a frame of the size of the course's data: 2,000,000 rows, 17 columns,
// six of them texts in need of repair.
var large = sync.OnceValue(func() *plan.Node {
	const rows = 2_000_000
	random := rand.New(rand.NewPCG(1, 2))
	b := &column.Batch{Len: rows}
	label := make([]int32, rows)
	for i := range label {
		label[i] = int32(random.IntN(3) / 2)
	}
	b.Columns = append(b.Columns, column.FromInt32s("attack", label, nil))
	for k := range 10 {
		values := make([]float64, rows)
		for i := range values {
			values[i] = random.Float64() * 100
		}
		b.Columns = append(b.Columns, column.FromFloat64s(fmt.Sprint("f", k), values, nil))
	}
	for k := range 6 {
		values := make([]string, rows)
		for i := range values {
			values[i] = fmt.Sprint(random.IntN(3000), []string{"", "K", ".5M", " "}[random.IntN(4)])
		}
		b.Columns = append(b.Columns, column.FromStrings(fmt.Sprint("s", k), values, nil))
	}
	return plan.New(plan.FromColumns{Batch: b, Content: "large"})
})

func collect(tb testing.TB, n *plan.Node) *column.Batch {
	tb.Helper()
	b, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 2}, n)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func benchmark(b *testing.B, n *plan.Node) {
	large()
	for b.Loop() {
		collect(b, n)
	}
}

func ref(name string) plan.Expr   { return plan.Ref{Name: name} }
func literal(value any) plan.Expr { return plan.Literal{Value: value} }

func BenchmarkFilter(b *testing.B) {
	benchmark(b, plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Equal, Left: ref("attack"), Right: literal(int64(1))}}, large()))
}

// repaired reads the number of a text, with K and M as multipliers.
func repaired(name string) plan.Expr {
	text := plan.Unary{Function: plan.Trim, Of: ref(name)}
	scaled := func(unit string, factor float64) plan.Expr {
		number := plan.Cast{Of: plan.TextMatch{Function: plan.Replace, Of: text, Pattern: unit}, To: column.Float64, Try: true}
		return plan.Binary{Operator: plan.Times, Left: number, Right: literal(factor)}
	}
	ends := func(unit string) plan.Expr { return plan.TextMatch{Function: plan.EndsWith, Of: text, Pattern: unit} }
	return plan.When{
		Conditions: []plan.Expr{ends("K"), ends("M")}, Values: []plan.Expr{scaled("K", 1e3), scaled("M", 1e6)},
		Otherwise: plan.Cast{Of: text, To: column.Float64, Try: true},
	}
}

func BenchmarkRepairSixColumns(b *testing.B) {
	n := large()
	for k := range 6 {
		name := fmt.Sprint("s", k)
		n = plan.New(plan.WithColumn{Name: name, Value: repaired(name)}, n)
	}
	benchmark(b, n)
}

func BenchmarkSplitUndersample(b *testing.B) {
	n := plan.New(plan.Part{From: 0, To: 0.8, Seed: 42}, large())
	benchmark(b, plan.New(plan.Undersample{Label: "attack", Keep: 0.5, Ratio: 1, Seed: 42}, n))
}

// BenchmarkSplit counts the rows of a part of each kind of split.
func BenchmarkSplit(b *testing.B) {
	for _, split := range []struct {
		name string
		op   plan.Op
	}{
		{"rows", plan.Part{To: 0.8, Seed: 42}},
		{"fold", plan.Part{Fold: true, From: 0.2, To: 0.4, Rest: true, Seed: 42}},
		{"2 levels", plan.Part{By: plan.ByLevel, Column: "attack", To: 0.8, Seed: 42}},
		{"12000 levels", plan.Part{By: plan.ByLevel, Column: "s0", To: 0.8, Seed: 42}},
		{"groups of texts", plan.Part{By: plan.ByGroup, Column: "s0", To: 0.8, Seed: 42}},
		{"groups of numbers", plan.Part{By: plan.ByGroup, Column: "f0", To: 0.8, Seed: 42}},
		{"time", plan.TimePart{Column: "f0", Cut: 80}},
	} {
		b.Run(split.name, func(b *testing.B) { benchmark(b, plan.New(plan.Select{}, plan.New(split.op, large()))) })
	}
}

func BenchmarkGroupBy(b *testing.B) {
	benchmark(b, plan.New(plan.GroupBy{Keys: []string{"s0"}, Aggregates: []plan.Aggregate{
		{Function: plan.Count}, {Function: plan.Mean, Column: "f0"}, {Function: plan.StdDev, Column: "f1"}}}, large()))
}

func BenchmarkFilterByThreeConditions(b *testing.B) {
	condition := plan.Binary{Operator: plan.And,
		Left:  plan.Binary{Operator: plan.Less, Left: ref("f0"), Right: ref("f1")},
		Right: plan.Binary{Operator: plan.Or, Left: plan.TextMatch{Function: plan.Contains, Of: ref("s0"), Pattern: "9"}, Right: plan.Binary{Operator: plan.Greater, Left: ref("f2"), Right: literal(90.0)}}}
	benchmark(b, plan.New(plan.Select{Columns: []string{"attack", "f0"}}, plan.New(plan.Filter{Condition: condition}, large())))
}

func BenchmarkArithmetic(b *testing.B) {
	sum := plan.Binary{Operator: plan.Plus, Left: plan.Binary{Operator: plan.Divide, Left: ref("f0"), Right: ref("f1")}, Right: ref("attack")}
	benchmark(b, plan.New(plan.WithColumn{Name: "x", Value: sum}, large()))
}

// BenchmarkJoin looks every row's text up in a table of 3,000 rows.
func BenchmarkJoin(b *testing.B) {
	small := plan.New(plan.GroupBy{Keys: []string{"s0"}, Aggregates: []plan.Aggregate{{Function: plan.Mean, Column: "f0"}}}, plan.New(plan.Limit{Rows: 10_000}, large()))
	benchmark(b, plan.New(plan.Join{On: []string{"s0"}, Kind: plan.LeftJoin}, large(), small))
}

func BenchmarkTopRows(b *testing.B) {
	order := plan.OrderBy{Keys: []plan.OrderKey{{Column: "f0", Descending: true}}}
	benchmark(b, plan.New(plan.Limit{Rows: 10}, plan.New(order, large())))
}

func BenchmarkUndersampleBernoulli(b *testing.B) {
	n := plan.New(plan.Part{From: 0, To: 0.8, Seed: 42}, large())
	benchmark(b, plan.New(plan.Undersample{Label: "attack", Keep: 0.5, Ratio: 1, Seed: 42, Bernoulli: true}, n))
}

// BenchmarkAfterFilter is what a cell asks of a third of the rows: their number, a
// description of one column and of all, and the same of filters on one another.
func BenchmarkAfterFilter(b *testing.B) {
	attacks := func(of *plan.Node) *plan.Node {
		return plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Equal, Left: ref("attack"), Right: literal(int64(1))}}, of)
	}
	most := func(of *plan.Node) *plan.Node {
		return plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.Less, Left: ref("f1"), Right: literal(90.0)}}, of)
	}
	var numbers []string
	for k := range 10 {
		numbers = append(numbers, fmt.Sprint("f", k))
	}
	train := func(of *plan.Node) *plan.Node { return plan.New(plan.Part{From: 0, To: 0.8, Seed: 42}, of) }
	for name, of := range map[string]func(*plan.Node) *plan.Node{
		"filter": attacks,
		"two":    func(of *plan.Node) *plan.Node { return attacks(most(of)) },
		"train":  func(of *plan.Node) *plan.Node { return attacks(train(of)) },
		"split":  func(of *plan.Node) *plan.Node { return train(most(of)) },
	} {
		for do, op := range map[string]plan.Op{
			"count": plan.Select{}, "describe one": plan.Describe{Columns: numbers[:1]}, "describe": plan.Describe{Columns: numbers}, "all": plan.Drop{},
		} {
			b.Run(name+"/"+do, func(b *testing.B) { benchmark(b, plan.New(op, of(large()))) })
		}
	}
}
