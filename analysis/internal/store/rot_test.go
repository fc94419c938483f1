package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// A rotten is a store with one value, in whose file bits are flipped, its times as they were.
type rotten struct {
	t    *testing.T
	dir  string
	path string
	good []byte
	info os.FileInfo
}

func rot(t *testing.T, b *column.Batch) rotten {
	t.Helper()
	r := rotten{t: t, dir: t.TempDir()}
	s := open(t, r.dir)
	if _, _, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return b, []byte(`{"name": "n"}`), nil }); err != nil {
		t.Fatal(err)
	}
	noWarnings(t, s)
	r.path = filepath.Join(s.Namespace(), "key.arrow")
	var err error
	if r.good, err = os.ReadFile(r.path); err != nil {
		t.Fatal(err)
	}
	if r.info, err = os.Stat(r.path); err != nil {
		t.Fatal(err)
	}
	return r
}

// with replaces the file by one with bits flipped, and returns a store that sees it as a
// new process does. Whoever calls it many times releases the store.
func (r rotten) with(bits ...int) *store.Store {
	r.t.Helper()
	data := bytes.Clone(r.good)
	for _, bit := range bits {
		data[bit/8] ^= 1 << (bit % 8)
	}
	os.Remove(r.path) // not overwritten: others have it mapped
	if err := os.WriteFile(r.path, data, 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Chtimes(r.path, r.info.ModTime(), r.info.ModTime()); err != nil {
		r.t.Fatal(err)
	}
	return open(r.t, r.dir)
}

// Whatever bit of a kept file flips, without its times telling, values and notes are those
// that were kept: read, where the bit means nothing, or else computed again, which a
// warning says. Under KELPIE_LONG every bit is flipped.
func TestFaultEveryBit(t *testing.T) {
	want := sample()
	r := rot(t, want)
	computed, tried := 0, 0
	try := func(bit int) {
		s := r.with(bit)
		defer s.Release()
		again := false
		got, notes, err := s.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) {
			again = true
			return sample(), []byte(`{"name": "n"}`), nil
		})
		if err != nil || plain(got) != plain(want) || string(notes) != `{"name": "n"}` {
			t.Fatalf("bit %d of byte %d: other values, notes %q, %v", bit%8, bit/8, notes, err)
		}
		if w := s.Warnings(); again != (len(w) == 1 && strings.Contains(w[0], "is computed again: ") && strings.Contains(w[0], "damaged: ")) || len(w) > 1 {
			t.Fatalf("bit %d of byte %d: computed again is %t, warnings %q", bit%8, bit/8, again, w)
		}
		tried++
		if again {
			computed++
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	for bit := 0; bit < 8*len(r.good); bit += 1 + random.IntN(rounds(80, 1)) {
		try(bit)
	}
	if computed < tried/5 { // the rest is padding, a second copy of the schema, and what readers of Arrow do not need
		t.Errorf("%d of %d flips were found", computed, tried)
	}
}

// blocks is a batch whose columns have some blocks of each kind of buffer.
func blocks() *column.Batch {
	const n = 120_000
	random := rand.New(rand.NewPCG(5, 6))
	b := &column.Batch{Len: n, Rows: make([]uint32, n)}
	ints, floats, codes, offsets := make([]int32, n), make([]float64, n), make([]uint16, n), make([]int64, n+1)
	valid, bools, nulls := make([]byte, n/8), make([]byte, n/8), 0
	var text []byte
	for i := range n {
		b.Rows[i], ints[i], floats[i], codes[i] = uint32(2*i), int32(i), float64(i), uint16(i%3)
		text = fmt.Appendf(text, "/%d", i*7919)
		offsets[i+1] = int64(len(text))
		if random.IntN(4) > 0 {
			valid[i/8] |= 1 << (i % 8)
		} else {
			nulls++
		}
		if random.IntN(2) > 0 {
			bools[i/8] |= 1 << (i % 8)
		}
	}
	b.Columns = []*column.Column{
		{Name: "i", Type: column.Int32, Len: n, Int32s: ints, Valid: valid, Nulls: nulls},
		{Name: "f", Type: column.Float64, Len: n, Float64s: floats},
		{Name: "c", Type: column.String, Len: n, Codes16: codes, Dictionary: []string{"a", "b", "c"}},
		{Name: "b", Type: column.Bool, Len: n, Bools: bools},
		{Name: "p", Type: column.String, Len: n, Offsets: offsets, Bytes: text},
	}
	return b
}

var blockNames = []string{"i", "f", "c", "b", "p"}

// equalRows compares the first rows of some columns, and their numbers.
func equalRows(a, b *column.Batch, names []string, rows int) bool {
	for _, name := range names {
		x, y := a.Column(name), b.Column(name)
		for i := range rows {
			if x.Value(i) != y.Value(i) || a.Row(i) != b.Row(i) {
				return false
			}
		}
	}
	return true
}

// Only what is needed is checked: a flip elsewhere changes nothing for who reads less, and
// what is read is right.
func TestFaultPartOfARottenFile(t *testing.T) {
	want := blocks()
	r := rot(t, want)
	random := rand.New(rand.NewPCG(7, 8))
	compute := func() (*column.Batch, []byte, error) { return want, nil, nil }
	quiet, loud := 0, 0
	for k := range rounds(12, 300) {
		bit := random.IntN(8 * len(r.good))
		s := r.with(bit)
		first, second := blockNames[random.IntN(5)], blockNames[random.IntN(5)]
		need, rows := store.Need{Columns: func(name string) bool { return name == first || name == second }}, want.Len
		if random.IntN(2) > 0 {
			rows = 1 + random.IntN(100_000)
			need.Rows = rows
		}
		if k%3 == 0 {
			need, rows = store.Need{}, want.Len
		}
		got, _, err := s.Part(t.Context(), "key", need, compute)
		if err != nil || !equalRows(got, want, []string{first, second}, rows) {
			t.Fatalf("bit %d of byte %d: other values in %d rows of %s and %s, %v", bit%8, bit/8, rows, first, second, err)
		}
		if len(s.Warnings()) > 0 {
			loud++
		} else {
			quiet++
		}
		// Who reads all after that has all of it checked.
		got, _, err = s.Batch(t.Context(), "key", compute)
		if err != nil || !equalRows(got, want, blockNames, want.Len) {
			t.Fatalf("bit %d of byte %d: other values, %v", bit%8, bit/8, err)
		}
	}
	if quiet == 0 || loud == 0 {
		t.Errorf("%d reads met the flip, %d did not", loud, quiet)
	}
}

// A flip in the values of each column, at the end of a block and in its middle, is met by
// that column and named, and by no other.
func TestRotIsNamed(t *testing.T) {
	want := blocks()
	r := rot(t, want)
	copied := bytes.Clone(r.good)
	attached, _, err := store.Attach(copied, "key")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range blockNames {
		values := store.ValuesOf(attached.Column(name))
		for _, at := range []int{0, len(values) / 2, len(values) - 1} {
			values[at] ^= 4
			var bits []int
			for i := range copied {
				if copied[i] != r.good[i] {
					bits = append(bits, 8*i+2)
				}
			}
			values[at] ^= 4
			if len(bits) != 1 {
				t.Fatalf("%s: %d bytes differ", name, len(bits))
			}
			s := r.with(bits...)
			mine := store.Need{Columns: func(other string) bool { return other == name }}
			others := store.Need{Columns: func(other string) bool { return other != name }}
			if _, _, err := s.Part(t.Context(), "key", others, nil); err != nil || len(s.Warnings()) > 0 {
				t.Errorf("%s: the others are met: %v, %q", name, err, s.Warnings())
			}
			if _, _, err := s.Part(t.Context(), "key", mine, func() (*column.Batch, []byte, error) { return want, nil, nil }); err != nil {
				t.Error(err)
			}
			if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], fmt.Sprintf("the values of column %q are not those that were written", name)) {
				t.Errorf("%s: warnings %q", name, w)
			}
		}
	}
}
