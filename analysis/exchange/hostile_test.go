package exchange_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis/exchange"
)

// taken is how many bytes do has allocated.
func taken(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Whatever one byte of a file says, reading it ends in rows or an error, and takes no more
// than its budget: plain files, LZ4 and Zstandard, dictionaries and views, the lengths of
// bodies and buffers, the metadata of the schema. Under KELPIE_LONG every bit is flipped, and
// every byte set to each of some values.
func TestFaultAnyByteOfAFile(t *testing.T) {
	const budget, slack = 32 << 20, 32 << 20
	defer exchange.WithBudget(budget)()
	stored, err := filepath.Glob("testdata/*.arrow")
	if err != nil || len(stored) < 5 {
		t.Fatal(stored, err)
	}
	random, extremes := rand.New(rand.NewPCG(1, 2)), []byte{0, 1, 0x7f, 0x80, 0xff, 92}
	path := filepath.Join(t.TempDir(), "file.arrow")
	for _, name := range stored {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		try := func(at int, value byte) {
			changed := bytes.Clone(whole)
			changed[at] = value
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if n := taken(func() { consume(path) }); n > budget+slack {
				t.Errorf("%s, byte %d set to %d: it takes %d MB", name, at, value, n>>20)
			}
		}
		if os.Getenv("KELPIE_LONG") != "" {
			for at := range whole {
				for bit := range 8 {
					try(at, whole[at]^(1<<bit))
				}
				for _, value := range extremes {
					try(at, value)
				}
			}
			continue
		}
		for at := random.IntN(7); at < len(whole); at += 1 + random.IntN(31) {
			try(at, whole[at]^(1<<random.IntN(8)))
			try(at, extremes[random.IntN(len(extremes))])
		}
	}
}

// The byte by which it was found: the file counts fewer buffers of views than it has columns
// of views, and the library read the count of the next one out of what lies behind.
func TestFewerCountsThanColumnsOfViews(t *testing.T) {
	changed := bytes.Clone(stored(t, "polars_zstd.arrow"))
	changed[3642] = 92
	if err := consume(put(t, changed)); err == nil || !strings.Contains(err.Error(), "damaged: ") {
		t.Errorf("error %v", err)
	}
}

// compressed writes a record of one column of as many equal values as given, compressed.
func compressed(t *testing.T, values arrow.Array, option ipc.Option) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "compressed.arrow")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	record := recordOf(values)
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(record.Schema()), option)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(record); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func equalBytes(n int) arrow.Array {
	values := memory.NewBufferBytes(make([]byte, n))
	return array.MakeFromData(array.NewData(arrow.PrimitiveTypes.Int8, n, []*memory.Buffer{nil, values}, nil, 0, 0))
}

// A small file that unpacks to more than its budget is refused before it is unpacked, by
// what it takes as columns too; one within it is read.
func TestFilesUnpackWithinABudget(t *testing.T) {
	const rows = 4 << 20
	codes := equalBytes(rows)
	words := build(t, memory.NewGoAllocator(), arrow.BinaryTypes.String, `["bash"]`)
	texts := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, codes, words)
	for name, file := range map[string]string{
		"Zstandard":    compressed(t, equalBytes(rows), ipc.WithZstd()),
		"LZ4":          compressed(t, equalBytes(rows), ipc.WithLZ4()),
		"dictionaries": compressed(t, texts, ipc.WithZstd()),
	} {
		t.Run(name, func(t *testing.T) {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := exchange.ReadArrow(session, file).Count(); err != nil || n != rows {
				t.Errorf("%d rows, %v", n, err)
			}
			// The rows as they are fit, their columns beside them do not.
			defer exchange.WithBudget(info.Size() + rows + 16<<20)()
			copied := filepath.Join(t.TempDir(), "again.arrow")
			content, err := os.ReadFile(file)
			if err != nil || os.WriteFile(copied, content, 0o600) != nil {
				t.Fatal(err)
			}
			var failed error
			n := taken(func() { failed = consume(copied) })
			if failed == nil || !strings.Contains(failed.Error(), "MB of memory") || !strings.Contains(failed.Error(), "write it without compression") || n > 4<<20 {
				t.Errorf("takes %d MB, error %v", n>>20, failed)
			}
		})
	}
}

// A frame of Zstandard whose window alone is more than the buffer holds is not begun.
func TestZstandardWindows(t *testing.T) {
	path := compressed(t, equalBytes(1<<16), ipc.WithZstd())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	magic := binary.LittleEndian.AppendUint32(nil, 0xFD2FB528) // RFC 8878, 3.1.1
	at := bytes.Index(whole, magic)
	if at < 0 {
		t.Fatal("there is no frame")
	}
	for _, head := range [][]byte{
		{0xe0, 0, 0, 0, 0, 0, 1, 0, 0},         // single segment of 2^40 bytes
		{0x00, 0xf8},                           // a window of 2^41
		{0xc0, 0x50, 0, 0, 0, 0, 16, 0, 0, 0},  // content of 2^36
		{0x00, (27 - 10 + 1) << 3, 0, 0, 0, 0}, // a window of 2^28
	} {
		changed := bytes.Clone(whole)
		copy(changed[at+4:], head)
		n := taken(func() { err = consume(put(t, changed)) })
		if err == nil || !strings.Contains(err.Error(), "damaged") || n > 16<<20 {
			t.Errorf("%x: %d MB, error %v", head, n>>20, err)
		}
	}
}

// Blocks that are all the one large message of the file are counted each.
func TestManyBlocksOfOneBody(t *testing.T) {
	const times = 64
	records := []arrow.Record{recordOf(equalBytes(1 << 20))}
	for range times - 1 {
		records = append(records, recordOf(equalBytes(8)))
	}
	whole := file(t, records...)
	defer exchange.WithBudget(16 << 20)()
	if err := consume(put(t, whole)); err != nil {
		t.Fatal(err)
	}
	// The list of record batches: offset, length of the metadata, length of the body,
	// https://github.com/apache/arrow/blob/main/format/File.fbs.
	length := int(binary.LittleEndian.Uint32(whole[len(whole)-10:]))
	footer := whole[len(whole)-10-length : len(whole)-10]
	large := -1
	for at := 0; at+24*times <= len(footer) && large < 0; at += 4 {
		if body := binary.LittleEndian.Uint64(footer[at+16:]); body >= 1<<20 && body < 1<<21 {
			large = at
		}
	}
	if large < 0 {
		t.Fatal("no block of the large record")
	}
	for i := range times {
		copy(footer[large+24*i:], footer[large:large+24])
	}
	if err := consume(put(t, whole)); err == nil || !strings.Contains(err.Error(), "MB of memory") {
		t.Errorf("error %v", err)
	}
}

// What is not compressed stays within the budget whatever it is, so that none is refused.
func TestBudgetHoldsPlainFiles(t *testing.T) {
	for _, size := range []int64{0, 1 << 20, 1 << 40, 1 << 62} {
		if exchange.Budget(size)/64 < size && exchange.Budget(size) != 1<<63-1 {
			t.Errorf("%d bytes: %d", size, exchange.Budget(size))
		}
	}
	// The worst there is: a text column with codes of a byte.
	words := build(t, memory.NewGoAllocator(), arrow.BinaryTypes.String, `["bash"]`)
	kind := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	path := put(t, file(t, recordOf(array.NewDictionaryArray(kind, equalBytes(1<<20), words))))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	defer exchange.WithBudget(64 * info.Size())()
	if n, err := exchange.ReadArrow(session, path).Count(); err != nil || n != 1<<20 {
		t.Error(fmt.Sprint(n), err)
	}
}
