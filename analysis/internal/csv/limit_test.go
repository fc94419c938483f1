package csv_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// A record is read up to the limit to the byte; one beyond is an error that says
// where it begins, or where the quote is that no other closes.
func TestLongRecords(t *testing.T) {
	defer csv.SetMaxRecord(100)()
	x := strings.Repeat("x", 200)
	const long, endless = ": the record is too long: it has more than 64 MiB", ": the record is too long: more than 64 MiB follow this quote, and none closes it"
	for name, test := range map[string]struct{ text, want string }{
		"at the limit":           {"a,b,c\n1,2," + x[:95] + "\n3,4,y\n", ""},
		"at the limit, quoted":   {"a,b,c\n1,2,\"" + x[:93] + "\"\n3,4,y\n", ""},
		"beyond":                 {"a,b,c\n3,4,y\n1,2," + x[:96] + "\n3,4,y\n", ":3:1" + long},
		"beyond, CRLF":           {"a,b,c\r\n1,2," + x[:95] + "\r\n", ":2:1" + long},
		"beyond, quoted":         {"a,b,c\n1,2,\"" + x[:94] + "\"\n", ":2:1" + long},
		"beyond, line breaks":    {"a,b,c\n1,2,\"" + strings.Repeat("x\n", 60) + "\"\n", ":2:5" + endless},
		"a quote without end":    {"a,b,c\n1,2,x\n1,2,\"y" + strings.Repeat("\n1,2,x", 1000), ":3:5" + endless},
		"it ends before":         {"a,b,c\n1,2,\"" + x[:50], ":2:5: misplaced quote: it is never closed"},
		"fields without end":     {"a,b,c\n1,2" + strings.Repeat(",", 500) + "\n", ":2:1" + long},
		"too many, in the limit": {"a,b,c\n1,2" + strings.Repeat(",", 50) + "\n", ":2:6: wrong number of fields: 52, the header has 3"},
		"header":                 {"a,b,c," + x + "\n", ":1:1" + long},
		"header, quoted":         {"a,b,c,\"" + x + "\"\n", ":1:7" + endless},
		"header, no line":        {"\n\n" + x, ":3:1" + long},
	} {
		t.Run(name, func(t *testing.T) {
			paths := write(t, test.text)
			for _, size := range []int{1, 64, 1 << 20} {
				restore := csv.SetBlockSize(size)
				got, err := csv.Read(t.Context(), paths, csv.Options{Fields: abc, Workers: 2})
				restore()
				switch {
				case test.want == "" && (err != nil || got.Batch.Len != 2):
					t.Errorf("blocks of %d: %v", size, err)
				case test.want != "" && (err == nil || strings.TrimPrefix(err.Error(), "csv: "+paths[0]) != test.want):
					t.Errorf("blocks of %d: error %v, want %s", size, err, test.want)
				}
			}
		})
	}
	var wide strings.Builder
	wide.WriteString("a" + strings.Repeat(",", 1<<20) + "\n")
	csv.SetMaxRecord(64 << 20)
	if _, err := csv.Read(t.Context(), write(t, wide.String()), csv.Options{}); !errors.Is(err, csv.ErrTooLong) ||
		!strings.HasSuffix(err.Error(), ":1:1048578: the record is too long: the header has more than 1048576 columns") {
		t.Errorf("wide: %v", err)
	}
}

// However long a line or a quoted field is, reading allocates no more than some of
// the longest record there may be.
func TestLongRecordsTakeLittle(t *testing.T) {
	defer csv.SetMaxRecord(1 << 20)()
	for name, start := range map[string]string{"line": "a,b,c\n1,2,x", "quote": "a,b,c\n1,2,x\n1,2,\"", "header": "a,b,c"} {
		path := filepath.Join(t.TempDir(), "long.csv")
		if err := os.WriteFile(path, []byte(start+strings.Repeat("0123456789abcdef", 2<<20)), 0o600); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := csv.Read(t.Context(), []string{path}, csv.Options{Fields: abc, Workers: 2})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, csv.ErrTooLong) {
			t.Errorf("%s: %v", name, err)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 16<<20 {
			t.Errorf("%s: %d MB were allocated for a file of 32 MB and records of at most 1 MiB", name, taken>>20)
		}
	}
}
