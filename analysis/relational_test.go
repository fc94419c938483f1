package analysis_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

func TestRelational(t *testing.T) {
	f := process()
	more := session.FromColumns(Strings("CMD", "x"), Int64s("PID", 9))
	tests := []struct {
		name          string
		frame         Frame
		columns, want string
	}{
		{"select", f.Select("attack", "PID").Limit(2), "attack PID", "0 1\n1 2"},
		{"select none", f.Select(), "", "\n\n\n\n\n"},
		{"drop", f.Drop("CMD", "CPU", "root").Limit(1), "PID attack", "1 0"},
		{"drop nothing", f.Drop().Limit(1), "PID CMD CPU root attack", "1 bash 0.5 true 0"},
		{"rename", f.Rename("PID", "id").Select("id", "CMD").Limit(1), "id CMD", "1 bash"},
		{"rename to itself", f.Rename("PID", "PID").Select("PID").Limit(1), "PID", "1"},
		{"rename to a dropped name", f.Drop("CMD").Rename("PID", "CMD").Select("CMD").Limit(1), "CMD", "1"},
		{"exchange names", f.Rename("PID", "x").Rename("attack", "PID").Rename("x", "attack").Select("PID", "attack").Limit(2), "PID attack", "0 1\n1 2"},
		{"reuse a name", f.Rename("PID", "x").Rename("attack", "PID").Select("PID").Limit(2), "PID", "0\n1"},
		{"column instead of a renamed one", f.Rename("PID", "x").WithColumn("PID", Col("x").Times(10)).Select("PID").Limit(2), "PID", "10\n20"},
		{"filter true", f.Filter(Lit(true)).Select("PID").Limit(1), "PID", "1"},
		{"filter null", f.Filter(Null(Bool)).Select("PID"), "PID", ""},
		{"filter by a nullable column", f.Filter(Col("root")).Select("PID"), "PID", "1\n3\n6"},
		{"filter by the complement", f.Filter(Col("root").Not()).Select("PID"), "PID", "2\n4"},
		{"filter twice", f.Filter(Col("attack").Equal(0)).Filter(Col("CMD").Equal("bash")).Select("PID"), "PID", "1\n4"},
		{"with column in place", f.WithColumn("CMD", Col("PID").Plus(1)).Select("CMD", "PID").Limit(1), "CMD PID", "2 1"},
		{"with column from itself", f.WithColumn("PID", Col("PID").Plus(1)).WithColumn("PID", Col("PID").Times(2)).Select("PID").Limit(2), "PID", "4\n6"},
		{"with column last", f.Select("PID").WithColumn("two", Lit(2)).Limit(1), "PID two", "1 2"},
		{"union", f.Select("PID", "CMD").Limit(1).Union(more), "PID CMD", "1 bash\n9 x"},
		{"union of none", f.Select("PID", "CMD").Limit(0).Union(more), "PID CMD", "9 x"},
		{"limit 0", f.Limit(0).Select("PID"), "PID", ""},
		{"limit beyond", f.Limit(100).Select("PID"), "PID", "1\n2\n3\n4\n5\n6"},
		{"order by a text", f.OrderBy(Ascending("CMD")).Select("CMD", "PID"), "CMD PID", "<nil> 6\n 3\n<script> 5\natop 2\nbash 1\nbash 4"},
		{"order by a text down", f.OrderBy(Descending("CMD")).Select("CMD", "PID"), "CMD PID", "bash 1\nbash 4\natop 2\n<script> 5\n 3\n<nil> 6"},
		{"order by two", f.OrderBy(Descending("attack"), Ascending("CPU")).Select("attack", "CPU"), "attack CPU", "1 <nil>\n1 0\n1 3\n0 0.5\n0 1.5\n0 8"},
		{"order by none", f.OrderBy().Select("PID").Limit(2), "PID", "1\n2"},
		{"order without the key", f.OrderBy(Descending("PID")).Select("attack").Limit(2), "attack", "1\n0"},
		{"drop nulls anywhere", f.DropNulls().Select("PID"), "PID", "1\n2\n4"},
		{"drop nulls of one", f.DropNulls("CPU").Select("PID"), "PID", "1\n2\n4\n5\n6"},
		{"drop nulls where there are none", f.DropNulls("PID").Select("PID").Limit(1), "PID", "1"},
		{"fill nulls of numbers", f.FillNulls(0).Select("CPU", "CMD"), "CPU CMD", "0.5 bash\n0 atop\n0 \n8 bash\n1.5 <script>\n3 <nil>"},
		{"fill nulls of texts", f.FillNulls("?").Select("CPU", "CMD"), "CPU CMD", "0.5 bash\n0 atop\n<nil> \n8 bash\n1.5 <script>\n3 ?"},
		{"fill nulls of a bool", f.FillNulls(false, "root").Select("root"), "root", "true\nfalse\ntrue\nfalse\nfalse\ntrue"},
		{"fill nulls of no column it fits", f.Select("PID", "CMD").FillNulls(0.5).Select("CMD"), "CMD", "bash\natop\n\nbash\n<script>\n<nil>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { same(t, collected(t, test.frame), test.columns, test.want) })
	}
	same(t, collected(t, process()), "PID CMD CPU root attack", strings.TrimSpace(`
1 bash 0.5 true 0
2 atop 0 false 1
3  <nil> true 1
4 bash 8 false 0
5 <script> 1.5 <nil> 0
6 <nil> 3 true 1`)) // unchanged by all of this
}

// An all-null text column has no dictionary.
func TestAllNullText(t *testing.T) {
	f := session.FromColumns(Strings("s", "a", "b").Nulls(0, 1))
	f = f.WithColumn("is", Col("s").IsNull()).WithColumn("length", Col("s").Trim().Length()).WithColumn("cast", Col("s").Cast(Float64))
	same(t, collected(t, f), "s is length cast", "<nil> true <nil> <nil>\n<nil> true <nil> <nil>")
	same(t, collected(t, f.FillNulls("x").Select("s")), "s", "x\nx")
	same(t, collected(t, f.Limit(0)), "s is length cast", "")
}

// Every verb on a frame without rows.
func TestNoRows(t *testing.T) {
	f := process().Limit(0)
	frames := []Frame{f, f.Filter(Col("CMD").Equal("x")), f.WithColumn("x", When(Col("root"), 1).Otherwise(2)), f.Union(f), f.InnerJoin(f, "PID"), f.LeftJoin(f, "CMD"),
		f.DropNulls(), f.FillNulls(0), f.OrderBy(Ascending("CPU")), f.Sample(0.5, 1), f.Split(0.5, 1).Test, f.Undersample("attack", Undersample{}),
		f.GroupBy("CMD").Mean("CPU"), f.Cache()}
	for i, f := range frames {
		if n, err := f.Count(); n != 0 || err != nil {
			t.Errorf("frame %d: %d rows, %v", i, n, err)
		}
		for name, err := range terminalErrors(f) {
			if err != nil && name != "Histogram" { // there is no column a
				t.Errorf("frame %d: %s: %v", i, name, err)
			}
		}
	}
	described, err := f.Describe("CPU")
	if err != nil {
		t.Fatal(err)
	}
	same(t, described, "column count nulls mean stddev min 25% 50% 75% max", "CPU 0 0 NaN NaN NaN NaN NaN NaN NaN")
}

func TestHead(t *testing.T) {
	head, err := process().Head(2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, head, "PID CMD CPU root attack", "1 bash 0.5 true 0\n2 atop 0 false 1")
	if !strings.HasSuffix(head.String(), "6 rows × 5 columns, first 2 shown") {
		t.Error(head)
	}
	if head, err = process().Head(50); err != nil || head.Len() != 6 {
		t.Error(head, err)
	}
	_, err = process().Head(-1)
	mistaken(t, err, "head: -1 rows")
}

type suffix struct{ Text string }

func (s suffix) Map(values []any) (any, error) {
	switch v := values[0].(type) {
	case nil:
		return nil, nil
	case string:
		if v == "" {
			return nil, errors.New("an empty text")
		}
		if v == "<script>" {
			panic("refused")
		}
		return v + s.Text, nil
	}
	return values[0], nil
}

type sum struct{}

func (sum) Map(values []any) (any, error) {
	total := 0.0
	for _, v := range values {
		switch v := v.(type) {
		case int64:
			total += float64(v)
		case float64:
			total += v
		case bool:
			total = math.Inf(1)
		}
	}
	return total, nil
}

func TestMap(t *testing.T) {
	f := process()
	good := f.Filter(Col("CMD").In("atop", "bash").Or(Col("CMD").IsNull()))
	same(t, collected(t, good.Map("x", String, suffix{"!"}, "CMD").Select("x")), "x", "bash!\natop!\nbash!\n<nil>")
	same(t, collected(t, good.Map("CMD", String, suffix{"!"}, "CMD").Select("CMD").Limit(1)), "CMD", "bash!")
	same(t, collected(t, f.Map("x", Float64, sum{}, "PID", "CPU").Select("x")), "x", "1.5\n2\n3\n12\n6.5\n9")
	same(t, collected(t, f.Map("x", Int64, suffix{}, "PID").Select("x").Limit(2)), "x", "1\n2")
	// A column that nobody asks for is not computed.
	if n, err := f.Map("x", String, suffix{}, "CMD").Drop("x").Count(); n != 6 || err != nil {
		t.Error(n, err)
	}
	for _, test := range []struct {
		f    Frame
		want string
	}{
		{f.Map("x", String, suffix{}, "CMD"), `map by analysis_test.suffix: row 2, [""]: an empty text`},
		{f.Filter(Col("PID").Greater(3)).Map("x", String, suffix{}, "CMD"), "map by analysis_test.suffix: row 4, [<script>]: panic: refused"},
		{good.Map("x", Int64, suffix{}, "CMD"), "map by analysis_test.suffix: row 0: the value bash is of type string, the column of type int64"},
		{f.Map("x", String, nil, "CMD"), "map: the mapper is nil"},
		{f.Map("x", String, suffix{}, "nobody"), `map: no column "nobody"`},
		{f.Map("x", Vector, suffix{}, "CMD"), "map: a column of type vector cannot be computed"},
	} {
		_, err := test.f.Collect()
		mistaken(t, err, "relational_test.go:", test.want)
	}
}

func TestTable(t *testing.T) {
	table := collected(t, process()).Titled("table %d", 1)
	if fmt.Sprint(table.Columns()) != "[PID CMD CPU root attack]" || table.Len() != 6 {
		t.Error(table.Columns(), table.Len())
	}
	for _, test := range []struct{ name, want string }{
		{"PID", "[1 2 3 4 5 6]"}, {"attack", "[0 1 1 0 0 1]"},
	} {
		if v, err := table.Floats(test.name); err != nil || fmt.Sprint(v) != test.want {
			t.Error(test.name, v, err)
		}
	}
	truth, err := session.FromColumns(Bools("b", true, false)).Collect()
	if err != nil {
		t.Fatal(err)
	}
	if v, err := truth.Floats("b"); err != nil || fmt.Sprint(v) != "[1 0]" {
		t.Error(v, err)
	}
	for _, test := range []struct{ name, want string }{
		{"CMD", `["bash" "atop" "" "bash" "<script>" ""]`}, {"CPU", `["0.5" "0" "" "8" "1.5" "3"]`},
		{"root", `["true" "false" "true" "false" "" "true"]`},
	} {
		if v, err := table.Texts(test.name); err != nil || fmt.Sprintf("%q", v) != test.want {
			t.Errorf("%s: %q, %v", test.name, v, err)
		}
	}
	_, err = table.Floats("CMD")
	mistaken(t, err, `column "CMD" is string, not a number`)
	_, err = table.Floats("CPU")
	mistaken(t, err, `column "CPU" has 1 nulls; drop or fill them first`)
	_, err = table.Texts("x")
	mistaken(t, err, `the table has no column "x"; it has ["PID" "CMD" "CPU" "root" "attack"]`)
	_, err = table.Value(6, "PID")
	mistaken(t, err, "row 6 of a table of 6 rows")
	_, err = table.Value(-1, "PID")
	mistaken(t, err, "row -1")
	var zero Table
	if zero.Len() != 0 || zero.Columns() != nil || zero.String() == "" {
		t.Error(zero)
	}
	_, err = zero.Value(0, "x")
	mistaken(t, err, "no column")

	made, err := NewTable("made", Int64s("a", 1, 2), Strings("b", "x", "y"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, made, "a b", "1 x\n2 y")
	_, err = NewTable("made", Int64s("a", 1, 2), Strings("b", "x"))
	mistaken(t, err, `column "b" has 1 rows, the first has 2`)
}
