package exchange_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

// Texts that are mostly different go out as large_utf8, over the frame's memory, a
// part of them too, and all come back.
func TestMostlyDistinctTexts(t *testing.T) {
	texts := make([]string, column.PlainRows+10)
	for i := range texts {
		texts[i] = fmt.Sprintf("é%d", i)
	}
	f := session.FromColumns(analysis.Strings("s", texts...).Nulls(0, 77))
	for k, f := range []analysis.Frame{f, f.Limit(100), f.Filter(analysis.Col("s").EndsWith("7")), f.Limit(0)} {
		out := records(t, f)
		a, plain := out[0].Column(0).(*array.LargeString)
		if !plain || !arrow.TypeEqual(out[0].Schema().Field(0).Type, arrow.BinaryTypes.LargeString) {
			t.Fatalf("a column of %v", out[0].Schema().Field(0).Type)
		}
		c := collect(t, f).Columns[0]
		if k == 0 && (unsafe.SliceData(a.ValueBytes()) != &c.Bytes[0] || &a.ValueOffsets()[0] != &c.Offsets[0]) {
			t.Error("the texts were copied")
		}
		sameFrame(t, exchange.FromRecords(session, nil, out...), f)
		path := filepath.Join(t.TempDir(), "frame.arrow")
		if err := exchange.WriteArrow(f, path); err != nil {
			t.Fatal(err)
		}
		sameFrame(t, exchange.ReadArrow(session, path), f)
		sameAsLibraryReads(t, path, out)
	}
	texts[5] = "no \xff"
	wrong := session.FromColumns(analysis.Strings("s", texts...))
	if _, err := exchange.Records(wrong); err == nil || err.Error() != `exchange: column "s": the text "no \xff" is no UTF-8` {
		t.Error(err)
	}
}
