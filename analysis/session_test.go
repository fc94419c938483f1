package analysis_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	. "github.com/stophacking/kelpie/analysis"
)

func TestMasters(t *testing.T) {
	all := fmt.Sprintf("%d workers", runtime.GOMAXPROCS(0))
	for master, want := range map[string]string{
		"": all, "local[*]": all, "local": "1 workers", "local[3]": "3 workers",
	} {
		s := NewSession(Config{Master: master})
		if got := s.String(); got != "session: "+want+", partitions of at most 134217728 bytes" {
			t.Errorf("master %q: %s", master, got)
		}
		if n, err := s.FromColumns(Int64s("a", 1, 2)).Count(); n != 2 || err != nil {
			t.Errorf("master %q: %d, %v", master, n, err)
		}
	}
	for _, master := range []string{"local[0]", "local[-1]", "local[x]", "local[2", "yarn", "local[ 2]", "spark://host"} {
		s := NewSession(Config{Master: master})
		want := fmt.Sprintf("analysis: master %q is not local, local[n] or local[*]", master)
		f := s.FromColumns(Int64s("a", 1))
		if _, err := f.Count(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if s.String() != want || f.Err() == nil {
			t.Errorf("the session says %s", s)
		}
	}
	_, err := NewSession(Config{MaxPartitionBytes: -1}).FromColumns(Int64s("a", 1)).Count()
	mistaken(t, err, "MaxPartitionBytes -1 is negative")
	if got := NewSession(Config{AppName: "app", Master: "local[2]", MaxPartitionBytes: 5}).String(); got != "app: 2 workers, partitions of at most 5 bytes" {
		t.Error(got)
	}
}

func TestNilSession(t *testing.T) {
	var s *Session
	if n, err := s.FromColumns(Int64s("a", 1, 2)).Count(); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if !strings.HasPrefix(s.String(), "session: ") {
		t.Error(s.String())
	}
}

// Nothing that is done to a frame that was never made panics, and all of it says so.
func TestZeroFrame(t *testing.T) {
	var zero Frame
	frames := []Frame{
		zero, zero.Select("a"), zero.Drop("a"), zero.Rename("a", "b"), zero.Filter(Col("a").IsNull()),
		zero.WithColumn("a", Lit(1)), zero.Cache(), zero.Limit(1), zero.OrderBy(Ascending("a")), zero.DropNulls(),
		zero.FillNulls(0), zero.Sample(0.5, 1), zero.Split(0.5, 1).Train, zero.RandomSplit([]float64{1}, 1)[0],
		zero.RandomSplit([]float64{-1}, 1)[0], zero.Undersample("a", Undersample{}), zero.Union(process()), process().Union(zero),
		zero.GroupBy("a").Count(), zero.Map("a", Int64, nil),
	}
	for i, f := range frames {
		for name, err := range terminalErrors(f) {
			if err == nil || !strings.Contains(err.Error(), "analysis: this frame was never made; frames come from a session") {
				t.Errorf("frame %d: %s: %v", i, name, err)
			}
		}
		if f.Columns() != nil && len(f.Columns()) > 0 || len(f.Schema().Fields) > 0 {
			t.Errorf("frame %d has columns", i)
		}
		_ = f.String()
	}
	if zero.Session() != nil {
		t.Error("a session from nowhere")
	}
}

// terminalErrors runs every terminal call.
func terminalErrors(f Frame) map[string]error {
	errs := map[string]error{}
	_, errs["Count"] = f.Count()
	_, errs["Head"] = f.Head(1)
	_, errs["Collect"] = f.Collect()
	_, errs["Partitions"] = f.Partitions()
	_, errs["Problems"] = f.Problems()
	_, errs["NullCounts"] = f.NullCounts()
	_, errs["Describe"] = f.Describe()
	_, errs["DescribeText"] = f.DescribeText()
	_, errs["DistinctCounts"] = f.DistinctCounts()
	_, errs["TopValues"] = f.TopValues(1)
	_, errs["NonConforming"] = f.NonConforming(Schema{})
	_, errs["Correlation"] = f.Correlation()
	_, errs["Histogram"] = f.Histogram("a", []float64{0, 1}, "")
	_, errs["Display"] = f.Display()
	_, errs["HTML"] = f.HTML()
	_, errs["Text"] = f.Text()
	_, errs["Unpersist"] = f.Unpersist()
	return errs
}

func TestFromColumns(t *testing.T) {
	_, err := session.FromColumns(Int64s("a", 1, 2), Int64s("b", 1)).Count()
	mistaken(t, err, "session_test.go:", `column "b" has 1 rows, the first has 2`)
	_, err = session.FromColumns(Int64s("a", 1), Strings("a", "x")).Count()
	mistaken(t, err, `two columns are named "a"`)
	if n, err := session.FromColumns().Count(); n != 0 || err != nil {
		t.Errorf("no columns: %d, %v", n, err)
	}
	same(t, collected(t, session.FromColumns(Values{}.Nulls(3))), "", "")

	values := []int64{1, 2}
	f := session.FromColumns(Int64s("a", values...).Nulls(7, -1))
	values[0] = 9
	same(t, collected(t, f), "a", "1\n2")
	a := Int64s("a", 1, 2)
	a.Nulls(0)
	same(t, collected(t, session.FromColumns(a, Float64s("f", 1, 2).Nulls(0), Strings("s", "x", "y").Nulls(1), Bools("b", true, true).Nulls(0))),
		"a f s b", "1 <nil> x <nil>\n2 2 <nil> true")
}

func TestSchema(t *testing.T) {
	s := Schema{Name: "rows", Fields: []Field{{Name: "a", Type: Int32, Doc: "what a is"}, {Name: "b", Type: String}}}
	if got, want := s.String(), "root (rows)\n |-- a: int32  what a is\n |-- b: string"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if f, ok := s.Field("b"); !ok || f.Type != String {
		t.Error(f, ok)
	}
	if _, ok := s.Field("c"); ok {
		t.Error("a field from nowhere")
	}
	f := process().WithColumn("x", Col("CPU").Plus(1)).GroupBy("CMD", "root").Aggregate(
		Count(), Sum("PID"), Sum("CPU"), Mean("PID"), Min("PID"), Max("CPU"), StdDev("PID"))
	if got, want := f.Schema().String(), strings.TrimSpace(`
root
 |-- CMD: string
 |-- root: bool
 |-- count: int64
 |-- sum(PID): int64
 |-- sum(CPU): float64
 |-- mean(PID): float64
 |-- min(PID): int64
 |-- max(CPU): float64
 |-- stddev(PID): float64`); got != want {
		t.Error(got)
	}
	if got := f.Columns(); len(got) != 9 || got[2] != "count" {
		t.Error(got)
	}
}

func TestRecipeString(t *testing.T) {
	f := process().Filter(Col("attack").Equal(1)).Cache()
	f = f.Union(f.Limit(2)).Select("PID").Cache()
	want := strings.TrimSpace(`
6 rows from columns
filter (attack = 1), cached
  6 rows from columns
  filter (attack = 1), cached
  first 2 rows
union
select PID, cached`)
	if got := f.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	long := process().Filter(Col("CMD").Equal(strings.Repeat("ä", 200))).String()
	if line := strings.Split(long, "\n")[1]; utf8.RuneCountInString(line) != 100 || !strings.HasSuffix(line, "ä…") {
		t.Errorf("a long operation is printed as %q", line)
	}
}
