package csv_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/csv"
)

// TestChanged changes a file while it is read, from the first report of progress.
func TestChanged(t *testing.T) {
	defer csv.SetProgressEvery(0)()
	defer csv.SetBlockSize(64 << 10)()
	text := "a,b,c\n" + strings.Repeat("1,2,x\n", 200_000)
	changes := map[string]func(path string) error{
		"appended": func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("3,4,y\n")
			return errors.Join(err, f.Close())
		},
		"damaged in place": func(path string) error { // while its rows are decoded: ragged ones
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte(",,,,,,"), int64(len(text)-600))
			return errors.Join(err, f.Close())
		},
		"touched":   func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) },
		"removed":   os.Remove,
		"cut short": func(path string) error { return os.Truncate(path, 100) },
		"replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+"2", []byte(text), 0o600), os.Rename(path+"2", path))
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			path := write(t, text)[0]
			done := false
			_, err := csv.Read(t.Context(), []string{path}, csv.Options{Fields: abc, Progress: func(int64, int64) {
				if !done {
					done = true
					if err := change(path); err != nil {
						t.Error(err)
					}
				}
			}})
			if want := "csv: " + path + ": the file changed while it was read"; !errors.Is(err, csv.ErrChanged) || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	defer csv.SetProgressEvery(0)()
	defer csv.SetBlockSize(10)()
	text := "a,b,c\n" + strings.Repeat("1,2,x\n", 100)
	var last int64
	calls := 0
	_, err := csv.Read(t.Context(), write(t, text, text), csv.Options{Fields: abc, Progress: func(done, total int64) {
		calls++
		if done <= last || total != int64(2*len(text)) {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	}})
	if err != nil || last != int64(2*len(text)) || calls < 10 {
		t.Errorf("%d calls, the last with %d of %d, %v", calls, last, 2*len(text), err)
	}
}

func TestCancel(t *testing.T) {
	defer csv.SetProgressEvery(0)()
	defer csv.SetBlockSize(100)()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := csv.Read(ctx, write(t, "a,b,c\n"+strings.Repeat("1,2,x\n", 10_000)), csv.Options{Fields: abc, Progress: func(done, total int64) {
		cancel()
		if done > total/2 {
			t.Errorf("still reading at %d of %d", done, total)
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}
