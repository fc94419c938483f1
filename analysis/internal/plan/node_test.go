package plan_test

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

func source() *plan.Node {
	return plan.New(plan.ReadCSV{Paths: []string{"/data/a.csv", "b.csv"}, Schema: []plan.Field{{Name: "a", Type: column.Int64}, {Name: "s", Type: column.String}}})
}

func TestSite(t *testing.T) {
	_, _, line, _ := runtime.Caller(0)
	n := plan.New(plan.Limit{Rows: 1}, source())
	if want := "node_test.go:" + strconv.Itoa(line+1); n.Site != want {
		t.Errorf("site %q, want %q", n.Site, want)
	}
}

func TestKeepIsACopy(t *testing.T) {
	n := source()
	kept := n.Keep(true)
	if n.Kept || !kept.Kept || kept == n || kept.Keep(true) != kept || kept.Keep(false).Kept {
		t.Error("keeping a node changed it, or made no copy")
	}
	bad := plan.New(plan.Select{Columns: []string{"x"}}, n).Keep(true)
	if bad.Err == nil || bad.Fields != nil {
		t.Error("a mistake was lost")
	}
}

func TestMistakeIsTheFirst(t *testing.T) {
	first := plan.New(plan.Select{Columns: []string{"x"}}, source())
	later := plan.New(plan.Union{}, source(), plan.New(plan.Drop{Columns: []string{"y"}}, first))
	if later.Err != first.Err || first.Err == nil {
		t.Errorf("%v and %v", first.Err, later.Err)
	}
	if !strings.HasPrefix(first.Err.Error(), "analysis: "+first.Site+`: select: no column "x"; there are a, s`) {
		t.Error(first.Err)
	}
}

func TestString(t *testing.T) {
	got := plan.New(plan.Limit{Rows: 3}, source().Keep(true)).String()
	if want := "read csv a.csv, b.csv, cached\nfirst 3 rows"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Every operation and expression says what it is, without the zero value of an
// argument, or a parent's lack of columns, being a reason to panic.
func TestDescribeAndFields(t *testing.T) {
	fields := []plan.Field{{Name: "a", Type: column.Int64}, {Name: "b", Type: column.Float64}, {Name: "f", Type: column.Vector}}
	for _, op := range operations {
		if op.Describe() == "" {
			t.Errorf("%T describes itself as nothing", op)
		}
		_, _ = op.Fields([][]plan.Field{fields, fields})
		_, _ = op.Fields([][]plan.Field{nil, nil})
	}
	for _, e := range expressions {
		if e.String() == "" {
			t.Errorf("%T prints as nothing", e)
		}
		_, _ = e.Type(fields)
		_, _ = e.Type(nil)
	}
}

func TestVectorsArePlainColumnsNowhere(t *testing.T) {
	vector := plan.New(plan.Assemble{Inputs: []string{"a"}, Output: "v"}, source())
	for _, op := range []plan.Op{
		plan.Filter{Condition: plan.Unary{Function: plan.IsNull, Of: plan.Ref{Name: "v"}}}, plan.OrderBy{Keys: []plan.OrderKey{{Column: "v"}}},
		plan.DistinctCounts{Columns: []string{"v"}}, plan.Quantiles{Column: "v"}, plan.DescribeText{Columns: []string{"v"}},
		plan.GroupBy{Keys: []string{"v"}}, plan.TopValues{Columns: []string{"v"}, K: 1}, plan.Describe{Columns: []string{"v"}},
		plan.Index{Inputs: []string{"v"}, Outputs: []string{"i"}, Levels: [][]string{nil}}, plan.OneHot{Inputs: []string{"v"}, Outputs: []string{"i"}, Sizes: []int{1}}, plan.Correlation{Columns: []string{"v"}},
		plan.Map{Output: plan.Field{Name: "x", Type: column.Int64}, Inputs: []string{"v"}, Mapper: mapper{}},
	} {
		if n := plan.New(op, vector); n.Err == nil || !strings.Contains(n.Err.Error(), "vector") {
			t.Errorf("%T: %v", op, n.Err)
		}
	}
	for _, op := range []plan.Op{plan.Scale{Input: "a", Output: "x"}, plan.Slots{Column: "a"}, plan.Predict{Features: "a", Raw: "r", Probability: "p", Prediction: "q"}} {
		if n := plan.New(op, vector); n.Err == nil || !strings.Contains(n.Err.Error(), `column "a" is int64, not a feature vector`) {
			t.Errorf("%T: %v", op, n.Err)
		}
	}
	if n := plan.New(plan.Union{}, vector, vector); n.Err == nil {
		t.Error("a union of vectors")
	}
	for _, on := range []string{"v", "a"} {
		if n := plan.New(plan.Join{On: []string{on}, Kind: plan.LeftJoin}, vector, vector); n.Err == nil || !strings.Contains(n.Err.Error(), `column "v"`) {
			t.Errorf("a join on %s: %v", on, n.Err)
		}
	}
}

func TestColumnsOfAnExpression(t *testing.T) {
	a, b := plan.Ref{Name: "a"}, plan.Ref{Name: "b"}
	e := plan.When{Conditions: []plan.Expr{plan.In{Of: b}}, Values: []plan.Expr{plan.Cast{Of: a}}, Otherwise: plan.Binary{Left: b, Right: plan.Literal{}}}
	if got := strings.Join(plan.Columns(e), " "); got != "b a" {
		t.Error(got)
	}
}

func TestNoEngine(t *testing.T) {
	if _, err := plan.Registered(); err == nil || err.Error() != "analysis: "+plan.ErrNoEngine.Error() {
		t.Error(err) // this test links none
	}
}

// Another source under a recipe makes a recipe of its own; the first one stays.
func TestOver(t *testing.T) {
	source := plan.New(plan.FromColumns{Batch: &column.Batch{Columns: []*column.Column{column.FromInt64s("a", []int64{1}, nil)}, Len: 1}, Content: "one"})
	other := plan.New(plan.FromColumns{Batch: &column.Batch{Columns: []*column.Column{column.FromInt64s("a", []int64{2}, nil)}, Len: 1}, Content: "two"})
	beside := plan.New(plan.Limit{Rows: 1}, other)
	both := plan.New(plan.Union{}, plan.New(plan.Limit{Rows: 3}, source), beside)
	now := both.Over(source, other)
	if now == both || now.Parents[0].Parents[0] != other || now.Parents[1] != beside || both.Parents[0].Parents[0] != source {
		t.Errorf("%v over other rows is %v", both, now)
	}
	if beside.Over(source, other) != beside || source.Over(source, other) != other {
		t.Error("a recipe changes that does not hold the source, or the source itself does not")
	}
}

func TestMemo(t *testing.T) {
	count := 0
	next := func(was any) (any, error) {
		count++
		if was == nil {
			return count, nil
		}
		return was, nil
	}
	var none *plan.Memo
	kept := &plan.Memo{}
	none.Use(next)
	none.Use(next)
	fails := errors.New("fails")
	if _, err := kept.Use(func(any) (any, error) { return 7, fails }); err != fails {
		t.Errorf("error %v", err)
	}
	for range 2 {
		if v, err := kept.Use(next); v != 3 || err != nil {
			t.Errorf("%v, %v; the third is to be remembered", v, err)
		}
	}
}
