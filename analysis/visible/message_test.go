package visible_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stophacking/kelpie/analysis/visible"
)

func TestNames(t *testing.T) {
	for want, names := range map[string][]string{
		"":                             nil,
		`""`:                           {""},
		`pid, cmd␣, a\u202eb, "", two`: {"pid", "cmd ", "a\u202eb", "", "two"},
	} {
		if got := visible.Names(names); got != want {
			t.Errorf("%q: %s, want %s", names, got, want)
		}
	}
}

func TestError(t *testing.T) {
	if visible.Error(nil) != nil {
		t.Error("an error out of none")
	}
	plain := fmt.Errorf("read: %w", &fs.PathError{Op: "open", Path: "data.csv", Err: fs.ErrNotExist})
	if visible.Error(plain) != plain {
		t.Error("an error that shows itself is wrapped")
	}
	open := func(path string) error { return &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist} }
	for _, c := range []struct {
		err  error
		want string
	}{
		{open("data.csv "), "open data.csv␣: file does not exist"},
		{open(""), `open "": file does not exist`},
		{open("a\u202eb\x1b[2K"), `open a\u202eb\x1b[2K: file does not exist`},
		{fmt.Errorf("read %q: %w", "data.csv ", open("data.csv ")), `read "data.csv ": open data.csv␣: file does not exist`},
		{errors.Join(open("a "), fmt.Errorf("second: %w", open(" b"))), "open a␣: file does not exist\nsecond: open ␣b: file does not exist"},
		{fmt.Errorf("two: %w and %w", open("a "), open("")), `two: open a␣: file does not exist and open "": file does not exist`},
		{&os.LinkError{Op: "rename", Old: "a ", New: "", Err: fs.ErrExist}, `rename a␣ "": file already exists`},
		{fmt.Errorf("once more: %w", visible.Error(open("a "))), "once more: open a␣: file does not exist"},
		{errors.New("said \x1b[31mso\r\u2066"), `said \x1b[31mso\r\u2066`},
	} {
		got := visible.Error(c.err)
		if got.Error() != c.want {
			t.Errorf("%+q: %s, want %s", c.err, got, c.want)
		}
		if !errors.Is(got, c.err) {
			t.Errorf("%s: the error itself is lost", c.want)
		}
		if again := visible.Error(got); again != got {
			t.Errorf("%s: once more it is %s", c.want, again)
		}
	}
	_, err := os.Open(filepath.Join(t.TempDir(), "none "))
	var file *fs.PathError
	if err = visible.Error(err); !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &file) || filepath.Base(file.Path) != "none " {
		t.Errorf("%v: the error about the file is lost", err)
	}
}
