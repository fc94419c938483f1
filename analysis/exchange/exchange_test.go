package exchange_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
	"github.com/stophacking/kelpie/analysis/internal/column"
)

var session = analysis.NewSession(analysis.Config{AppName: "test", KeepNothing: true})

// everyType has a column of each type, with nulls in all of them.
func everyType() analysis.Frame {
	return session.FromColumns(
		analysis.Int32s("i32", math.MinInt32, 1, 0, math.MaxInt32, 5).Nulls(1),
		analysis.Int64s("i64", math.MinInt64, 1, 0, math.MaxInt64, 5).Nulls(1, 2),
		analysis.Float64s("f64", math.Inf(-1), 1, math.Copysign(0, -1), math.SmallestNonzeroFloat64, 0.1).Nulls(1),
		analysis.Bools("flag", true, true, false, true, false).Nulls(1),
		analysis.Strings("text", "größe", "gone", "", "a\n\"b\",", "größe").Nulls(1),
		analysis.Timestamps("time", time.Unix(-1, 0), time.Unix(0, 0), time.Unix(0, 0), time.Unix(1582977600, 0), time.Unix(5, 0)).Nulls(1),
		analysis.Int64s("whole", 1, 2, 3, 4, 5),
		analysis.Strings("nothing", "a", "b", "c", "d", "e").Nulls(0, 1, 2, 3, 4),
	)
}

// frames are those that have to survive every way out and in.
func frames() map[string]analysis.Frame {
	f := everyType()
	return map[string]analysis.Frame{
		"every type":   f,
		"one row":      f.Limit(1),
		"one null row": f.Filter(analysis.Col("whole").Equal(2)),
		"no row":       f.Limit(0),
		"no column":    session.FromColumns(),
		"rows 3 to 5":  f.Filter(analysis.Col("whole").Greater(2)),
		"300 rows":     many(300),
	}
}

func many(rows int) analysis.Frame {
	numbers, texts, flags, nulls := make([]int64, rows), make([]string, rows), make([]bool, rows), []int{}
	for i := range numbers {
		numbers[i], texts[i], flags[i] = int64(i*i), strings.Repeat("x", i%7), i%3 == 0
		if i%5 == 0 {
			nulls = append(nulls, i)
		}
	}
	return session.FromColumns(analysis.Int64s("n", numbers...).Nulls(nulls...), analysis.Strings("s", texts...).Nulls(nulls...), analysis.Bools("b", flags...).Nulls(nulls...))
}

func records(t *testing.T, f analysis.Frame) []arrow.Record {
	t.Helper()
	list, err := exchange.Records(f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// collect returns the columns of f themselves.
func collect(t *testing.T, f analysis.Frame) *column.Batch {
	t.Helper()
	engine, settings, err := f.Engine()
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := engine.Collect(context.Background(), settings, f.Node())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sameFrame fails unless both hold the same names, types, nulls and values.
func sameFrame(t *testing.T, got, want analysis.Frame) {
	t.Helper()
	if err := got.Err(); err != nil {
		t.Fatal(err)
	}
	a, b := collect(t, got), collect(t, want)
	if a.Len != b.Len || len(a.Columns) != len(b.Columns) {
		t.Fatalf("%d rows of %d columns, want %d of %d", a.Len, len(a.Columns), b.Len, len(b.Columns))
	}
	for k, c := range a.Columns {
		w := b.Columns[k]
		if c.Name != w.Name || c.Type != w.Type || c.Len != w.Len || c.Nulls != w.Nulls {
			t.Errorf("column %q %s: %d rows, %d nulls; want %q %s: %d, %d", c.Name, c.Type, c.Len, c.Nulls, w.Name, w.Type, w.Len, w.Nulls)
			continue
		}
		for i := range c.Len {
			if !identical(c.Value(i), w.Value(i)) {
				t.Errorf("row %d of %s is %v, want %v", i, c.Name, c.Value(i), w.Value(i))
			}
		}
	}
}

func TestRoundTrips(t *testing.T) {
	for name, f := range frames() {
		t.Run(name, func(t *testing.T) {
			out := records(t, f)
			back := exchange.FromRecords(session, nil, out...)
			sameFrame(t, back, f)
			// From here on a dictionary holds no more than the rows use, and nothing changes.
			tidy := records(t, back)
			for i, again := range records(t, exchange.FromRecords(session, nil, tidy...)) {
				if !out[i].Schema().Equal(again.Schema()) || !array.RecordEqual(tidy[i], again) {
					t.Errorf("record %d differs:\n%v\n%v", i, tidy[i], again)
				}
			}
			path := filepath.Join(t.TempDir(), "frame.arrow")
			if err := exchange.WriteArrow(f, path); err != nil {
				t.Fatal(err)
			}
			sameFrame(t, exchange.ReadArrow(session, path), f)
			sameAsLibraryReads(t, path, out)
		})
	}
}

// sameAsLibraryReads fails unless the Arrow library itself reads these records.
func sameAsLibraryReads(t *testing.T, path string, want []arrow.Record) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := ipc.NewFileReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.NumRecords() != len(want) || !r.Schema().Equal(want[0].Schema()) {
		t.Fatalf("%d records of %v", r.NumRecords(), r.Schema())
	}
	for i := range want {
		if got, err := r.RecordAt(i); err != nil || !array.RecordEqual(got, want[i]) {
			t.Errorf("record %d: %v, %v", i, got, err)
		}
	}
}

func TestRecordsShareTheMemoryOfTheFrame(t *testing.T) {
	f := everyType()
	b, r := collect(t, f), records(t, f)[0]
	for i, c := range b.Columns {
		var first unsafe.Pointer
		switch c.Type {
		case column.Int32:
			first = unsafe.Pointer(&c.Int32s[0])
		case column.Int64, column.Timestamp:
			first = unsafe.Pointer(&c.Int64s[0])
		case column.Float64:
			first = unsafe.Pointer(&c.Float64s[0])
		case column.Bool:
			first = unsafe.Pointer(&c.Bools[0])
		case column.String:
			first = unsafe.Pointer(&c.Codes16[0])
		}
		data := r.Column(i).Data()
		if unsafe.Pointer(&data.Buffers()[1].Bytes()[0]) != first {
			t.Errorf("the values of %s were copied", c.Name)
		}
		if c.Nulls > 0 && unsafe.Pointer(&data.Buffers()[0].Bytes()[0]) != unsafe.Pointer(&c.Valid[0]) {
			t.Errorf("the nulls of %s were copied", c.Name)
		}
		if data.NullN() != c.Nulls {
			t.Errorf("%s has %d nulls, not %d", c.Name, data.NullN(), c.Nulls)
		}
	}
	r.Release() // harmless
	sameFrame(t, f, everyType())
}

func TestRecordsNamesTheColumn(t *testing.T) {
	const bad = "a\xff"
	f := session.FromColumns(analysis.Int64s("n", 1), analysis.Strings("bytes", bad))
	for name, want := range map[string]analysis.Frame{
		`exchange: column "bytes": the text "a\xff" is no UTF-8`:                       f,
		`exchange: column "v" is a feature vector, which has no Arrow type; drop it`:   session.Frame(assembled(f, "n", "v")),
		`select: no column "nobody"; there are n, bytes`:                               f.Select("nobody"),
		`this frame was never made; frames come from a session, as session.ReadCSV(…)`: {},
	} {
		if _, err := exchange.Records(want); err == nil || !strings.HasSuffix(err.Error(), name) {
			t.Errorf("error %v, want %s", err, name)
		}
		path := filepath.Join(t.TempDir(), "frame.arrow")
		if err := exchange.WriteArrow(want, path); err == nil || !strings.HasSuffix(err.Error(), name) {
			t.Errorf("writing: error %v, want %s", err, name)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a file was written")
		}
	}
}

func TestWriteArrowReplacesTheFileOrLeavesIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "frame.arrow")
	if err := exchange.WriteArrow(many(10), path); err != nil {
		t.Fatal(err)
	}
	sameFrame(t, exchange.ReadArrow(session, path), many(10))
	// Another content in the same program: no earlier reading may be shown for it.
	if err := exchange.WriteArrow(many(20), path); err != nil {
		t.Fatal(err)
	}
	sameFrame(t, exchange.ReadArrow(session, path), many(20))
	if err := exchange.WriteArrow(everyType(), dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("written over a folder: %v", err)
	}
	if err := exchange.WriteArrow(everyType(), filepath.Join(dir, "none", "x")); err == nil || !strings.HasPrefix(err.Error(), "exchange: ") {
		t.Errorf("written into no folder: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// build returns a column of the given Arrow type from JSON.
func build(t *testing.T, mem memory.Allocator, kind arrow.DataType, json string) arrow.Array {
	t.Helper()
	a, _, err := array.FromJSON(mem, kind, strings.NewReader(json), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// recordOf returns a record of one column named x.
func recordOf(a arrow.Array) arrow.Record {
	return array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "x", Type: a.DataType(), Nullable: true}}, nil), []arrow.Array{a}, int64(a.Len()))
}

func TestFromRecordsOfEveryType(t *testing.T) {
	dictionary := func(index arrow.DataType) arrow.DataType {
		return &arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String}
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for _, test := range []struct {
		kind arrow.DataType
		json string
		want []any
	}{
		{arrow.PrimitiveTypes.Int8, "[-128, null, 127]", []any{int32(-128), nil, int32(127)}},
		{arrow.PrimitiveTypes.Int16, "[-32768, null, 32767]", []any{int32(-32768), nil, int32(32767)}},
		{arrow.PrimitiveTypes.Int32, "[-2147483648, null, 2147483647]", []any{int32(math.MinInt32), nil, int32(math.MaxInt32)}},
		{arrow.PrimitiveTypes.Int64, "[-9223372036854775808, null, 9223372036854775807]", []any{int64(math.MinInt64), nil, int64(math.MaxInt64)}},
		{arrow.PrimitiveTypes.Uint8, "[0, null, 255]", []any{int32(0), nil, int32(255)}},
		{arrow.PrimitiveTypes.Uint16, "[0, null, 65535]", []any{int32(0), nil, int32(65535)}},
		{arrow.PrimitiveTypes.Uint32, "[0, null, 4294967295]", []any{int64(0), nil, int64(math.MaxUint32)}},
		{arrow.PrimitiveTypes.Uint64, "[0, null, 9223372036854775807]", []any{int64(0), nil, int64(math.MaxInt64)}},
		{arrow.PrimitiveTypes.Float32, "[0.5, null, -3]", []any{0.5, nil, -3.0}},
		{arrow.PrimitiveTypes.Float64, "[0.1, null, -3]", []any{0.1, nil, -3.0}},
		{arrow.FixedWidthTypes.Boolean, "[true, null, false]", []any{true, nil, false}},
		{arrow.BinaryTypes.String, `["b", null, ""]`, []any{"b", nil, ""}},
		{arrow.BinaryTypes.LargeString, `["b", null, ""]`, []any{"b", nil, ""}},
		{dictionary(arrow.PrimitiveTypes.Int8), `["b", null, "a"]`, []any{"b", nil, "a"}},
		{dictionary(arrow.PrimitiveTypes.Uint16), `["b", null, "a"]`, []any{"b", nil, "a"}},
		{dictionary(arrow.PrimitiveTypes.Int64), `["b", null, "a"]`, []any{"b", nil, "a"}},
		{&arrow.TimestampType{Unit: arrow.Second}, `["1969-12-31 23:59:59", null, "2020-02-29 12:00:00"]`, []any{int64(-1), nil, int64(1582977600)}},
		{&arrow.TimestampType{Unit: arrow.Millisecond}, `["1969-12-31 23:59:59", null, "2020-02-29 12:00:00"]`, []any{int64(-1), nil, int64(1582977600)}},
		{&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, `["1969-12-31 23:59:59", null, "2020-02-29 12:00:00"]`, []any{int64(-1), nil, int64(1582977600)}},
		{&arrow.TimestampType{Unit: arrow.Nanosecond}, `["1969-12-31 23:59:59", null, "2020-02-29 12:00:00"]`, []any{int64(-1), nil, int64(1582977600)}},
		{arrow.FixedWidthTypes.Date32, `["1969-12-31", null, "2020-02-29"]`, []any{int64(-86400), nil, int64(1582934400)}},
	} {
		t.Run(test.kind.String(), func(t *testing.T) {
			a := build(t, mem, test.kind, test.json)
			whole := recordOf(a)
			before := a.String()
			// Slices begin in the middle of bytes and of buffers.
			parts := []arrow.Record{whole, whole.NewSlice(1, 3), whole.NewSlice(1, 1), whole.NewSlice(2, 3)}
			f := exchange.FromRecords(session, nil, parts...)
			want := slices.Concat(test.want, test.want[1:], test.want[2:])
			if after := a.String(); after != before {
				t.Errorf("the input changed from %s to %s", before, after)
			}
			for _, r := range parts {
				r.Release()
			}
			a.Release()
			b := collect(t, f)
			if b.Len != len(want) {
				t.Fatalf("%d rows", b.Len)
			}
			for i, value := range want {
				if got := b.Columns[0].Value(i); !identical(got, value) {
					t.Errorf("row %d is %v (%T), want %v (%T)", i, got, got, value, value)
				}
			}
		})
	}
}

// Nothing that FromRecords takes is kept, and nothing that it makes is counted.
func TestFromRecordsHoldsNoMemoryOfTheRecords(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	texts := build(t, mem, arrow.BinaryTypes.String, `["b", null, "aa", "b"]`)
	r := recordOf(texts)
	texts.Release()
	f := exchange.FromRecords(session, nil, r)
	data := r.Column(0).Data().Buffers()[2].Bytes()
	for i := range data {
		data[i] = '#'
	}
	r.Release()
	sameFrame(t, f, session.FromColumns(analysis.Strings("x", "b", "", "aa", "b").Nulls(1)))
}

// A dictionary may be in any order, say a text twice, and hold nulls.
func TestFromRecordsOfAnUntidyDictionary(t *testing.T) {
	mem := memory.NewGoAllocator()
	kind := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	texts := build(t, mem, kind.ValueType, `["z", null, "a", "unused", "a"]`)
	first := array.NewDictionaryArray(kind, build(t, mem, kind.IndexType, "[0, 1, 2, null, 4]"), texts)
	second := array.NewDictionaryArray(kind, build(t, mem, kind.IndexType, "[0, 0]"), build(t, mem, kind.ValueType, `["b"]`))
	plain := build(t, mem, arrow.BinaryTypes.String, `["a", null]`)
	f := exchange.FromRecords(session, nil, recordOf(first), recordOf(second), recordOf(plain))
	sameFrame(t, f, session.FromColumns(analysis.Strings("x", "z", "", "a", "", "a", "b", "b", "a", "").Nulls(1, 3, 8)))
	if got := collect(t, f).Columns[0].Dictionary; !slices.Equal(got, []string{"a", "b", "z"}) {
		t.Errorf("dictionary %q", got)
	}
}

func TestMistakenRecords(t *testing.T) {
	mem := memory.NewGoAllocator()
	column := func(kind arrow.DataType, json string) arrow.Record { return recordOf(build(t, mem, kind, json)) }
	numbers := column(arrow.PrimitiveTypes.Int64, "[1, 2]")
	twice := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}, {Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	kind := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	outside := array.NewDictionaryArray(kind, build(t, mem, kind.IndexType, "[0, 3]"), build(t, mem, kind.ValueType, `["a"]`))
	for _, test := range []struct {
		f    analysis.Frame
		want string
	}{
		{exchange.FromRecords(session, nil), "there is no record and no schema"},
		{exchange.FromRecords(session, nil, column(arrow.ListOf(arrow.PrimitiveTypes.Int8), "[[1]]")), `column "x" is list<item: int8, nullable>, which frames have not`},
		{exchange.FromRecords(session, nil, column(arrow.BinaryTypes.Binary, "[]")), `column "x" is binary, which frames have not`},
		{exchange.FromRecords(session, nil, column(&arrow.Decimal128Type{Precision: 5, Scale: 2}, `["1.25"]`)), `column "x" is decimal(5, 2), which frames have not`},
		{exchange.FromRecords(session, nil, numbers, column(arrow.PrimitiveTypes.Uint64, "[0, 9223372036854775808]")), `column "x": row 3: 9223372036854775808 exceeds int64`},
		{exchange.FromRecords(session, nil, column(&arrow.TimestampType{Unit: arrow.Millisecond}, `[null, "2020-02-29 12:00:00.250"]`)), `column "x": row 1: 2020-02-29 12:00:00.25 is no whole second; cast the column to timestamp[s] or to int64 before`},
		{exchange.FromRecords(session, nil, numbers, column(arrow.PrimitiveTypes.Int32, "[1]")), `record 1: column 0 is "x" of type int32, not "x" of type int64`},
		{exchange.FromRecords(session, twice, numbers), `record 0: 1 columns, not 2`},
		{exchange.FromRecords(session, twice), `two columns are named "x"`},
		{exchange.FromRecords(session, nil, recordOf(outside)), `column "x": row 1: damaged: text 3 of a dictionary of 1`},
	} {
		_, err := test.f.Count()
		if err == nil || !strings.HasSuffix(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "analysis: exchange_test.go:") {
			t.Errorf("error %v, want %s", err, test.want)
		}
		if err := test.f.Limit(1).Err(); err == nil {
			t.Error("the mistake is not carried")
		}
	}
	empty := exchange.FromRecords(session, numbers.Schema())
	sameFrame(t, empty, session.FromColumns(analysis.Int64s("x")))
}
