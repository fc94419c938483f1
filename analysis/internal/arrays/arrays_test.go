package arrays_test

import (
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/stophacking/kelpie/analysis/internal/arrays"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// What the library reads in the data is what the column holds, type by type. (Files
// of such data are tested in package store and package exchange.)
func TestOf(t *testing.T) {
	valid := []bool{true, false, true}
	plain := &column.Column{Name: "x", Type: column.String, Len: 3, Nulls: 1, Valid: []byte{5}, Offsets: []int64{1, 2, 2, 5}, Bytes: []byte("-abcd-")}
	for _, test := range []struct {
		c    *column.Column
		kind arrow.DataType
	}{
		{column.FromInt32s("x", []int32{1, 0, 3}, valid), arrow.PrimitiveTypes.Int32},
		{column.FromInt64s("x", []int64{1, 0, 3}, valid), arrow.PrimitiveTypes.Int64},
		{column.FromTimestamps("x", []int64{1, 0, 3}, valid), arrow.FixedWidthTypes.Timestamp_s},
		{column.FromFloat64s("x", []float64{1, 0, 3}, nil), arrow.PrimitiveTypes.Float64},
		{column.FromBools("x", []bool{true, false, true}, valid), arrow.FixedWidthTypes.Boolean},
		{plain, arrow.BinaryTypes.LargeString},
		{plain.Slice(1, 3), arrow.BinaryTypes.LargeString},
		{column.FromStrings("x", []string{"b", "", "a"}, valid), &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}},
	} {
		data, err := arrays.Of(test.c)
		if err != nil {
			t.Fatal(err)
		}
		a := array.MakeFromData(data)
		if !arrow.TypeEqual(a.DataType(), test.kind) || a.Len() != test.c.Len || a.NullN() != test.c.Nulls {
			t.Errorf("%d rows of %v, %d nulls, want %v", a.Len(), a.DataType(), a.NullN(), test.kind)
		}
		for i := range test.c.Len {
			if a.IsNull(i) != test.c.IsNull(i) {
				t.Errorf("%v: row %d is null: %v", test.kind, i, a.IsNull(i))
			}
			if texts, ok := a.(*array.LargeString); ok && texts.Value(i) != test.c.Text(i) {
				t.Errorf("row %d is %q, want %q", i, texts.Value(i), test.c.Text(i))
			}
		}
	}
	if _, err := arrays.Of(&column.Column{Name: "v", Type: column.Vector}); err == nil {
		t.Error("a vector has an Arrow type")
	}
	if offsets, text := arrays.Plain(plain); !slices.Equal(offsets, []int64{0, 1, 1, 4}) || string(text) != "abcd" {
		t.Errorf("%v %q", offsets, text)
	}
}
