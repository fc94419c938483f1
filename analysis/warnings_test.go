package analysis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/stophacking/kelpie/analysis"
)

// warned fails unless the warnings under a table are these.
func warned(t *testing.T, table Table, want ...string) {
	t.Helper()
	if got := table.Warnings(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("warnings\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// However many columns the schema leaves out, one line says so.
func TestSkippedColumnsAreOneWarning(t *testing.T) {
	schema := Schema{Fields: []Field{{Name: "pid", Type: Int64}, {Name: "cpu", Type: Float64}}}
	var many strings.Builder
	for i := range 128 {
		fmt.Fprintf(&many, ",c%d", i)
	}
	for header, want := range map[string]string{
		"pid,hdr,cpu":                          `column "hdr" is not in the schema and was skipped`,
		"pid,hdr,cpu,hdr":                      `2 columns are not in the schema and were skipped: "hdr" and "hdr"`,
		"pid,cpu,":                             `a column without a name was skipped`,
		"pid,cpu,,":                            `2 columns without a name were skipped`,
		"pid,,cpu, ,x,y":                       `4 columns are not in the schema and were skipped: "x", "y" and 2 without a name`,
		"pid,cpu,v,w,x":                        `3 columns are not in the schema and were skipped: "v", "w" and "x"`,
		"pid,cpu,v,w,x,y,,":                    `6 columns are not in the schema and were skipped: "v", "w", "x", 2 without a name and 1 more`,
		"pid,cpu" + many.String():              `128 columns are not in the schema and were skipped: "c0", "c1", "c2" and 125 more`,
		"pid,cpu,\"line\nbreak\tx\"":           `column "line\nbreak\tx" is not in the schema and was skipped`,
		"pid,cpu," + strings.Repeat("x", 5000): `column "` + strings.Repeat("x", 99) + `…" is not in the schema and was skipped`,
	} {
		content := header + "\n7,0.5" + strings.Repeat(",", strings.Count(header, ",")-1) + "\n"
		if strings.HasPrefix(header, "pid,hdr") || strings.HasPrefix(header, "pid,,") {
			content = header + "\n7,,0.5" + strings.Repeat(",", strings.Count(header, ",")-2) + "\n"
		}
		table := collected(t, session.ReadCSV(schema, csvFile(t, "a.csv", content)))
		same(t, table, "pid cpu", "7 0.5")
		warned(t, table, want)
	}
}

// A number that is whole is an integer. What is not says why it became null, a line a
// column for the first columns and one for the others.
func TestWholeNumbersAreIntegers(t *testing.T) {
	schema := Schema{Fields: []Field{{Name: "pid", Type: Int32}, {Name: "size", Type: Int64}, {Name: "ts", Type: Timestamp}, {Name: "up", Type: Bool}, {Name: "cmd", Type: String}}}
	content := "pid,size,ts,up,cmd\n3257.0,9007199254740993.0,1554218915.0,1.0,3257.0\n3257.5,1e3,1e9,True,\xff\n-0.0,1e99,1.5,0,x\n"
	f := session.ReadCSV(schema, csvFile(t, "a.csv", content))
	table := collected(t, f)
	same(t, table, "pid size ts up cmd",
		"3257 9007199254740993 1554218915 true 3257.0\n<nil> 1000 1000000000 true \ufffd\n0 <nil> <nil> false x")
	warned(t, table,
		`pid: 1 value became null: "3257.5" (a.csv:3:1) is not an int32: it has a fraction; Problems() shows the first`,
		`size: 1 value became null: "1e99" (a.csv:4:6) is beyond the range of int64; Problems() shows the first`,
		`ts: 1 value became null: "1.5" (a.csv:4:11) is not a timestamp: it has a fraction; Problems() shows the first`,
		`cmd: 1 value got U+FFFD: "\xff" (a.csv:3:21) is not UTF-8; Problems() shows the first`)

	// Texts become numbers by the same rule behind the other doors.
	texts := session.FromColumns(Strings("text", "3257.0", "3257.5", " 1e3\t", "9007199254740993.0", "x", "2147483648", "1.0", ""))
	same(t, collected(t, texts.WithColumn("i", Col("text").TryCast(Int32)).WithColumn("l", Col("text").TryCast(Int64)).
		WithColumn("b", Col("text").TryCast(Bool)).WithColumn("t", Col("text").TryCast(Timestamp)).Drop("text")), "i l b t",
		"3257 3257 <nil> 3257\n<nil> <nil> <nil> <nil>\n1000 1000 <nil> 1000\n<nil> 9007199254740993 <nil> 9007199254740993\n"+
			"<nil> <nil> <nil> <nil>\n<nil> 2147483648 <nil> 2147483648\n1 1 true 1\n<nil> <nil> <nil> <nil>")
	declared, err := texts.NonConforming(Schema{Fields: []Field{{Name: "text", Type: Int64}}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, declared, "column declared rows distinct examples", `text int64 2 2 "3257.5", "x"`)

	var wide Schema
	names, values := make([]string, 40), make([]string, 40)
	for i := range names {
		names[i], values[i] = fmt.Sprintf("c%d", i), "x"
		wide.Fields = append(wide.Fields, Field{Name: names[i], Type: Int64})
	}
	table = collected(t, session.ReadCSV(wide, csvFile(t, "a.csv", strings.Join(names, ",")+"\n"+strings.Join(values, ",")+"\n")))
	if w := table.Warnings(); len(w) != 6 || w[5] != "35 more columns have bad values" || !strings.HasPrefix(w[4], "c4: 1 value became null") {
		t.Errorf("warnings %q", w)
	}
}

// Times in another unit than seconds are kept, and told: read, given or computed.
func TestTimesOfOtherUnits(t *testing.T) {
	at := time.Date(2019, 4, 2, 15, 28, 35, 0, time.UTC)
	schema := Schema{Fields: []Field{{Name: "ts", Type: Timestamp}, {Name: "n", Type: Int64}}}
	for unit, v := range map[string]int64{"milliseconds": at.UnixMilli(), "microseconds": at.UnixMicro(), "nanoseconds": at.UnixNano()} {
		path := csvFile(t, "a.csv", fmt.Sprintf("n,ts\n1,%d\n%d,%d\n", at.Unix(), v, v))
		f := session.ReadCSV(schema, path)
		want := fmt.Sprintf("%d (a.csv:3:%d) looks like %s (2019-04-02 15:28:35)", v, len(fmt.Sprint(v))+2, unit)
		want = `ts: 1 value, read as seconds, lies outside of the years 1 to 9999: "` + strings.Replace(want, " ", `" `, 1)
		table := collected(t, f)
		same(t, table, "ts n", fmt.Sprintf("%d 1\n%d %d", at.Unix(), v, v))
		warned(t, table, want)
		for range 2 { // made, and kept
			warned(t, collected(t, f.Filter(Col("n").Greater(1)).Select("ts").Cache()), want)
		}
		cast := fmt.Sprintf("when: 1 value, read as seconds, lies outside of the years 1 to 9999: %d (row 1) looks like %s (2019-04-02 15:28:35)", v, unit)
		numbers := session.FromColumns(Int64s("n", 1, v), Strings("s", "1", fmt.Sprint(v)), Float64s("f", 1, float64(v)))
		for _, column := range []string{"n", "s", "f"} {
			warned(t, collected(t, numbers.WithColumn("when", Col(column).Cast(Timestamp))), cast)
			warned(t, collected(t, numbers.WithColumn("when", Col(column).Cast(Timestamp)).Limit(1).Cache()), cast)
		}
	}
	given := session.FromColumns(Timestamps("t", at, time.Unix(at.UnixMilli(), 0), time.Unix(at.UnixMilli(), 0)).Nulls(2))
	warned(t, collected(t, given), fmt.Sprintf("t: 1 value, read as seconds, lies outside of the years 1 to 9999: %d (row 1) looks like milliseconds (2019-04-02 15:28:35)", at.UnixMilli()))
	// Seconds, however old, are no doubt, and neither are integers.
	warned(t, collected(t, session.FromColumns(Timestamps("t", at, time.Unix(0, 0), time.Unix(43_831, 0)), Int64s("n", at.UnixMilli(), 0, 0))))
}

// An error names some of the columns of a wide table, and counts the others.
func TestErrorsOfWideTables(t *testing.T) {
	var columns []Values
	for i := range 500 {
		columns = append(columns, Int64s(fmt.Sprintf("c%d", i), 1))
	}
	f := session.FromColumns(columns...)
	for name, err := range map[string]error{
		"select": f.Select("none").Err(), "drop": f.Drop("c1", "none").Err(), "filter": f.Filter(Col("none").Greater(1)).Err(),
		"order": f.OrderBy(Ascending("none")).Err(), "join": f.InnerJoin(f, "none").Err(),
		"table": func() error { _, err := collected(t, f).Floats("none"); return err }(),
	} {
		if err == nil || !strings.Contains(err.Error(), `no column "none"`) || !strings.Contains(err.Error(), "c99") ||
			strings.Contains(err.Error(), "c100") || !strings.HasSuffix(err.Error(), " and 400 more") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
