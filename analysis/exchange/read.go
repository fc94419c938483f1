package exchange

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
)

// ReadArrow returns the frame of the rows of an Arrow IPC file (Feather version
// 2), such as [WriteArrow], pyarrow and polars write them, plain or compressed
// with LZ4 or Zstandard. See the package comment for the types.
//
// The call itself reads the file's schema, with its dictionaries, and the first
// terminal call that needs them the rows, all columns of them, once a program. Like a CSV file it is known
// by what it holds: a frame made of it that was cached is computed again when the
// file has changed. A file that is missing, damaged or of another format, and one
// with a type that frames have not, is an error that names it, reported by the
// first terminal call. Arrow files hold no checksum: damage to the values
// themselves cannot be seen.
func ReadArrow(s *analysis.Session, path string) analysis.Frame {
	op := plan.ReadFile{Path: path, Format: "arrow"}
	err := open(path, func(f *os.File, r *ipc.FileReader) (err error) {
		if op.Schema, err = fieldsOf(r.Schema()); err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil {
			op.Opened = fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		return s.Frame(mistaken(fmt.Errorf("read arrow: %s: %w", path, err)))
	}
	op.Load = func(ctx context.Context) (*column.Batch, error) {
		b, err := load(ctx, path, op.Schema)
		if err != nil {
			return nil, fmt.Errorf("exchange: read arrow: %s: %w", path, err)
		}
		return b, nil
	}
	return s.Frame(plan.New(op))
}

// load reads all rows of the file.
func load(ctx context.Context, path string, fields []plan.Field) (b *column.Batch, err error) {
	err = open(path, func(_ *os.File, r *ipc.FileReader) error {
		have, err := fieldsOf(r.Schema())
		if err != nil {
			return err
		}
		if !slices.EqualFunc(have, fields, func(a, b plan.Field) bool { return a.Name == b.Name && a.Type == b.Type }) {
			return fmt.Errorf("its columns have changed since the frame was made; run the cell again")
		}
		records := make([]arrow.Record, r.NumRecords())
		for i := range records {
			if err := ctx.Err(); err != nil {
				return err
			}
			if records[i], err = r.RecordAt(i); err != nil {
				return err
			}
		}
		b, err = gather(r.Schema(), records)
		return err
	})
	return b, err
}

// open calls do with the file at path, checked as far as that is needed to keep
// the Arrow library from running out of memory; its panics become errors.
func open(path string, do func(*os.File, *ipc.FileReader) error) error {
	info, err := os.Stat(path) // before opening, which would wait at a pipe
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = guarded(func() (struct{}, error) {
		var none struct{}
		if err := inspect(f, info.Size()); err != nil {
			return none, err
		}
		section := io.NewSectionReader(f, 0, info.Size())
		r, err := ipc.NewFileReader(section, ipc.WithAllocator(newLimited(info.Size())))
		if err != nil {
			return none, err
		}
		defer r.Close()
		return none, do(f, r)
	})
	return err
}
