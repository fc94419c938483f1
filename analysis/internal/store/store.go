package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Kind says what an entry holds.
type Kind string

// The kinds of entries; also the ends of their files' names.
const (
	Columns Kind = "arrow" // kept by [Store.Batch]
	Bytes   Kind = "blob"  // kept by [Store.Blob]
)

// Options say where a store lies. The zero value is the store every program of
// a checkout shares.
type Options struct {
	// Dir is the directory. "" means the environment's KELPIE_CACHE, else
	// .kelpie/store in the nearest .kelpie directory from the working directory
	// upward, else kelpie in the user's cache directory. One that is found, not
	// named, is used only if nobody else can have put something there
	// ([files.Trusted]); a warning names what is passed over.
	Dir string

	// Digest stands for the code that computes: at least 16 hexadecimal digits,
	// of which 16 are used. "" means [CodeDigest].
	Digest string

	// Limit is how many bytes the values in Dir may take. Where a new one goes
	// beyond it, those used longest ago are removed; a value that is larger by
	// itself is not kept. 0 means the lesser of 8 GB and a tenth of the disk
	// space that is free or taken by the store.
	Limit int64

	// Warn, if set, is called with every new warning, one call at a time.
	Warn func(warning string)
}

// A Store keeps values by key. It is safe for use by many goroutines and, on
// the same directory, by many processes.
type Store struct {
	root string // "" keeps nothing on disk
	dir  string // the entries of this digest, in root
	at   location

	limit int64 // Options.Limit

	mu     sync.Mutex
	memo   map[string]*call // by file name
	mapped []mapping
	proofs map[*column.Batch]*proof // of batches in mapped files
	lost   []string                 // file names of values that were mapped and then changed

	warnMu   sync.Mutex
	warnings []string
	warn     func(string)

	// open stands for os.OpenFile where the store creates files, so that tests
	// can fill the disk.
	open func(name string, flag int, mode fs.FileMode) (*os.File, error)
}

// A call is one value of this process: being computed, or there.
type call struct {
	done   chan struct{} // closed when the rest is set
	shared bool          // whether those who waited may use the outcome
	value  any
	notes  []byte
	err    error
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{16,}$`)

// Open opens the store, making its directory where needed, and sweeps out what
// dead processes and code unused for a week left there. A place that cannot be
// used is no error: the store then keeps nothing beyond the process, and
// [Store.Warnings] says why. The only error is a malformed digest.
func Open(o Options) (*Store, error) {
	s := &Store{limit: o.Limit, memo: map[string]*call{}, proofs: map[*column.Batch]*proof{}, warn: o.Warn, open: os.OpenFile}
	at, err := place(o.Dir)
	for _, notice := range at.notices {
		s.say("store: %s", notice)
	}
	if err != nil {
		s.say("store: nothing is kept: %v", err)
		return s, nil
	}
	root := at.dir
	digest := o.Digest
	if digest == "" {
		digest = codeDigest(root)
	}
	if !digestForm.MatchString(digest) {
		return nil, fmt.Errorf("store: the code digest %q is not 16 or more hexadecimal digits", digest)
	}
	dir := filepath.Join(root, namespace+digest[:16])
	if err := makePrivate(at, dir); err != nil {
		s.say("store: nothing is kept: %v", err)
		return s, nil
	}
	s.root, s.dir, s.at = root, dir, at
	s.sweep()
	return s, nil
}

// Dir returns the directory of the store, "" if it keeps nothing on disk.
func (s *Store) Dir() string { return s.root }

// Warnings returns what went wrong without changing any result, in the order it
// happened, each said once.
func (s *Store) Warnings() []string {
	s.warnMu.Lock()
	defer s.warnMu.Unlock()
	return slices.Clone(s.warnings)
}

func (s *Store) say(format string, args ...any) {
	s.warnMu.Lock()
	defer s.warnMu.Unlock()
	for i, arg := range args {
		if err, ok := arg.(error); ok {
			args[i] = visible.Error(err)
		}
	}
	warning := visible.Lines(fmt.Sprintf(format, args...))
	if slices.Contains(s.warnings, warning) {
		return
	}
	s.warnings = append(s.warnings, warning)
	if s.warn != nil {
		s.warn(warning)
	}
}

// Batch returns the columns kept under key, with their notes; where there are
// none, it computes and keeps them. A key is 1 to 128 lower-case letters,
// digits, '-' and '_'.
//
// The batch may lie in memory mapped read-only: it must not be written to, and
// every caller of this process gets the same one. Processes and goroutines that
// ask for a key at the same time compute it once; those that wait give up when
// ctx ends. An error of compute is returned as it is, and not kept. A batch
// with a column of type [column.Vector] cannot be kept beyond the process.
//
// All values are those that were written: a file in which a bit has changed since is
// computed again, which a warning says. That reads all of them once a process; see
// [Store.Part] for those who read less.
func (s *Store) Batch(ctx context.Context, key string, compute func() (*column.Batch, []byte, error)) (*column.Batch, []byte, error) {
	return s.Part(ctx, key, Need{}, compute)
}

// Part is [Store.Batch] for a caller that reads no more of the batch than it needs: the
// rest may be damaged. A kept batch costs time in its columns, in the length of its
// dictionaries, and in the values that are needed for the first time in the process; an
// unsealed one is read once, see the package comment.
func (s *Store) Part(ctx context.Context, key string, need Need, compute func() (*column.Batch, []byte, error)) (*column.Batch, []byte, error) {
	for range 3 { // others may compute and damage it too
		b, notes, err := get(ctx, s, columns, key, compute)
		if err != nil {
			return b, notes, err
		}
		if err = s.check(b, need); err == nil {
			return b, notes, nil
		}
		s.discard(fileName(Columns, key), b, err)
	}
	return compute()
}

// Blob is [Store.Batch] for bytes: models and small results. Its checksum is
// checked whenever it is read. The bytes must not be changed.
func (s *Store) Blob(ctx context.Context, key string, compute func() ([]byte, []byte, error)) ([]byte, []byte, error) {
	return get(ctx, s, bytes, key, compute)
}

// Has reports whether a value is there without computing: in this process or on
// disk, where it may still turn out to be damaged.
func (s *Store) Has(kind Kind, key string) bool {
	name := fileName(kind, key)
	s.mu.Lock()
	c := s.memo[name]
	s.mu.Unlock()
	if c != nil {
		select {
		case <-c.done:
			return true
		default:
		}
	}
	if s.dir == "" || checkKey(key) != nil {
		return false
	}
	info, err := os.Stat(filepath.Join(s.dir, name))
	return err == nil && info.Mode().IsRegular()
}

// get is the memory of this process, in front of the files.
func get[T any](ctx context.Context, s *Store, f format[T], key string, compute func() (T, []byte, error)) (T, []byte, error) {
	var none T
	if err := checkKey(key); err != nil {
		return none, nil, err
	}
	name := fileName(f.kind, key)
	for {
		if err := ctx.Err(); err != nil {
			return none, nil, err
		}
		s.mu.Lock()
		c := s.memo[name]
		if c == nil {
			c = &call{done: make(chan struct{})}
			s.memo[name] = c
			s.mu.Unlock()
			return lead(ctx, s, f, key, c, compute)
		}
		s.mu.Unlock()
		select {
		case <-c.done:
		case <-ctx.Done():
			return none, nil, ctx.Err()
		}
		if c.shared {
			value, _ := c.value.(T)
			return value, c.notes, c.err
		}
	}
}

// lead obtains a value on behalf of all who wait for c. What ended because the
// leader's own context did, or by a panic, is no answer to the others: one of
// them leads next.
func lead[T any](ctx context.Context, s *Store, f format[T], key string, c *call, compute func() (T, []byte, error)) (T, []byte, error) {
	kept := false
	defer func() {
		if !kept {
			s.forget(fileName(f.kind, key), c)
		}
		close(c.done)
	}()
	value, notes, err := obtain(ctx, s, f, key, compute)
	kept = err == nil
	c.shared = kept || ctx.Err() == nil
	c.value, c.notes, c.err = value, notes, err
	return value, notes, err
}

// forget drops c from the memory; nil drops whatever is there under the name.
func (s *Store) forget(name string, c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c == nil || s.memo[name] == c {
		delete(s.memo, name)
	}
}

var keyForm = regexp.MustCompile(`^[0-9a-z_-]{1,128}$`)

func checkKey(key string) error {
	if !keyForm.MatchString(key) {
		return fmt.Errorf("store: the key %q is not 1 to 128 of a-z, 0-9, '-' and '_'", key)
	}
	return nil
}

func fileName(kind Kind, key string) string { return key + "." + string(kind) }

// errDamaged is wrapped by every error about a file that is not what the store
// writes.
var errDamaged = errors.New("damaged")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, args...))
}
