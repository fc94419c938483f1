package exchange_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
)

// put writes a file of that content and returns its path.
func put(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "some.arrow")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func stored(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// file returns what the Arrow library writes of these records.
func file(t *testing.T, records ...arrow.Record) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "library.arrow")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(records[0].Schema()))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestReadArrowNamesTheFile(t *testing.T) {
	mem := memory.NewGoAllocator()
	var stream bytes.Buffer
	out := ipc.NewWriter(&stream, ipc.WithSchema(records(t, many(1))[0].Schema()))
	if err := out.Write(records(t, many(1))[0]); err != nil {
		t.Fatal(err)
	}
	lists := file(t, recordOf(build(t, mem, arrow.ListOf(arrow.PrimitiveTypes.Int8), "[[1]]")))
	large := file(t, recordOf(build(t, mem, arrow.PrimitiveTypes.Uint64, "[18446744073709551615]")))
	whole := stored(t, "pyarrow.arrow")
	dir := t.TempDir()
	for _, test := range []struct{ path, want string }{
		{filepath.Join(dir, "none.arrow"), "no such file or directory"},
		{dir, "it is not a regular file but a folder"},
		{put(t, nil), "it is too short for an Arrow file"},
		{put(t, []byte("ts,PID,CMD\n1556549159,1,bash\n")), "it is not an Arrow file"},
		{put(t, stream.Bytes()), "it is an Arrow stream, not a file; write it with a file writer, such as pyarrow.ipc.new_file"},
		{put(t, whole[:len(whole)/2]), "damaged: it is an Arrow file without its end"},
		{put(t, lists), `column "x" is list<item: int8, nullable>, which frames have not`},
		{put(t, large), `column "x": row 0: 18446744073709551615 exceeds int64`},
	} {
		_, err := exchange.ReadArrow(session, test.path).Count()
		if err == nil || !strings.Contains(err.Error(), test.path) || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("error %v, want one that names %s and ends in %q", err, test.path, test.want)
		}
	}
}

// consume reads a file as far as it goes: it may be an error, never a panic.
func consume(path string) error {
	_, err := exchange.ReadArrow(session, path).Collect()
	return err
}

func TestTruncatedFilesAreErrors(t *testing.T) {
	for _, name := range []string{"pyarrow.arrow", "polars_zstd.arrow"} {
		whole := stored(t, name)
		for n := 0; n < len(whole); n += 61 {
			if consume(put(t, whole[:n])) == nil {
				t.Errorf("the first %d bytes of %s are a frame", n, name)
			}
			// With its end in place, what lies before is missing or moved.
			if end := whole[len(whole)-10:]; n < len(whole)-10 && consume(put(t, append(bytes.Clone(whole[:n]), end...))) == nil {
				t.Errorf("the first %d bytes of %s and its end are a frame", n, name)
			}
		}
	}
}

// Flipped bits and wild numbers in every part of a file are errors or, in the
// values, other values. None may end the program.
func TestDamagedFilesDoNotPanic(t *testing.T) {
	for _, name := range []string{"pyarrow.arrow", "pyarrow_lz4.arrow", "pyarrow_zstd.arrow", "polars.arrow"} {
		whole, failed := stored(t, name), 0
		for n := 0; n < len(whole)-8; n += 29 {
			for _, damage := range []func([]byte){
				func(b []byte) { b[0] ^= 1 << (n % 8) },
				func(b []byte) { binary.LittleEndian.PutUint32(b, 0x7fffffff) },
				func(b []byte) { binary.LittleEndian.PutUint64(b, 1<<42) },
			} {
				content := bytes.Clone(whole)
				damage(content[n:])
				if consume(put(t, content)) != nil {
					failed++
				}
			}
		}
		if failed < 50 {
			t.Errorf("%s: only %d damaged copies were refused", name, failed)
		}
	}
}

func FuzzReadArrow(f *testing.F) {
	for _, name := range []string{"pyarrow.arrow", "pyarrow_lz4.arrow", "pyarrow_zstd.arrow", "polars.arrow"} {
		f.Add(stored(f, name))
	}
	path := filepath.Join(f.TempDir(), "fuzz.arrow")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := consume(path); err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("error %v does not name the file", err)
		}
	})
}

// A cached frame made of a file is computed again when the file has changed.
func TestCachedFramesFollowTheFile(t *testing.T) {
	t.Setenv("KELPIE_CACHE", t.TempDir())
	keeping := analysis.NewSession(analysis.Config{})
	path := filepath.Join(t.TempDir(), "frame.arrow")
	old := time.Now().Add(-time.Hour)
	for _, rows := range []int{10, 20, 10} {
		if err := exchange.WriteArrow(many(rows), path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		f := exchange.ReadArrow(keeping, path)
		if n, err := f.Filter(analysis.Col("n").IsNotNull()).Cache().Count(); err != nil || n != int64(rows-rows/5) {
			t.Errorf("%d rows, %v", n, err)
		}
		sameFrame(t, f, many(rows))
	}
}

// A frame that was made before its file was replaced says so, or shows the new rows.
func TestFileReplacedAfterTheFrameWasMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "frame.arrow")
	if err := exchange.WriteArrow(many(10), path); err != nil {
		t.Fatal(err)
	}
	same, other := exchange.ReadArrow(session, path), exchange.ReadArrow(session, path)
	if err := exchange.WriteArrow(many(20), path); err != nil {
		t.Fatal(err)
	}
	sameFrame(t, same, many(20))
	if err := exchange.WriteArrow(everyType(), path); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Limit(3).Collect(); err != nil && !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}
