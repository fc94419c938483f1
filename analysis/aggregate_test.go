package analysis_test

import (
	"math"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// must returns the table of a terminal call.
func must(t *testing.T) func(table Table, err error) Table {
	return func(table Table, err error) Table {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
}

func TestGroupBy(t *testing.T) {
	f := process()
	tests := []struct {
		name          string
		frame         Frame
		columns, want string
	}{
		{"count", f.GroupBy("CMD").Count(), "CMD count", "<nil> 1\n 1\n<script> 1\natop 1\nbash 2"},
		{"two keys", f.GroupBy("attack", "root").Count(), "attack root count", "0 <nil> 1\n0 false 1\n0 true 1\n1 false 1\n1 true 2"},
		{"mean", f.GroupBy("attack").Mean("CPU", "PID"), "attack mean(CPU) mean(PID)", "0 3.3333333333333335 3.3333333333333335\n1 1.5 3.6666666666666665"},
		{"no aggregate", f.GroupBy("attack").Aggregate(), "attack", "0\n1"},
		{"of a group without values", f.Filter(Col("PID").LessOrEqual(3)).GroupBy("PID").Aggregate(Count(), Sum("CPU"), Min("CPU"), StdDev("CPU")),
			"PID count sum(CPU) min(CPU) stddev(CPU)", "1 1 0.5 0.5 <nil>\n2 1 0 0 <nil>\n3 1 <nil> <nil> <nil>"},
		{"named", f.GroupBy("attack").Aggregate(Count().As("n"), Max("PID").As("last"), Mean("PID").As("count")), "attack n last count", "0 3 5 3.3333333333333335\n1 3 6 3.6666666666666665"},
		{"the default name again", f.GroupBy("attack").Aggregate(Count().As("n").As("")), "attack count", "0 3\n1 3"},
		{"counts of counts", f.GroupBy("CMD").Count().GroupBy("count").Aggregate(Count().As("commands")), "count commands", "1 4\n2 1"},
		{"one twice", f.GroupBy("attack").Aggregate(Mean("PID"), Mean("PID").As("again")), "attack mean(PID) again", "0 3.3333333333333335 3.3333333333333335\n1 3.6666666666666665 3.6666666666666665"},
		{"out of range", session.FromColumns(Int64s("k", 1, 1, 1), Float64s("x", 1.5e308, 1.5e308, 1.5e308)).GroupBy("k").Aggregate(Mean("x"), StdDev("x"), Sum("x")),
			"k mean(x) stddev(x) sum(x)", "1 1.5e+308 0 +Inf"},
		{"all of them", f.WithColumn("x", Col("attack").Plus(Col("PID").Times(3))).GroupBy("root").Aggregate(Sum("PID"), Min("PID"), Max("CPU"), StdDev("x")),
			"root sum(PID) min(PID) max(CPU) stddev(x)", "<nil> 5 5 1.5 <nil>\nfalse 6 2 8 3.5355339059327378\ntrue 10 1 3 8.020806277010642"}, // statistics.stdev([7, 12]) and ([3, 10, 19]) of Python 3.11.7
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { same(t, collected(t, test.frame), test.columns, test.want) })
	}
	_, err := session.FromColumns(Int64s("k", 1, 1), Int64s("v", math.MaxInt64, 1)).GroupBy("k").Aggregate(Sum("v")).Collect()
	mistaken(t, err, "aggregate_test.go:", `the sum of "v" overflows int64`)
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{f.GroupBy().Count(), "group by: name at least one column"},
		{f.GroupBy().Aggregate(), "group by: name at least one column"},
		{f.GroupBy("x").Count(), `group by: no column "x"`},
		{f.GroupBy("attack", "attack").Count(), `two columns are named "attack"`},
		{f.GroupBy("attack").Mean("CMD"), `group by: column "CMD" is string, not a number`},
		{f.GroupBy("attack").Mean("x"), `group by: no column "x"`},
		{f.GroupBy("attack").Mean("CPU", "CPU"), `group by: two columns are named "mean(CPU)"; name the aggregate, as in Aggregate(Count().As("n"))`},
		{f.GroupBy("CMD").Count().GroupBy("count").Count(), `group by: two columns are named "count"; name the aggregate, as in Aggregate(Count().As("n"))`},
		{f.GroupBy("attack").Aggregate(Sum("PID").As("x"), Min("PID").As("x")), `two columns are named "x"; name the aggregate`},
		{f.GroupBy("attack").Aggregate(Count().As("attack")), `two columns are named "attack"; name the aggregate`},
	} {
		mistaken(t, test.f.Err(), "aggregate_test.go:", test.want)
	}
}

// Quartiles, mean and stddev: statistics.quantiles(v, n=4, method='inclusive'),
// which is type 7 of Hyndman and Fan as numpy.quantile is by default, .mean and
// .stdev of Python 3.11.7.
func TestDescribe(t *testing.T) {
	f := session.FromColumns(
		Float64s("a", 3.5, -1, 7, 7, 0.25, 12, 100, 2, 55).Nulls(8),
		Int64s("b", 1, 2, 4, 8, 16, 0, 0, 0, 0).Nulls(5, 6, 7, 8),
		Strings("text", "", "", "", "", "", "", "", "", ""),
		Float64s("nan", 1, math.NaN(), 2, 0, 0, 0, 0, 0, 0).Nulls(3, 4, 5, 6, 7, 8),
		Float64s("one", 5, 0, 0, 0, 0, 0, 0, 0, 0).Nulls(1, 2, 3, 4, 5, 6, 7, 8),
	)
	same(t, must(t)(f.Describe()), "column count nulls mean stddev min 25% 50% 75% max", strings.TrimSpace(`
a 8 1 16.34375 34.063736871383576 -1 1.5625 5.25 8.25 100
b 5 4 6.2 6.099180272790763 1 2 4 8 16
nan 3 6 NaN NaN NaN NaN NaN NaN NaN
one 1 8 5 NaN 5 5 5 5 5`))
	if table := must(t)(f.Describe("b")); table.Len() != 1 {
		t.Error(table)
	}
	_, err := f.Describe("text")
	mistaken(t, err, "aggregate_test.go:", `describe: column "text" is string, not a number`)
	_, err = f.Describe("a", "x")
	mistaken(t, err, `describe: no column "x"`)
}

func TestTopValues(t *testing.T) {
	f := session.FromColumns(
		Strings("s", "b", "a", "b", "a", "c", "x", "x", "d").Nulls(5, 6),
		Int64s("i", 9, 9, 9, 10, 10, 2, 2, 0).Nulls(7),
	)
	same(t, must(t)(f.TopValues(4)), "column value count share", "s a 2 0.25\ns b 2 0.25\ns <nil> 2 0.25\ns c 1 0.125")
	same(t, must(t)(f.TopValues(2, "i", "s")), "column value count share", "i 9 3 0.375\ni 2 2 0.25\ns a 2 0.25\ns b 2 0.25")
	if table := must(t)(f.TopValues(99, "s")); table.Len() != 5 {
		t.Error(table)
	}
	_, err := f.TopValues(0)
	mistaken(t, err, "top values: k is 0")
	_, err = f.TopValues(1, "x")
	mistaken(t, err, "aggregate_test.go:", `top values: no column "x"`)
}

func TestNullCounts(t *testing.T) {
	same(t, must(t)(process().NullCounts()), "column type nulls rows",
		"PID int64 0 6\nCMD string 1 6\nCPU float64 1 6\nroot bool 1 6\nattack int64 0 6")
}

func TestNonConforming(t *testing.T) {
	f := session.FromColumns(
		Strings("CPU", "1", "2K", "x", "2K", "", " ", "3.5").Nulls(6),
		Strings("PID", "1", "2", "3.5", "-4", "+5", "99999999999", ""),
		Strings("CMD", "1", "", "", "", "", "", ""),
		Int64s("attack", 0, 0, 0, 0, 0, 0, 0),
	)
	schema := Schema{Fields: []Field{
		{Name: "PID", Type: Int32}, {Name: "CPU", Type: Float64}, {Name: "CMD", Type: String},
		{Name: "attack", Type: Float64}, {Name: "gone", Type: Int64},
	}}
	same(t, must(t)(f.NonConforming(schema)), "column declared rows distinct examples",
		`PID int32 2 2 "3.5", "99999999999"`+"\n"+`CPU float64 3 2 "2K", "x"`)
	same(t, must(t)(f.NonConforming(Schema{})), "column declared rows distinct examples", "")
}

// r: statistics.correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 7]) of Python 3.11.7.
func TestCorrelation(t *testing.T) {
	f := session.FromColumns(
		Int64s("x", 1, 2, 99, 3, 4, 5), Float64s("y", 2, 1, 0, 4, 3, 7).Nulls(2),
		Float64s("minus", -1, -2, 0, -3, -4, -5), Int64s("same", 1, 1, 1, 1, 1, 1), Strings("s", "", "", "", "", "", ""),
	)
	table := must(t)(f.Correlation("x", "y", "minus", "same"))
	if got := strings.Join(table.Columns(), " "); got != "column x y minus same" {
		t.Error(got)
	}
	want := map[string][]float64{
		"x": {1, 0.8241633836921342, -1, math.NaN()}, "y": {0.8241633836921342, 1, -0.8241633836921342, math.NaN()},
		"minus": {-1, -0.8241633836921342, 1, math.NaN()}, "same": {math.NaN(), math.NaN(), math.NaN(), math.NaN()},
	}
	for name, column := range want {
		got, err := table.Floats(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range column {
			if math.IsNaN(r) != math.IsNaN(got[i]) || math.Abs(r-got[i]) > 1e-14 {
				t.Errorf("%s, row %d: %v, want %v", name, i, got[i], r)
			}
		}
	}
	if table := must(t)(f.Correlation()); table.Len() != 4 {
		t.Error(table)
	}
	_, err := f.Correlation("x", "x")
	mistaken(t, err, "aggregate_test.go:", `correlation: two columns are named "x" in the result; rename one first`)
	_, err = f.Rename("x", "column").Correlation("column", "y")
	mistaken(t, err, "aggregate_test.go:", `correlation: two columns are named "column" in the result; rename one first`)
	_, err = f.Correlation("s")
	mistaken(t, err, "aggregate_test.go:", `correlation: column "s" is string, not a number`)
}

func TestHistogram(t *testing.T) {
	f := session.FromColumns(
		Float64s("v", 0, 1, 1.5, 2, 3, -1, math.NaN(), 9, 2).Nulls(8),
		Int64s("attack", 0, 1, 0, 1, 1, 0, 0, 0, 1).Nulls(4),
	)
	edges := []float64{0, 1, 3}
	same(t, must(t)(f.Histogram("v", edges, "")), "from to class count", "0 1 0 1\n1 3 0 4")
	same(t, must(t)(f.Histogram("v", edges, "attack")), "from to class count", "0 1 0 1\n1 3 0 1\n0 1 1 0\n1 3 1 2")
	for _, test := range []struct {
		name, by, want string
		edges          []float64
	}{
		{"v", "", "histogram: 1 edges make no bin", []float64{1}},
		{"v", "", "histogram: edge 1, 1, is not above 1", []float64{1, 1}},
		{"v", "", "histogram: edge 1, NaN, is not above 1", []float64{1, math.NaN(), 2}},
		{"x", "", `histogram: no column "x"`, edges},
		{"v", "x", `histogram: no column "x"`, edges},
		{"attack", "v", `histogram: column "v" is float64, not an integer`, edges},
	} {
		_, err := f.Histogram(test.name, test.edges, test.by)
		mistaken(t, err, "aggregate_test.go:", test.want)
	}
}
