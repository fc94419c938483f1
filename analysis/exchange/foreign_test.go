package exchange_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stophacking/kelpie/analysis/exchange"
)

// The files are those of testdata/foreign.py, made with pyarrow 26.0.1 and polars
// 2.1.0, whose input is written down here again.
func TestReadArrowFromOthers(t *testing.T) {
	var (
		lowest, highest = int64(math.MinInt64), int64(math.MaxInt64)
		minusZero       = math.Copysign(0, -1)
	)
	want := []struct {
		name   string
		values [4]any
	}{
		{"i8", [4]any{int32(-128), nil, int32(0), int32(127)}},
		{"u16", [4]any{int32(0), nil, int32(1), int32(65535)}},
		{"i32", [4]any{int32(math.MinInt32), nil, int32(0), int32(math.MaxInt32)}},
		{"u32", [4]any{int64(0), nil, int64(1), int64(math.MaxUint32)}},
		{"i64", [4]any{lowest, nil, int64(0), highest}},
		{"u64", [4]any{int64(0), nil, int64(1), highest}},
		{"f32", [4]any{0.5, nil, minusZero, math.Inf(1)}},
		{"f64", [4]any{0.1, nil, minusZero, math.NaN()}},
		{"flag", [4]any{true, nil, false, true}},
		{"text", [4]any{"", nil, "größe", "a text of more than twelve bytes"}},
		{"large", [4]any{"b", nil, "a", "b"}},
		{"class", [4]any{"a", nil, "z", nil}},
		{"time", [4]any{int64(-1), nil, int64(1582977600), int64(0)}},
		{"day", [4]any{int64(-86400), nil, int64(1582934400), int64(0)}},
	}
	for _, file := range []string{"pyarrow", "pyarrow_lz4", "pyarrow_zstd", "polars", "polars_zstd"} {
		f := exchange.ReadArrow(session, filepath.Join("testdata", file+".arrow"))
		table, err := f.Collect()
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if table.Len() != 4 || len(table.Columns()) != len(want) {
			t.Fatalf("%s: %d rows of %v", file, table.Len(), table.Columns())
		}
		for _, column := range want {
			for row, value := range column.values {
				if got, err := table.Value(row, column.name); err != nil || !identical(got, value) {
					t.Errorf("%s: row %d of %s is %v (%T), %v; want %v (%T)", file, row, column.name, got, got, err, value, value)
				}
			}
		}
	}
}

// identical compares values of a table, floats bit by bit but for NaN.
func identical(a, b any) bool {
	x, ok := a.(float64)
	y, too := b.(float64)
	if ok && too {
		return x != x && y != y || math.Float64bits(x) == math.Float64bits(y)
	}
	return a == b
}
