package exchange

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/arrays"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/fault"
	"github.com/stophacking/kelpie/analysis/visible"
)

// Records computes f and returns it as Arrow records: at present one, also for a
// frame without rows, so that the schema is never lost. Null counts are exact.
//
// Values are not copied: the arrays lie over the memory of the frame, which may
// be a file mapped read-only, and must not be written to; should something else cut
// that file short, reading them ends the program. (The texts of a dictionary are
// written out once, as Arrow lays them out.) That memory is the garbage collector's
// or stays mapped until the program ends: Release may be called, once as usual, and
// need not be.
//
// A column of features has no Arrow type, nor has a text that is no UTF-8: errors
// that name the column, as is a column whose dictionary exceeds 2 GiB.
func Records(f analysis.Frame) ([]arrow.Record, error) {
	engine, settings, err := f.Engine()
	if err != nil {
		return nil, err
	}
	for _, field := range f.Node().Fields {
		if field.Type == column.Vector {
			return nil, fmt.Errorf("exchange: column %q is a feature vector, which has no Arrow type; drop it", field.Name)
		}
	}
	b, _, err := engine.Collect(context.Background(), settings, f.Node())
	if err != nil {
		return nil, err
	}
	record, err := recordOf(b)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", visible.Error(err))
	}
	return []arrow.Record{record}, nil
}

// recordOf returns the columns of b, which may lie in a mapped file, as a record.
func recordOf(b *column.Batch) (record arrow.Record, err error) {
	err = fault.Catch(func() (err error) {
		record, err = arraysOf(b)
		return err
	})
	return record, err
}

func arraysOf(b *column.Batch) (arrow.Record, error) {
	fields, values := make([]arrow.Field, len(b.Columns)), make([]arrow.Array, len(b.Columns))
	for i, c := range b.Columns {
		if err := checkTexts(c); err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		data, err := arrays.Of(c)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		values[i] = array.MakeFromData(data)
		fields[i] = arrow.Field{Name: c.Name, Type: data.DataType(), Nullable: true}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), values, int64(b.Len)), nil
}

// checkTexts returns an error unless the texts of c are UTF-8, as those of Arrow are.
func checkTexts(c *column.Column) error {
	n, text := len(c.Dictionary), func(i int) string { return c.Dictionary[i] }
	if c.Plain() {
		n, text = c.Len, c.Text
	}
	for i := range n {
		if v := text(i); !utf8.ValidString(v) {
			return fmt.Errorf("the text %.80q is no UTF-8", v)
		}
	}
	return nil
}
