package exchange_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
)

// As many texts as 16 bits can number go out as uint16, more as uint32, and all
// come back.
func TestCodesAtTheBorderOfWidths(t *testing.T) {
	for n, index := range map[int]arrow.DataType{
		65_535: arrow.PrimitiveTypes.Uint16, 65_536: arrow.PrimitiveTypes.Uint16, 65_537: arrow.PrimitiveTypes.Uint32,
	} {
		texts := make([]string, n+1)
		for i := range texts {
			texts[i] = fmt.Sprintf("%06d", n-i)
		}
		f := session.FromColumns(analysis.Strings("s", texts...).Nulls(0))
		out := records(t, f)
		if have := out[0].Schema().Field(0).Type.(*arrow.DictionaryType).IndexType; !arrow.TypeEqual(have, index) {
			t.Errorf("%d texts are numbered by %v, want %v", n, have, index)
		}
		sameFrame(t, exchange.FromRecords(session, nil, out...), f)
		path := filepath.Join(t.TempDir(), "frame.arrow")
		if err := exchange.WriteArrow(f, path); err != nil {
			t.Fatal(err)
		}
		sameFrame(t, exchange.ReadArrow(session, path), f)
		sameAsLibraryReads(t, path, out)
	}
}
