package toniot

import (
	"bufio"
	"context"
	"hash"
	"hash/crc32"
	"io"
	"path/filepath"
	"sync"

	"github.com/stophacking/kelpie/analysis/files"
)

// A rowModel makes the rows of one activity.
type rowModel interface {
	append(b []byte, p *plan, row int, d draw) []byte
}

// chunkRows is how many rows are made between two looks at the context.
const chunkRows = 4096

// A standIn is one of those that lie side by side at a scale above 1.
type standIn struct {
	seed       uint64
	millionths int64 // of the full size
}

// fullSize is the scale, in millionths, of one stand-in: the clock has no room
// for more rows.
const fullSize = 1_000_000

// copyStream is the stream of draws that the seeds of further copies come from.
const copyStream = 400

// sideBySide returns the stand-ins that a scale consists of: as many of the size
// whole as fit, and one for the rest. The first has the seed itself, so that the
// rows of a smaller whole scale come first in a larger one.
func sideBySide(seed uint64, millionths, whole int64) []standIn {
	var all []standIn
	for k := uint64(0); millionths > 0; k++ {
		s := standIn{seed, min(millionths, whole)}
		if k > 0 {
			d := drawFor(seed, copyStream, k)
			s.seed = d.next()
		}
		all = append(all, s)
		millionths -= s.millionths
	}
	return all
}

// A table is an activity and its two files.
type table struct {
	model  rowModel
	design design
	header string
	rows   [2]int64 // of each file at full size
	names  [2]string
}

func tables() []table {
	process, memory := newProcessModel(), newMemoryModel()
	return []table{
		{process, process.design, processHeader, [2]int64{1_000_000, 927_968}, [2]string{"linux_process_1.csv", "linux_process_2.csv"}},
		{memory, memory.design, memoryHeader, [2]int64{1_000_000, 1_000_000}, [2]string{"linux_memory_1.csv", "linux_memory_2.csv"}},
	}
}

// rowsOf returns the rows that a stand-in has in each file.
func (t table) rowsOf(s standIn) (rows [2]int) {
	for half, n := range t.rows {
		rows[half] = int(n * s.millionths / fullSize)
	}
	return rows
}

// plan deals the rows of a stand-in, those of the first file first.
func (t table) plan(s standIn) plan {
	rows := t.rowsOf(s)
	return t.design.plan(s.seed, int64(rows[0]+rows[1]))
}

// write makes both files, which then wait for their places: in each, the rows of one
// stand-in follow those of the one before. Only one is planned at a time, so
// that memory does not grow with their number. done is told how many rows have
// been added.
func (t table) write(ctx context.Context, dir string, all []standIn, done func(rows int)) (made [2]SyntheticFile, waiting [2]*files.File, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var outputs [2]*output
	for half, name := range t.names {
		if outputs[half], err = create(filepath.Join(dir, name), t.header); err != nil {
			return made, waiting, err
		}
		waiting[half] = outputs[half].file
	}
	for _, s := range all {
		p := t.plan(s)
		from := 0
		var group sync.WaitGroup
		for half, n := range t.rowsOf(s) {
			first, end := from, from+n
			from = end
			group.Go(func() {
				if err := outputs[half].append(ctx, t, &p, s.seed, first, end, done); err != nil {
					cancel(err) // the first one counts
				}
			})
		}
		group.Wait()
		if err := context.Cause(ctx); err != nil {
			return made, waiting, err
		}
	}
	for half, o := range outputs {
		if made[half], err = o.close(t.names[half]); err != nil {
			return made, waiting, err
		}
	}
	return made, waiting, nil
}

// An output is a file that is being written.
type output struct {
	file   *files.File
	w      *bufio.Writer
	sum    hash.Hash32 // CRC-32 (IEEE) of what was written
	rows   int64
	size   int64
	buffer []byte
}

// create makes a file that is to have the path, and writes its header.
func create(path, header string) (*output, error) {
	f, err := files.Create(path, 0o644)
	if err != nil {
		return nil, err
	}
	o := &output{file: f, sum: crc32.NewIEEE(), size: int64(len(header)), buffer: make([]byte, 0, chunkRows*160)}
	o.w = bufio.NewWriterSize(io.MultiWriter(f, o.sum), 1<<18)
	if _, err := o.w.WriteString(header); err != nil {
		f.Discard()
		return nil, err
	}
	return o, nil
}

// append writes the rows [first, end) of a plan, in order.
func (o *output) append(ctx context.Context, t table, p *plan, seed uint64, first, end int, done func(rows int)) error {
	for row := first; row < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		stop := min(row+chunkRows, end)
		n := stop - row
		o.buffer = o.buffer[:0]
		for ; row < stop; row++ {
			o.buffer = t.model.append(o.buffer, p, row, drawFor(seed, t.design.stream, uint64(row)))
		}
		if _, err := o.w.Write(o.buffer); err != nil {
			return err
		}
		o.rows += int64(n)
		o.size += int64(len(o.buffer))
		done(n)
	}
	return nil
}

// close ends what is written to the file and describes it.
func (o *output) close(name string) (SyntheticFile, error) {
	if err := o.w.Flush(); err != nil {
		return SyntheticFile{}, err
	}
	return SyntheticFile{name, o.rows, o.size, o.sum.Sum32()}, nil
}
