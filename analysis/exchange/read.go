package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// ReadArrow returns the frame of the rows of an Arrow IPC file (Feather version
// 2), such as [WriteArrow], pyarrow and polars write them, plain or compressed
// with LZ4 or Zstandard. See the package comment for the types.
//
// The call itself reads the file's schema, and the first terminal call that needs them
// the rows, all columns of them, once a program. Like a CSV file it is known
// by what it holds: a frame made of it that was cached is computed again when the
// file has changed.
//
// A file that takes more than 1 GiB and 64 times its size when it is unpacked is an
// error before that happens; one that is not compressed never does. A file that is missing, damaged or of another format, and one
// with a type that frames have not, is an error that names it, reported by the
// first terminal call. Arrow files hold no checksum: damage to the values
// themselves cannot be seen.
func ReadArrow(s *analysis.Session, path string) analysis.Frame {
	op := plan.ReadFile{Path: path, Format: "arrow"}
	err := open(path, func(f arrowFile) (err error) {
		if op.Schema, err = fieldsOf(f.schema); err != nil {
			return err
		}
		op.Opened = fmt.Sprint(f.info.Size(), f.info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		return s.Frame(mistaken(fmt.Errorf("read arrow: %s: %w", visible.Text(path), visible.Error(err))))
	}
	op.Load = func(ctx context.Context) (*column.Batch, error) {
		b, err := load(ctx, path, op.Schema)
		if err != nil {
			return nil, fmt.Errorf("exchange: read arrow: %s: %w", visible.Text(path), visible.Error(err))
		}
		return b, nil
	}
	return s.Frame(plan.New(op))
}

// load reads all rows of the file.
func load(ctx context.Context, path string, fields []plan.Field) (b *column.Batch, err error) {
	err = open(path, func(f arrowFile) error {
		have, err := fieldsOf(f.schema)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(have, fields, func(a, b plan.Field) bool { return a.Name == b.Name && a.Type == b.Type }) {
			return fmt.Errorf("its columns have changed since the frame was made; run the cell again")
		}
		size := f.info.Size()
		if err := f.footer.inspectMessages(f, size, f.schema, fields, newBudget(size)); err != nil {
			return err
		}
		r, err := ipc.NewFileReader(f.footer.over(f, size), ipc.WithAllocator(newLimited(size)))
		if err != nil {
			return err
		}
		defer r.Close()
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

// An arrowFile is open, and its footer was checked.
type arrowFile struct {
	*os.File
	info   fs.FileInfo
	footer footer
	schema *arrow.Schema
}

// open calls do with the file at path, checked as far as that is needed to keep
// the Arrow library from running out of memory; its panics become errors.
func open(path string, do func(arrowFile) error) error {
	file, err := files.Open(path)
	if err != nil {
		var already *fs.PathError // which the caller names
		if errors.As(err, &already) {
			err = already.Err
		}
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	_, err = guarded(func() (none struct{}, err error) {
		f := arrowFile{File: file, info: info}
		if f.footer, err = inspectFooter(file, info.Size()); err != nil {
			return none, err
		}
		if f.schema, err = f.footer.schema(file, info.Size()); err != nil {
			return none, err
		}
		return none, do(f)
	})
	return err
}
