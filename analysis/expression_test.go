package analysis_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// mixed has a null and the values that are easily got wrong in every column.
func mixed() Frame {
	return session.FromColumns(
		Int64s("i", 3, -2, 0, 0, math.MaxInt64).Nulls(3),
		Float64s("f", 1.5, math.NaN(), math.Copysign(0, -1), 2, 0).Nulls(4),
		Strings("s", " a ", "abc", "", "", "ABC").Nulls(3),
		Bools("b", true, false, false, true, false).Nulls(2),
		Strings("n", "12", " 1.5 ", "x", "", "1e400"),
	)
}

func TestExpressions(t *testing.T) {
	i, f, s, b, n := Col("i"), Col("f"), Col("s"), Col("b"), Col("n")
	tests := []struct {
		e    Expression
		want string
	}{
		{i, "int64: 3 -2 0 <nil> 9223372036854775807"},
		{Lit(7), "int64: 7 7 7 7 7"},
		{Lit(int32(7)), "int64: 7 7 7 7 7"},
		{Lit(float32(0.5)), "float64: 0.5 0.5 0.5 0.5 0.5"},
		{Lit("x"), "string: x x x x x"},
		{Lit(true), "bool: true true true true true"},
		{Null(Int32), "int32: <nil> <nil> <nil> <nil> <nil>"},
		{Null(String), "string: <nil> <nil> <nil> <nil> <nil>"},
		{Null(Timestamp), "timestamp: <nil> <nil> <nil> <nil> <nil>"},
		{Null(Bool), "bool: <nil> <nil> <nil> <nil> <nil>"},
		{Null(Float64), "float64: <nil> <nil> <nil> <nil> <nil>"},
		{Null(Int64), "int64: <nil> <nil> <nil> <nil> <nil>"},

		{i.Equal(0), "bool: false false true <nil> false"},
		{i.NotEqual(0), "bool: true true false <nil> true"},
		{i.Less(0), "bool: false true false <nil> false"},
		{i.LessOrEqual(0), "bool: false true true <nil> false"},
		{i.Greater(0), "bool: true false false <nil> true"},
		{i.GreaterOrEqual(0), "bool: true false true <nil> true"},
		{i.Greater(math.MaxInt64), "bool: false false false <nil> false"},
		{i.LessOrEqual(math.MaxInt64), "bool: true true true <nil> true"},
		{i.Less(math.MinInt64), "bool: false false false <nil> false"},
		{i.GreaterOrEqual(math.MinInt64), "bool: true true true <nil> true"},
		{i.Less(0.5), "bool: false true true <nil> false"},
		{i.Equal(3.0), "bool: true false false <nil> false"},
		{i.Less(math.NaN()), "bool: true true true <nil> true"},
		{Lit(0).Less(i), "bool: true false false <nil> true"},
		{Lit(0).LessOrEqual(i), "bool: true false true <nil> true"},
		{Lit(0).Greater(i), "bool: false true false <nil> false"},
		{Lit(0).GreaterOrEqual(i), "bool: false true true <nil> false"},
		{Lit(0).Equal(i), "bool: false false true <nil> false"},
		{Lit(0).NotEqual(i), "bool: true true false <nil> true"},
		{Lit(1).Less(2), "bool: true true true true true"},
		{f.Equal(math.NaN()), "bool: false true false false <nil>"},
		{f.Greater(1e300), "bool: false true false false <nil>"},
		{f.Less(math.NaN()), "bool: true false true true <nil>"},
		{f.Equal(0), "bool: false false true false <nil>"},
		{f.GreaterOrEqual(0.0), "bool: true true true true <nil>"},
		{f.Equal(f), "bool: true true true true <nil>"},
		{f.Less(i), "bool: true false false <nil> <nil>"},
		{i.Less(i.Plus(Lit(1).Minus(1))), "bool: false false false <nil> false"},
		{s.Equal("abc"), "bool: false true false <nil> false"},
		{s.Less("a"), "bool: true false true <nil> true"},
		{s.NotEqual(n), "bool: true true true <nil> true"},
		{Lit("abc").LessOrEqual(s), "bool: false true false <nil> false"},
		{b.Equal(true), "bool: true false <nil> true false"},
		{b.Less(true), "bool: false true <nil> false true"},
		{b.Equal(b), "bool: true true <nil> true true"},

		{i.Plus(0), "int64: 3 -2 0 <nil> 9223372036854775807"},
		{i.Minus(1), "int64: 2 -3 -1 <nil> 9223372036854775806"},
		{i.Times(-1), "int64: -3 2 0 <nil> -9223372036854775807"},
		{i.Negate(), "int64: -3 2 0 <nil> -9223372036854775807"},
		{i.Plus(0.5), "float64: 3.5 -1.5 0.5 <nil> 9.223372036854776e+18"},
		{f.Times(2), "float64: 3 NaN -0 4 <nil>"},
		{f.Minus(i), "float64: -1.5 NaN -0 <nil> <nil>"},
		{f.Negate(), "float64: -1.5 NaN 0 -2 <nil>"},
		{i.Divide(2), "float64: 1.5 -1 0 <nil> 4.611686018427388e+18"},
		{Lit(6).Divide(i), "float64: 2 -3 <nil> <nil> 6.505213034913027e-19"},
		{f.Divide(f), "float64: 1 NaN <nil> 1 <nil>"},

		{b.Not(), "bool: false true <nil> false true"},
		{s.IsNull(), "bool: false false false true false"},
		{s.IsNotNull(), "bool: true true true false true"},
		{f.IsNull(), "bool: false false false false true"},

		{s.Trim(), "string: a abc  <nil> ABC"},
		{s.Length(), "int64: 3 3 0 <nil> 3"},
		{s.Contains("b"), "bool: false true false <nil> false"},
		{s.Contains(""), "bool: true true true <nil> true"},
		{s.StartsWith("a"), "bool: false true false <nil> false"},
		{s.EndsWith("C"), "bool: false false false <nil> true"},
		{s.TrimSuffix("c"), "string:  a  ab  <nil> ABC"},
		{s.TrimSuffix(""), "string:  a  abc  <nil> ABC"},
		{s.Replace("b", "--"), "string:  a  a--c  <nil> ABC"},
		{s.Replace("", "--"), "string:  a  abc  <nil> ABC"},
		{s.In("abc", ""), "bool: false true true <nil> false"},
		{s.In(), "bool: false false false <nil> false"},
		{s.MapValues([]string{"abc", "", "abc"}, []float64{2, 3, 4}), "float64: <nil> 2 3 <nil> <nil>"},

		{n.TryCast(Float64), "float64: 12 1.5 <nil> <nil> <nil>"},
		{n.TryCast(Int64), "int64: 12 <nil> <nil> <nil> <nil>"},
		{n.TryCast(Int32), "int32: 12 <nil> <nil> <nil> <nil>"},
		{n.TryCast(Timestamp), "timestamp: 12 <nil> <nil> <nil> <nil>"},
		{n.TryCast(Bool), "bool: <nil> <nil> <nil> <nil> <nil>"},
		{n.Cast(String), "string: 12  1.5  x  1e400"},
		{Lit("0x10").TryCast(Float64), "float64: <nil> <nil> <nil> <nil> <nil>"},
		{Lit("inf").TryCast(Float64), "float64: <nil> <nil> <nil> <nil> <nil>"},
		{Lit("NaN").TryCast(Float64), "float64: <nil> <nil> <nil> <nil> <nil>"},
		{Lit("1_0").TryCast(Float64), "float64: <nil> <nil> <nil> <nil> <nil>"},
		{Lit("\t").Cast(Float64), "float64: <nil> <nil> <nil> <nil> <nil>"},
		{Lit("true").Cast(Bool), "bool: true true true true true"},
		{i.TryCast(Int32), "int32: 3 -2 0 <nil> <nil>"},
		{i.Cast(Float64), "float64: 3 -2 0 <nil> 9.223372036854776e+18"},
		{i.Cast(String), "string: 3 -2 0 <nil> 9223372036854775807"},
		{i.Cast(Bool), "bool: true true false <nil> true"},
		{f.TryCast(Int64), "int64: 1 <nil> 0 2 <nil>"},
		{f.Cast(String), "string: 1.5 NaN -0 2 <nil>"},
		{Lit(-1.9).Cast(Int32), "int32: -1 -1 -1 -1 -1"},
		{Lit(1e19).TryCast(Int64), "int64: <nil> <nil> <nil> <nil> <nil>"},
		{b.Cast(Int64), "int64: 1 0 <nil> 1 0"},
		{b.Cast(Float64), "float64: 1 0 <nil> 1 0"},
		{b.Cast(String), "string: true false <nil> true false"},

		{When(i.Greater(0), "plus").When(i.Less(0), "minus").Otherwise("other"), "string: plus minus other other plus"},
		{When(b, 1).Otherwise(2.5), "float64: 1 2.5 2.5 1 2.5"},
		{When(b, i).Otherwise(Null(Int64)), "int64: 3 <nil> <nil> <nil> <nil>"},
		{When(b, Lit(1).Cast(Int32)).Otherwise(2), "int64: 1 2 2 1 2"},
		{When(n.Length().Equal(2), n.Cast(Float64)).Otherwise(-1.0), "float64: 12 -1 -1 -1 -1"},
		{Choice{}.Otherwise(1), "int64: 1 1 1 1 1"},
		{When(s.IsNull(), Lit("?")).Otherwise(s), "string:  a  abc  ? ABC"},
	}
	for _, test := range tests {
		t.Run(test.e.String(), func(t *testing.T) {
			f := mixed().WithColumn("x", test.e).Select("x")
			table := collected(t, f)
			got := fmt.Sprint(f.Schema().Fields[0].Type, ": ", strings.Join(strings.Split(rows(t, table), "\n"), " "))
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// The truth tables of three-valued logic (Kleene 1938), as in SQL.
func TestThreeValuedLogic(t *testing.T) {
	f := session.FromColumns(
		Bools("p", true, true, true, false, false, false, false, false, false).Nulls(6, 7, 8),
		Bools("q", true, false, false, true, false, false, true, false, false).Nulls(2, 5, 8),
	)
	f = f.WithColumn("and", Col("p").And(Col("q"))).WithColumn("or", Col("p").Or(Col("q"))).WithColumn("not", Col("p").Not())
	same(t, collected(t, f), "p q and or not", strings.TrimSpace(`
true true true true false
true false false true false
true <nil> <nil> true false
false true false true true
false false false false true
false <nil> false <nil> true
<nil> true <nil> true <nil>
<nil> false false <nil> <nil>
<nil> <nil> <nil> <nil> <nil>`))
	same(t, collected(t, f.Filter(Col("p").Or(Col("q"))).Select("p", "q")), "p q",
		"true true\ntrue false\ntrue <nil>\nfalse true\n<nil> true")
}

func TestOverflow(t *testing.T) {
	for _, e := range []Expression{
		Col("i").Plus(1), Col("i").Times(2), Lit(-2).Minus(Col("i")), Col("i").Plus(1).Minus(1),
		Lit(math.MinInt64).Times(-1), Lit(-1).Times(math.MinInt64), Lit(math.MinInt64).Negate(),
	} {
		_, err := mixed().WithColumn("x", e).Collect()
		mistaken(t, err, "expression_test.go:", "is outside int64", "row ")
	}
	_, err := mixed().WithColumn("x", Col("i").Plus(1)).Collect()
	mistaken(t, err, `column x: (i + 1): row 4: 9223372036854775807 + 1 is outside int64`)
	// Under a null nothing overflows.
	f := session.FromColumns(Int64s("i", math.MaxInt64, 1).Nulls(0))
	same(t, collected(t, f.WithColumn("i", Col("i").Plus(1))), "i", "<nil>\n2")
}

// A mistake in a cast counts rows, not distinct texts, and names the row in the
// source files.
func TestCastMistakes(t *testing.T) {
	f := session.FromColumns(Strings("n", "1", "x", "2", "x", "y", "1"))
	_, err := f.WithColumn("m", Col("n").Cast(Int64)).Collect()
	mistaken(t, err, "expression_test.go:", `column m: cast(n as int64): 3 values are no int64, the first in row 1: "x"; TryCast makes such values null`)
	_, err = f.Filter(Col("n").NotEqual("1")).WithColumn("m", Col("n").Cast(Int64)).Collect()
	mistaken(t, err, `3 values are no int64, the first in row 1: "x"`)
	_, err = f.Filter(Col("n").Equal("y")).WithColumn("m", Col("n").Cast(Float64).Plus(1)).Collect()
	mistaken(t, err, `1 value is no float64, the first in row 4: "y"`)
	_, err = mixed().WithColumn("m", Col("f").Cast(Int64)).Collect()
	mistaken(t, err, `1 value is no int64, the first in row 1: "NaN"`)
}

func TestExpressionMistakes(t *testing.T) {
	tests := []struct {
		e    Expression
		want string
	}{
		{Col("j"), `no column "j"; there are i, f, s, b, n`},
		{Col("i").Plus("x"), `(i + "x"): int64 + string is not defined`},
		{Col("i").And(Col("b")), "int64 and bool is not defined"},
		{Col("s").Equal(1), "string = int64 is not defined"},
		{Col("b").Less(1), "bool < int64 is not defined"},
		{Col("i").Not(), "not of int64 is not defined"},
		{Col("b").Negate(), "negate of bool is not defined"},
		{Col("i").Trim(), "trim of int64 is not defined"},
		{Col("f").Length(), "length of float64 is not defined"},
		{Col("i").Contains("x"), "contains takes a string, not int64"},
		{Col("i").In("x"), "in takes a string, not int64"},
		{Col("i").MapValues(nil, nil), "a value map takes a string, not int64"},
		{Col("s").MapValues([]string{"a"}, nil), "a value map from 1 values to 0"},
		{Col("s").Cast(Vector), "cannot cast string to vector"},
		{Col("s").Cast(0), "cannot cast string to invalid"},
		{Null(Vector), "a null of type vector is not defined"},
		{Lit([]int{1}), "a literal of type []int; use an integer, a float, a bool or a string"},
		{Lit(nil), "a literal of type <nil>"},
		{Expression{}, "an empty expression"},
		{When(Col("i"), 1).Otherwise(2), "condition 1 is int64, not bool"},
		{When(Col("b"), 1).Otherwise("x"), "the values are of types int64 and string"},
	}
	for _, test := range tests {
		err := mixed().WithColumn("x", test.e).Err()
		mistaken(t, err, "expression_test.go:", "with column x: ", test.want)
	}
	mistaken(t, mixed().Filter(Col("i")).Err(), "filter: i is int64, not bool")
}
