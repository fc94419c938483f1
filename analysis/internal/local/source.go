package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/internal/csv"
	"github.com/stophacking/kelpie/analysis/internal/plan"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A source is what identifies a file's content without reading all of it.
type source struct {
	identity string
	young    bool // changed so lately that a further change might not show
}

// tooYoung is the age below which two changes may bear the same time stamp.
const tooYoung = 2 * time.Second

// now is the clock that ages are measured by.
var now = time.Now

// A file is one that an operation reads, in the state in which it found it.
type file struct{ path, opened string }

// filesOf returns the files that op reads, none where it reads no file.
func filesOf(op plan.Op) []file {
	switch op := op.(type) {
	case plan.ReadCSV:
		list := make([]file, len(op.Paths))
		for i, path := range op.Paths {
			list[i].path = path
		}
		return list
	case plan.ReadFile:
		return []file{{op.Path, op.Opened}}
	}
	return nil
}

// file returns the identity of a file, taken once per process.
func (e *engine) file(f file) (source, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s, ok := e.sources[f]; ok {
		return s, nil
	}
	s, err := identify(f.path)
	if err != nil {
		return source{}, err
	}
	if e.sources == nil {
		e.sources = map[file]source{}
	}
	e.sources[f] = s
	return s, nil
}

func identify(path string) (source, error) {
	f, err := files.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return source{}, fmt.Errorf("no such file: %s", visible.Text(path))
	}
	if err != nil {
		return source{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return source{}, err
	}
	h := sha256.New()
	stamp, changed := fileStamp(info)
	fmt.Fprintf(h, "%d %d %s\x00", info.Size(), info.ModTime().UnixNano(), stamp)
	if err := hashBlocks(h, f, info.Size()); err != nil {
		return source{}, fmt.Errorf("%s: %w", visible.Text(path), err)
	}
	if info.ModTime().After(changed) {
		changed = info.ModTime()
	}
	return source{hex.EncodeToString(h.Sum(nil)), now().Sub(changed) < tooYoung}, nil
}

// hashBlocks writes 16 blocks of 4 KiB, spread over the file, to h.
func hashBlocks(h io.Writer, f io.ReaderAt, size int64) error {
	const blocks, length = 16, 4096
	buffer := make([]byte, length)
	for i := range int64(blocks) {
		at := (size - length) * i / (blocks - 1)
		if at < 0 {
			at = 0
		}
		n, err := f.ReadAt(buffer, at)
		if err != nil && err != io.EOF {
			return err
		}
		h.Write(buffer[:n])
	}
	return nil
}

// contents names what the files of op hold, in their order.
func (e *engine) contents(op plan.Op) (string, error) {
	if csv, ok := op.(plan.ReadCSV); ok {
		if err := noFiles(csv); err != nil {
			return "", err
		}
	}
	h := sha256.New()
	for _, f := range filesOf(op) {
		s, err := e.file(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s\x00", s.identity)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// identity is contents for a run, which says what changed.
func (r *run) identity(op plan.Op) (string, error) {
	identity, err := r.contents(op)
	if err != nil {
		return "", err
	}
	var changed []string
	for _, f := range filesOf(op) {
		if s, err := r.file(f); err == nil && r.changed(f.path, s) {
			changed = append(changed, visible.Text(filepath.Base(f.path)))
		}
	}
	if n := len(changed); n > 0 {
		r.warn(fmt.Sprintf("%s changed since %s last read: outputs made before show the old data",
			andMore(changed[:min(n, shownNames)], n-shownNames), wasOrWere(n)))
	}
	return identity, nil
}

// noFiles is the error for a recipe without any file.
func noFiles(op plan.ReadCSV) error {
	if len(op.Paths) > 0 {
		return nil
	}
	name := "csv"
	if op.Name != "" {
		name = visible.Text(op.Name)
	}
	if op.Remedy == "" {
		return fmt.Errorf("there is no %s file to read", name)
	}
	return fmt.Errorf("there is no %s file to read; %s", name, op.Remedy)
}

// marks is the folder of the store that holds, by a file's path, the identity it
// was last seen with.
const marks = "sources"

// markForm is that of their names; maxMark is more than one holds.
var markForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

const maxMark = 1 << 10

// forgetMarks removes the marks, and their folder if nothing else lies in it.
func forgetMarks(store string) error {
	dir := filepath.Join(store, marks)
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil // there are none
	}
	list, err := os.ReadDir(dir)
	for _, mark := range list {
		name := mark.Name()
		if final, temporary := files.Temporary(name); temporary {
			name = final
		}
		if markForm.MatchString(name) && mark.Type().IsRegular() {
			err = errors.Join(err, os.Remove(filepath.Join(dir, mark.Name())))
		}
	}
	_ = os.Remove(dir)
	return err
}

// changed reports, once, whether a file is not what it was when this store last
// saw it: outputs made before then show other data.
func (r *run) changed(path string, s source) bool {
	if s.young || r.settings.KeepNothing {
		return false
	}
	keeper, err := r.keeper()
	if err != nil || keeper.Dir() == "" {
		return false
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(absolute))
	mark := filepath.Join(keeper.Dir(), marks, hex.EncodeToString(sum[:8]))
	before, err := files.Read(mark, maxMark)
	if err == nil && string(before) == s.identity {
		return false
	}
	// The mark only serves the warning: where it cannot be written, nothing is lost.
	if os.MkdirAll(filepath.Dir(mark), 0o700) == nil {
		// A link in the place of the marks' folder leads to somebody else's.
		if info, err := os.Lstat(filepath.Dir(mark)); err == nil && info.IsDir() {
			_ = files.Write(mark, []byte(s.identity), 0o600)
		}
	}
	return err == nil
}

// young reports whether a file under n changed too lately to be trusted to be
// the same when it looks the same.
func (r *run) young(n *plan.Node) bool {
	for _, f := range filesOf(n.Op) {
		if s, err := r.file(f); err == nil && s.young {
			return true
		}
	}
	for _, p := range n.Parents {
		if r.young(p) {
			return true
		}
	}
	return false
}

// A read is what reading the files of one recipe gave. It serves every terminal
// call of the process.
type read struct {
	batch *column.Batch
	notes plan.Notes
}

func (r *run) readCSV(n *plan.Node, op plan.ReadCSV) (*column.Batch, error) {
	return r.once(n, func(key string) (*read, error) { return r.readFiles(key, op) })
}

func (r *run) readFile(n *plan.Node, op plan.ReadFile) (*column.Batch, error) {
	return r.once(n, func(string) (*read, error) {
		b, err := op.Load(r.ctx)
		if err != nil {
			return nil, mistake{err}
		}
		return &read{batch: b}, r.unchanged(op)
	})
}

// once reads the files of n unless an earlier call of the process has.
func (r *run) once(n *plan.Node, readAll func(key string) (*read, error)) (*column.Batch, error) {
	key, err := plan.Key(n, r.identity)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	done := r.reads[key]
	r.mu.Unlock()
	if done == nil {
		if done, err = readAll(key); err != nil {
			return nil, err
		}
		r.mu.Lock()
		if r.reads == nil {
			r.reads = map[string]*read{}
		}
		r.reads[key] = done
		r.mu.Unlock()
		r.parsed = append(r.parsed, key)
	}
	if !r.noted[key] {
		r.noted[key] = true
		r.merge(done.notes)
	}
	return done.batch, nil
}

// unchanged returns an error if a file that op reads is not what it was.
func (r *run) unchanged(op plan.Op) error {
	for _, f := range filesOf(op) {
		before, err := r.file(f)
		if err != nil {
			return err
		}
		if after, err := identify(f.path); err != nil || after.identity != before.identity {
			return fmt.Errorf("%s changed while it was read; run the cell again", visible.Text(f.path))
		}
	}
	return nil
}

func (r *run) readFiles(key string, op plan.ReadCSV) (*read, error) {
	o := csv.Options{FailFast: op.FailFast, Workers: r.settings.Workers}
	if r.settings.Progress != nil {
		o.Progress = func(done, total int64) { r.settings.Progress("reading csv, MB", done/1e6, total/1e6) }
	}
	for _, f := range op.Schema {
		o.Fields = append(o.Fields, csv.Field{Name: f.Name, Type: f.Type, Aliases: f.Aliases})
	}
	result, err := csv.Read(r.ctx, op.Paths, o)
	if err != nil {
		return nil, mistake{fmt.Errorf("analysis: %w", err)}
	}
	if err := r.unchanged(op); err != nil {
		return nil, err
	}
	done := &read{batch: result.Batch}
	found := plan.Read{Key: key, Bad: result.Bad}
	for _, p := range result.Problems {
		found.Problems = append(found.Problems, plan.Problem{
			Path: filepath.Base(p.Path), Line: p.Line, Column: p.Column, Field: p.Field, Text: p.Text, Reason: p.Reason})
	}
	if len(found.Problems) > 0 {
		done.notes.Reads = []plan.Read{found}
	}
	done.notes.Warnings = readWarnings(op.Schema, result)
	return done, nil
}
