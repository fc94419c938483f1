package csv_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// write puts the texts into files a.csv, b.csv, … and returns their paths.
func write(t testing.TB, texts ...string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, text := range texts {
		path := filepath.Join(dir, string(rune('a'+i))+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// rows prints a batch, a line a row: null as <nil>, strings in quotes.
func rows(b *column.Batch) string {
	var s strings.Builder
	for i := range b.Len {
		for k, c := range b.Columns {
			if k > 0 {
				s.WriteByte(' ')
			}
			if v := c.Value(i); c.Type == column.String {
				fmt.Fprintf(&s, "%q", v)
			} else {
				fmt.Fprint(&s, v)
			}
		}
		s.WriteByte('\n')
	}
	return s.String()
}

// abc are the fields of most tables here.
var abc = []csv.Field{
	{Name: "a", Type: column.Int32},
	{Name: "b", Type: column.Float64},
	{Name: "c", Type: column.String},
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"plain", "a,b,c\n1,2.5,x\n-3,4,y\n", "1 2.5 \"x\"\n-3 4 \"y\"\n"},
		{"no final newline", "a,b,c\n1,2,x", "1 2 \"x\"\n"},
		{"CRLF", "a,b,c\r\n1,2,x\r\n3,4,y\r\n", "1 2 \"x\"\n3 4 \"y\"\n"},
		{"CRLF, no final newline", "a,b,c\r\n1,2,x\r\n3,4,y", "1 2 \"x\"\n3 4 \"y\"\n"},
		{"CR at the end of the file", "a,b,c\r\n1,2,x\r", "1 2 \"x\"\n"},
		{"mixed line ends", "a,b,c\n1,2,x\r\n3,4,y\n", "1 2 \"x\"\n3 4 \"y\"\n"},
		{"CR within a field", "a,b,c\n1,2,x\ry\n", "1 2 \"x\\ry\"\n"},
		{"byte order mark", "\ufeffa,b,c\n1,2,x\n", "1 2 \"x\"\n"},
		{"other order", "c,a,b\nx,1,2\n", "1 2 \"x\"\n"},
		{"blanks in the header", "a, b ,c\n1,2,x\n", "1 2 \"x\"\n"},
		{"blank lines", "\n\r\na,b,c\n\n1,2,x\n\r\n\n3,4,y\n\n", "1 2 \"x\"\n3 4 \"y\"\n"},
		{"header only", "a,b,c\n", ""},
		{"header only, no newline", "a,b,c", ""},
		{"quotes", "\"a\",b,\"c\"\n\"1\",\"2\",\"x\"\n", "1 2 \"x\"\n"},
		{"in quotes", "a,b,c\n1,2,\"x,\"\"y\"\"\nz\r\n\"\n3,4,\"\"\n", "1 2 \"x,\\\"y\\\"\\nz\\r\\n\"\n3 4 \"\"\n"},
		{"quotes, CRLF", "a,b,c\r\n1,2,\"x\r\"\r\n", "1 2 \"x\\r\"\n"},
		{"empty fields", "a,b,c\n,,\n1,,\n", "<nil> <nil> \"\"\n1 <nil> \"\"\n"},
		{"empty in quotes", "a,b,c\n\"\",\"\",\"\"\n", "<nil> <nil> \"\"\n"},
		{"blanks", "a,b,c\n 1 ,\t2, x \n  ,\t,  \n", "1 2 \" x \"\n<nil> <nil> \"  \"\n"},
		{"signs and exponents", "a,b,c\n+1,+1e3,\n-0,-1.5E-2,\n-2147483648,.5,\n2147483647,5.,\n",
			"1 1000 \"\"\n0 -0.015 \"\"\n-2147483648 0.5 \"\"\n2147483647 5 \"\"\n"},
		{"long numbers", "a,b,c\n000000000000000000001,1234567890.0123456789,\n0000000000012,0.30000000000000004,\n",
			"1 1.2345678900123458e+09 \"\"\n12 0.30000000000000004 \"\"\n"},
		{"texts of all lengths", "a,b,c\n1,1,1234567\n1,1,12345678\n1,1,123456789\n1,1,123456789012345\n1,1,1234567890123456\n1,1,12345678901234567\n",
			"1 1 \"1234567\"\n1 1 \"12345678\"\n1 1 \"123456789\"\n1 1 \"123456789012345\"\n1 1 \"1234567890123456\"\n1 1 \"12345678901234567\"\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 1 << 20} {
				restore := csv.SetBlockSize(size)
				got, err := csv.Read(t.Context(), write(t, test.text), csv.Options{Fields: abc})
				restore()
				if err != nil {
					t.Fatal(err)
				}
				if s := rows(got.Batch); s != test.want || len(got.Problems) > 0 || len(got.Bad) > 0 {
					t.Errorf("blocks of %d:\n%swant\n%s%v", size, s, test.want, got.Problems)
				}
			}
		})
	}
}

func TestReadOtherTypes(t *testing.T) {
	fields := []csv.Field{
		{Name: "when", Type: column.Timestamp, Aliases: []string{"ts"}},
		{Name: "size", Type: column.Int64},
		{Name: "attack", Type: column.Bool, Aliases: []string{"label"}},
	}
	text := "ts,label,size\n1554218915,1,-9223372036854775808\n,T,9223372036854775807\n3,false,9223372036854775808\n4,,\n5,yes,7\n"
	got, err := csv.Read(t.Context(), write(t, text), csv.Options{Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	want := "1554218915 -9223372036854775808 true\n<nil> 9223372036854775807 true\n3 <nil> false\n4 <nil> <nil>\n5 7 <nil>\n"
	if s := rows(got.Batch); s != want {
		t.Errorf("got\n%swant\n%s", s, want)
	}
	if c := got.Batch.Column("attack"); c.Nulls != 2 || c.Valid[0] != 0b00111 || c.Bools[0] != 0b00011 {
		t.Errorf("attack: nulls %d, valid %b, bits %b", c.Nulls, c.Valid, c.Bools)
	}
	if want := map[string]int64{"size": 1, "attack": 1}; !reflect.DeepEqual(got.Bad, want) {
		t.Errorf("bad %v, want %v", got.Bad, want)
	}
}

func TestReadSeveral(t *testing.T) {
	paths := write(t, "a,b,c,z\n1,2,x,0\n3,4,y,0\n", "c,b,a\n", "q,c,z,b,a\n,w,,8,7\n,x,,10,9")
	got, err := csv.Read(t.Context(), paths, csv.Options{Fields: abc})
	if err != nil {
		t.Fatal(err)
	}
	if s, want := rows(got.Batch), "1 2 \"x\"\n3 4 \"y\"\n7 8 \"w\"\n9 10 \"x\"\n"; s != want {
		t.Errorf("got\n%swant\n%s", s, want)
	}
	if want := []string{"z", "q"}; !reflect.DeepEqual(got.Extra, want) {
		t.Errorf("extra columns %q, want %q", got.Extra, want)
	}
	c := got.Batch.Column("c")
	if want := []string{"w", "x", "y"}; !reflect.DeepEqual(c.Dictionary, want) {
		t.Errorf("dictionary %q, want %q", c.Dictionary, want)
	}
	if want := []uint16{1, 2, 0, 1}; !reflect.DeepEqual(c.Codes16, want) {
		t.Errorf("codes %v, want %v", c.Codes16, want)
	}
}

func TestReadWithoutFields(t *testing.T) {
	got, err := csv.Read(t.Context(), write(t, "a,b\n1,2\n3,4\n"), csv.Options{})
	if err != nil || got.Batch.Len != 2 || len(got.Batch.Columns) != 0 || len(got.Extra) != 2 {
		t.Errorf("got %+v, %v; want 2 rows and no column", got, err)
	}
}

func TestProblems(t *testing.T) {
	text := "a,b,c\n" + // the bad values: line:column
		"x,1,\n" + // 2:1
		"1.5,2,\"two\nlines\"\n" + // 3:1, the record goes on in line 4
		"1 0,1 0,\n" + // 5:1, 5:5
		"2147483648,1e400,\n" + // 6:1, 6:12
		"-,nan,\n" + // 7:1, 7:3
		"0x1,Inf,\xff\n" + // 8:1 (the sixth), 8:5, 8:9
		"1_0,0x1p4,é\n" // 9:1, 9:5
	want := []string{
		`b.csv:2:1: a: "x" is not an int32`,
		`b.csv:3:1: a: "1.5" is not an int32: it has a fraction`,
		`b.csv:5:1: a: "1 0" is not an int32`,
		`b.csv:5:5: b: "1 0" is not a float64`,
		`b.csv:6:1: a: "2147483648" is beyond the range of int32`,
		`b.csv:6:12: b: "1e400" is beyond the range of float64`,
		`b.csv:7:1: a: "-" is not an int32`,
		`b.csv:7:3: b: "nan" is not a float64`,
		`b.csv:8:5: b: "Inf" is not a float64`,
		`b.csv:8:9: c: "\xff" is not UTF-8`,
		`b.csv:9:5: b: "0x1p4" is not a float64`,
	}
	paths := write(t, "a,b,c\n1,2,x\n", text)
	for _, size := range []int{1, 10, 1 << 20} {
		restore := csv.SetBlockSize(size)
		got, err := csv.Read(t.Context(), paths, csv.Options{Fields: abc, Workers: 3})
		restore()
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, p := range got.Problems {
			list = append(list, p.String())
		}
		// "b" has just five; of "a" the last two are not kept.
		if !reflect.DeepEqual(list, want) {
			t.Errorf("blocks of %d:\n%s\nwant\n%s", size, strings.Join(list, "\n"), strings.Join(want, "\n"))
		}
		if want := map[string]int64{"a": 7, "b": 5, "c": 1}; !reflect.DeepEqual(got.Bad, want) {
			t.Errorf("bad %v, want %v", got.Bad, want)
		}
		if c := got.Batch.Column("a"); c.Nulls != 7 {
			t.Errorf("a has %d nulls, want 7", c.Nulls)
		}
		if c := got.Batch.Column("c"); c.Nulls != 0 || c.Text(6) != "\ufffd" || c.Text(7) != "é" {
			t.Errorf("c: %d nulls, %q, %q", c.Nulls, c.Text(6), c.Text(7))
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, text string
		is         error
		want       string // after "csv: a.csv"
	}{
		{"too few", "a,b,c\n1,2,x\n3,4\n", csv.ErrRagged, ":3:4: wrong number of fields: 2, the header has 3"},
		{"too few, CRLF", "a,b,c\r\n3,4\r\n", csv.ErrRagged, ":2:4: wrong number of fields: 2, the header has 3"},
		{"too few, at the end", "a,b,c\n1,2,x\n3", csv.ErrRagged, ":3:2: wrong number of fields: 1, the header has 3"},
		{"too many", "a,b,c\n1,2,x\n3,4,y,z,\n", csv.ErrRagged, ":3:7: wrong number of fields: 5, the header has 3"},
		{"both, which evens out", "a,b,c\n1,2\n3,4,y,z\n", csv.ErrRagged, ":2:4: wrong number of fields: 2, the header has 3"},
		{"too many and a blank line", "a,b,c\n\n1,2,x,y,z\n", csv.ErrRagged, ":3:7: wrong number of fields: 5, the header has 3"},
		{"too few and a blank line", "a,b,c\n\n,\n", csv.ErrRagged, ":3:2: wrong number of fields: 2, the header has 3"},
		{"unclosed", "a,b,c\n1,2,x\n3,4,\"y\n5,6,z\n", csv.ErrQuote, ":3:5: misplaced quote: it is never closed"},
		{"unclosed later", "a,b,c\n1,2,\"\n\"\n3,4,\"y\n5,6,z\n", csv.ErrQuote, ":4:5: misplaced quote: it is never closed"},
		{"within", "a,b,c\n1,2,x\n3,4,y\"z\n5,6,\"\n", csv.ErrQuote, ":3:6: misplaced quote: a quote inside a field that is not in quotes"},
		{"after", "a,b,c\n3,4,\"y\"z\n", csv.ErrQuote, ":2:8: misplaced quote: text after the closing quote"},
		{"in the header", "a,\"b,c\n3,4,y\n", csv.ErrQuote, ":1:3: misplaced quote: it is never closed"},
		{"missing", "a,B,c\n1,2,x\n", csv.ErrMissingColumn, ":1:1: b: missing column: the header has a,B,c"},
		{"missing, after a mark", "\ufeff\n\na,B,c\n1,2,x\n", csv.ErrMissingColumn, ":3:1: b: missing column: the header has a,B,c"},
		{"duplicate", "a,b,c,b\n", csv.ErrDuplicateColumn, `:1:7: duplicate column: "b"`},
		{"duplicate, with blanks", "a,b,x,c,x, b\n", csv.ErrDuplicateColumn, `:1:11: duplicate column: "b"`},
		{"repeated", "a,b,c\n1,2,x\na,b,c\n1,2,x\n", csv.ErrRepeatedHeader, ":3:1: the header is repeated"},
		{"repeated, CRLF", "a,b,c\r\n1,2,x\r\na,b,c\r\n", csv.ErrRepeatedHeader, ":3:1: the header is repeated"},
		{"repeated, with mark", "\ufeffa,b,c\n1,2,x\n\ufeffa,b,c\n1,2,x\n", csv.ErrRepeatedHeader, ":3:1: the header is repeated"},
		{"repeated, in quotes", "a,b,c\n1,2,x\n\"a\",\"b\",c", csv.ErrRepeatedHeader, ":3:1: the header is repeated"},
		{"empty", "", csv.ErrEmpty, ": the file is empty"},
		{"mark only", "\ufeff", csv.ErrEmpty, ": the file is empty"},
		{"blank lines only", "\r\n\n", csv.ErrEmpty, ": the file is empty"},
		{"NUL", "a,b,c\n1,2,x\n1,2,\x00\n", csv.ErrNotCSV, ":3:5: not a CSV file: it holds a NUL byte, so it is binary or UTF-16"},
		{"NUL in the header", "a\x00,b,c\n", csv.ErrNotCSV, ":1:2: not a CSV file: it holds a NUL byte, so it is binary or UTF-16"},
		{"UTF-16", "\xff\xfea\x00", csv.ErrNotCSV, ": not a CSV file: it is UTF-16 text: convert it to UTF-8 first"},
		{"gzip", "\x1f\x8b\x08", csv.ErrNotCSV, ": not a CSV file: it is compressed (gzip): decompress it first"},
		{"zip", "PK\x03\x04", csv.ErrNotCSV, ": not a CSV file: it is compressed (zip): unpack it first"},
		{"Parquet", "PAR1\x15\x04", csv.ErrNotCSV, ": not a CSV file: it is a Parquet file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paths := write(t, test.text)
			for _, size := range []int{1, 7, 1 << 20} {
				restore := csv.SetBlockSize(size)
				_, err := csv.Read(t.Context(), paths, csv.Options{Fields: abc, Workers: 4})
				restore()
				var e *csv.Error
				if !errors.Is(err, test.is) || !errors.As(err, &e) {
					t.Fatalf("blocks of %d: error %v, want %v", size, err, test.is)
				}
				if got := strings.TrimPrefix(err.Error(), "csv: "+paths[0]); got != test.want {
					t.Errorf("blocks of %d:\n got %s\nwant %s", size, got, test.want)
				}
			}
		})
	}
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		path string
		is   error
		want string
	}{
		{filepath.Join(dir, "none.csv"), fs.ErrNotExist, "csv: " + dir + "/none.csv: no such file or directory"},
		{dir, files.ErrNotRegular, "csv: " + dir + ": it is not a regular file but a folder"},
	}
	for _, test := range tests {
		_, err := csv.Read(t.Context(), []string{test.path}, csv.Options{Fields: abc})
		if !errors.Is(err, test.is) || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.path, err, test.want)
		}
	}
	if _, err := csv.Read(t.Context(), nil, csv.Options{}); err == nil || err.Error() != "csv: no file is given" {
		t.Errorf("no file: error %v", err)
	}
}

func TestFieldErrors(t *testing.T) {
	for want, fields := range map[string][]csv.Field{
		"csv: field v: the type vector cannot be read":              {{Name: "v", Type: column.Vector}},
		`csv: the name "b" is declared for two fields, a and b`:     {{Name: "a", Type: column.Bool, Aliases: []string{"b"}}, {Name: "b", Type: column.Bool}},
		`csv: PATH:1:3: a: duplicate column: "a" and "b"`:           {{Name: "a", Type: column.Bool, Aliases: []string{"b"}}},
		`csv: PATH:1:1: long: missing column: the header has a,b,c`: {{Name: "long", Type: column.Bool}},
	} {
		paths := write(t, "a,b,c\n")
		_, err := csv.Read(t.Context(), paths, csv.Options{Fields: fields})
		if err == nil || strings.ReplaceAll(err.Error(), paths[0], "PATH") != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestFailFast(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a,b,c\n1,2,x\n1,u,x\nv,2,x\n", `:3:3: b: bad value: "u" is not a float64`},
		{"a,b,c\n1,2,x\nw,u,x\n", `:3:1: a: bad value: "w" is not an int32`},
		{"a,b,c\n1,2,x\n1,u,x\n1\n", `:3:3: b: bad value: "u" is not a float64`},
		{"a,b,c\n1,2,x\n1\n1,u,x\n", `:3:2: wrong number of fields: 1, the header has 3`},
		{"a,b,c\n1,2,\xff\n", `:2:5: c: bad value: "\xff" is not UTF-8`},
	}
	for _, test := range tests {
		paths := write(t, test.text)
		for _, size := range []int{1, 9, 1 << 20} {
			restore := csv.SetBlockSize(size)
			_, err := csv.Read(t.Context(), paths, csv.Options{Fields: abc, FailFast: true, Workers: 4})
			restore()
			if err == nil || strings.TrimPrefix(err.Error(), "csv: "+paths[0]) != test.want {
				t.Errorf("blocks of %d: error %v, want %s", size, err, test.want)
			}
		}
	}
	got, err := csv.Read(t.Context(), write(t, "a,b,c\n,,\n"), csv.Options{Fields: abc, FailFast: true})
	if err != nil || got.Batch.Len != 1 {
		t.Errorf("empty fields: %v, want no error", err)
	}
}
