package plan_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// operations holds every operation, with every argument set.
var operations = []plan.Op{
	plan.ReadCSV{Paths: []string{"a"}, Schema: []plan.Field{{Name: "a", Type: column.Int64, Aliases: []string{"b"}}}, FailFast: true, Name: "n", Remedy: "r"},
	plan.FromColumns{Content: "c", Batch: &column.Batch{}},
	plan.ReadFile{Path: "a", Format: "f", Schema: []plan.Field{{Name: "a", Type: column.Int64}}},
	plan.Select{Columns: []string{"a"}},
	plan.Drop{Columns: []string{"a"}},
	plan.Rename{From: "a", To: "b"},
	plan.Filter{Condition: plan.Ref{Name: "a"}},
	plan.WithColumn{Name: "a", Value: plan.Ref{Name: "a"}},
	plan.DropNulls{Columns: []string{"a"}},
	plan.FillNulls{Value: plan.Literal{Value: int64(1)}, Columns: []string{"a"}},
	plan.OrderBy{Keys: []plan.OrderKey{{Column: "a", Descending: true}}},
	plan.Limit{Rows: 1},
	plan.Union{},
	plan.Join{On: []string{"a"}, Kind: plan.InnerJoin},
	plan.Sample{Fraction: 0.5, Seed: 1},
	plan.Part{By: plan.ByLevel, Column: "a", Fold: true, From: 0.1, To: 0.5, Rest: true, Seed: 1},
	plan.TimePart{Column: "a", Cut: 1, From: true},
	plan.Undersample{Label: "a", Keep: 0.5, Ratio: 2, Seed: 1, Bernoulli: true},
	plan.Map{Output: plan.Field{Name: "a", Type: column.Int64}, Inputs: []string{"b"}, Mapper: mapper{Of: 1}},
	plan.NullCounts{},
	plan.Describe{Columns: []string{"a"}},
	plan.DescribeText{Columns: []string{"a"}},
	plan.DistinctCounts{Columns: []string{"a"}},
	plan.Quantiles{Column: "a", Probabilities: []float64{0.5}},
	plan.TopValues{Columns: []string{"a"}, K: 1},
	plan.GroupBy{Keys: []string{"a"}, Aggregates: []plan.Aggregate{{Function: plan.Sum, Column: "b", As: "c"}}},
	plan.NonConforming{Declared: []plan.Field{{Name: "a", Type: column.Int64}}},
	plan.Correlation{Columns: []string{"a"}},
	plan.Histogram{Column: "a", Edges: []float64{0, 1}, By: "b"},
	plan.Index{Inputs: []string{"a"}, Outputs: []string{"b"}, Levels: [][]string{{"x"}}, Invalid: "skip"},
	plan.Recode{Inputs: []string{"a"}, Outputs: []string{"b"}, Values: []plan.Expr{plan.Ref{Name: "a"}}, Known: [][]string{{"x"}}},
	plan.OneHot{Inputs: []string{"a"}, Outputs: []string{"b"}, Sizes: []int{2}, DropLast: true, Invalid: "keep"},
	plan.Assemble{Inputs: []string{"a"}, Output: "b", Invalid: "skip"},
	plan.Scale{Input: "a", Output: "b", Shift: []float64{1}, Scale: []float64{1}, Offset: []float64{1}},
	plan.Slots{Column: "a"},
	plan.Predict{Model: "m", Features: "f", Raw: "r", Probability: "p", Prediction: "c"},
	plan.Deferred{Label: "l", Arguments: "a", Added: []plan.Field{{Name: "a", Type: column.Int64}}},
	plan.Fitted{Label: "l", Arguments: "a"},
}

// expressions holds every expression, with every argument set.
var expressions = []plan.Expr{
	plan.Ref{Name: "a"},
	plan.Literal{Value: int64(1)},
	plan.Null{Of: column.Int64},
	plan.Binary{Operator: plan.Plus, Left: plan.Ref{Name: "a"}, Right: plan.Ref{Name: "b"}},
	plan.Unary{Function: plan.Trim, Of: plan.Ref{Name: "a"}},
	plan.TextMatch{Function: plan.Replace, Of: plan.Ref{Name: "a"}, Pattern: "p", With: "w"},
	plan.Cast{Of: plan.Ref{Name: "a"}, To: column.Int64, Try: true},
	plan.When{Conditions: []plan.Expr{plan.Ref{Name: "a"}}, Values: []plan.Expr{plan.Ref{Name: "b"}}, Otherwise: plan.Ref{Name: "c"}},
	plan.In{Of: plan.Ref{Name: "a"}, Values: []string{"x"}},
	plan.Lookup{Of: plan.Ref{Name: "a"}, From: []string{"x"}, To: []float64{1}},
}

type mapper struct {
	Of     int
	hidden int
}

func (mapper) Version() string        { return "1" }
func (mapper) Map([]any) (any, error) { return nil, nil }

// key returns the key of op over parents that are never looked at.
func key(t *testing.T, op plan.Op, parents ...*plan.Node) string {
	t.Helper()
	k, err := plan.Key(&plan.Node{Op: op, Parents: parents}, func(plan.Op) (string, error) { return "files", nil })
	if err != nil {
		t.Fatalf("%T: %v", op, err)
	}
	if len(k) != 64 || strings.Trim(k, "0123456789abcdef") != "" {
		t.Fatalf("%T: key %q", op, k)
	}
	return k
}

// The lists above hold every type of the package that has such a method.
func TestListsAreComplete(t *testing.T) {
	listed := map[string]bool{}
	for _, op := range operations {
		listed[reflect.TypeOf(op).Name()] = true
	}
	for _, e := range expressions {
		listed[reflect.TypeOf(e).Name()] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Describe" && f.Name.Name != "Children" {
				continue
			}
			found++
			if name := f.Recv.List[0].Type.(*ast.Ident).Name; !listed[name] {
				t.Errorf("%s is in neither list", name)
			}
		}
	}
	if found != len(operations)+len(expressions) {
		t.Errorf("%d operations and expressions in the source, %d in the lists", found, len(operations)+len(expressions))
	}
}

// Changing any argument changes the key, and no two operations share one.
func TestEveryArgumentIsInTheKey(t *testing.T) {
	seen := map[string]string{}
	take := func(k, what string) {
		if other, taken := seen[k]; taken {
			t.Errorf("%s has the key of %s", what, other)
		}
		seen[k] = what
	}
	for _, op := range operations {
		name := reflect.TypeOf(op).Name()
		take(key(t, op), name)
		v := reflect.New(reflect.TypeOf(op)).Elem()
		v.Set(reflect.ValueOf(op))
		change(t, v, name, func(path string) { take(key(t, v.Interface().(plan.Op)), path) })
		if key(t, v.Interface().(plan.Op)) != key(t, op) {
			t.Fatalf("%s was not put back", name)
		}
	}
	for _, e := range expressions {
		name := reflect.TypeOf(e).Name()
		take(key(t, plan.WithColumn{Name: name, Value: e}), name)
		v := reflect.New(reflect.TypeOf(e)).Elem()
		v.Set(reflect.ValueOf(e))
		change(t, v, name, func(path string) {
			take(key(t, plan.WithColumn{Name: name, Value: v.Interface().(plan.Expr)}), path)
		})
	}
}

// change changes each part of v in turn, calls then, and puts it back.
func change(t *testing.T, v reflect.Value, path string, then func(path string)) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	set := func(to any, what string) {
		v.Set(reflect.ValueOf(to).Convert(v.Type()))
		then(path + what)
		v.Set(old)
	}
	switch v.Kind() {
	case reflect.String:
		set(v.String()+"x", "")
		set("", " empty")
	case reflect.Bool:
		set(!v.Bool(), "")
	case reflect.Int, reflect.Int64:
		set(v.Int()+1, "")
	case reflect.Uint8, reflect.Uint64:
		set(v.Uint()+1, "")
	case reflect.Float64:
		for _, f := range []float64{v.Float() + 1, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)} {
			set(f, "")
		}
	case reflect.Interface:
		if v.Type() == reflect.TypeFor[any]() {
			for _, value := range []any{int64(2), 1.0, true, "1", "", "\xff", "\xfe", math.NaN()} {
				set(value, " "+reflect.TypeOf(value).String())
			}
			return
		}
		set(plan.Ref{Name: "changed"}, "")
	case reflect.Slice:
		v.Set(reflect.Append(old, reflect.Zero(v.Type().Elem())))
		then(path + " longer")
		if old.Len() > 0 {
			v.Set(old.Slice(0, 0))
			then(path + " empty")
		}
		v.Set(reflect.MakeSlice(v.Type(), old.Len(), old.Len()))
		reflect.Copy(v, old)
		for i := range v.Len() {
			change(t, v.Index(i), path+"[]", then)
		}
		v.Set(old)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Tag.Get("key") != "-" {
				change(t, v.Field(i), path+"."+f.Name, then)
			}
		}
	default:
		t.Fatalf("%s: the test cannot change a %s", path, v.Kind())
	}
}

// What has no influence on a value is not in the key.
func TestNotInTheKey(t *testing.T) {
	read := plan.ReadCSV{Schema: []plan.Field{{Name: "a", Type: column.Int64}}}
	other := read
	other.Paths, other.Name, other.Remedy = []string{"elsewhere"}, "name", "remedy"
	if key(t, read) != key(t, other) {
		t.Error("a path is in the key; what the files hold should be")
	}
	a, b := plan.New(read), plan.New(read)
	if a.Site == b.Site && a.Site == "" {
		t.Error("no site")
	}
	b = b.Keep(true)
	if key(t, plan.Limit{Rows: 1}, a) != key(t, plan.Limit{Rows: 1}, b) {
		t.Error("the place of a call, or the mark to keep, is in the key")
	}
	if key(t, plan.Select{}) != key(t, plan.Select{Columns: []string{}}) {
		t.Error("no columns and an empty list differ")
	}
	// Of what tells draws apart, only draws know: TestRoundsAreInTheKey.
	if key(t, plan.FromColumns{Content: "c"}) != key(t, plan.FromColumns{Content: "c", Of: a}) {
		t.Error("the recipe that rows were computed from is in the key")
	}
	if key(t, plan.Deferred{Label: "l"}) != key(t, plan.Deferred{Label: "l", Shape: a}) {
		t.Error("the shape of what a model makes is in the key")
	}
	if key(t, plan.Map{Mapper: mapper{Of: 1, hidden: 1}}) != key(t, plan.Map{Mapper: mapper{Of: 1, hidden: 2}}) {
		t.Error("a field that is not exported is in the key")
	}
}

// Equal rows that have been through other draws are drawn by other numbers.
func TestRoundsAreInTheKey(t *testing.T) {
	sample := plan.Sample{Fraction: 0.5, Seed: 7}
	drawn := &plan.Node{Op: sample, Parents: []*plan.Node{{Op: plan.FromColumns{Content: "all"}}}}
	plain, again := &plan.Node{Op: plan.FromColumns{Content: "c"}}, &plan.Node{Op: plan.FromColumns{Content: "c", Of: drawn}}
	for _, op := range []plan.Op{sample, plan.Part{To: 0.5, Seed: 7}, plan.Undersample{Label: "l", Keep: 1, Ratio: 1, Seed: 7}} {
		_, same := op.(plan.Sample)
		if differ := key(t, op, plain) != key(t, op, again); differ != same {
			t.Errorf("%s: keys differ: %v", op.Describe(), differ)
		}
	}
}

func TestParentsAndFilesAreInTheKey(t *testing.T) {
	one, two := &plan.Node{Op: plan.Limit{Rows: 1}}, &plan.Node{Op: plan.Limit{Rows: 2}}
	keys := map[string]bool{}
	for _, parents := range [][]*plan.Node{{one, two}, {two, one}, {one, one}, {one}, {}} {
		keys[key(t, plan.Union{}, parents...)] = true
	}
	for _, files := range []string{"a", "b"} {
		k, err := plan.Key(&plan.Node{Op: plan.ReadCSV{}}, func(plan.Op) (string, error) { return files, nil })
		if err != nil {
			t.Fatal(err)
		}
		keys[k] = true
	}
	if len(keys) != 7 {
		t.Errorf("%d keys of 7", len(keys))
	}
	missing := errors.New("missing")
	if _, err := plan.Key(plan.New(plan.Limit{}, &plan.Node{Op: plan.ReadCSV{}}), func(plan.Op) (string, error) { return "", missing }); !errors.Is(err, missing) {
		t.Error(err)
	}
}

type (
	unversioned struct{}
	versioned   struct {
		V     string
		Table map[string]float64
		List  []any
		Next  *versioned
		At    time.Time
	}
	function struct{ F func() }
)

func (unversioned) Map([]any) (any, error) { return nil, nil }
func (versioned) Map([]any) (any, error)   { return nil, nil }
func (v versioned) Version() string        { return v.V }
func (function) Map([]any) (any, error)    { return nil, nil }
func (function) Version() string           { return "1" }

func TestMapperIdentity(t *testing.T) {
	of := func(m plan.Mapper) string {
		t.Helper()
		return key(t, plan.Map{Mapper: m})
	}
	keys := map[string]bool{}
	all := []plan.Mapper{
		mapper{}, mapper{Of: 1}, versioned{}, versioned{V: "1"}, versioned{V: "2"}, versioned{Table: map[string]float64{"a": 1}},
		versioned{Table: map[string]float64{"a": 2}}, versioned{Table: map[string]float64{"b": 1}}, versioned{Table: map[string]float64{"a": math.NaN()}},
		versioned{List: []any{1}}, versioned{List: []any{"1"}}, versioned{List: []any{nil}}, versioned{List: []any{1, 1}},
		versioned{Next: &versioned{}}, versioned{Next: &versioned{V: "1"}}, versioned{At: time.Unix(1, 0).UTC()}, versioned{V: "\xff"}, versioned{V: "\xfe"},
	}
	for _, m := range all {
		keys[of(m)] = true
	}
	if len(keys) != len(all) {
		t.Errorf("%d keys of %d mappers", len(keys), len(all))
	}
	table := map[string]float64{}
	for _, k := range strings.Split("a b c d e f g h", " ") {
		table[k] = 1
	}
	first := of(versioned{Table: table})
	for range 20 {
		if of(versioned{Table: table}) != first {
			t.Fatal("the order of a map is in the key")
		}
	}
	_, err := plan.Key(&plan.Node{Op: plan.Map{Mapper: unversioned{}}}, nil)
	if !errors.Is(err, plan.ErrNoIdentity) {
		t.Error(err)
	}
	_, err = plan.Key(&plan.Node{Op: plan.Limit{}, Parents: []*plan.Node{{Op: plan.Map{Mapper: unversioned{}}}}}, nil)
	if !errors.Is(err, plan.ErrNoIdentity) {
		t.Error("what follows from unversioned code has an identity", err)
	}
	_, err = plan.Key(&plan.Node{Op: plan.Map{Mapper: function{F: func() {}}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "field F: a value of type func() has no identity") {
		t.Error(err)
	}
	_, err = plan.Key(&plan.Node{Op: plan.Fitted{Unknown: plan.ErrNoIdentity, Fit: func(context.Context) ([]byte, error) { return nil, nil }}}, nil)
	if !errors.Is(err, plan.ErrNoIdentity) {
		t.Error(err)
	}
}
