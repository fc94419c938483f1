package analysis_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/stophacking/kelpie/analysis"
)

// The rows of the course's second part, as they were recorded. They lie beside a
// checkout, not in it.
func TestStreamingRows(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "data", "partb_stream")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no streaming rows in %s", folder)
	}
	declare := func(t Type, names ...string) (fields []Field) {
		for _, name := range names {
			fields = append(fields, Field{Name: name, Type: t})
		}
		return fields
	}
	first := declare(Int64, "sequence", "machine", "PID")
	for _, test := range []struct {
		file   string
		rows   int64
		fields []Field
	}{
		{"Streaming_Linux_process_partial.csv", 39221, append(append(append([]Field{}, first...),
			declare(Int32, "TRUN", "TSLPI", "TSLPU", "NICE", "PRI", "RTPR", "CPUNR", "EXC")...),
			append(declare(Float64, "CPU"), declare(String, "POLI", "Status", "State", "CMD")...)...)},
		{"Streaming_Linux_memory_partial.csv", 42414, append(append(append([]Field{}, first...),
			declare(Float64, "MINFLT", "MAJFLT", "VSTEXT", "VSIZE", "RSIZE", "VGROW", "RGROW", "MEM")...),
			declare(String, "CMD")...)},
	} {
		t.Run(test.file, func(t *testing.T) {
			f := session.ReadCSV(Schema{Fields: test.fields, FailFast: true}, filepath.Join(folder, test.file))
			if n, err := f.Count(); n != test.rows || err != nil {
				t.Errorf("%d rows, want %d; %v", n, test.rows, err)
			}
			nulls, err := must(t)(f.NullCounts()).Floats("nulls")
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range nulls {
				if n != 0 {
					t.Errorf("column %s has %v nulls", f.Columns()[i], n)
				}
			}
			machines := must(t)(f.TopValues(9, "machine"))
			counts, err := machines.Floats("count")
			if err != nil {
				t.Fatal(err)
			}
			total := 0.0
			for _, n := range counts {
				total += n
			}
			if machines.Len() != 5 || total != float64(test.rows) {
				t.Errorf("machines 4 to 8 were recorded; there are\n%s", machines)
			}
			parts := must(t)(f.Partitions())
			if parts.Len() < 2 {
				t.Errorf("%d partitions", parts.Len())
			}
		})
	}
}
