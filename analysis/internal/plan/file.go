package plan

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// ReadFile is the rows of one file that Load reads. The engine knows nothing of
// the format, so that only programs which use one link what reads it.
type ReadFile struct {
	Path   string `key:"-"` // identified by what it holds, not by name
	Opened string `key:"-"` // what the recipe was made of, if the file may change while the program runs
	Format string // what the file is, in a word
	Schema []Field
	Load   func(ctx context.Context) (*column.Batch, error) `key:"-"` // the columns of Schema
}

func (r ReadFile) Describe() string {
	return fmt.Sprintf("read %s %s", r.Format, visible.Text(filepath.Base(r.Path)))
}

func (r ReadFile) Fields([][]Field) ([]Field, error) {
	if err := unique(r.Schema); err != nil {
		return nil, fmt.Errorf("read %s: %s: %w", r.Format, visible.Text(r.Path), err)
	}
	return r.Schema, nil
}
