// Package local is the engine that carries recipes out in this process. It
// reads files with internal/csv, computes with the kernels of internal/column,
// grows trees with internal/tree, scores with internal/score, and keeps what is
// marked in internal/store.
//
// What is computed to be kept lies outside of Go's heap until the store has it, rows
// that are chosen take a bit each, and expressions are computed for stretches of
// rows: the heap stays as it is while data grows.
//
// It registers itself with internal/plan, as a database driver does; nothing
// imports it but the one file of package analysis that links it.
package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/stophacking/kelpie/analysis/internal/arena"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/internal/store"
	"github.com/stophacking/kelpie/analysis/visible"
)

func init() { plan.Register(&engine{}) }

// An engine holds what the runs of one process share.
type engine struct {
	open  sync.Once
	store atomic.Pointer[store.Store] // nil before it is opened
	fault error                       // why it could not be

	mu      sync.Mutex
	sources map[file]source
	reads   map[string]*read // by recipe key
	checked map[string]bool  // kept values whose code was tried, by recipe key
}

func (e *engine) keeper() (*store.Store, error) {
	e.open.Do(func() {
		s, err := store.Open(store.Options{})
		e.store.Store(s)
		e.fault = err
	})
	return e.store.Load(), e.fault
}

// A run carries out one terminal call.
type run struct {
	*engine
	ctx      context.Context
	settings plan.Settings
	notes    plan.Notes
	noted    map[string]bool // recipe keys whose notes are in notes
	parsed   []string        // recipe keys of what it read from files, in engine.reads
	lost     int             // kept values that were known to be lost when it began
	memory   *arena.Arena    // of what it computes, nil for Go's heap
}

func (e *engine) begin(ctx context.Context, s plan.Settings) *run {
	r := &run{engine: e, ctx: ctx, settings: s, noted: map[string]bool{}}
	r.lost = len(r.lostValues())
	return r
}

// Collect computes all columns of n, in the order of its fields.
func (e *engine) Collect(ctx context.Context, s plan.Settings, n *plan.Node) (*column.Batch, plan.Notes, error) {
	r := e.begin(ctx, s)
	var b *column.Batch
	err := r.guard(func() (err error) {
		b, err = r.frame(n)
		return err
	})
	if err != nil {
		return nil, plan.Notes{}, fail(err)
	}
	r.storeWarnings()
	return b, r.notes, nil
}

// fail names the package once.
func fail(err error) error {
	var located interface{ Located() }
	if errors.As(err, &located) {
		return err
	}
	return mistake{fmt.Errorf("analysis: %w", err)}
}

// A mistake is an error that is already worded for the user, with its place.
type mistake struct{ error }

func (mistake) Located()        {}
func (m mistake) Unwrap() error { return m.error }

// frame returns exactly the columns of n.
func (r *run) frame(n *plan.Node) (*column.Batch, error) {
	b, err := r.eval(n, allOf(n))
	if err != nil {
		return nil, err
	}
	return pick(b, n.Fields)
}

// names is a set of columns that somebody needs.
type names map[string]bool

func (s names) with(more ...string) names {
	out := maps.Clone(s)
	for _, name := range more {
		out[name] = true
	}
	return out
}

func (s names) without(name string) names {
	out := maps.Clone(s)
	delete(out, name)
	return out
}

// pick returns a batch of just these columns.
func pick(b *column.Batch, fields []plan.Field) (*column.Batch, error) {
	out := &column.Batch{Len: b.Len, Rows: b.Rows, Columns: b.Named(plan.NamesOf(fields))}
	if k := slices.Index(out.Columns, nil); k >= 0 {
		return nil, fmt.Errorf("the engine lost column %q", fields[k].Name)
	}
	return out, nil
}

// eval returns the wanted columns of the value of n, in no certain order.
func (r *run) eval(n *plan.Node, want names) (*column.Batch, error) {
	if n.Err != nil {
		return nil, mistake{n.Err}
	}
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	var b *column.Batch
	var err error
	if n.Kept {
		b, err = r.kept(n, want, 0)
	} else {
		b, err = r.apply(n, want)
	}
	if err != nil {
		return nil, located(n, err)
	}
	// No more than is wanted: a column that was dropped or renamed must not
	// come back under a name that others took since.
	return only(b, want), nil
}

// located says of an error of n, if there is one, where in the cell n was made.
func located(n *plan.Node, err error) error {
	var already interface{ Located() }
	if err == nil || errors.As(err, &already) {
		return err
	}
	if err = visible.Error(err); n.Site == "" {
		return err
	}
	return mistake{fmt.Errorf("analysis: %s: %w", n.Site, err)}
}

func allOf(n *plan.Node) names {
	want := names{}
	for _, f := range n.Fields {
		want[f.Name] = true
	}
	return want
}

func (r *run) merge(notes plan.Notes) {
	for _, read := range notes.Reads {
		if !slices.ContainsFunc(r.notes.Reads, func(have plan.Read) bool { return have.Key == read.Key }) {
			r.notes.Reads = append(r.notes.Reads, read)
		}
	}
	for _, w := range notes.Warnings {
		r.warn(w)
	}
	r.notes.Seconds += notes.Seconds
}

func (r *run) warn(text string) {
	text = visible.Lines(text)
	if !slices.Contains(r.notes.Warnings, text) {
		r.notes.Warnings = append(r.notes.Warnings, text)
	}
}

// storeWarnings passes on what the store could not do, such as write to a full disk.
func (r *run) storeWarnings() {
	if keeper := r.store.Load(); keeper != nil {
		for _, w := range keeper.Warnings() {
			r.warn(w)
		}
	}
}
