package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/internal/store"
	"github.com/stophacking/kelpie/analysis/visible"
)

// kept returns the kept value of n, computing and keeping it if there is none. Of one
// that is kept already, no more may be read than the wanted columns of the first rows,
// all rows if that is 0: the rest has not been checked for damage.
// What has no identity, and features, which are no plain columns, are computed
// every time, and a warning says so.
func (r *run) kept(n *plan.Node, want names, rows int) (*column.Batch, error) {
	for _, f := range n.Fields {
		if f.Type == column.Vector {
			r.warn(fmt.Sprintf("not cached: %s holds the feature vector %q; cache the frame before features are assembled", clipped(n.Op.Describe()), f.Name))
			return r.apply(n, allOf(n))
		}
	}
	key, err := plan.Key(n, r.identity)
	if errors.Is(err, plan.ErrNoIdentity) {
		r.warn(fmt.Sprintf("not cached: %s: %v", clipped(n.Op.Describe()), err))
		return r.apply(n, allOf(n))
	}
	if err != nil {
		return nil, err
	}
	if r.settings.KeepNothing || r.young(n) {
		return r.apply(n, allOf(n))
	}
	keeper, err := r.keeper()
	if err != nil {
		return nil, err
	}
	var computed *column.Batch
	var parsed []string
	var memory *arena.Arena
	used := false // what was computed is the value, since it could not be kept
	defer func() {
		if memory != nil && !used {
			memory.Release()
		}
	}()
	compute := func() (*column.Batch, []byte, error) {
		inner, start := r.begin(r.ctx, r.settings), time.Now()
		if keeper.Dir() != "" { // otherwise the value itself is used on
			memory = new(arena.Arena)
			inner.memory = memory
		}
		var b *column.Batch
		err := inner.guard(func() (err error) { // what is kept must be made of good values
			b, err = inner.apply(n, allOf(n))
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		if b, err = pick(b, n.Fields); err != nil {
			return nil, nil, err
		}
		computed, parsed = b, inner.parsed
		inner.notes.Name, inner.notes.Seconds = n.Op.Describe(), time.Since(start).Seconds()
		notes, err := json.Marshal(inner.notes)
		return b, notes, err
	}
	need := store.Need{Columns: func(name string) bool { return want[name] }, Rows: rows}
	if mapped(n) && r.unchecked(key) { // its code is tried on values of other columns and rows
		need = store.Need{}
	}
	b, encoded, err := keeper.Part(r.ctx, key, need, compute)
	if err == nil && !r.verified(n, key, b, computed == nil) {
		if err = keeper.Remove(key); err == nil {
			b, encoded, err = keeper.Part(r.ctx, key, need, compute)
		}
	}
	if err != nil {
		return nil, err
	}
	used = computed == b
	if computed != nil && !used {
		r.release(parsed, b.Len)
	}
	return b, r.note(key, encoded)
}

// manyRows is from where on memory is worth giving back at once, which takes
// some milliseconds.
const manyRows = 100_000

// release drops what was read from files for a value of that many rows that is
// kept now. The file's copy of it is in use: without this, memory would hold the
// data twice.
func (r *run) release(parsed []string, rows int) {
	r.mu.Lock()
	for _, key := range parsed {
		if done := r.reads[key]; done != nil {
			rows = max(rows, done.batch.Len)
		}
		delete(r.reads, key)
	}
	r.mu.Unlock()
	if rows >= manyRows {
		debug.FreeOSMemory()
	}
}

// note adds the notes kept under key to the run's, once.
func (r *run) note(key string, encoded []byte) error {
	if r.noted[key] || len(encoded) == 0 {
		return nil
	}
	r.noted[key] = true
	var notes plan.Notes
	if err := json.Unmarshal(encoded, &notes); err != nil {
		return fmt.Errorf("the notes kept with %s: %w", key, err)
	}
	r.merge(notes)
	return nil
}

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
	fit := func() (blob []byte, err error) {
		err = r.guard(func() (err error) {
			blob, err = op.Fit(r.ctx)
			return err
		})
		return blob, err
	}
	key, err := plan.Key(n, r.identity)
	if errors.Is(err, plan.ErrNoIdentity) {
		r.warn(fmt.Sprintf("not kept: %s: %v", visible.Text(op.Label), err))
		return fit()
	}
	if err != nil {
		return nil, err
	}
	if r.settings.KeepNothing || r.young(n) {
		return fit()
	}
	keeper, err := r.keeper()
	if err != nil {
		return nil, err
	}
	blob, encoded, err := keeper.Blob(r.ctx, key, func() ([]byte, []byte, error) {
		start := time.Now()
		blob, err := fit()
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

// Kept looks for the value of n in the store.
func (e *engine) Kept(n *plan.Node) (bytes int64, kept bool) {
	key, err := plan.Key(n, e.contents)
	if err != nil {
		return 0, false
	}
	stored, err := e.Entries(false)
	if err != nil {
		return 0, false
	}
	for _, entry := range stored.Entries {
		if entry.Key == key && !entry.Old && entry.Damaged == "" {
			return entry.Size, true
		}
	}
	return 0, false
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
		err = errors.Join(err, forgetMarks(keeper.Dir()))
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
