package exchange_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
)

func ExampleRecords() {
	session := analysis.NewSession(analysis.Config{})
	frame := session.FromColumns(analysis.Strings("CMD", "bash", "atop", "bash"), analysis.Float64s("CPU", 0.5, 2, 0).Nulls(2))
	records, err := exchange.Records(frame)
	if err != nil {
		log.Fatal(err)
	}
	for _, column := range records[0].Columns() {
		fmt.Println(column.DataType().Name(), column.Len(), column.NullN())
	}
	fmt.Println(records[0].Column(1))
	// Output:
	// dictionary 3 0
	// float64 3 1
	// [0.5 2 (null)]
}

func ExampleFromRecords() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "PID", Type: arrow.PrimitiveTypes.Uint16}, {Name: "CMD", Type: arrow.BinaryTypes.String}}, nil)
	builder := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	builder.Field(0).(*array.Uint16Builder).AppendValues([]uint16{7, 9}, nil)
	builder.Field(1).(*array.StringBuilder).AppendValues([]string{"bash", "atop"}, []bool{true, false})
	record := builder.NewRecord()

	frame := exchange.FromRecords(analysis.NewSession(analysis.Config{}), nil, record)
	record.Release() // the frame has its own copy
	fmt.Println(frame.Collect())
	// Output:
	// values at hand
	// PID  CMD
	//   7  bash
	//   9  null
	// 2 rows × 2 columns <nil>
}

func ExampleWriteArrow() {
	session := analysis.NewSession(analysis.Config{})
	frame := session.FromColumns(analysis.Strings("CMD", "bash", "atop", "bash"), analysis.Int64s("PID", 7, 8, 9))
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "process.arrow")
	// In Python: polars.read_ipc("process.arrow"), pyarrow.feather.read_table("process.arrow")
	if err := exchange.WriteArrow(frame, path); err != nil {
		log.Fatal(err)
	}
	fmt.Println(exchange.ReadArrow(session, path).GroupBy("CMD").Count().Collect())
	// Output:
	// read arrow process.arrow; count by CMD
	// CMD   count
	// atop      1
	// bash      2
	// 2 rows × 2 columns <nil>
}

func ExampleReadArrow() {
	frame := exchange.ReadArrow(analysis.NewSession(analysis.Config{}), "testdata/polars.arrow")
	fmt.Println(frame)
	fmt.Println(frame.Select("text", "flag").DropNulls().Collect())
	// Output:
	// read arrow polars.arrow
	// read arrow polars.arrow; select text, flag; drop nulls
	// text                              flag
	// ""                                true
	// größe                             false
	// a text of more than twelve bytes  true
	// 3 rows × 2 columns <nil>
}
