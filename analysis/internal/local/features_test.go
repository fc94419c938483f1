package local

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func rowsOf(columns ...*column.Column) *plan.Node {
	return plan.New(plan.FromColumns{Batch: batchOf(columns...)})
}

// refuses fails unless computing n is an error that says these.
func refuses(t *testing.T, n *plan.Node, parts ...string) {
	t.Helper()
	_, _, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, n)
	if err == nil {
		t.Fatalf("no error; want one that says %q", parts)
	}
	for _, part := range append(parts, "analysis: features_test.go:") {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// slotsOf returns the features of every row, a text a row, one number a slot.
func slotsOf(c *column.Column) string {
	var lines []string
	for i := range c.Len {
		var cells []string
		for _, p := range c.Features.Parts {
			for k := range p.Slots() {
				v := p.Values.Float(i)
				if p.OneHot {
					if v = 0; p.Values.Float(i) == float64(k) {
						v = 1
					}
				}
				cells = append(cells, fmt.Sprint(p.Scaled(k, v)))
			}
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "; ")
}

func commands() *plan.Node {
	return rowsOf(
		column.FromStrings("CMD", []string{"bash", "atop", "new", "bash", ""}, []bool{true, true, true, true, false}),
		column.FromInt64s("PID", []int64{1, 2, 3, 4, 5}, nil),
	)
}

func TestIndex(t *testing.T) {
	op := plan.Index{Inputs: []string{"CMD"}, Outputs: []string{"index"}, Levels: [][]string{{"bash", "atop"}}, Invalid: plan.OnInvalidError}
	seen := plan.New(plan.Filter{Condition: plan.Binary{Operator: plan.NotEqual, Left: ref("CMD"), Right: literal("new")}}, commands())
	b := collect(t, plan.New(op, seen))
	c := b.Column("index")
	if got := fmt.Sprint(c.Float64s, c.Levels, c.Nulls, b.Len); got != "[0 1 0] [bash atop] 0 3" {
		t.Error(got)
	}
	refuses(t, plan.New(op, commands()), `string indexer: column CMD holds "new" in row 2, which fitting did not see (2 such rows)`)
	nulls := plan.New(plan.Filter{Condition: plan.Unary{Function: plan.IsNull, Of: ref("CMD")}}, commands())
	refuses(t, plan.New(op, nulls), "string indexer: column CMD is null in row 4, and 1 rows in all are null or unseen")

	op.Invalid = plan.OnInvalidSkip
	b = collect(t, plan.New(op, commands()))
	if got := fmt.Sprint(b.Column("index").Float64s, b.Column("PID").Int64s, b.Rows, b.Column("index").Levels); got != "[0 1 0] [1 2 4] [0 1 3] [bash atop]" {
		t.Error(got)
	}
	if rows := collect(t, plan.New(plan.Select{}, plan.New(op, commands()))).Len; rows != 3 {
		t.Errorf("%d rows when nobody wants the index", rows)
	}
	op.Invalid = plan.OnInvalidKeep
	c = collect(t, plan.New(op, commands())).Column("index")
	if got := fmt.Sprint(c.Float64s, c.Levels); got != "[0 1 2 0 2] [bash atop __unknown]" {
		t.Error(got)
	}
	numbers := plan.Index{Inputs: []string{"PID"}, Outputs: []string{"PID"}, Levels: [][]string{{"5", "4", "3", "2", "1"}}}
	if got := fmt.Sprint(collect(t, plan.New(numbers, commands())).Column("PID").Float64s); got != "[4 3 2 1 0]" {
		t.Error(got)
	}
}

func TestRecode(t *testing.T) {
	pid, cmd := ref("PID"), ref("CMD")
	filled := plan.When{Conditions: []plan.Expr{plan.Unary{Function: plan.IsNull, Of: cmd}}, Values: []plan.Expr{literal("none")}, Otherwise: cmd}
	op := plan.Recode{Inputs: []string{"CMD", "PID", "CMD"}, Outputs: []string{"CMD", "next", "code"}, Known: [][]string{{"BASH", "ATOP"}, nil, {"new"}},
		Values: []plan.Expr{filled, plan.Binary{Operator: plan.Plus, Left: pid, Right: literal(int64(1))}, plan.Lookup{Of: cmd, From: []string{"new"}, To: []float64{7}}}}
	warned := func(n *plan.Node) string {
		t.Helper()
		_, notes, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, n)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(notes.Warnings, "; ")
	}
	n := plan.New(op, commands())
	b := collect(t, n)
	code := b.Column("code")
	if got := fmt.Sprint(b.Column("CMD").Text(4), b.Column("next").Int64s, code.IsNull(0), code.Float64s[2], len(b.Columns), plan.NamesOf(n.Fields)); got != "none[2 3 4 5 6] true 7 4 [CMD PID next code]" {
		t.Error(got)
	}
	if got, want := n.Op.Describe(), "with CMD = case when is null(CMD) then \"none\" else CMD end, next = (PID + 1), code = map(CMD, [new])"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	const stranger = `no value of column "CMD" is known to the model: it holds "bash", for example, where the model knows "BASH", "ATOP"`
	if got := warned(n); got != stranger {
		t.Errorf("%q", got)
	}
	// What nobody wants is not computed, and not warned of.
	if got := warned(plan.New(plan.Select{Columns: []string{"PID", "next", "code"}}, n)); got != "" {
		t.Errorf("%q", got)
	}
	nulls := plan.New(plan.Filter{Condition: plan.Unary{Function: plan.IsNull, Of: cmd}}, commands())
	if got := warned(plan.New(op, nulls)) + warned(plan.New(op, plan.New(plan.Limit{}, commands()))); got != "" {
		t.Errorf("without a value: %q", got)
	}
	op.Known = nil
	if got := warned(plan.New(op, commands())); got != "" {
		t.Errorf("nothing is to be known: %q", got)
	}
	for want, bad := range map[string]plan.Recode{
		`recode: no column "x"; there are CMD, PID`:               {Inputs: []string{"x"}, Outputs: []string{"y"}, Values: []plan.Expr{ref("x")}},
		`with column y: no column "PID"; there are CMD`:           {Inputs: []string{"CMD"}, Outputs: []string{"y"}, Values: []plan.Expr{pid}},
		`with column y: map(PID, []): a value map takes a string`: {Inputs: []string{"PID"}, Outputs: []string{"y"}, Values: []plan.Expr{plan.Lookup{Of: pid}}},
	} {
		if err := plan.New(bad, commands()).Err; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	cast := plan.Recode{Inputs: []string{"CMD"}, Outputs: []string{"y"}, Values: []plan.Expr{plan.Cast{Of: cmd, To: column.Int64}}}
	refuses(t, plan.New(cast, commands()), "column y: ", `"bash"`)
}

func TestOneHot(t *testing.T) {
	index := column.FromFloat64s("i", []float64{0, 2, 1}, nil)
	index.Levels = []string{"a", "b", "c"}
	node := rowsOf(index)
	op := plan.OneHot{Inputs: []string{"i"}, Outputs: []string{"v"}, Sizes: []int{3}}
	c := collect(t, plan.New(op, node)).Column("v")
	if got := fmt.Sprint(slotsOf(c), c.Features.Names()); got != "1 0 0; 0 0 1; 0 1 0[i_a i_b i_c]" {
		t.Error(got)
	}
	op.DropLast = true
	c = collect(t, plan.New(op, node)).Column("v")
	if got := fmt.Sprint(slotsOf(c), c.Features.Names()); got != "1 0; 0 0; 0 1[i_a i_b]" {
		t.Error(got)
	}
	op.Sizes = []int{2}
	refuses(t, plan.New(op, node), "one-hot encoder: column i holds 2 in row 1; it must hold indices from 0 to 1")
	op.Invalid = plan.OnInvalidKeep
	c = collect(t, plan.New(op, node)).Column("v")
	if got := slotsOf(c); got != "1 0; 0 0; 0 1" {
		t.Error(got)
	}
	op.Sizes, op.DropLast = []int{1}, false // both 1 and 2 are of the category beyond
	c = collect(t, plan.New(op, node)).Column("v")
	if got := slotsOf(c); got != "1 0; 0 1; 0 1" {
		t.Error(got)
	}
	for _, bad := range []float64{-1, 0.5, math.NaN(), 9} {
		of := rowsOf(column.FromFloat64s("i", []float64{bad}, nil))
		op.Invalid = plan.OnInvalidError
		refuses(t, plan.New(op, of), fmt.Sprintf("column i holds %v in row 0", bad))
		op.Invalid = plan.OnInvalidKeep
		if bad == 0.5 {
			refuses(t, plan.New(op, of), "column i holds 0.5 in row 0")
		} else if got := slotsOf(collect(t, plan.New(op, of)).Column("v")); got != "0 1" {
			t.Errorf("%v: %s", bad, got)
		}
	}
	null := rowsOf(column.FromFloat64s("i", []float64{0}, []bool{false}))
	if got := slotsOf(collect(t, plan.New(op, null)).Column("v")); got != "0 1" {
		t.Error(got)
	}
	op.Invalid = plan.OnInvalidError
	refuses(t, plan.New(op, null), "column i holds null in row 0")
	if err := plan.New(op, rowsOf(column.FromStrings("i", nil, nil))).Err; err == nil {
		t.Error("a text is no index")
	}
}

func numbers() *plan.Node {
	return rowsOf(
		column.FromInt64s("a", []int64{1, 2, 3, 4}, []bool{true, false, true, true}),
		column.FromFloat64s("b", []float64{0.5, 1, math.NaN(), 2}, nil),
		column.FromBools("c", []bool{true, false, true, false}, nil),
		column.FromStrings("s", []string{"x", "y", "z", "w"}, nil),
	)
}

func TestAssemble(t *testing.T) {
	op := plan.Assemble{Inputs: []string{"a", "b", "c"}, Output: "features", Invalid: plan.OnInvalidError}
	refuses(t, plan.New(op, numbers()), "vector assembler: column a is null or NaN in row 1; drop or fill such rows, or set HandleInvalid to skip, or to keep and AllowMissing in the classifier")
	refuses(t, plan.New(plan.Assemble{Inputs: []string{"b"}, Output: "f"}, numbers()), "column b is null or NaN in row 2")
	op.Invalid = plan.OnInvalidSkip
	b := collect(t, plan.New(op, numbers()))
	if got := fmt.Sprint(slotsOf(b.Column("features")), b.Rows, b.Column("s").Text(1)); got != "1 0.5 1; 4 2 0[0 3]w" {
		t.Error(got)
	}
	op.Invalid = plan.OnInvalidKeep
	b = collect(t, plan.New(op, numbers()))
	if got := slotsOf(b.Column("features")); got != "1 0.5 1; NaN 1 0; 3 NaN 1; 4 2 0" {
		t.Error(got)
	}
	again := plan.New(plan.Assemble{Inputs: []string{"c", "features"}, Output: "all"}, plan.New(op, numbers()))
	c := collect(t, again).Column("all")
	if got := fmt.Sprint(c.Features.Names(), c.Features.Size()); got != "[c a b c] 4" {
		t.Error(got)
	}
	if err := plan.New(plan.Assemble{Inputs: []string{"s"}, Output: "f"}, numbers()).Err; err == nil || !strings.Contains(err.Error(), `column "s" is string; index it first`) {
		t.Error(err)
	}
}

func TestScale(t *testing.T) {
	index := column.FromFloat64s("i", []float64{0, 1, 1}, nil)
	index.Levels = []string{"a", "b"}
	n := rowsOf(index, column.FromFloat64s("x", []float64{1, 2, 6}, nil))
	n = plan.New(plan.OneHot{Inputs: []string{"i"}, Outputs: []string{"hot"}, Sizes: []int{2}}, n)
	n = plan.New(plan.Assemble{Inputs: []string{"x", "hot", "i"}, Output: "f"}, n)
	slots := func(n *plan.Node, name string) string {
		b := collect(t, plan.New(plan.Slots{Column: name}, n))
		var lines []string
		for i := range b.Len {
			lines = append(lines, fmt.Sprintf("%s of %s: %.4f %.4f %v %v", b.Column("name").Text(i), b.Column("column").Text(i),
				b.Column("mean").Float64s[i], b.Column("stddev").Float64s[i], b.Column("min").Float64s[i], b.Column("max").Float64s[i]))
		}
		return strings.Join(lines, "\n")
	}
	// stddev: statistics.stdev([1, 2, 6]) and ([0, 1, 1]) of Python 3.11.7
	if got, want := slots(n, "f"), "x of x: 3.0000 2.6458 1 6\ni_a of i: 0.3333 0.5774 0 1\ni_b of i: 0.6667 0.5774 0 1\ni of i: 0.6667 0.5774 0 1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	scaled := plan.New(plan.Scale{Input: "f", Output: "g", Shift: []float64{3, 0, 0, 0}, Scale: []float64{-2, 1, 10, 1}}, n)
	c := collect(t, scaled).Column("g")
	if got := slotsOf(c); got != "4 1 0 0; 2 0 10 1; -6 0 10 1" {
		t.Error(got)
	}
	if got, want := slots(scaled, "g"), "x of x: -0.0000 5.2915 -6 4\ni_a of i: 0.3333 0.5774 0 1\ni_b of i: 6.6667 5.7735 0 10\ni of i: 0.6667 0.5774 0 1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := slotsOf(collect(t, scaled).Column("f")); got != "1 1 0 0; 2 0 1 1; 6 0 1 1" {
		t.Errorf("scaling changed its input: %s", got)
	}
	again := plan.Scale{Input: "g", Output: "h", Shift: []float64{1, 0, 0, 0}, Scale: []float64{0.5, 0, 1, 1}, Offset: []float64{0, 0.5, 0, 7}}
	if got := slotsOf(collect(t, plan.New(again, scaled)).Column("h")); got != "1.5 0.5 0 7; 0.5 0.5 10 8; -3.5 0.5 10 8" {
		t.Error(got)
	}
	refuses(t, plan.New(plan.Scale{Input: "f", Output: "g", Scale: []float64{1}}, n), "scaler: column f has 4 features, fitting saw 1")
}

// Features are no columns of a file: they are computed again, and that is said.
func TestFeaturesAreNotKept(t *testing.T) {
	t.Setenv("KELPIE_CACHE", t.TempDir())
	n := plan.New(plan.Assemble{Inputs: []string{"c"}, Output: "f"}, numbers()).Keep(true)
	b, notes, err := new(engine).Collect(context.Background(), plan.Settings{Workers: 1}, n)
	if err != nil || b.Len != 4 || len(notes.Warnings) != 1 || !strings.Contains(notes.Warnings[0], "not cached: assemble c as f holds the feature vector") {
		t.Errorf("%v, %q", err, notes.Warnings)
	}
}
