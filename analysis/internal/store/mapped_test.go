package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

func TestLost(t *testing.T) {
	compute := func() (*column.Batch, []byte, error) { return sample(), nil, nil }
	for name, c := range map[string]struct {
		change func(path string) error
		lost   bool
	}{
		"nothing":    {func(string) error { return nil }, false},
		"removed":    {os.Remove, false},
		"cut short":  {func(path string) error { return os.Truncate(path, 100) }, true},
		"empty":      {func(path string) error { return os.Truncate(path, 0) }, true},
		"time stamp": {func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 2)) }, true},
		"used by another": {func(path string) error {
			ago := func() time.Time {
				info, err := os.Stat(path)
				if err != nil {
					return time.Time{}
				}
				return info.ModTime().Add(-time.Hour)
			}()
			if err := os.Chtimes(path, ago, ago); err != nil {
				return err
			}
			other, err := store.Open(store.Options{Dir: filepath.Dir(filepath.Dir(path)), Digest: testDigest})
			if err == nil {
				_, _, err = other.Batch(t.Context(), "key", nil)
			}
			return err
		}, false},
		"overwritten": {func(path string) error {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = file.WriteAt([]byte("x"), 400)
			return err
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			if _, _, err := s.Batch(t.Context(), "key", compute); err != nil || len(s.Lost()) > 0 {
				t.Fatal(s.Lost(), err)
			}
			if err := c.change(filepath.Join(s.Namespace(), "key.arrow")); err != nil {
				t.Fatal(err)
			}
			for range 2 { // it goes on saying so
				if lost := s.Lost(); len(lost) > 0 != c.lost || c.lost && lost[0] != "key.arrow" {
					t.Errorf("lost %q", lost)
				}
			}
			got, _, err := s.Batch(t.Context(), "key", compute)
			if err != nil || plain(got) != plain(sample()) {
				t.Errorf("wrong value, %v", err)
			}
		})
	}
}
