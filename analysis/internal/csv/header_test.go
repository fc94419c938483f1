package csv_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// Only a doubled column that is declared is ambiguous.
func TestDoubledColumns(t *testing.T) {
	fields := []csv.Field{{Name: "pid", Type: column.Int32}, {Name: "cpu", Type: column.Float64, Aliases: []string{"load"}}}
	for name, test := range map[string]struct {
		text, want string // the rows, or the error
		extra      []string
	}{
		"undeclared":           {"pid,hdr,cpu,hdr\n1,x,2,y\n", "1 2\n", []string{"hdr", "hdr"}},
		"without names":        {"pid,cpu,,\n1,2,,\n,,,\n", "1 2\n<nil> <nil>\n", []string{"", ""}},
		"without names, first": {",pid,,cpu\n0,1,x,2\n", "1 2\n", []string{"", ""}},
		"blanks":               {"pid, ,cpu,\t\n1,,2,\n", "1 2\n", []string{"", ""}},
		"names in quotes":      {"\"hdr\",pid,\"cpu\",hdr\nx,1,\"2\",y\n", "1 2\n", []string{"hdr", "hdr"}},
		"three times":          {"x,x,pid,x,cpu\n,,1,,2\n", "1 2\n", []string{"x", "x", "x"}},
		"declared":             {"pid,cpu,pid\n", `:1:9: duplicate column: "pid"`, nil},
		"declared, blanks":     {"pid,cpu, pid \n", `:1:9: duplicate column: "pid"`, nil},
		"alias":                {"pid,load,x,cpu\n", `:1:12: cpu: duplicate column: "load" and "cpu"`, nil},
		"alias twice":          {"pid,load,load\n", `:1:10: duplicate column: "load"`, nil},
		"declared, unclear":    {"x,x,cpu,cpu,pid\n", `:1:9: duplicate column: "cpu"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			paths := write(t, test.text)
			got, err := csv.Read(t.Context(), paths, csv.Options{Fields: fields})
			if err != nil {
				if s := strings.TrimPrefix(err.Error(), "csv: "+paths[0]); s != test.want {
					t.Errorf("error %s, want %s", s, test.want)
				}
				return
			}
			if s := rows(got.Batch); s != test.want || !reflect.DeepEqual(got.Extra, test.extra) {
				t.Errorf("%q, extra %q; want %q, %q", s, got.Extra, test.want, test.extra)
			}
		})
	}
	// Of several files, the one with most columns of a name counts.
	got, err := csv.Read(t.Context(), write(t, "pid,cpu,x\n", "x,pid,x,cpu,y\n", "cpu,pid,x\n"), csv.Options{Fields: fields})
	if want := []string{"x", "x", "y"}; err != nil || !reflect.DeepEqual(got.Extra, want) {
		t.Errorf("extra %q, %v; want %q", got.Extra, err, want)
	}
}

// Timestamps that cannot be seconds are told with the first, what it looks like, and
// how many there are.
func TestDoubts(t *testing.T) {
	fields := []csv.Field{{Name: "a", Type: column.Timestamp}, {Name: "b", Type: column.Timestamp}, {Name: "c", Type: column.Int64}}
	text := "a,b,c\n" + // the first of a column: line:column
		"1554218915,,1554218915000\n" +
		"\"1554218915000\",253402300799,1\n" + // 3:1
		"1554218916000.0,-62135596800,1\n" +
		"x,253402300800,1\n" // 5:3
	paths := write(t, "c,b,a\n1,2,3\n", text)
	for _, size := range []int{1, 20, 1 << 20} {
		restore := csv.SetBlockSize(size)
		got, err := csv.Read(t.Context(), paths, csv.Options{Fields: fields, Workers: 3})
		restore()
		if err != nil {
			t.Fatal(err)
		}
		want := []csv.Doubt{
			{Problem: csv.Problem{Path: paths[1], Line: 3, Column: 1, Field: "a", Text: "1554218915000", Reason: "looks like milliseconds (2019-04-02 15:28:35)"}, Count: 2},
			{Problem: csv.Problem{Path: paths[1], Line: 5, Column: 3, Field: "b", Text: "253402300800", Reason: "fits no usual unit"}, Count: 1},
		}
		if !reflect.DeepEqual(got.Doubts, want) {
			t.Errorf("blocks of %d: %+v, want %+v", size, got.Doubts, want)
		}
		if len(got.Problems) != 1 || got.Batch.Columns[0].Int64s[2] != 1554218915000 {
			t.Errorf("a doubt is no problem, and the value stays: %v, %v", got.Problems, got.Batch.Columns[0].Int64s)
		}
	}
}
