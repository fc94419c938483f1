package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// limited opens a store of 10,000 bytes, in which each value of keepSome takes 3,000.
func limited(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Dir: dir, Digest: testDigest, Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keepSome keeps a value of that size and returns how often it was computed.
func keepSome(t *testing.T, s *store.Store, key string, size int) (computed int) {
	t.Helper()
	value := make([]byte, size)
	got, _, err := s.Blob(t.Context(), key, func() ([]byte, []byte, error) { computed++; return value, nil, nil })
	if err != nil || len(got) != size {
		t.Fatalf("%s: %d bytes, %v", key, len(got), err)
	}
	return computed
}

// usedAgo sets the last use of a value back.
func usedAgo(t *testing.T, s *store.Store, key string, ago time.Duration) {
	t.Helper()
	path := filepath.Join(s.Namespace(), key+".blob")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	used := info.ModTime().Add(-ago.Truncate(time.Second)) // the nanoseconds are the seal
	if err := os.Chtimes(path, used, used); err != nil {
		t.Fatal(err)
	}
}

func keysOf(t *testing.T, s *store.Store) string {
	t.Helper()
	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range list {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

func TestLimitRemovesWhatWasUsedLongestAgo(t *testing.T) {
	dir := t.TempDir()
	for i, key := range []string{"a", "b", "c"} { // each by a process of its own
		s := limited(t, dir)
		keepSome(t, s, key, 3000)
		usedAgo(t, s, key, time.Duration(9-i)*time.Hour)
	}
	s := limited(t, dir)
	if n := keepSome(t, s, "a", 3000); n != 0 { // now the last used
		t.Fatalf("computed %d times", n)
	}
	if n := keepSome(t, s, "d", 3000); n != 1 || keysOf(t, s) != "a c d" {
		t.Errorf("left: %s", keysOf(t, s))
	}
	if n := keepSome(t, s, "e", 3000); n != 1 || keysOf(t, s) != "a d e" {
		t.Errorf("left: %s", keysOf(t, s))
	}
	// Now all are used by this process, and none has to go.
	if keepSome(t, s, "f", 3000); keysOf(t, s) != "a d e f" {
		t.Errorf("left: %s", keysOf(t, s))
	}
	// Another process does not use them, but for what it has just written.
	if keepSome(t, limited(t, dir), "g", 9000); keysOf(t, s) != "g" {
		t.Errorf("left: %s", keysOf(t, s))
	}
	noWarnings(t, s)
}

func TestTooLargeForTheLimit(t *testing.T) {
	s := limited(t, t.TempDir())
	keepSome(t, s, "small", 3000)
	for range 2 {
		keepSome(t, s, "large", 20_000)
	}
	b := large()
	if got, _, err := s.Batch(t.Context(), "batch", func() (*column.Batch, []byte, error) { return b, nil, nil }); err != nil || got != b {
		t.Errorf("%v", err)
	}
	want := []string{
		"store: large.blob is not kept: it is larger than all kept values may be together",
		"store: batch.arrow is not kept: it is larger than all kept values may be together",
	}
	if !slices.Equal(s.Warnings(), want) {
		t.Errorf("warnings %q", s.Warnings())
	}
	if left := inside(s); len(left) != 1 || keysOf(t, s) != "small" {
		t.Errorf("left: %q", left)
	}
}

// A value that another process removed stays valid for those who mapped it.
func TestRemovedWhileMapped(t *testing.T) {
	dir := t.TempDir()
	one := open(t, dir)
	mapped, _, err := one.Batch(t.Context(), "key", func() (*column.Batch, []byte, error) { return large(), nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	keepSome(t, limited(t, dir), "other", 3000)
	if keysOf(t, one) != "other" {
		t.Errorf("left: %s", keysOf(t, one))
	}
	if lost := one.Lost(); len(lost) > 0 || !equalFloats(mapped, large()) {
		t.Errorf("the mapped value changed, lost %q", lost)
	}
}

func TestVerifyAndPrune(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	older, err := store.Open(store.Options{Dir: dir, Digest: "fedcba9876543210"})
	if err != nil {
		t.Fatal(err)
	}
	keepSome(t, older, "old", 10)
	for i, key := range []string{"a", "b", "c"} {
		keepSome(t, s, key, 3000)
		usedAgo(t, s, key, time.Duration(i)*time.Hour)
	}
	for _, key := range []string{"good", "bad"} {
		if _, _, err := s.Batch(t.Context(), key, func() (*column.Batch, []byte, error) { return large(), nil, nil }); err != nil {
			t.Fatal(err)
		}
	}
	damaged := func(list []store.Entry) string {
		var keys []string
		for _, e := range list {
			if e.Damaged != "" {
				keys = append(keys, e.Key)
			}
		}
		return strings.Join(keys, " ")
	}
	fresh := open(t, dir) // which uses none of them
	if list, err := fresh.Verify(); err != nil || len(list) != 6 || damaged(list) != "" {
		t.Fatalf("%v, %v", list, err)
	}

	// One bit of one value, under an unbroken seal, as a failing disk turns it.
	path := filepath.Join(s.Namespace(), "bad.arrow")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	one := make([]byte, 1)
	file.ReadAt(one, info.Size()/2)
	one[0] ^= 1
	file.WriteAt(one, info.Size()/2)
	file.Close()
	os.Chtimes(path, info.ModTime(), info.ModTime())
	if list, err := fresh.List(); err != nil || damaged(list) != "" {
		t.Errorf("List reads the values: %v, %v", list, err)
	}
	list, err := fresh.Verify()
	if err != nil || damaged(list) != "bad" {
		t.Errorf("damaged: %q, %v", damaged(list), err)
	}
	// Whoever meets it from now on computes it again.
	computed := false
	if _, _, err := open(t, dir).Batch(t.Context(), "bad", func() (*column.Batch, []byte, error) {
		computed = true
		return nil, nil, fmt.Errorf("enough")
	}); !computed {
		t.Errorf("the damaged value was used, %v", err)
	}

	removed, err := fresh.Prune(0)
	if err != nil || len(removed) != 2 || keysOf(t, fresh) != "a b c good" {
		t.Errorf("removed %v, %v; left %s", removed, err, keysOf(t, fresh))
	}
	if removed, err := fresh.Prune(17 << 20); err != nil || len(removed) != 0 {
		t.Errorf("removed %v, %v", removed, err)
	}
	if err := fresh.Remove("good"); err != nil {
		t.Fatal(err)
	}
	if removed, err := fresh.Prune(6200); err != nil || len(removed) != 1 || keysOf(t, fresh) != "a b" {
		t.Errorf("removed %v, %v; left %s", removed, err, keysOf(t, fresh))
	}
	noWarnings(t, fresh)
}
