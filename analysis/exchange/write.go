package exchange

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/stophacking/kelpie/analysis"
)

// WriteArrow computes f and writes it to path as an Arrow IPC file, also known as
// Feather version 2: one record batch, uncompressed, so that readers may map it.
// The file appears whole or not at all: it is written beside its place and moved
// there, over a file that is there already. The errors are those of [Records],
// and of the disk.
func WriteArrow(f analysis.Frame, path string) error {
	records, err := Records(f)
	if err != nil {
		return err
	}
	if err := writeFile(path, records); err != nil {
		return fmt.Errorf("exchange: %s is not written: %w", path, err)
	}
	return nil
}

func writeFile(path string, records []arrow.Record) (err error) {
	own := fmt.Sprintf(".%s.%d-%08x.tmp", filepath.Base(path), os.Getpid(), rand.Uint32())
	file, err := os.OpenFile(filepath.Join(filepath.Dir(path), own), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
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
	if err := file.Close(); err != nil { // some file systems find out only now that they are full
		return err
	}
	return os.Rename(file.Name(), path)
}
