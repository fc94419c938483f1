package exchange

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// FromRecords returns the frame of the rows of records, one record after
// another. Names and types are those of schema, or of the first record if it is
// nil; every record must have the same columns in the same order, though texts,
// for one, may be utf8 here and a dictionary there. See the package comment for
// the types.
//
// Values are copied: the records stay the caller's, to change or to release as
// soon as the call returns. The frame is a recipe like any other, known by the
// hash of what it holds. A mistake, such as a type that frames have not, is
// reported by the first terminal call.
func FromRecords(s *analysis.Session, schema *arrow.Schema, records ...arrow.Record) analysis.Frame {
	if schema == nil && len(records) > 0 {
		schema = records[0].Schema()
	}
	var b *column.Batch
	err := fmt.Errorf("there is no record and no schema")
	if schema != nil {
		b, err = guarded(func() (*column.Batch, error) { return gather(schema, records) })
	}
	if err != nil {
		return s.Frame(mistaken(fmt.Errorf("from records: %w", err)))
	}
	return s.Frame(plan.New(plan.Held(b)))
}

// mistaken returns a recipe that cannot be carried out, for the given reason.
func mistaken(reason error) *plan.Node {
	n := plan.New(plan.FromColumns{Batch: &column.Batch{}})
	n.Fail(reason)
	return n
}

// guarded calls do, and makes an error of its panic: the Arrow library panics
// where data is not what its schema says.
func guarded[T any](do func() (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged: %v", p)
		}
	}()
	return do()
}

// fieldsOf returns the columns that a frame of this schema has.
func fieldsOf(schema *arrow.Schema) ([]plan.Field, error) {
	fields := make([]plan.Field, schema.NumFields())
	for i, f := range schema.Fields() {
		t := typeOf(f.Type)
		if t == column.Invalid {
			return nil, fmt.Errorf("column %q is %s, which frames have not", f.Name, visible.Text(f.Type.String()))
		}
		fields[i] = plan.Field{Name: f.Name, Type: t}
	}
	return fields, nil
}

// typeOf returns the type that values of an Arrow type have in a frame.
func typeOf(t arrow.DataType) column.Type {
	switch t.ID() {
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.UINT8, arrow.UINT16:
		return column.Int32
	case arrow.INT64, arrow.UINT32, arrow.UINT64:
		return column.Int64
	case arrow.FLOAT32, arrow.FLOAT64:
		return column.Float64
	case arrow.BOOL:
		return column.Bool
	case arrow.TIMESTAMP, arrow.DATE32:
		return column.Timestamp
	case arrow.STRING, arrow.LARGE_STRING, arrow.STRING_VIEW:
		return column.String
	case arrow.DICTIONARY:
		if values := t.(*arrow.DictionaryType).ValueType; values.ID() != arrow.DICTIONARY && typeOf(values) == column.String {
			return column.String
		}
	}
	return column.Invalid
}

// gather copies the rows of records into one batch.
func gather(schema *arrow.Schema, records []arrow.Record) (*column.Batch, error) {
	fields, err := fieldsOf(schema)
	if err != nil {
		return nil, err
	}
	rows := 0
	for k, r := range records {
		if err := fits(fields, r); err != nil {
			return nil, fmt.Errorf("record %d: %w", k, err)
		}
		if rows += int(r.NumRows()); rows > math.MaxUint32 {
			return nil, fmt.Errorf("more than %d rows", uint32(math.MaxUint32))
		}
	}
	b := &column.Batch{Len: rows}
	for i, f := range fields {
		chunks := make([]arrow.Array, len(records))
		for k, r := range records {
			chunks[k] = r.Column(i)
		}
		c, err := join(f, rows, chunks)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		b.Columns = append(b.Columns, c)
	}
	return b, nil
}

// fits returns an error unless r has the columns of fields.
func fits(fields []plan.Field, r arrow.Record) error {
	have, err := fieldsOf(r.Schema())
	if err != nil {
		return err
	}
	if len(have) != len(fields) {
		return fmt.Errorf("%d columns, not %d", len(have), len(fields))
	}
	for i, f := range have {
		if f.Name != fields[i].Name || f.Type != fields[i].Type {
			return fmt.Errorf("column %d is %q of type %s, not %q of type %s", i, f.Name, visible.Text(f.Type.String()), fields[i].Name, visible.Text(fields[i].Type.String()))
		}
		// Before anything is made of that size: a damaged file may claim any length.
		if a := r.Column(i); int64(a.Len()) != r.NumRows() || !holds(a) {
			return fmt.Errorf("column %q does not hold %d rows", f.Name, r.NumRows())
		}
	}
	return nil
}

// holds reports whether the buffers of a are as long as its length says, where
// the Arrow library does not look.
func holds(a arrow.Array) bool {
	data := a.Data()
	buffers, end := data.Buffers(), data.Offset()+data.Len()
	if end < data.Len() || data.Len() < 0 {
		return false
	}
	bitmap := func(i int) bool { return buffers[i] != nil && end <= 8*buffers[i].Len() }
	if buffers[0] != nil && buffers[0].Len() > 0 && !bitmap(0) {
		return false
	}
	switch a.DataType().ID() {
	case arrow.BOOL:
		return data.Len() == 0 || bitmap(1)
	case arrow.STRING_VIEW:
		return data.Len() == 0 || buffers[1] != nil && end <= buffers[1].Len()/arrow.ViewHeaderSizeBytes
	}
	return true
}
