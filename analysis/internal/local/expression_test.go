package local

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// sampleBatch has every type, with nulls, few distinct values, and rows whose
// numbers are not their places. Texts are in either form.
func sampleBatch(random *rand.Rand, rows int) *column.Batch {
	pick := func(n int) int { return random.IntN(n) }
	valid := func() []bool {
		v := make([]bool, rows)
		none := pick(8) == 0
		for i := range v {
			v[i] = pick(4) > 0 && !none
		}
		return v
	}
	small, long, stamps := make([]int32, rows), make([]int64, rows), make([]int64, rows)
	numbers, flags, texts, words := make([]float64, rows), make([]bool, rows), make([]string, rows), make([]string, rows)
	b := &column.Batch{Len: rows, Rows: make([]uint32, rows)}
	for i := range rows {
		small[i] = []int32{0, 1, -1, 7, math.MaxInt32}[pick(5)]
		long[i] = []int64{0, 1, 2, -3, 50, 1 << 40}[pick(6)]
		stamps[i] = int64(pick(5)) * 1000
		numbers[i] = []float64{0, math.Copysign(0, -1), 1.5, -2, math.NaN(), math.Inf(1), 1e19, 50}[pick(8)]
		flags[i] = pick(2) == 0
		texts[i] = []string{"", " ", "12", " 1.5 ", "2K", "true", "1e3", "-7", "0x1", "inf"}[pick(10)]
		words[i] = []string{"a", "b", "ab", "12"}[pick(4)]
		b.Rows[i] = uint32(3*i + 1)
	}
	b.Columns = []*column.Column{
		column.FromInt32s("small", small, valid()), column.FromInt64s("long", long, valid()),
		column.FromTimestamps("stamp", stamps, valid()), column.FromFloat64s("number", numbers, valid()),
		column.FromBools("flag", flags, valid()), column.FromStrings("text", texts, valid()), column.FromStrings("word", words, nil),
	}
	for i, c := range b.Columns {
		if c.Type == column.String && pick(2) == 0 {
			b.Columns[i] = plainForm(c)
		}
	}
	return b
}

// A writer makes random expressions of a wanted type.
type writer struct {
	*rand.Rand
	textOnly bool // of the column text alone
}

func (w writer) one(choices ...plan.Expr) plan.Expr { return choices[w.IntN(len(choices))] }
func (w writer) text(choices ...string) string      { return choices[w.IntN(len(choices))] }

func (w writer) leaf(t column.Type) plan.Expr {
	null, text := plan.Null{Of: t}, plan.Ref{Name: "text"}
	try := plan.Cast{Of: text, To: t, Try: true}
	switch t {
	case column.Bool:
		if w.textOnly {
			return w.one(literal(true), literal(false), null, try)
		}
		return w.one(ref("flag"), ref("flag"), literal(true), null, try)
	case column.String:
		if w.textOnly {
			return w.one(text, text, literal("12"), null)
		}
		return w.one(text, ref("word"), literal("12"), null)
	case column.Float64:
		if w.textOnly {
			return w.one(try, literal(1.5), null)
		}
		return w.one(ref("number"), ref("number"), literal(1.5), literal(math.NaN()), null, try)
	}
	if w.textOnly {
		return w.one(try, literal(int64(3)), plan.Unary{Function: plan.Length, Of: text})
	}
	return w.one(ref("small"), ref("long"), ref("stamp"), literal(int64(-1)), literal(int64(1)<<40), plan.Null{Of: column.Int64})
}

func (w writer) number(depth int) plan.Expr {
	if w.IntN(2) == 0 {
		return w.write(column.Float64, depth)
	}
	return w.write(column.Int64, depth)
}

func (w writer) write(t column.Type, depth int) plan.Expr {
	if depth == 0 || w.IntN(6) == 0 {
		return w.leaf(t)
	}
	depth--
	if w.IntN(5) == 0 {
		return plan.When{
			Conditions: []plan.Expr{w.write(column.Bool, depth), w.write(column.Bool, depth)},
			Values:     []plan.Expr{w.write(t, depth), w.write(t, depth)}, Otherwise: w.write(t, depth),
		}
	}
	if w.IntN(6) == 0 {
		from := []column.Type{column.Bool, column.String, column.Float64, column.Int64}[w.IntN(4)]
		return plan.Cast{Of: w.write(from, depth), To: t, Try: w.IntN(4) > 0}
	}
	text := func() plan.Expr { return w.write(column.String, depth) }
	switch t {
	case column.String:
		return w.one(plan.Unary{Function: plan.Trim, Of: text()},
			plan.TextMatch{Function: plan.Replace, Of: text(), Pattern: w.text("", "1", "a"), With: w.text("", "xy")},
			plan.TextMatch{Function: plan.TrimSuffix, Of: text(), Pattern: w.text("", "1", "b")})
	case column.Bool:
		operator := w.text(plan.Equal, plan.NotEqual, plan.Less, plan.LessOrEqual, plan.Greater, plan.GreaterOrEqual)
		return w.one(
			plan.Binary{Operator: operator, Left: w.number(depth), Right: w.number(depth)},
			plan.Binary{Operator: operator, Left: w.number(depth), Right: w.one(literal(1.5), literal(int64(1)), literal(math.NaN()), literal(int64(math.MinInt64)))},
			plan.Binary{Operator: operator, Left: literal(int64(50)), Right: w.number(depth)},
			plan.Binary{Operator: operator, Left: text(), Right: text()},
			plan.Binary{Operator: operator, Left: w.write(t, depth), Right: w.write(t, depth)},
			plan.Binary{Operator: w.text(plan.And, plan.Or), Left: w.write(t, depth), Right: w.write(t, depth)},
			plan.Unary{Function: plan.Not, Of: w.write(t, depth)},
			plan.Unary{Function: w.text(plan.IsNull, plan.IsNotNull), Of: w.number(depth)},
			plan.TextMatch{Function: w.text(plan.Contains, plan.StartsWith, plan.EndsWith), Of: text(), Pattern: w.text("", "1", "b")},
			plan.In{Of: text(), Values: []string{"12", "ab", ""}},
		)
	case column.Float64:
		return w.one(
			plan.Binary{Operator: plan.Divide, Left: w.number(depth), Right: w.number(depth)},
			plan.Binary{Operator: w.text(plan.Plus, plan.Minus, plan.Times), Left: w.number(depth), Right: w.write(t, depth)},
			plan.Unary{Function: plan.Negate, Of: w.write(t, depth)},
			plan.Lookup{Of: text(), From: []string{"12", "12", ""}, To: []float64{1, 2, 3}},
		)
	}
	return w.one(
		plan.Binary{Operator: w.text(plan.Plus, plan.Minus, plan.Times), Left: w.write(t, depth), Right: w.write(t, depth)},
		plan.Unary{Function: plan.Negate, Of: w.write(t, depth)},
		plan.Unary{Function: plan.Length, Of: text()},
	)
}

// sameValue reports equality; all NaNs are equal, 0 and -0 are not.
func sameValue(a, b any) bool {
	x, ok := a.(float64)
	y, too := b.(float64)
	if ok && too {
		return math.IsNaN(x) && math.IsNaN(y) || math.Float64bits(x) == math.Float64bits(y)
	}
	return a == b
}

// agree fails unless the engine's value of e over b is what the interpreter says
// of every row, or both say that there is none.
func agree(t *testing.T, e plan.Expr, b *column.Batch) {
	t.Helper()
	fields := fieldsOf(b)
	kind, err := e.Type(fields)
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	got, failure := evaluate(e, b)
	var wrong error
	want := make([]any, b.Len)
	for i := range want {
		r := row{values: map[string]any{}, fields: fields}
		for _, c := range b.Columns {
			r.values[c.Name] = c.Value(i)
		}
		if want[i], err = r.interpret(e); err != nil {
			wrong = err
		}
	}
	if (failure != nil) != (wrong != nil) {
		t.Fatalf("%s: the engine says %v, the interpreter %v", e, failure, wrong)
	}
	if failure != nil {
		return
	}
	if got.Type != kind || got.Len != b.Len {
		t.Fatalf("%s: %d rows of %s, want %d of %s", e, got.Len, got.Type, b.Len, kind)
	}
	count := 0
	for i, v := range want {
		if !sameValue(got.Value(i), v) {
			t.Fatalf("%s: row %d is %v, want %v", e, i, got.Value(i), v)
		}
		if v == nil {
			count++
		}
	}
	if got.Nulls != count {
		t.Fatalf("%s: %d nulls, want %d", e, got.Nulls, count)
	}
}

func FuzzExpressions(f *testing.F) {
	for seed := range uint64(3000) {
		f.Add(seed, seed%3 == 0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, textOnly bool) {
		random := rand.New(rand.NewPCG(seed, 1))
		b := sampleBatch(random, random.IntN(40))
		types := []column.Type{column.Bool, column.String, column.Float64, column.Int64}
		agree(t, writer{random, textOnly}.write(types[random.IntN(4)], 1+random.IntN(4)), b)
	})
}

// A branch is computed for its own rows alone: a value that others could not
// have is no mistake.
func TestWhenComputesItsOwnRows(t *testing.T) {
	b := &column.Batch{Len: 4, Columns: []*column.Column{
		column.FromStrings("text", []string{"1", "x", "2", ""}, []bool{true, true, true, false}),
		column.FromInt64s("n", []int64{1, math.MaxInt64, 2, 3}, nil),
	}}
	isX := plan.Binary{Operator: plan.Equal, Left: ref("text"), Right: literal("x")}
	cast := plan.Cast{Of: ref("text"), To: column.Int64}
	next := plan.Binary{Operator: plan.Plus, Left: ref("n"), Right: literal(int64(1))}
	for _, e := range []plan.Expr{
		plan.When{Conditions: []plan.Expr{isX}, Values: []plan.Expr{literal(int64(0))}, Otherwise: cast},
		plan.When{Conditions: []plan.Expr{isX}, Values: []plan.Expr{ref("n")}, Otherwise: next},
	} {
		agree(t, e, b)
		if _, err := evaluate(e, b); err != nil {
			t.Error(err)
		}
	}
	for _, e := range []plan.Expr{cast, next, plan.When{Conditions: []plan.Expr{isX}, Values: []plan.Expr{cast}, Otherwise: literal(int64(0))}} {
		if _, err := evaluate(e, b); err == nil {
			t.Errorf("%s: no error", e)
		}
	}
}

// Expressions leave their input as it was.
func TestInputIsUnchanged(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	b := sampleBatch(random, 50)
	before := fmt.Sprintf("%#v", dump(b))
	for range 300 {
		_, _ = evaluate(writer{random, false}.write(column.Bool, 4), b)
	}
	if after := fmt.Sprintf("%#v", dump(b)); after != before {
		t.Error("an expression changed its input")
	}
}

// dump returns the values of b, column by column.
func dump(b *column.Batch) map[string][]any {
	out := map[string][]any{}
	for _, c := range b.Columns {
		for i := range c.Len {
			v := c.Value(i)
			if f, ok := v.(float64); ok {
				v = math.Float64bits(f)
			}
			out[c.Name] = append(out[c.Name], v)
		}
	}
	return out
}
