package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// plainForm returns the texts of c in plain form.
func plainForm(c *column.Column) *column.Column {
	p := &column.Column{Name: c.Name, Type: c.Type, Len: c.Len, Nulls: c.Nulls, Valid: c.Valid, Offsets: []int64{0}}
	for i := range c.Len {
		p.Bytes = append(p.Bytes, c.Text(i)...)
		p.Offsets = append(p.Offsets, int64(len(p.Bytes)))
	}
	return p
}

type shout struct{}

func (shout) Version() string { return "1" }
func (shout) Map(values []any) (any, error) {
	if values[0] == nil {
		return nil, nil
	}
	return fmt.Sprint(values[0], "!"), nil
}

// Every operation gives the same whatever the form of the texts it reads: in all
// columns, or in some of them.
func TestOperationsOnPlainTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	const n = 500
	texts, words, numbers, valid := make([]string, n), make([]string, n), make([]int64, n), make([]bool, n)
	for i := range n {
		texts[i], words[i] = fmt.Sprintf("%d ", random.IntN(300)-9), fmt.Sprint("w", random.IntN(400))
		numbers[i], valid[i] = int64(random.IntN(4)), random.IntN(5) > 0
	}
	coded := []*column.Column{column.FromStrings("text", texts, valid), column.FromStrings("word", words, nil)}
	number := column.FromInt64s("n", numbers, nil)
	plain := []*column.Column{plainForm(coded[0]), plainForm(coded[1])}
	source := func(form string, columns ...*column.Column) *plan.Node {
		return plan.New(plan.FromColumns{Content: form, Batch: &column.Batch{Len: n, Columns: append(columns, number)}})
	}
	on := func(op plan.Op) func(*plan.Node) *plan.Node {
		return func(of *plan.Node) *plan.Node { return plan.New(op, of) }
	}
	text, word := plan.Ref{Name: "text"}, plan.Ref{Name: "word"}
	with := func(value plan.Expr) func(*plan.Node) *plan.Node {
		return on(plan.WithColumn{Name: "new", Value: value})
	}
	operations := map[string]func(*plan.Node) *plan.Node{
		"as they are": func(of *plan.Node) *plan.Node { return of },
		"kept":        func(of *plan.Node) *plan.Node { return of.Keep(true) },
		"filter":      on(plan.Filter{Condition: plan.Binary{Operator: plan.Greater, Left: word, Right: text}}),
		"starts with": on(plan.Filter{Condition: plan.TextMatch{Function: plan.StartsWith, Of: word, Pattern: "w3"}}),
		"in":          on(plan.Filter{Condition: plan.In{Of: word, Values: []string{"w1", "w22"}}}),
		"lookup":      with(plan.Lookup{Of: word, From: []string{"w1", "w22"}, To: []float64{1, 2}}),
		"trim":        with(plan.Unary{Function: plan.Trim, Of: text}),
		"length":      with(plan.Unary{Function: plan.Length, Of: text}),
		"replace":     with(plan.TextMatch{Function: plan.Replace, Of: text, Pattern: "1", With: "one"}),
		"cast":        with(plan.Cast{Of: text, To: column.Float64}),
		"when":        with(plan.When{Conditions: []plan.Expr{plan.Unary{Function: plan.IsNull, Of: text}}, Values: []plan.Expr{plan.Literal{Value: "none"}}, Otherwise: word}),
		"fill nulls":  on(plan.FillNulls{Value: plan.Literal{Value: "none"}}),
		"drop nulls":  on(plan.DropNulls{}),
		"order":       on(plan.OrderBy{Keys: []plan.OrderKey{{Column: "text", Descending: true}, {Column: "word"}}}),
		"first in order": func(of *plan.Node) *plan.Node {
			return plan.New(plan.Limit{Rows: 7}, plan.New(plan.OrderBy{Keys: []plan.OrderKey{{Column: "word"}, {Column: "text"}}}, of))
		},
		"sample": on(plan.Sample{Fraction: 0.5, Seed: 3}),
		"levels": on(plan.Part{By: plan.ByLevel, Column: "text", To: 0.5, Seed: 3}),
		"groups": on(plan.Part{By: plan.ByGroup, Column: "text", To: 0.5, Seed: 3}),
		"union": func(of *plan.Node) *plan.Node {
			return plan.New(plan.Union{}, of, plan.New(plan.Limit{Rows: 9}, source("coded", coded...)))
		},
		"join": func(of *plan.Node) *plan.Node {
			return plan.New(plan.Join{On: []string{"word"}, Kind: plan.LeftJoin}, of, plan.New(plan.Limit{Rows: 99}, source("coded", coded...)))
		},
		"group":          on(plan.GroupBy{Keys: []string{"word", "text"}, Aggregates: []plan.Aggregate{{Function: plan.Count}, {Function: plan.Sum, Column: "n"}}}),
		"top":            on(plan.TopValues{Columns: []string{"text", "word"}, K: 5}),
		"describe text":  on(plan.DescribeText{Columns: []string{"text", "word"}}),
		"distinct":       on(plan.DistinctCounts{Columns: []string{"text", "word", "n"}}),
		"null counts":    on(plan.NullCounts{}),
		"non-conforming": on(plan.NonConforming{Declared: []plan.Field{{Name: "text", Type: column.Int32}, {Name: "word", Type: column.Int32}}}),
		"recode": on(plan.Recode{Inputs: []string{"text", "word"}, Outputs: []string{"word", "text"}, Values: []plan.Expr{plan.Unary{Function: plan.Trim, Of: text},
			plan.Lookup{Of: word, From: []string{"w1", "w2"}, To: []float64{1, 2}}}, Known: [][]string{{"1 "}, {"none"}}}),
		"index, skip":    on(plan.Index{Inputs: []string{"text"}, Outputs: []string{"index"}, Levels: [][]string{{"1 ", "2 ", "3 "}}, Invalid: plan.OnInvalidSkip}),
		"index, keep":    on(plan.Index{Inputs: []string{"word"}, Outputs: []string{"index"}, Levels: [][]string{{"w1", "w2"}}, Invalid: plan.OnInvalidKeep}),
		"Go code":        on(plan.Map{Output: plan.Field{Name: "new", Type: column.String}, Inputs: []string{"word"}, Mapper: shout{}}),
		"of two columns": on(plan.Map{Output: plan.Field{Name: "new", Type: column.String}, Inputs: []string{"text", "word"}, Mapper: shout{}}),
		"sorted, grouped": func(of *plan.Node) *plan.Node {
			return plan.New(plan.GroupBy{Keys: []string{"text"}, Aggregates: []plan.Aggregate{{Function: plan.Count}}}, plan.New(plan.Union{}, of, of))
		},
	}
	t.Setenv("KELPIE_CACHE", t.TempDir())
	for name, operation := range operations {
		value := func(of *plan.Node) string {
			b, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 2}, operation(of))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out := fmt.Sprint(b.Len)
			for _, c := range b.Columns {
				out += "\n" + c.Name
				for i := range c.Len {
					out += fmt.Sprintf(" %#v", c.Value(i))
				}
			}
			return out
		}
		want := value(source("coded", coded...))
		for form, columns := range map[string][]*column.Column{"plain": plain, "first": {plain[0], coded[1]}, "second": {coded[0], plain[1]}} {
			if got := value(source(form, columns...)); got != want {
				t.Errorf("%s of %s texts: %s\nwant %s", name, form, got, want)
			}
		}
	}
}
