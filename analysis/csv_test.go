package analysis_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

var telemetry = Schema{
	Name: "telemetry", Remedy: "make it with `kelpie data`",
	Fields: []Field{
		{Name: "ts", Type: Timestamp}, {Name: "PID", Type: Int32}, {Name: "CPU", Type: Float64},
		{Name: "CMD", Type: String}, {Name: "attack", Type: Int64, Aliases: []string{"label"}},
	},
}

func TestReadCSV(t *testing.T) {
	const want = "10 1 0.5 bash 0\n20 2 <nil> a,b 1\n30 <nil> 7  0"
	tests := map[string]string{
		"plain":             "ts,PID,CPU,CMD,attack\n10,1,0.5,bash,0\n20,2,,\"a,b\",1\n30,,7,,0\n",
		"byte order mark":   "\ufeffts,PID,CPU,CMD,attack\n10,1,0.5,bash,0\n20,2,,\"a,b\",1\n30,,7,,0\n",
		"CRLF, no last end": "ts,PID,CPU,CMD,attack\r\n10,1,0.5,bash,0\r\n20,2,,\"a,b\",1\r\n30,,7,,0",
		"reordered, alias":  "label,CMD,CPU,PID,ts\n0,bash,0.5,1,10\n1,\"a,b\",,2,20\n0,,7,,30\n",
		"blanks":            "ts,PID,CPU,CMD,attack\n 10 ,1,0.5,bash,0\n20, 2,\t,\"a,b\",1\n30, ,7,,0\n",
		"extra column":      "ts,PID,CPU,CMD,more,attack\n10,1,0.5,bash,?,0\n20,2,,\"a,b\",?,1\n30,,7,,?,0\n",
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			table := collected(t, session.ReadCSV(telemetry, csvFile(t, "a.csv", content)))
			same(t, table, "ts PID CPU CMD attack", want)
			wanted := 0
			if name == "extra column" {
				wanted = 1
			}
			if len(table.Warnings()) != wanted {
				t.Errorf("warnings %q", table.Warnings())
			}
		})
	}
}

func TestReadCSVFiles(t *testing.T) {
	one := csvFile(t, "one.csv", "ts,PID,CPU,CMD,attack\n1,1,1,a,0\n2,2,2,b,0\n")
	two := csvFile(t, "two.csv", "CMD,ts,PID,CPU,label\nc,3,3,3,1\n")
	f := session.ReadCSV(telemetry, one, two)
	same(t, collected(t, f.Select("ts", "CMD")), "ts CMD", "1 a\n2 b\n3 c")
	if n, err := f.Count(); n != 3 || err != nil {
		t.Error(n, err)
	}
	parts, err := f.Filter(Col("ts").Greater(1)).Partitions()
	if err != nil {
		t.Fatal(err)
	}
	same(t, parts, "partition file from byte to byte rows",
		"0 one.csv 0 42 2\n1 two.csv 0 31 1")
}

// Each file is read in at least two pieces where it has rows enough; pieces tile
// their file.
func TestPartitions(t *testing.T) {
	var content strings.Builder
	content.WriteString("ts,PID,CPU,CMD,attack\n")
	for i := range 1000 {
		fmt.Fprintf(&content, "%d,%d,0.5,cmd %d,%d\n", i, i, i%7, i%2)
	}
	path := csvFile(t, "many.csv", content.String())
	for _, limit := range []int64{0, 1 << 30, 5000, 100, 1} {
		s := NewSession(Config{MaxPartitionBytes: limit})
		parts, err := s.ReadCSV(telemetry, path, path).Cache().Partitions()
		if err != nil {
			t.Fatal(err)
		}
		if parts.Len() < 4 {
			t.Errorf("limit %d: %d partitions", limit, parts.Len())
		}
		var end, total int64
		for i := range parts.Len() {
			from, _ := parts.Value(i, "from byte")
			to, _ := parts.Value(i, "to byte")
			rows, _ := parts.Value(i, "rows")
			if from != end && from != int64(0) {
				t.Errorf("limit %d: partition %d starts at %d, the one before ended at %d", limit, i, from, end)
			}
			if from == int64(0) && i > 0 && end != int64(content.Len()) {
				t.Errorf("limit %d: the first file ended at %d of %d", limit, end, content.Len())
			}
			end = to.(int64)
			total += rows.(int64)
		}
		if end != int64(content.Len()) || total != 2000 {
			t.Errorf("limit %d: the last byte is %d of %d, %d rows", limit, end, content.Len(), total)
		}
	}
	parts, err := process().Partitions()
	if err != nil || parts.Len() != 0 {
		t.Errorf("without a file: %v, %v", parts, err)
	}
}

// The whole text of an error about a file: package, place in the notebook, file,
// line, column in bytes, what is wrong.
func TestBadFiles(t *testing.T) {
	const header = "ts,PID,CPU,CMD,attack\n"
	tests := []struct {
		name, content, want string
		failFast            bool
	}{
		{"ragged", header + "1,1,1,a,0\n1,2,3\n", "FILE:3:6: wrong number of fields: 3, the header has 5", false},
		{"too long", header + "1,1,1,a,0,7\n", "FILE:2:11: wrong number of fields: 6, the header has 5", false},
		{"missing column", "ts,PID,CPU,CMD\n1,1,1,a\n", "FILE:1:1: attack: missing column: the header has ts,PID,CPU,CMD", false},
		{"no header", "1,1,1,a,0\n", "FILE:1:1: ts: missing column: the header has 1,1,1,a,0", false},
		{"doubled column", "ts,PID,PID,CPU,CMD,attack\n", "FILE:1:8: duplicate column: \"PID\"", false},
		{"alias and name", "ts,PID,CPU,CMD,attack,label\n", "FILE:1:23: attack: duplicate column: \"attack\" and \"label\"", false},
		{"empty", "", "FILE: the file is empty", false},
		{"compressed", "PK\x03\x04\x00\x00\n", "FILE: not a CSV file: it is compressed (zip): unpack it first", false},
		{"quote", header + "1,1,1,\"a,0\n", "FILE:2:7: misplaced quote", false},
		{"bad value", header + "1,1,1,a,0\n2,x,1,a,0\n", `FILE:3:3: PID: bad value: "x" is not an int32`, true},
		{"too large", header + "1,5000000000,1,a,0\n", `FILE:2:3: PID: bad value: "5000000000" is beyond the range of int32`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := csvFile(t, "bad.csv", test.content)
			schema := telemetry
			schema.FailFast = test.failFast
			_, err := session.ReadCSV(schema, path).Count()
			want := "analysis: csv: " + strings.Replace(test.want, "FILE", path, 1)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.csv")
	_, err := session.ReadCSV(telemetry, missing).Count()
	mistaken(t, err, "csv_test.go:", "no such file: "+missing)
	_, err = session.ReadCSV(telemetry, t.TempDir()).Count()
	mistaken(t, err, "csv_test.go:", "is not a regular file")
	_, err = session.ReadCSV(telemetry).Count()
	mistaken(t, err, "csv_test.go:", "there is no telemetry file to read; make it with `kelpie data`")
	_, err = session.ReadCSV(Schema{Fields: telemetry.Fields}).Partitions()
	mistaken(t, err, "there is no csv file to read")
	_, err = session.ReadCSV(Schema{}, missing).Count()
	mistaken(t, err, "csv_test.go:", "read csv: the schema has no columns")
	_, err = session.ReadCSV(Schema{Fields: []Field{{Name: "v", Type: Vector}}}, csvFile(t, "a.csv", "v\n1\n")).Count()
	mistaken(t, err, "the type vector cannot be read")
	closed := csvFile(t, "closed.csv", "v\n1\n")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 { // root may read anything
		_, err = session.ReadCSV(telemetry, closed).Count()
		mistaken(t, err, "csv_test.go:", closed)
	}
}

// Bad values become null, are counted, and are said under every value made of them.
func TestProblems(t *testing.T) {
	content := "ts,PID,CPU,CMD,attack\n1,x,1,a,0\n2,2,y z,a,0\n3,3.5,1,a,0\n"
	f := session.ReadCSV(telemetry, csvFile(t, "bad.csv", content))
	table := collected(t, f.Select("ts", "PID", "CPU"))
	same(t, table, "ts PID CPU", "1 <nil> 1\n2 2 <nil>\n3 <nil> 1")
	warnings := []string{
		`PID: 2 values became null: "x" (bad.csv:2:3) is not an int32; Problems() shows the first`,
		`CPU: 1 value became null: "y z" (bad.csv:3:5) is not a float64; Problems() shows the first`,
	}
	if fmt.Sprint(table.Warnings()) != fmt.Sprint(warnings) {
		t.Errorf("warnings %q", table.Warnings())
	}
	const columns = "file line byte column text reason of this column"
	const want = "bad.csv 2 3 PID x is not an int32 2\nbad.csv 3 5 CPU y z is not a float64 1\nbad.csv 4 3 PID 3.5 is not an int32: it has a fraction 2"
	problems, err := f.Problems()
	if err != nil {
		t.Fatal(err)
	}
	same(t, problems, columns, want)
	// A frame made of the same files twice says it once.
	problems, err = f.Union(f.Filter(Col("ts").Greater(1))).Problems()
	if err != nil {
		t.Fatal(err)
	}
	same(t, problems, columns, want)
	described, err := f.Describe("CPU")
	if err != nil || len(described.Warnings()) != 2 {
		t.Errorf("%q, %v", described.Warnings(), err)
	}
	problems, err = process().Problems()
	if err != nil {
		t.Fatal(err)
	}
	same(t, problems, columns, "")
}
