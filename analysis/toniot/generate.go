package toniot

import (
	"bufio"
	"context"
	"hash/crc32"
	"io"
	"os"
)

// A rowModel makes the rows of one activity.
type rowModel interface {
	append(b []byte, p *plan, row int, d draw) []byte
}

// chunkRows is how many rows are made between two looks at the context.
const chunkRows = 4096

// A part is the share of an activity's rows that one file holds.
type part struct {
	name       string
	header     string
	model      rowModel
	plan       *plan
	seed       uint64
	stream     uint64
	first, end int // rows of the plan
}

// write makes the part's rows, in order, and returns the size and CRC-32 (IEEE)
// of what it wrote. done is told how many rows have been added.
func (p part) write(ctx context.Context, path string, done func(rows int)) (size int64, sum uint32, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, 0, err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	crc := crc32.NewIEEE()
	w := bufio.NewWriterSize(io.MultiWriter(f, crc), 1<<18)
	buffer := make([]byte, 0, chunkRows*160)
	buffer = append(buffer, p.header...)
	for row := p.first; row < p.end; {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		stop := min(row+chunkRows, p.end)
		n := stop - row
		for ; row < stop; row++ {
			buffer = p.model.append(buffer, p.plan, row, drawFor(p.seed, p.stream, uint64(row)))
		}
		if _, err := w.Write(buffer); err != nil {
			return 0, 0, err
		}
		size += int64(len(buffer))
		buffer = buffer[:0]
		done(n)
	}
	if len(buffer) > 0 { // no rows: the header alone
		if _, err := w.Write(buffer); err != nil {
			return 0, 0, err
		}
		size += int64(len(buffer))
	}
	if err := w.Flush(); err != nil {
		return 0, 0, err
	}
	return size, crc.Sum32(), nil
}
