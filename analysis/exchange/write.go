package exchange

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// WriteArrow computes f and writes it to path as an Arrow IPC file, also known as
// Feather version 2: one record batch, uncompressed, so that readers may map it.
// The file appears whole or not at all: it is written beside its place and moved
// there, over a file that is there already and with its permissions. A link in its
// place is replaced, not followed; a pipe or a device there is an error. The errors are those of [Records],
// and of the disk.
func WriteArrow(f analysis.Frame, path string) error {
	records, err := Records(f)
	if err != nil {
		return err
	}
	if err := writeFile(path, records); err != nil {
		return fmt.Errorf("exchange: %s is not written: %w", visible.Text(path), visible.Error(err))
	}
	return nil
}

func writeFile(path string, records []arrow.Record) error {
	file, err := files.Create(path, 0o666)
	if err != nil {
		return err
	}
	defer file.Discard()
	w, err := ipc.NewFileWriter(file, ipc.WithSchema(records[0].Schema()))
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return file.Commit()
}
