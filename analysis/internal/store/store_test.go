package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

const testDigest = "0123456789abcdef0123456789abcdef"

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Dir: dir, Digest: testDigest})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inside lists what lies in the store's directory beside its mark.
func inside(s *store.Store) []string {
	names, _ := filepath.Glob(filepath.Join(s.Namespace(), "*"))
	return slices.DeleteFunc(names, func(name string) bool { return filepath.Base(name) == ".kelpie-store" })
}

func noWarnings(t testing.TB, s *store.Store) {
	t.Helper()
	if w := s.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %q", w)
	}
}

// bitmap packs bits as Arrow does, with ones beyond the last to show that
// nobody looks there.
func bitmap(bits ...bool) []byte {
	b := make([]byte, (len(bits)+7)/8)
	for i := range len(b) * 8 {
		if i >= len(bits) || bits[i] {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

// sample has every type that can be kept, with and without nulls.
func sample() *column.Batch {
	valid := bitmap(true, false, true, true, true)
	return &column.Batch{Len: 5, Rows: []uint32{7, 3, 11, 0, math.MaxUint32}, Columns: []*column.Column{
		{Name: "pid", Type: column.Int32, Len: 5, Int32s: []int32{1, 0, math.MinInt32, math.MaxInt32, -5}, Nulls: 1, Valid: valid},
		{Name: "bytes", Type: column.Int64, Len: 5, Int64s: []int64{1, 2, math.MinInt64, math.MaxInt64, -5}},
		{Name: "cpu", Type: column.Float64, Len: 5, Float64s: []float64{1.5, 0, math.Inf(1), math.Copysign(0, -1), -5}, Nulls: 1, Valid: valid},
		{Name: "attack", Type: column.Bool, Len: 5, Bools: bitmap(true, false, true, false, true), Nulls: 1, Valid: valid},
		{Name: "ts", Type: column.Timestamp, Len: 5, Int64s: []int64{0, 1554700000, -1, 2, 3}},
		{Name: "CMD", Type: column.String, Len: 5, Codes16: []uint16{2, 0, 2, 4, 0}, Nulls: 1, Valid: valid,
			Dictionary: []string{"", "apache2", "a\xffb", "bash", "µ ü"}},
		{Name: "CMD_index", Type: column.Float64, Len: 5, Float64s: []float64{0, 1, 2, 1, 0}, Levels: []string{"bash", "a,\"b\"\n", "\xff", ""}, Source: "CMD\xff"},
		{Name: "", Type: column.Int32, Len: 5, Int32s: make([]int32, 5), Levels: []string{}},
		{Name: "path", Type: column.String, Len: 5, Offsets: []int64{0, 2, 2, 2, 5, 11}, Bytes: []byte("/aµ\xff/\x00/b/c"), Nulls: 1, Valid: valid},
	}}
}

func init() {
	// "a\xffb" sorts between "a" + 0x7f and "b".
	for _, c := range sample().Columns {
		if !slices.IsSorted(c.Dictionary) {
			panic(fmt.Sprintf("%q", c.Dictionary))
		}
	}
}

// batches are the cases of the round trip.
func batches() map[string]*column.Batch {
	n := 1003
	long := &column.Batch{Len: n}
	codes, values, truth := make([]uint16, n), make([]float64, n), make([]bool, n)
	for i := range n {
		codes[i], values[i], truth[i] = uint16(i%3), float64(i)/7, i%5 == 0
	}
	nulls := 0
	for _, ok := range truth {
		if !ok {
			nulls++
		}
	}
	long.Columns = []*column.Column{
		{Name: "s", Type: column.String, Len: n, Codes16: codes, Dictionary: []string{"a", "b", "c", "never"}},
		{Name: "t", Type: column.String, Len: n, Codes16: codes, Dictionary: []string{"x", "y", "z"}, Nulls: nulls, Valid: bitmap(truth...)},
		{Name: "f", Type: column.Float64, Len: n, Float64s: values, Nulls: nulls, Valid: bitmap(truth...)},
	}
	return map[string]*column.Batch{
		"every type":            sample(),
		"no columns":            {Len: 12},
		"nothing":               {},
		"nothing but rows":      {Len: 2, Rows: []uint32{4, 5}},
		"zero rows, row number": {Rows: []uint32{}},
		"zero rows": {Columns: []*column.Column{
			{Name: "i", Type: column.Int32}, {Name: "l", Type: column.Int64}, {Name: "f", Type: column.Float64},
			{Name: "b", Type: column.Bool}, {Name: "t", Type: column.Timestamp}, {Name: "s", Type: column.String},
			{Name: "d", Type: column.String, Dictionary: []string{"unused"}},
			{Name: "p", Type: column.String, Offsets: []int64{0}}, {Name: "e", Type: column.String, Offsets: []int64{3}, Bytes: []byte("beyond")}}},
		"one row": {Len: 1, Columns: []*column.Column{
			{Name: "s", Type: column.String, Len: 1, Codes16: []uint16{1}, Dictionary: []string{"unused", "used"}},
			{Name: "b", Type: column.Bool, Len: 1, Bools: bitmap(true)}}},
		"all null": {Len: 9, Columns: []*column.Column{
			{Name: "s", Type: column.String, Len: 9, Codes16: make([]uint16, 9), Nulls: 9, Valid: make([]byte, 2)},
			{Name: "i", Type: column.Int32, Len: 9, Int32s: make([]int32, 9), Nulls: 9, Valid: make([]byte, 2)},
			{Name: "b", Type: column.Bool, Len: 9, Bools: make([]byte, 2), Nulls: 9, Valid: make([]byte, 2)},
			{Name: "p", Type: column.String, Len: 9, Offsets: make([]int64, 10), Nulls: 9, Valid: make([]byte, 2)}}},
		"a part of plain texts": {Len: 3, Columns: []*column.Column{
			{Name: "p", Type: column.String, Len: 3, Offsets: []int64{2, 2, 3, 5}, Bytes: []byte("abcdefg")},
			{Name: "i", Type: column.Int32, Len: 3, Int32s: []int32{1, 2, 3}},
			{Name: "q", Type: column.String, Len: 3, Offsets: []int64{0, 2, 3, 4}, Bytes: []byte("abcdefg")}}},
		"1003 rows": long,
		"sliced":    long.Slice(5, 998),
		"gathered":  long.Gather([]uint32{1002, 0, 0, 7}),
	}
}

// plain is a batch as nothing but values, to compare.
func plain(b *column.Batch) string {
	var text strings.Builder
	fmt.Fprintln(&text, b.Len, b.Rows, b.Rows == nil)
	for _, c := range b.Columns {
		fmt.Fprintf(&text, "%v %q %s %d %d %v %v %v %v %q %q %v %q:", c.Plain(), c.Name, c.Type, c.Len, c.Nulls, c.Int32s, c.Int64s, c.Codes16, c.Codes, c.Dictionary, c.Levels, c.Levels == nil, c.Source)
		for i := range c.Len {
			switch c.Type {
			case column.Float64:
				fmt.Fprintf(&text, " %x", math.Float64bits(c.Float64s[i]))
			case column.Bool:
				fmt.Fprintf(&text, " %v", c.Bool(i))
			}
			fmt.Fprintf(&text, " %v", c.Value(i))
		}
		text.WriteByte('\n')
	}
	return text.String()
}

func TestBatchRoundTrip(t *testing.T) {
	for name, want := range batches() {
		t.Run(name, func(t *testing.T) {
			dir, before := t.TempDir(), plain(want)
			for pass := range 3 {
				s := open(t, dir) // as a new process does
				computed := 0
				got, notes, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) {
					computed++
					return want, []byte(`{"name":"n"}`), nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if wantComputed := map[bool]int{true: 1}[pass == 0]; computed != wantComputed {
					t.Errorf("pass %d computed %d times, want %d", pass, computed, wantComputed)
				}
				if plain(got) != before {
					t.Errorf("pass %d:\n%swant\n%s", pass, plain(got), before)
				}
				if string(notes) != `{"name":"n"}` {
					t.Errorf("notes %q", notes)
				}
				noWarnings(t, s)
			}
			if plain(want) != before {
				t.Error("the input was changed")
			}
		})
	}
}

func TestBlobRoundTrip(t *testing.T) {
	for _, want := range [][]byte{nil, {0}, []byte("model"), make([]byte, 100000)} {
		dir := t.TempDir()
		for pass := range 2 {
			s := open(t, dir)
			got, notes, err := s.Blob(t.Context(), "key", func() ([]byte, []byte, error) {
				if pass > 0 {
					t.Error("computed again")
				}
				return want, []byte("{}"), nil
			})
			if err != nil || string(got) != string(want) || string(notes) != "{}" {
				t.Errorf("%d bytes: got %d, notes %q, %v", len(want), len(got), notes, err)
			}
			noWarnings(t, s)
		}
	}
}

func TestOneValueAProcess(t *testing.T) {
	s := open(t, t.TempDir())
	var computed atomic.Int32
	got := make([]*column.Batch, 16)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() {
			got[i], _, _ = s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) {
				computed.Add(1)
				return sample(), nil, nil
			})
		})
	}
	group.Wait()
	for _, b := range got {
		if b == nil || b != got[0] {
			t.Fatal("not one batch")
		}
	}
	if n := computed.Load(); n != 1 {
		t.Errorf("computed %d times", n)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	s := open(t, t.TempDir())
	failure := errors.New("first time")
	fail := func() ([]byte, []byte, error) { return nil, nil, failure }
	if _, _, err := s.Blob(t.Context(), "key", fail); !errors.Is(err, failure) {
		t.Fatalf("got %v", err)
	}
	if s.Has(store.Bytes, "key") {
		t.Error("an error is kept")
	}
	got, _, err := s.Blob(t.Context(), "key", func() ([]byte, []byte, error) { return []byte("x"), nil, nil })
	if err != nil || string(got) != "x" {
		t.Errorf("got %q, %v", got, err)
	}
	noWarnings(t, s)
}

// One who waits does not inherit the end of another's context, nor a panic.
func TestWaitersOutliveTheLeader(t *testing.T) {
	s := open(t, t.TempDir())
	for name, end := range map[string]func(cancel func()) error{
		"cancel": func(cancel func()) error { cancel(); return context.Canceled },
		"panic":  func(func()) error { panic("in compute") },
	} {
		started, finish := make(chan struct{}), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer func() { recover() }()
			s.Blob(ctx, name, func() ([]byte, []byte, error) {
				close(started)
				<-finish
				return nil, nil, end(cancel)
			})
		}()
		<-started
		result := make(chan error)
		go func() {
			got, _, err := s.Blob(t.Context(), name, func() ([]byte, []byte, error) { return []byte("second"), nil, nil })
			if err == nil && string(got) != "second" {
				err = fmt.Errorf("got %q", got)
			}
			result <- err
		}()
		close(finish)
		if err := <-result; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	dir := t.TempDir()
	one, two := open(t, dir), open(t, dir) // two stores lock as two processes do
	started, finish, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		one.Blob(t.Context(), "key", func() ([]byte, []byte, error) {
			close(started)
			<-finish
			return []byte("x"), nil, nil
		})
	}()
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := two.Blob(ctx, "key", func() ([]byte, []byte, error) { return nil, nil, errors.New("computed") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("before: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	waited := make(chan error)
	go func() {
		_, _, err := two.Blob(ctx, "key", func() ([]byte, []byte, error) { return nil, nil, errors.New("computed") })
		waited <- err
	}()
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("while waiting: %v", err)
	}
	close(finish)
	<-done
}

func TestVectorsAreNotKept(t *testing.T) {
	dir := t.TempDir()
	var said []string
	s, _ := store.Open(store.Options{Dir: dir, Digest: testDigest, Warn: func(w string) { said = append(said, w) }})
	want := &column.Batch{Columns: []*column.Column{{Name: "features", Type: column.Vector, Features: &column.Features{}}}}
	for range 2 {
		got, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return want, nil, nil })
		if err != nil || got != want {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	if len(said) != 1 || !reflect.DeepEqual(said, s.Warnings()) {
		t.Errorf("said %q, warnings %q", said, s.Warnings())
	}
	empty(t, s)
}

// A batch that is not what package column promises is never kept.
func TestWrongBatchesAreNotKept(t *testing.T) {
	for name, spoil := range map[string]func(b *column.Batch){
		"code":         func(b *column.Batch) { b.Columns[5].Codes16[0] = 5 },
		"order":        func(b *column.Batch) { b.Columns[5].Dictionary = []string{"a", "b", "c", "e", "d"} },
		"twice":        func(b *column.Batch) { b.Columns[5].Dictionary = []string{"a", "b", "c", "d", "d"} },
		"no values":    func(b *column.Batch) { b.Columns[5].Dictionary = nil },
		"offsets":      func(b *column.Batch) { b.Columns[8].Offsets[2] = 1 },
		"no offset":    func(b *column.Batch) { b.Columns[8].Offsets = b.Columns[8].Offsets[1:] },
		"beyond":       func(b *column.Batch) { b.Columns[8].Offsets[5] = 12 },
		"before":       func(b *column.Batch) { b.Columns[8].Offsets[0] = -1 },
		"two forms":    func(b *column.Batch) { b.Columns[8].Codes = make([]uint32, 5) },
		"nulls":        func(b *column.Batch) { b.Columns[0].Nulls = 2 },
		"short bitmap": func(b *column.Batch) { b.Columns[0].Valid = nil },
		"length":       func(b *column.Batch) { b.Columns[0].Int32s = b.Columns[0].Int32s[:4] },
		"rows":         func(b *column.Batch) { b.Rows = b.Rows[:4] },
	} {
		s, b := open(t, t.TempDir()), sample()
		spoil(b)
		got, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return b, nil, nil })
		if err != nil || got != b || len(s.Warnings()) != 1 {
			t.Errorf("%s: %v, %v, warnings %q", name, got != b, err, s.Warnings())
		}
		empty(t, s)
	}
}

// empty fails if any file is left in the store.
func empty(t *testing.T, s *store.Store) {
	t.Helper()
	if left := inside(s); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestKeys(t *testing.T) {
	s := open(t, t.TempDir())
	for _, key := range []string{"", "../x", "A", "a.b", "a/b", string(make([]byte, 129))} {
		_, _, err := s.Blob(t.Context(), key, func() ([]byte, []byte, error) { return nil, nil, nil })
		if err == nil || s.Has(store.Bytes, key) || s.Remove(key) == nil {
			t.Errorf("the key %q is taken", key)
		}
	}
	if _, err := store.Open(store.Options{Dir: t.TempDir(), Digest: "v1"}); err == nil {
		t.Error("the digest v1 is taken")
	}
}

func TestListRemoveClear(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	older, err := store.Open(store.Options{Dir: dir, Digest: "fedcba9876543210"})
	if err != nil {
		t.Fatal(err)
	}
	keep := func(s *store.Store, key string) {
		if _, _, err := s.Batch(t.Context(), key, func() (*column.Batch, []byte, error) {
			return sample(), []byte(`{"name":"process"}`), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	keep(s, "a")
	keep(older, "b")
	s.Blob(t.Context(), "a", func() ([]byte, []byte, error) { return []byte("m"), []byte(`{"name":"gbt"}`), nil })
	os.WriteFile(filepath.Join(s.Namespace(), "broken.arrow"), []byte("ARROW1"), 0o600)

	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprintf("%s.%s %q old=%t damaged=%t made=%t", e.Key, e.Kind, e.Name, e.Old, e.Damaged != "", !e.Made.IsZero()))
		if e.Size <= 0 || e.Used.IsZero() {
			t.Errorf("%s: size %d, used %v", e.Key, e.Size, e.Used)
		}
	}
	slices.Sort(got)
	want := []string{
		`a.arrow "process" old=false damaged=false made=true`,
		`a.blob "gbt" old=false damaged=false made=true`,
		`b.arrow "process" old=true damaged=false made=true`,
		`broken.arrow "" old=false damaged=true made=false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}

	if err := s.Remove("a"); err != nil {
		t.Fatal(err)
	}
	if s.Has(store.Columns, "a") || s.Has(store.Bytes, "a") || !older.Has(store.Columns, "b") {
		t.Error("Remove did not remove one key")
	}
	keep(s, "a")
	if err := s.Clear(); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(); len(list) > 0 || err != nil || s.Has(store.Columns, "a") {
		t.Errorf("after Clear: %v, %v", list, err)
	}
	keep(s, "a") // the directory is made again
	if !open(t, dir).Has(store.Columns, "a") {
		t.Error("nothing is kept after Clear")
	}
	noWarnings(t, s)
}
