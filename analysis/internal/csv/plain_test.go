package csv_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// Texts that are mostly different are held plain, the same for any number of
// workers and any size of blocks; those around the limit as the share says.
func TestMostlyDistinctTexts(t *testing.T) {
	fields := []csv.Field{{Name: "id", Type: column.String}, {Name: "n", Type: column.Int32}, {Name: "half", Type: column.String}}
	rows := column.PlainRows + 2
	for _, distinct := range []int{rows / 2, rows/2 + 1} {
		var text strings.Builder
		text.WriteString("id,n,half\n")
		for i := range rows {
			fmt.Fprintf(&text, "\"%d, \"\"é\"\"\",%d,%x\n", i, i, i*7%distinct)
		}
		path := write(t, strings.Replace(text.String(), "17, \"\"é", "17, \"\"\xff", 1))
		var first *csv.Result
		for _, block := range []int{1 << 14, 1 << 20} {
			defer csv.SetBlockSize(block)()
			for _, workers := range []int{1, 2, 8} {
				result, err := csv.Read(t.Context(), path, csv.Options{Fields: fields, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				if first != nil {
					if !reflect.DeepEqual(result, first) {
						t.Errorf("blocks of %d: %d workers read other values", block, workers)
					}
					continue
				}
				first = result
				id, half := result.Batch.Columns[0], result.Batch.Columns[2]
				if !id.Plain() || half.Plain() != (2*distinct > rows) || result.Bad["id"] != 1 {
					t.Fatalf("%d of %d: plain %v and %v, bad %v", distinct, rows, id.Plain(), half.Plain(), result.Bad)
				}
				for i := range rows {
					want := fmt.Sprintf("%d, \"é\"", i)
					if i == 17 {
						want = "17, \"\ufffd\""
					}
					if id.Text(i) != want || half.Text(i) != fmt.Sprintf("%x", i*7%distinct) {
						t.Fatalf("row %d is %q and %q", i, id.Text(i), half.Text(i))
					}
				}
			}
		}
	}
}
