package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/csv"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/internal/store"
)

// Blob returns the model kept under n's key, fitting it if there is none. A
// model that holds Go code without a version is fitted every time.
func (e *engine) Blob(ctx context.Context, s plan.Settings, n *plan.Node) ([]byte, plan.Notes, error) {
	r := e.begin(ctx, s)
	blob, err := r.blob(n)
	if err != nil {
		return nil, plan.Notes{}, fail(err)
	}
	r.storeWarnings()
	return blob, r.notes, nil
}

func (r *run) blob(n *plan.Node) ([]byte, error) {
	if n.Err != nil {
		return nil, mistake{n.Err}
	}
	op, ok := n.Op.(plan.Fitted)
	if !ok {
		return nil, fmt.Errorf("%s is no model", n.Op.Describe())
	}
	key, err := plan.Key(n, r.identity)
	if errors.Is(err, plan.ErrNoIdentity) {
		r.warn(fmt.Sprintf("not kept: %s: %v", op.Label, err))
		return op.Fit(r.ctx)
	}
	if err != nil {
		return nil, err
	}
	if r.settings.KeepNothing || r.young(n) {
		return op.Fit(r.ctx)
	}
	keeper, err := r.keeper()
	if err != nil {
		return nil, err
	}
	blob, encoded, err := keeper.Blob(r.ctx, key, func() ([]byte, []byte, error) {
		start := time.Now()
		blob, err := op.Fit(r.ctx)
		if err != nil {
			return nil, nil, err
		}
		notes, err := json.Marshal(plan.Notes{Name: op.Label, Seconds: time.Since(start).Seconds()})
		return blob, notes, err
	})
	if err != nil {
		return nil, err
	}
	return blob, r.note(key, encoded)
}

// Unkeep removes the kept value of n.
func (e *engine) Unkeep(_ context.Context, n *plan.Node) error {
	key, err := plan.Key(n, e.contents)
	if errors.Is(err, plan.ErrNoIdentity) {
		return nil
	}
	if err != nil {
		return fail(err)
	}
	keeper, err := e.keeper()
	if err != nil {
		return fail(err)
	}
	if err := keeper.Remove(key); err != nil {
		return fail(err)
	}
	return nil
}

// Entries lists what the store holds; with verify it checks every value.
func (e *engine) Entries(verify bool) (plan.Store, error) {
	if verify {
		return e.entries((*store.Store).Verify)
	}
	return e.entries((*store.Store).List)
}

// Prune removes what is old, damaged, or too much.
func (e *engine) Prune(limit int64) (plan.Store, error) {
	return e.entries(func(s *store.Store) ([]store.Entry, error) { return s.Prune(limit) })
}

func (e *engine) entries(of func(*store.Store) ([]store.Entry, error)) (plan.Store, error) {
	keeper, err := e.keeper()
	if err != nil {
		return plan.Store{}, fail(err)
	}
	list, err := of(keeper)
	if err != nil {
		return plan.Store{}, fail(err)
	}
	out := plan.Store{Directory: keeper.Dir()}
	for _, entry := range list {
		kind := "model"
		if entry.Kind == store.Columns {
			kind = "frame"
		}
		out.Entries = append(out.Entries, plan.Entry{
			Key: entry.Key, Kind: kind, Name: entry.Name, Size: entry.Size,
			Made: entry.Made.Unix(), Used: entry.Used.Unix(), Old: entry.Old, Damaged: entry.Damaged})
	}
	return out, nil
}

// Clear removes everything the store holds, and with it the marks of the files
// that were read.
func (e *engine) Clear() error {
	keeper, err := e.keeper()
	if err != nil {
		return fail(err)
	}
	err = keeper.Clear()
	if keeper.Dir() != "" {
		err = errors.Join(err, os.RemoveAll(filepath.Join(keeper.Dir(), marks)))
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// Partitions cuts the files under n into the pieces in which they are read.
func (e *engine) Partitions(ctx context.Context, s plan.Settings, n *plan.Node) ([]plan.Partition, error) {
	var out []plan.Partition
	var walk func(*plan.Node) error
	walk = func(n *plan.Node) error {
		if op, ok := n.Op.(plan.ReadCSV); ok {
			if err := noFiles(op); err != nil {
				return err
			}
			parts, err := csv.Partitions(ctx, op.Paths, s.MaxPartitionBytes)
			if err != nil {
				return err
			}
			for _, p := range parts {
				out = append(out, plan.Partition{Path: p.Path, Start: p.Start, End: p.End, Rows: p.Rows})
			}
		}
		for _, p := range n.Parents {
			if err := walk(p); err != nil {
				return err
			}
		}
		return nil
	}
	if n.Err != nil {
		return nil, n.Err
	}
	if err := walk(n); err != nil {
		return nil, fail(err)
	}
	return out, nil
}
