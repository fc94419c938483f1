package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// oracle reads text with encoding/csv and strconv: the values of the fields a row,
// and the number of bad ones. It drops the CR of CRLF within quotes, as encoding/csv
// does.
func oracle(text string, fields []csv.Field) (values [][]any, bad int64, err error) {
	records, err := stdcsv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(records) == 0 {
		return nil, 0, fmt.Errorf("no header: %w", err)
	}
	place := map[string]int{}
	for i, name := range records[0] {
		name = strings.TrimSpace(name)
		if _, twice := place[name]; twice && slices.ContainsFunc(fields, func(f csv.Field) bool { return f.Name == name }) {
			return nil, 0, fmt.Errorf("duplicate %q", name)
		}
		place[name] = i
	}
	for _, f := range fields {
		if _, found := place[f.Name]; !found {
			return nil, 0, fmt.Errorf("missing %q", f.Name)
		}
	}
	for _, record := range records[1:] {
		if len(record) > 1 && reflect.DeepEqual(record, records[0]) {
			return nil, 0, fmt.Errorf("repeated header")
		}
		var row []any
		for _, f := range fields {
			v, ok := convert(record[place[f.Name]], f.Type)
			if !ok {
				bad++
			}
			row = append(row, v)
		}
		values = append(values, row)
	}
	return values, bad, nil
}

func convert(s string, kind column.Type) (v any, ok bool) {
	if kind == column.String {
		valid := strings.ToValidUTF8(s, "\ufffd")
		return valid, valid == s
	}
	s = strings.Trim(s, " \t")
	if s == "" {
		return nil, true
	}
	var err error
	switch kind {
	case column.Int32:
		var n int64
		n, err = whole(s, math.MinInt32, math.MaxInt32)
		v = int32(n)
	case column.Int64, column.Timestamp:
		v, err = whole(s, math.MinInt64, math.MaxInt64)
	case column.Float64:
		if strings.ContainsAny(s, "xXnNpP_") { // hexadecimal, nan, inf
			return nil, false
		}
		v, err = strconv.ParseFloat(s, 64)
	case column.Bool:
		if v, err = strconv.ParseBool(s); err != nil {
			var n int64
			n, err = whole(s, 0, 1)
			v = n == 1
		}
	}
	if err != nil {
		return nil, false
	}
	return v, true
}

// same reports whether two values are the same, floats bit for bit.
func same(a, b any) bool {
	x, ok := a.(float64)
	y, also := b.(float64)
	if ok && also {
		return math.Float64bits(x) == math.Float64bits(y)
	}
	return a == b
}

// compare fails the test unless Read and the oracle agree on text.
func compare(t *testing.T, path, text string, fields []csv.Field, size, workers int) {
	t.Helper()
	defer csv.SetBlockSize(size)()
	got, err := csv.Read(t.Context(), []string{path}, csv.Options{Fields: fields, Workers: workers})
	want, bad, failed := oracle(text, fields)
	if (err != nil) != (failed != nil) {
		t.Fatalf("blocks of %d: error %v, encoding/csv %v, for %q", size, err, failed, text)
	}
	if err != nil {
		return
	}
	if got.Batch.Len != len(want) {
		t.Fatalf("blocks of %d: %d rows, encoding/csv %d, for %q", size, got.Batch.Len, len(want), text)
	}
	var sum int64
	for k, c := range got.Batch.Columns {
		sum += got.Bad[c.Name]
		nulls := 0
		for i, row := range want {
			v := c.Value(i)
			if v == nil {
				nulls++
			}
			if s, ok := v.(string); ok {
				v = strings.ReplaceAll(s, "\r\n", "\n")
			}
			if !same(v, row[k]) {
				t.Fatalf("blocks of %d: row %d, %s: %#v, strconv %#v, for %q", size, i, c.Name, v, row[k], text)
			}
		}
		if nulls != c.Nulls || (c.Nulls == 0) != (c.Valid == nil) {
			t.Fatalf("%s: %d nulls, counted %d", c.Name, c.Nulls, nulls)
		}
	}
	if sum != bad {
		t.Fatalf("%d bad values, strconv %d, for %q", sum, bad, text)
	}
}

// FuzzRead compares Read with encoding/csv and strconv on any text, after a header
// or with its own, and for tiny blocks.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"1,2,x\n", "1,2,\"x\"\"\n,\"\r\n", "\n\r\n1,2,x", "1,2\n", "\"1\",2,x\r", "12345678,1234.5678,12345678901234567\n",
		"3257.0,1,x\n3257.5,1,x\n1e3,1,x\n-32570e-1,1,x\n1e99999999999,1,x\n9.e0,1,x\n", "999999999999,-0,é\n-1,.5,\xff\n", "1,2,x\n\"a\",b,c\n", "1,2,\"x\n", "1,2,x\"\n", "1,1e5, \n\t1 ,0x1p-2,\"\"\"\"\n", ",,\n,,",
	} {
		f.Add([]byte(seed), true, uint8(3))
		f.Add([]byte(seed), true, uint8(64))
		f.Add([]byte("a,c,b\r\n"+seed), false, uint8(1))
		f.Add([]byte("a,x,c,b,x,,\n"+seed), false, uint8(9))
	}
	for _, header := range []string{"a;b;c\n", "a,b,c\r1,2,x\r", "sep=;\n", "{\"a\":1}\n", "<HTML>", "a\tb\tc", "a,b,c,b\n1,2,x,3\n", "MZ\x90,a,b,c\n"} {
		f.Add([]byte(header+"1;2;x\n"), false, uint8(5))
	}
	path := filepath.Join(f.TempDir(), "a.csv")
	f.Fuzz(func(t *testing.T, body []byte, headed bool, size uint8) {
		text := string(body)
		if headed {
			text = "a,b,c\n" + text
		}
		if strings.ContainsRune(text, 0) || strings.Contains(text, "\ufeff") {
			t.Skip("refused or treated apart, on purpose") // TestErrors
		}
		if kind := csv.Foreign([]byte(text)); kind != "" {
			t.Skip("another kind of file")
		}
		if first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n"); strings.Contains(strings.TrimSuffix(first, "\r"), "\r") {
			t.Skip("CR alone in the header, on purpose")
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		compare(t, path, text, abc, int(size)+1, 2)
	})
}

// random returns RFC 4180 text of so many rows for the fields all: every kind of
// value, quoted now and then, with both line ends.
func random(r *rand.Rand, n int, quoted bool) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	eol := pick("\n", "\r\n")
	var b bytes.Buffer
	b.WriteString("i,l,f,b,s,t" + eol)
	for row := range n {
		for k := range 6 {
			var v string
			switch k {
			case 0:
				v = pick("0", "", " 7 ", "x", "3257.0", "-1.5e1", "2.5", strconv.Itoa(r.IntN(1<<32)-1<<31), strconv.Itoa(r.IntN(100000)))
			case 1, 5:
				v = pick("0", "", "-", "9007199254740993.0", "1e3", "1e300", strconv.Itoa(r.Int()), strconv.Itoa(-r.IntN(1e12)), strconv.Itoa(1554218915+r.IntN(1e6)))
			case 2:
				v = pick("0", "", ".", "1.2.3", "-0.0", "1e-7", strconv.FormatFloat(r.NormFloat64(), 'g', -1, 64),
					strconv.FormatFloat(r.Float64()*1000, 'f', r.IntN(6), 64), strconv.Itoa(r.IntN(1e9)))
			case 3:
				v = pick("1", "0", "true", "F", "", "2", "1.0", "0e9")
			case 4:
				v = pick("", "apache2", "upstart-dbus-b", "Web-Content Content", "é", "\xff", strconv.Itoa(r.IntN(1000)))
				if quoted {
					v += pick("", "", ",", "\"", "\n", "\r\n", "\n\n", "\"\"", ",\"")
				}
			}
			if k > 0 {
				b.WriteByte(',')
			}
			if strings.ContainsAny(v, ",\"\n") || quoted && r.IntN(8) == 0 {
				v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
			}
			b.WriteString(v)
		}
		if row < n-1 || r.IntN(2) == 0 {
			b.WriteString(eol)
		}
	}
	return b.String()
}

var all = []csv.Field{
	{Name: "s", Type: column.String}, {Name: "b", Type: column.Bool}, {Name: "f", Type: column.Float64},
	{Name: "l", Type: column.Int64}, {Name: "i", Type: column.Int32}, {Name: "t", Type: column.Timestamp},
}

// TestReadRandom compares Read with encoding/csv and strconv on well-formed text,
// and cut off or with a byte changed, for blocks of all sizes.
func TestReadRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 400 {
		text := []byte(random(r, r.IntN(60), round%2 == 0))
		switch head := len("i,l,f,b,s,t\r\n"); {
		case len(text) <= head: // no row
		case round%4 == 2:
			text[head+r.IntN(len(text)-head)] = "\",\n\r1x"[r.IntN(6)]
		case round%4 == 3:
			text = text[:head+r.IntN(len(text)-head)]
		}
		path := write(t, string(text))[0]
		for _, size := range []int{1 + r.IntN(40), 1 + r.IntN(1000), 1 << 20} {
			compare(t, path, string(text), all, size, 1+r.IntN(3))
		}
	}
}

// TestWorkers: the number of workers and the size of blocks change nothing.
func TestWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, quoted := range []bool{false, true} {
		paths := write(t, random(r, 3000, quoted), random(r, 2000, quoted))
		var want *csv.Result
		for _, workers := range []int{1, 2, 8} {
			for _, size := range []int{1 << 20, 1000, 77} {
				restore := csv.SetBlockSize(size)
				got, err := csv.Read(t.Context(), paths, csv.Options{Fields: all, Workers: workers})
				restore()
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want = got
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%d workers, blocks of %d: the result differs", workers, size)
				}
			}
		}
		if len(want.Problems) < 20 {
			t.Errorf("only %d problems: the test says little", len(want.Problems))
		}
	}
}

// TestReadStream reads real rows, which are not part of the repository.
func TestReadStream(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "..", "shared", "data", "partb_stream")
	types := map[string]column.Type{"POLI": column.String, "Status": column.String, "State": column.String, "CMD": column.String,
		"CPU": column.Float64, "MEM": column.Float64, "VSIZE": column.Float64, "RSIZE": column.Float64, "VGROW": column.Float64, "RGROW": column.Float64}
	for _, name := range []string{"Streaming_Linux_process_partial.csv", "Streaming_Linux_memory_partial.csv"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Skip("the real streaming rows are not beside this checkout")
		}
		header, _, _ := strings.Cut(string(text), "\r\n")
		var fields []csv.Field
		for _, column := range strings.Split(header, ",") {
			fields = append(fields, csv.Field{Name: column, Type: max(types[column], 1)})
		}
		compare(t, filepath.Join(folder, name), string(text), fields, 256<<10, 2)
		got, err := csv.Read(t.Context(), []string{filepath.Join(folder, name)}, csv.Options{Fields: fields})
		if err != nil || len(got.Problems) > 0 {
			t.Errorf("%s: %v, %v; want no problem", name, got.Problems, err)
		}
	}
}
