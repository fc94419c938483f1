package csv

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/stophacking/kelpie/analysis/internal/column"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A Field is a column that is wanted.
type Field struct {
	Name    string      // in the result, and in the header unless it has one of Aliases
	Type    column.Type // Int32, Int64, Float64, Bool, String or Timestamp
	Aliases []string    // other names that the header may have for it
}

// Options say what [Read] reads, and how.
type Options struct {
	// Fields are the columns of the result, in this order. With none only the rows
	// are counted and the structure is checked.
	Fields []Field

	// FailFast makes the first bad value, in file order, an error.
	FailFast bool

	// Workers is how many goroutines read at a time; 0 means one a core. The result
	// does not depend on it.
	Workers int

	// Progress, if not nil, is called with the bytes read and the bytes of all files,
	// at most ten times a second and once at the end, never by two goroutines at a
	// time.
	Progress func(done, total int64)
}

// A Result is what [Read] read.
type Result struct {
	Batch    *column.Batch
	Bad      map[string]int64 // number of bad values, a declared name each; none that is 0
	Problems []Problem        // the first five of each column, all in file order
	Doubts   []Doubt          // at most one a column, in the order of the fields

	// Extra are the columns of the headers that are no field's, and were skipped, by
	// name: as many of a name as the file has that has most of it.
	Extra []string
}

// Read reads the files, one after the other, into one batch. Errors about headers
// come before errors about rows; among the latter the first in file order is
// returned. Every error about a file is an [*Error].
func Read(ctx context.Context, paths []string, o Options) (*Result, error) {
	declared, err := check(o.Fields)
	if err != nil {
		return nil, err
	}
	sources, release, err := openAll(paths)
	if err != nil {
		return nil, err
	}
	defer release()
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}

	result := &Result{Bad: map[string]int64{}}
	places := map[*source][]int{}
	extras := map[string]int{} // how many result.Extra has of a name
	for _, s := range sources {
		var extra []string
		err := guard(s.path, func() (err error) {
			places[s], extra, err = s.places(o.Fields, declared)
			return err
		})
		if err != nil {
			return nil, err
		}
		here := map[string]int{}
		for _, name := range extra {
			if here[name]++; here[name] > extras[name] {
				extras[name]++
				result.Extra = append(result.Extra, name)
			}
		}
	}
	blocks, rows, err := scanAll(ctx, o.Workers, sources)
	if err != nil {
		return nil, changedOr(sources, err)
	}

	targets := allocate(o.Fields, rows)
	workers := make([]worker, o.Workers)
	for i := range workers {
		workers[i] = worker{targets: targets, findings: make([]finding, len(targets))}
	}
	by := make([]int, len(blocks)) // which worker decoded a block
	progress := newProgress(o.Progress, sources)
	err = each(ctx, o.Workers, len(blocks), func(me, k int) error {
		b := &blocks[k]
		by[k] = me
		defer progress.add(b.end - b.start)
		return guard(b.source.path, func() error {
			return workers[me].decode(b, places[b.source], o.FailFast)
		})
	})
	if err != nil {
		return nil, changedOr(sources, err)
	}
	if err := finish(ctx, targets, workers, blocks, by); err != nil {
		return nil, err
	}
	result.Batch = &column.Batch{Len: rows}
	for k, t := range targets {
		result.Batch.Columns = append(result.Batch.Columns, t.out)
		for _, w := range workers {
			if bad := w.findings[k].bad; bad > 0 {
				result.Bad[t.field.Name] += bad
			}
		}
	}
	// Lines are counted in the files once more, so before they are checked.
	if result.Problems, err = problems(targets, workers); err != nil {
		return nil, err
	}
	if result.Doubts, err = doubts(targets, workers); err != nil {
		return nil, err
	}
	if err := changedOr(sources, nil); err != nil {
		return nil, err
	}
	progress.end()
	return result, nil
}

// check returns the number of the field that may have a name in a header, or an
// error unless the fields can be read.
func check(fields []Field) (map[string]int, error) {
	declared := map[string]int{}
	for k, f := range fields {
		switch f.Type {
		case column.Int32, column.Int64, column.Float64, column.Bool, column.String, column.Timestamp:
		default:
			return nil, fmt.Errorf("csv: field %s: the type %s cannot be read", visible.Text(f.Name), f.Type)
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if other, taken := declared[name]; taken {
				return nil, fmt.Errorf("csv: the name %q is declared for two fields, %s and %s", name, visible.Text(fields[other].Name), visible.Text(f.Name))
			}
			declared[name] = k
		}
	}
	return declared, nil
}

// scanAll divides the files into blocks, in file order, and numbers their rows.
func scanAll(ctx context.Context, workers int, sources []*source) (blocks []block, rows int, err error) {
	for _, s := range sources {
		var cuts []int
		for at := s.body; at < len(s.data); at += blockSize {
			cuts = append(cuts, at)
		}
		some, err := s.scan(ctx, workers, cuts)
		if err != nil {
			return nil, 0, err
		}
		for _, b := range some {
			b.base = rows
			rows += b.rows
			blocks = append(blocks, b)
		}
		if rows > math.MaxUint32 {
			return nil, 0, refuse(s.path, fmt.Errorf("more than %d rows in all", math.MaxUint32))
		}
	}
	return blocks, rows, nil
}

// fileOrder compares defects by where they are.
func fileOrder(a, b defect) int {
	return cmp.Or(cmp.Compare(a.block.base, b.block.base), cmp.Compare(a.offset, b.offset))
}

// problems returns the kept defects in file order.
func problems(targets []target, workers []worker) ([]Problem, error) {
	var kept []defect
	for k := range targets {
		var defects []defect
		for _, w := range workers {
			defects = append(defects, w.findings[k].defects...)
		}
		slices.SortFunc(defects, fileOrder)
		kept = append(kept, defects[:min(len(defects), keptProblems)]...)
	}
	slices.SortFunc(kept, fileOrder)
	return located(targets, kept)
}

// doubts returns the first strange timestamp of each column that has one.
func doubts(targets []target, workers []worker) ([]Doubt, error) {
	var list []Doubt
	var firsts []defect
	for k := range targets {
		var first *defect
		var count int64
		for _, w := range workers {
			f := &w.findings[k]
			if count += f.strange; f.strange > 0 && (first == nil || fileOrder(f.strangest, *first) < 0) {
				first = &f.strangest
			}
		}
		if first != nil {
			list, firsts = append(list, Doubt{Count: count}), append(firsts, *first)
		}
	}
	problems, err := located(targets, firsts)
	for i, p := range problems {
		list[i].Problem = p
	}
	return list, err
}

// located says in which line and column each defect is. Where one follows another
// in a block, the lines are counted from there.
func located(targets []target, defects []defect) ([]Problem, error) {
	var list []Problem
	var at position
	for i, d := range defects {
		s := d.block.source
		if i == 0 || defects[i-1].block != d.block || d.offset < at.offset {
			at = position{d.block.start, d.block.line, 1}
		}
		err := guard(s.path, func() error {
			at = s.locate(at, d.offset)
			return nil
		})
		if err != nil {
			return nil, err
		}
		list = append(list, Problem{s.path, at.line, at.column, targets[d.field].field.Name, d.text, d.reason})
	}
	return list, nil
}

// progressEvery is the shortest time between two reports. Tests make it 0.
var progressEvery = time.Second / 10

// A progress reports how far reading has come.
type progress struct {
	mutex       sync.Mutex
	report      func(done, total int64)
	done, total int64
	last        time.Time
}

func newProgress(report func(done, total int64), sources []*source) *progress {
	p := &progress{report: report, last: time.Now()}
	for _, s := range sources {
		p.done += int64(s.body)
		p.total += int64(len(s.data))
	}
	return p
}

func (p *progress) add(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done += int64(n)
	if p.report != nil && p.done < p.total && time.Since(p.last) >= progressEvery {
		p.report(p.done, p.total)
		p.last = time.Now()
	}
}

func (p *progress) end() {
	if p.report != nil {
		p.report(p.total, p.total)
	}
}
