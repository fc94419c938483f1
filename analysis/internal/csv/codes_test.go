package csv_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// Texts around the most that 16 bits can number, each three times, are read alike
// by any number of workers, also where a worker's own codes, or all its blocks',
// fit in less or need more than the column's.
func TestCodesAtTheBorderOfWidths(t *testing.T) {
	fields := []csv.Field{{Name: "s", Type: column.String}, {Name: "few", Type: column.String}}
	for _, n := range []int{65_535, 65_536, 65_537} {
		for _, block := range []int{1 << 12, 1 << 16, 1 << 22} {
			var text strings.Builder
			text.WriteString("s,few\n")
			for i := range 3 * n {
				fmt.Fprintf(&text, "%06d,%d\n", i*7%n, i%10)
			}
			path := write(t, text.String())
			restore := csv.SetBlockSize(block)
			defer restore()
			var first *column.Batch
			for _, workers := range []int{1, 2, 8} {
				result, err := csv.Read(t.Context(), path, csv.Options{Fields: fields, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				b := result.Batch
				if first != nil {
					if !reflect.DeepEqual(b, first) {
						t.Errorf("%d texts, blocks of %d: %d workers read other values", n, block, workers)
					}
					continue
				}
				first = b
				s, few := b.Columns[0], b.Columns[1]
				if len(s.Dictionary) != n || (s.Codes16 != nil) != (n <= 65_536) || (s.Codes == nil) != (n <= 65_536) || few.Codes16 == nil || few.Codes != nil {
					t.Fatalf("%d texts, %d narrow and %d wide codes; want %d", len(s.Dictionary), len(s.Codes16), len(s.Codes), n)
				}
				for i := range 3 * n {
					if want := fmt.Sprintf("%06d", i*7%n); s.Text(i) != want || few.Text(i) != fmt.Sprint(i%10) {
						t.Fatalf("row %d is %q %q, want %q", i, s.Text(i), few.Text(i), want)
					}
				}
			}
		}
	}
}
