package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/store"
	"github.com/stophacking/kelpie/analysis/visible/visibletest"
)

// The names of directories are seen in the store's warnings.
func TestWarningsShowNames(t *testing.T) {
	for _, name := range visibletest.Files {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		var said []string
		s, err := store.Open(store.Options{Dir: file, Digest: testDigest, Warn: func(w string) { said = append(said, w) }})
		if err != nil {
			t.Fatal(err)
		}
		if len(said) == 0 || len(s.Warnings()) != len(said) {
			t.Errorf("%+q: warnings %q and %q", name, said, s.Warnings())
		}
		for _, w := range said {
			visibletest.Check(t, w, name)
		}
		// A directory that others can write to, found upward.
		top := filepath.Join(t.TempDir(), name)
		kept := filepath.Join(top, ".kelpie", "store")
		if err := os.MkdirAll(kept, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(kept, 0o777); err != nil {
			t.Fatal(err)
		}
		t.Chdir(top)
		t.Setenv("KELPIE_CACHE", "")
		s, err = store.Open(store.Options{Digest: testDigest})
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(s.Warnings(), "\n"); !strings.Contains(said, "KELPIE_CACHE") {
			t.Errorf("%q says nothing of the directory", said)
		} else {
			visibletest.Check(t, said, name)
		}
	}
}
