package analysis_test

import (
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	arrowcsv "github.com/apache/arrow/go/v15/arrow/csv"

	. "github.com/stophacking/kelpie/analysis"
)

// BenchmarkArrowReadCSV is what BenchmarkReadCSV is measured against in Go: Arrow's
// reader with the same types, the files of an activity side by side, all records
// kept.
func BenchmarkArrowReadCSV(b *testing.B) {
	overFiles(b, func(a activity) error {
		types := map[Type]arrow.DataType{Int32: arrow.PrimitiveTypes.Int32, Int64: arrow.PrimitiveTypes.Int64,
			Float64: arrow.PrimitiveTypes.Float64, String: arrow.BinaryTypes.String}
		var fields []arrow.Field
		for _, f := range a.schema.Fields {
			fields = append(fields, arrow.Field{Name: f.Name, Type: types[f.Type], Nullable: true})
		}
		records := make([][]arrow.Record, len(a.paths))
		faults := make([]error, len(a.paths))
		var files sync.WaitGroup
		for i, path := range a.paths {
			files.Go(func() { records[i], faults[i] = readArrow(path, arrow.NewSchema(fields, nil)) })
		}
		files.Wait()
		return errors.Join(faults...)
	})
}

func readArrow(path string, schema *arrow.Schema) (records []arrow.Record, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := arrowcsv.NewReader(f, schema, arrowcsv.WithHeader(true), arrowcsv.WithChunk(1<<16))
	defer r.Release()
	for r.Next() {
		r.Record().Retain()
		records = append(records, r.Record())
	}
	return records, r.Err()
}
