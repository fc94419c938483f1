package store_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// kept returns the bytes of the file that holds b under "key".
func kept(t testing.TB, b *column.Batch) []byte {
	t.Helper()
	s := open(t, t.TempDir())
	if _, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) {
		return b, []byte(`{"warnings":["w"]}`), nil
	}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(s.Namespace(), "key.arrow"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The oracle is Arrow's own reader: it must find the values that attach finds.
func TestAttachEqualsArrowReader(t *testing.T) {
	for name, want := range batches() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f.arrow")
			data := kept(t, want)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			got, _, err := store.Attach(data, "key")
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			reader, err := ipc.NewFileReader(file)
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			if reader.NumRecords() != 1 {
				t.Fatalf("%d records", reader.NumRecords())
			}
			record, err := reader.Record(0)
			if err != nil {
				t.Fatal(err)
			}
			columns := len(got.Columns)
			if got.Rows != nil {
				columns++
			}
			if int(record.NumRows()) != got.Len || int(record.NumCols()) != columns {
				t.Fatalf("arrow reads %d x %d", record.NumRows(), record.NumCols())
			}
			for k, c := range got.Columns {
				if record.ColumnName(k) != c.Name || record.Column(k).NullN() != c.Nulls {
					t.Errorf("column %q: arrow reads %q with %d nulls", c.Name, record.ColumnName(k), record.Column(k).NullN())
				}
				for i := range c.Len {
					if w := arrowValue(record.Column(k), i); !same(c.Value(i), w) {
						t.Errorf("column %q row %d: %v, arrow reads %v", c.Name, i, c.Value(i), w)
					}
				}
			}
			for i, row := range got.Rows {
				if w := record.Column(columns - 1).(*array.Uint32).Value(i); row != w {
					t.Errorf("row %d is number %d, arrow reads %d", i, row, w)
				}
			}
		})
	}
}

func arrowValue(a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch a := a.(type) {
	case *array.Int32:
		return a.Value(i)
	case *array.Int64:
		return a.Value(i)
	case *array.Timestamp:
		return int64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.Boolean:
		return a.Value(i)
	case *array.LargeString:
		return a.Value(i)
	case *array.Dictionary:
		return a.Dictionary().(*array.String).Value(a.GetValueIndex(i))
	}
	return a
}

func same(a, b any) bool {
	x, ok := a.(float64)
	y, too := b.(float64)
	if ok && too {
		return math.Float64bits(x) == math.Float64bits(y)
	}
	return a == b
}

// Attached columns lie in the file's bytes.
func TestAttachDoesNotCopy(t *testing.T) {
	data := kept(t, batches()["1003 rows"])
	b, _, err := store.Attach(data, "key")
	if err != nil {
		t.Fatal(err)
	}
	before := b.Column("f").Float64s[1002]
	for i := range data {
		data[i] ^= 0xff
	}
	if b.Column("f").Float64s[1002] == before {
		t.Error("the values did not change with the file's bytes")
	}
}

func TestAttachRefusesOtherFiles(t *testing.T) {
	data := kept(t, sample())
	if _, _, err := store.Attach(data, "other"); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("another key: %v", err)
	}
	for _, other := range [][]byte{nil, []byte("ARROW1"), []byte("ARROW1\x00\x00\x04\x00\x00\x00ARROW1"), make([]byte, 4096)} {
		if _, _, err := store.Attach(other, "key"); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%d bytes: %v", len(other), err)
		}
	}
}

func TestAttachTruncated(t *testing.T) {
	data := kept(t, sample())
	for n := range data {
		for _, attach := range []func([]byte, string) (*column.Batch, []byte, error){store.Attach, store.AttachTrusting} {
			if _, _, err := attach(data[:n:n], "key"); !errors.Is(err, store.ErrDamaged) {
				t.Fatalf("%d of %d bytes: %v", n, len(data), err)
			}
		}
	}
}

// Every bit is flipped. A checked file is then refused or, where the bit means
// nothing (padding, the copy of the schema at the start, the time it was made),
// holds what it held. A trusted one may hold other values, but only ones that
// lie in the file.
func TestAttachFlipped(t *testing.T) {
	want := sample()
	data := kept(t, want)
	refused := 0
	for bit := range 8 * len(data) {
		data[bit/8] ^= 1 << (bit % 8)
		got, notes, err := store.Attach(data, "key")
		switch {
		case err == nil && (plain(got) != plain(want) || string(notes) != `{"warnings":["w"]}`):
			t.Fatalf("bit %d: other content is taken", bit)
		case err != nil && !errors.Is(err, store.ErrDamaged):
			t.Fatalf("bit %d: %v", bit, err)
		case err != nil:
			refused++
		}
		if got, _, err := store.AttachTrusting(data, "key"); err == nil {
			touch(got)
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
	if refused < 8*len(data)/4 {
		t.Errorf("only %d of %d flips are refused", refused, 8*len(data))
	}
}

// touch reads all that a batch holds, but for texts of rows: codes and offsets are
// checked with the values.
func touch(b *column.Batch) (sum float64) {
	for _, c := range b.Columns {
		for i := range c.Len {
			switch {
			case c.Plain():
				sum += float64(c.Offsets[i+1])
			case c.Type == column.String:
				sum += float64(c.Code(i))
			default:
				sum += c.Float(i)
			}
			if c.IsNull(i) {
				sum++
			}
		}
		for _, text := range c.Dictionary {
			for k := range len(text) {
				sum += float64(text[k])
			}
		}
	}
	for _, row := range b.Rows {
		sum += float64(row)
	}
	return sum
}

// Words of the structure (lengths, offsets, counts) are set to extreme values.
func TestAttachExtremeWords(t *testing.T) {
	want := sample()
	data := kept(t, want)
	random := rand.New(rand.NewPCG(1, 2))
	for range 50000 {
		at, old := 4*random.IntN(len(data)/4-1), [8]byte{}
		copy(old[:], data[at:])
		values := []uint64{0, 1, math.MaxUint32, math.MaxInt32, math.MaxInt64, 1 << 63, math.MaxUint64, uint64(len(data)), random.Uint64()}
		binary.LittleEndian.PutUint64(data[at:], values[random.IntN(len(values))])
		if got, _, err := store.Attach(data, "key"); err == nil && plain(got) != plain(want) {
			t.Fatalf("word at %d: other content is taken", at)
		}
		if got, _, err := store.AttachTrusting(data, "key"); err == nil && got.Len < 1<<20 {
			touch(got)
		}
		copy(data[at:], old[:])
	}
}

// A text whose length is damaged ends with the part of the file that it stands in: what
// follows is not read, nor quoted by an error.
func TestAttachReadsNoTextOverItsEnd(t *testing.T) {
	data := append(make([]byte, 0, 1<<27), kept(t, sample())...) // much follows
	for at := 0; at+4 <= len(data); at += 4 {
		old := binary.LittleEndian.Uint32(data[at:])
		binary.LittleEndian.PutUint32(data[at:], 1<<20)
		if _, _, err := store.AttachTrusting(data, "key"); err != nil && len(err.Error()) > 1000 {
			t.Fatalf("word at %d: the error has %d bytes: %.200s", at, len(err.Error()), err)
		}
		binary.LittleEndian.PutUint32(data[at:], old)
	}
}

// FuzzAttach: any bytes give an error, or columns that can be read.
func FuzzAttach(f *testing.F) {
	for _, b := range batches() {
		if b.Len < 100 {
			f.Add(kept(f, b))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, _, err := store.AttachTrusting(data, "key"); err == nil && b.Len < 1<<20 {
			touch(b)
		}
		if b, _, err := store.Attach(data, "key"); err == nil && b.Len < 1<<20 {
			plain(b)
		} else if err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Error(err)
		}
	})
}

// More text in one column than 32-bit offsets can number is kept and attached. It
// takes 2 GiB of memory and of disk, so only at length.
func TestFaultMoreThan2GiBOfText(t *testing.T) {
	if rounds(0, 1) == 0 {
		t.Skip("at length only: set KELPIE_LONG")
	}
	text := make([]byte, 1<<31+9)
	copy(text[1<<31:], "last text")
	want := &column.Batch{Len: 3, Columns: []*column.Column{
		{Name: "s", Type: column.String, Len: 3, Offsets: []int64{0, 5, 1 << 31, 1<<31 + 9}, Bytes: text}}}
	s, err := store.Open(store.Options{Dir: t.TempDir(), Digest: testDigest, Limit: 4 << 30})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return want, nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	noWarnings(t, s)
	if c := got.Columns[0]; got == want || c.Text(2) != "last text" || len(c.Text(1)) != 1<<31-5 {
		t.Errorf("kept %v, last text %q", got != want, c.Text(2))
	}
}
