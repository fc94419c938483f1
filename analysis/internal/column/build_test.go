package column_test

import (
	"reflect"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
)

func TestBuild(t *testing.T) {
	valid := []bool{true, false, true}
	for _, test := range []struct {
		column *column.Column
		kind   column.Type
		want   []any
	}{
		{column.FromFloat64s("a", []float64{1.5, 9, -2}, valid), column.Float64, []any{1.5, nil, -2.0}},
		{column.FromInt64s("a", []int64{1, 9, -2}, valid), column.Int64, []any{int64(1), nil, int64(-2)}},
		{column.FromTimestamps("a", []int64{1, 9, 2}, valid), column.Timestamp, []any{int64(1), nil, int64(2)}},
		{column.FromInt32s("a", []int32{1, 9, -2}, valid), column.Int32, []any{int32(1), nil, int32(-2)}},
		{column.FromBools("a", []bool{true, true, false}, valid), column.Bool, []any{true, nil, false}},
		{column.FromStrings("a", []string{"sshd", "unused", "bash"}, valid), column.String, []any{"sshd", nil, "bash"}},
		{column.FromStrings("a", []string{"b", "", "b"}, nil), column.String, []any{"b", "", "b"}},
		{column.FromStrings("a", []string{"b"}, []bool{false}), column.String, []any{nil}},
	} {
		c := test.column
		check(t, c)
		if c.Name != "a" || c.Type != test.kind {
			t.Errorf("%v column %q, want a %v column", c.Type, c.Name, test.kind)
		}
		got := make([]any, c.Len)
		for i := range got {
			got[i] = c.Value(i)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: %v, want %v", test.kind, got, test.want)
		}
	}
	c := column.FromStrings("a", []string{"sshd", "unused", "bash"}, valid)
	if want := []string{"bash", "sshd"}; !reflect.DeepEqual(c.Dictionary, want) {
		t.Errorf("dictionary %v, want %v", c.Dictionary, want)
	}
}

func TestBuildLeavesValuesUnderNullsAlone(t *testing.T) {
	values := []float64{1, 2}
	c := column.FromFloat64s("a", values, []bool{true, false})
	if values[1] != 2 || c.Float64s[1] != 0 {
		t.Errorf("values %v, column %v: want the zero in the column alone", values, c.Float64s)
	}
}

func TestConstant(t *testing.T) {
	for _, value := range []any{int32(3), int64(-4), 2.5, true, false, "sshd"} {
		c, err := column.Constant("k", value, 11)
		if err != nil {
			t.Fatal(err)
		}
		check(t, c)
		for i := range c.Len {
			if c.Value(i) != value {
				t.Errorf("row %d of constant %v is %v", i, value, c.Value(i))
			}
		}
	}
	if c, err := column.Constant("k", 7, 1); err != nil || c.Value(0) != int64(7) {
		t.Errorf("constant int: %v, want it as int64", err)
	}
	for _, value := range []any{nil, uint8(1), []int{1}} {
		if _, err := column.Constant("k", value, 1); err == nil {
			t.Errorf("constant %v of type %T: no error", value, value)
		}
	}
	if _, err := column.Constant("k", 1, -1); err == nil {
		t.Error("a constant of -1 rows: no error")
	}
}

func TestCountBits(t *testing.T) {
	bitmap := column.PackBools(make([]bool, 203))
	for i := 0; i < 203; i += 3 {
		column.SetBit(bitmap, i)
	}
	for n := range 204 {
		want := (n + 2) / 3
		if got := column.CountBits(bitmap, n); got != want {
			t.Fatalf("%d bits: %d set, want %d", n, got, want)
		}
	}
}
