package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// distinct is a batch of one column of n different texts.
func distinct(n int) *column.Batch {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%06d", n-1-i)
	}
	return &column.Batch{Len: n, Columns: []*column.Column{column.FromStrings("s", texts, nil)}}
}

// Codes are kept in the width that they have, and attached in no other.
func TestCodesAtTheBorderOfWidths(t *testing.T) {
	for n, index := range map[int]arrow.DataType{
		65_535: arrow.PrimitiveTypes.Uint16, 65_536: arrow.PrimitiveTypes.Uint16, 65_537: arrow.PrimitiveTypes.Uint32,
	} {
		want := distinct(n)
		data := kept(t, want)
		for _, attach := range []func([]byte, string) (*column.Batch, []byte, error){store.Attach, store.AttachTrusting} {
			got, _, err := attach(data, "key")
			if err != nil {
				t.Fatal(err)
			}
			if plain(got) != plain(want) || got.Columns[0].Narrow() != (got.Columns[0].Codes == nil) {
				t.Errorf("%d texts came back as others", n)
			}
		}
		r, err := ipc.NewFileReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		record, err := r.RecordAt(0)
		if err != nil {
			t.Fatal(err)
		}
		a := record.Column(0).(*array.Dictionary)
		if have := a.DataType().(*arrow.DictionaryType).IndexType; !arrow.TypeEqual(have, index) {
			t.Errorf("%d texts are numbered by %v, want %v", n, have, index)
		}
		for i := range n {
			if have := a.Dictionary().(*array.String).Value(a.GetValueIndex(i)); have != want.Columns[0].Text(i) {
				t.Fatalf("row %d is %q", i, have)
			}
		}
		r.Close()
	}
}

// A wide column whose dictionary lost texts, and a narrow one whose dictionary
// gained some, are not what package column promises.
func TestCodesOfTheWrongWidth(t *testing.T) {
	for name, c := range map[string]*column.Column{
		"wide":   {Name: "s", Type: column.String, Len: 1, Codes: []uint32{0}, Dictionary: []string{"a"}},
		"both":   {Name: "s", Type: column.String, Len: 1, Codes: []uint32{0}, Codes16: []uint16{0}, Dictionary: []string{"a"}},
		"narrow": {Name: "s", Type: column.String, Len: 1, Codes16: []uint16{0}, Dictionary: distinct(65_537).Columns[0].Dictionary},
		"beyond": {Name: "s", Type: column.String, Len: 1, Codes: []uint32{65_537}, Dictionary: distinct(65_537).Columns[0].Dictionary},
	} {
		s := open(t, t.TempDir())
		b := &column.Batch{Len: 1, Columns: []*column.Column{c}}
		if _, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return b, nil, nil }); err != nil || len(s.Warnings()) != 1 {
			t.Errorf("%s: %v, warnings %q", name, err, s.Warnings())
		}
		empty(t, s)
	}
}

// A file in which codes are of a width that does not fit the dictionary is
// damaged, also where its values are trusted.
func TestAttachCodesOfTheWrongWidth(t *testing.T) {
	for _, test := range []struct {
		index arrow.DataType
		texts int
		fits  bool
	}{
		{arrow.PrimitiveTypes.Uint16, 3, true}, {arrow.PrimitiveTypes.Uint32, 65_537, true},
		{arrow.PrimitiveTypes.Uint32, 3, false}, {arrow.PrimitiveTypes.Uint16, 65_537, false},
		{arrow.PrimitiveTypes.Uint8, 3, false}, {arrow.PrimitiveTypes.Int16, 3, false},
	} {
		kind := &arrow.DictionaryType{IndexType: test.index, ValueType: arrow.BinaryTypes.String}
		texts := array.NewStringBuilder(memory.DefaultAllocator)
		texts.AppendValues(distinct(test.texts).Columns[0].Dictionary, nil)
		codes := memory.NewBufferBytes(make([]byte, 8)) // one row of code 0
		a := array.MakeFromData(array.NewDataWithDictionary(kind, 1, []*memory.Buffer{nil, codes}, 0, 0, texts.NewArray().Data().(*array.Data)))
		meta := arrow.NewMetadata([]string{"kelpie.key", "kelpie.crc32c"}, []string{"key", "0"})
		schema := arrow.NewSchema([]arrow.Field{{Name: "s", Type: kind, Nullable: true}}, &meta)
		file, err := os.Create(filepath.Join(t.TempDir(), "f.arrow"))
		if err != nil {
			t.Fatal(err)
		}
		w, err := ipc.NewFileWriter(file, ipc.WithSchema(schema))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(array.NewRecord(schema, []arrow.Array{a}, 1)), w.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		// What fits gets as far as the checksums, which this file has not.
		_, _, err = store.AttachTrusting(data, "key")
		if !errors.Is(err, store.ErrDamaged) || strings.Contains(err.Error(), "its checksum is") != test.fits {
			t.Errorf("%v for %d texts: %v", test.index, test.texts, err)
		}
	}
}
