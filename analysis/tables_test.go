package analysis_test

import (
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/toniot"
)

// timed is rows of a file whose ts counts seconds since 1970.
func timed(t *testing.T) Frame {
	t.Helper()
	schema := Schema{Name: "timed rows", Fields: []Field{{Name: "ts", Type: Int64, Unit: SecondsSince1970}, {Name: "PID", Type: Int32}, {Name: "CMD", Type: String}, {Name: "bytes", Type: Int64, Unit: Counts}}}
	return session.ReadCSV(schema, csvFile(t, "timed.csv", "ts,PID,CMD,bytes\n1554216855,3483,atop,1927968\n1554216860,53080,bash,5\n1555716857,1007,atop,\n"))
}

func text(t *testing.T, f Frame) string {
	t.Helper()
	out, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func says(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Times are dates, identifiers stay as they are, counts have separators; types and
// values are what they were.
func TestUnitsAreShown(t *testing.T) {
	f := timed(t)
	if got, want := text(t, f), `timed rows
                 ts    PID  CMD       bytes
2019-04-02 14:54:15   3483  atop  1,927,968
2019-04-02 14:54:20  53080  bash          5
2019-04-19 23:34:17   1007  atop       null
3 rows × 4 columns; times in UTC`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if v, err := collected(t, f).Value(0, "ts"); err != nil || v != int64(1554216855) {
		t.Errorf("the value is %v (%T), %v", v, v, err)
	}
	described := must(t)(f.Describe())
	if got, want := described.String(), `describe: timed rows
column  count  nulls                 mean     stddev                  min                  25%                  50%                  75%                  max
ts          3      0  2019-04-08 09:47:37    10 days  2019-04-02 14:54:15  2019-04-02 14:54:18  2019-04-02 14:54:20  2019-04-11 07:14:19  2019-04-19 23:34:17
PID         3      0                19190      29376                 1007                 2245                 3483                28282                53080
bytes       2      1              963,986  1,363,276                    5              481,996              963,986            1,445,977            1,927,968
3 rows × 10 columns; times in UTC`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if mean, err := described.Value(0, "mean"); err != nil || mean != (1554216855+1554216860+1555716857)/3.0 {
		t.Errorf("the mean is %v, %v", mean, err)
	}
	html, err := described.HTML()
	if err != nil {
		t.Fatal(err)
	}
	says(t, html, `<th scope="row" style="text-align: left">ts</th>`, `title="1554216855">2019-04-02 14:54:15</td>`)
	says(t, toniot.Process.String(), "|-- ts: int64, seconds since 1970 UTC  time of the record")
}

// A unit stays with its column where its values stay what they are.
func TestUnitsTravel(t *testing.T) {
	f := timed(t)
	other := session.FromColumns(Int64s("ts", 1), Int32s("PID", 1), Strings("CMD", "a"), Int64s("bytes", 7).In(Counts))
	for name, c := range map[string]struct {
		frame Frame
		want  Unit
	}{
		"select": {f.Select("ts"), SecondsSince1970}, "filter": {f.Filter(Col("PID").Greater(1)), SecondsSince1970}, "rename": {f.Drop("PID").Rename("ts", "t").Rename("t", "ts"), SecondsSince1970},
		"order": {f.OrderBy(Descending("ts")).Limit(2).DropNulls().FillNulls(0).Cache(), SecondsSince1970}, "key": {f.GroupBy("ts").Count(), SecondsSince1970},
		"split": {f.Split(0.5, 1).Train, SecondsSince1970}, "join": {f.InnerJoin(f.Select("ts", "PID").Rename("PID", "p"), "ts"), SecondsSince1970},
		"another name": {f.WithColumn("t", Col("ts")).Select("t").Rename("t", "ts"), SecondsSince1970},
		"max":          {f.GroupBy("CMD").Aggregate(Max("ts").As("ts")), SecondsSince1970}, "mean": {f.GroupBy("CMD").Aggregate(Mean("ts").As("ts")), SecondsSince1970},
		"stddev": {f.GroupBy("CMD").Aggregate(StdDev("ts").As("ts")), Seconds}, "sum": {f.GroupBy("CMD").Aggregate(Sum("ts").As("ts")), Plain}, "count": {f.GroupBy("CMD").Aggregate(Count().As("ts")), Counts},
		"computed": {f.WithColumn("ts", Col("ts").Minus(1)), Plain}, "union": {f.Union(f), SecondsSince1970}, "union with another": {f.Union(other), Plain},
		"values": {session.FromColumns(Int64s("ts", 1, 2).In(MillisecondsSince1970).Nulls(1)), MillisecondsSince1970},
	} {
		field, ok := c.frame.Schema().Field("ts")
		if err := c.frame.Err(); err != nil || !ok || field.Unit != c.want {
			t.Errorf("%s: the unit is %q, want %q (%v)", name, field.Unit, c.want, err)
		}
	}
	says(t, text(t, f.GroupBy("CMD").Aggregate(StdDev("ts"), Sum("bytes"), Max("PID"))), "CMD   stddev(ts)  sum(bytes)  max(PID)\natop     12 days   1,927,968      3483\nbash        null           5     53080")
	says(t, text(t, session.FromColumns(Float64s("share", 0.5, 0.125).In(Shares), Int64s("took", 35, 209).In(Milliseconds))), "share    took\n50.0 %   35 ms\n12.5 %  0.21 s")
}

// Every table says what it is about, and no two the same.
func TestCaptions(t *testing.T) {
	f := timed(t)
	groups := f.GroupBy("CMD")
	seen := map[string]string{}
	for name, table := range map[string]Table{
		"frame": collected(t, f), "head": must(t)(f.Head(2)), "kept head": must(t)(f.Filter(Col("PID").Greater(0)).Cache().Head(2)), "groups": collected(t, groups.Count()), "means": collected(t, groups.Mean("PID").OrderBy(Ascending("CMD"))),
		"describe": must(t)(f.Describe()), "describe of some": must(t)(f.Filter(Col("PID").Equal(1007)).Describe()), "nulls": must(t)(f.NullCounts()), "values": must(t)(f.TopValues(3, "CMD")),
		"all values": must(t)(f.TopValues(3)), "partitions": must(t)(f.Partitions()), "problems": must(t)(f.Problems()), "text": must(t)(f.DescribeText()), "distinct": must(t)(f.DistinctCounts()), "correlation": must(t)(f.Correlation()),
		"histogram": must(t)(f.Histogram("PID", []float64{0, 1}, "")), "long": collected(t, f.Limit(9).Limit(8).Limit(7).Limit(6).Limit(5)), "titled": collected(t, f.Titled("a title")), "about a title": must(t)(f.Titled("a title").NullCounts()),
	} {
		html, err := table.HTML()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, ok := strings.Cut(html, "<caption>")
		caption, _, _ := strings.Cut(rest, "</caption>")
		if other, twice := seen[caption]; !ok || caption == "" || twice {
			t.Errorf("the caption of %s is %q, also that of %q", name, caption, other)
		}
		seen[caption] = name
	}
	for _, want := range []string{
		"timed rows", "count by CMD", "describe: timed rows", "describe: timed rows; filter (PID = 1007)", "top 3 values of CMD: timed rows", "first 2 rows: timed rows", "timed rows; mean(PID) by CMD; order by CMD", "timed rows; first 9 rows; …; first 6 rows; first 5 rows",
		"a title", "nulls: a title",
	} {
		if want == "count by CMD" {
			want = "timed rows; " + want
		}
		if _, ok := seen[want]; !ok {
			t.Errorf("no table is called %q", want)
		}
	}
}

// Columns that name rows are their heads; types are shown on request.
func TestHeadsAndTypes(t *testing.T) {
	f := timed(t)
	html := func(table Table) string {
		t.Helper()
		out, err := table.HTML()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, table := range map[string]Table{
		"top": must(t)(f.TopValues(3, "CMD")), "groups": collected(t, f.GroupBy("CMD").Count().OrderBy(Descending("count")).Limit(9)), "given": collected(t, f.Select("CMD", "PID")).NamedBy("CMD", "nobody"),
	} {
		says(t, html(table), `<th scope="row" style="text-align: left">atop</th>`)
		if strings.Contains(html(table), "int64") {
			t.Errorf("%s: types that nobody asked for", name)
		}
	}
	if got := must(t)(f.TopValues(3, "CMD")).Columns(); strings.Join(got, " ") != "value count share" {
		t.Errorf("the columns are %q", got)
	}
	for _, table := range []Table{must(t)(f.NullCounts()), must(t)(f.DistinctCounts()), must(t)(f.Correlation())} {
		says(t, html(table), `<th scope="row" style="text-align: left">PID</th>`)
	}
	says(t, html(must(t)(f.Partitions())), `<th scope="row" align="right">0</th>`)
	if strings.Contains(html(collected(t, f)), `scope="row"`) {
		t.Error("the rows of a frame have heads")
	}
	says(t, html(collected(t, f).WithTypes()), "<small>int64</small>")
	says(t, text(t, f.WithTypes()), "int64  int32  string      int64\n")
	says(t, text(t, f.WithTypes().Titled("a %s", "title")), "a title\n", "int64")
}
