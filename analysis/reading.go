package analysis

import (
	"errors"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/fault"
)

// errCut is what reading a table reports whose memory is gone.
var errCut = errors.New("analysis: a cached value was cut short on disk by something else while it was in use; run the cell again: it will be computed anew")

// reading runs do, which reads columns that may lie in a file of the store. Where
// something else has cut the file short, that is an error and not the end of the
// program. do returns nothing that lies in the file, texts least of all.
func reading(do func()) error {
	err := fault.Catch(func() error {
		do()
		return nil
	})
	if err != nil {
		return errCut
	}
	return nil
}

// ownRows is up to how many rows tables have memory of their own. Larger ones share
// that of what is cached.
const ownRows = 10_000

// owned returns b, in memory of its own unless it has many rows.
func owned(b *column.Batch) (*column.Batch, error) {
	if b.Len > ownRows {
		return b, nil
	}
	err := reading(func() { b = b.Copy() })
	return b, err
}
