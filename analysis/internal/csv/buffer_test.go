package csv_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// A file that is large enough for buffers outside of the heap is read like a small
// one, whatever the number of workers, and its columns outlive the files.
func TestLargeBuffers(t *testing.T) {
	const rows = 300_000
	var text strings.Builder
	text.WriteString("i,j,x,s\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d,%d,%d.5,w%d\n", i, 1<<40-i, i, i%7)
	}
	path := write(t, text.String())
	fields := []csv.Field{{Name: "i", Type: column.Int32}, {Name: "j", Type: column.Int64}, {Name: "x", Type: column.Float64}, {Name: "s", Type: column.String}}
	var first *column.Batch
	for _, workers := range []int{1, 2, 8} {
		result, err := csv.Read(t.Context(), path, csv.Options{Fields: fields, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		b := result.Batch
		if first == nil {
			first = b
			for i := range rows {
				if b.Columns[0].Int32s[i] != int32(i) || b.Columns[1].Int64s[i] != int64(1<<40-i) ||
					b.Columns[2].Float64s[i] != float64(i)+0.5 || b.Columns[3].Text(i) != fmt.Sprint("w", i%7) {
					t.Fatalf("row %d is %v %v %v %q", i, b.Columns[0].Int32s[i], b.Columns[1].Int64s[i], b.Columns[2].Float64s[i], b.Columns[3].Text(i))
				}
			}
		} else if !reflect.DeepEqual(b, first) {
			t.Errorf("%d workers read other values", workers)
		}
	}
}
